#include "data/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"

static tw_status read_head(tw_source *source) {
    int descriptor = open(source->path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return tw_fail(TW_ERR_IO, "cannot read '%s': %s", source->path, strerror(errno));
    ssize_t got = read(descriptor, source->head, sizeof source->head);
    int error = errno;
    close(descriptor);
    if (got < 0)
        return tw_fail(TW_ERR_IO, "cannot read '%s': %s", source->path, strerror(error));
    source->head_size = (size_t)got;
    return TW_OK;
}

tw_status tw_source_open(const char *path, tw_source *out) {
    *out = (tw_source){.path = path};
    struct stat info;
    if (stat(path, &info) != 0)
        return tw_fail(TW_ERR_IO, "cannot read '%s': %s", path, strerror(errno));
    out->is_directory = S_ISDIR(info.st_mode);
    if (out->is_directory)
        return faccessat(AT_FDCWD, path, R_OK | X_OK, AT_EACCESS) == 0
                   ? TW_OK
                   : tw_fail(TW_ERR_IO, "cannot read directory '%s': %s", path, strerror(errno));
    if (!S_ISREG(info.st_mode))
        return tw_fail(TW_ERR_IO, "'%s' is neither a file nor a directory", path);
    out->size = (uint64_t)info.st_size;
    return read_head(out);
}

char *tw_source_join(const tw_source *directory, const char *name) {
    size_t size = strlen(directory->path) + strlen(name) + 2;
    char *path = malloc(size);
    if (path != NULL) {
        strcpy(path, directory->path);
        strcat(path, "/");
        strcat(path, name);
    }
    return path;
}

const char *tw_source_name(const tw_source *source) {
    const char *slash = strrchr(source->path, '/');
    return slash != NULL ? slash + 1 : source->path;
}

char *tw_source_beside(const tw_source *file, const char *name) {
    size_t folder = (size_t)(tw_source_name(file) - file->path);
    char *path = malloc(folder + strlen(name) + 1);
    if (path != NULL) {
        memcpy(path, file->path, folder);
        strcpy(path + folder, name);
    }
    return path;
}

int tw_source_has(const tw_source *directory, const char *name) {
    if (!directory->is_directory)
        return 0;
    char *path = tw_source_join(directory, name);
    struct stat info;
    int found = path != NULL && stat(path, &info) == 0 && S_ISREG(info.st_mode);
    free(path);
    return found;
}

tw_status tw_source_single_split(const tw_source *file, tw_split split) {
    const char *name = tw_source_name(file);
    if (split == TW_SPLIT_TRAIN || strncmp(name, "test", 4) == 0 || strncmp(name, "t10k", 4) == 0)
        return TW_OK;
    return tw_fail(TW_ERR_ARGUMENT,
                   "'%s' is one file and so one split, 'train': it has no 'test' split; name the "
                   "file with the test samples as the data instead",
                   file->path);
}
