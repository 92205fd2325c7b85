#include "file/output_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"

static void release(tw_output *output) {
    free(output->path);
    free(output->part);
    memset(output, 0, sizeof *output);
}

static int is_special(const char *path) {
    struct stat info;
    return stat(path, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode);
}

tw_status tw_output_name(tw_output *output, const char *path) {
    memset(output, 0, sizeof *output);
    struct stat info;
    if (stat(path, &info) == 0 && S_ISDIR(info.st_mode))
        return tw_fail(TW_ERR_IO, "cannot write '%s': it is a directory; name a file in it", path);
    const char *suffix = is_special(path) ? "" : ".part";
    size_t size = strlen(path) + strlen(suffix) + 1;
    output->path = tw_strdup(path);
    output->part = malloc(size);
    if (output->path == NULL || output->part == NULL) {
        release(output);
        return tw_fail(TW_ERR_MEMORY, "not enough memory to write '%s'", path);
    }
    snprintf(output->part, size, "%s%s", path, suffix);
    return TW_OK;
}

tw_status tw_output_open(tw_output *output, const char *path) {
    tw_status status = tw_output_name(output, path);
    if (status != TW_OK)
        return status;
    output->stream = fopen(output->part, "wb");
    if (output->stream == NULL) {
        status = tw_fail(TW_ERR_IO, "cannot write '%s': %s", path, strerror(errno));
        release(output);
    }
    return status;
}

/* What a library that opened the file itself wrote must be on disk before the rename, too. */
static int sync_file(const char *path) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0)
        return -1;
    int result = fsync(descriptor);
    if (result != 0 && (errno == EINVAL || errno == EROFS))
        result = 0; /* a file system that has nothing to sync */
    close(descriptor);
    return result;
}

tw_status tw_output_commit(tw_output *output) {
    int renamed = strcmp(output->path, output->part) != 0;
    int failed = 0;
    if (output->stream != NULL) {
        failed = fflush(output->stream) != 0 || ferror(output->stream);
        int error = errno;
        if (fclose(output->stream) != 0 && !failed) {
            failed = 1;
            error = errno;
        }
        errno = error;
        output->stream = NULL;
    }
    if (!failed && renamed)
        failed = sync_file(output->part) != 0 || rename(output->part, output->path) != 0;
    if (!failed) {
        release(output);
        return TW_OK;
    }
    tw_status status = tw_fail(TW_ERR_IO, "cannot write '%s': %s", output->path, strerror(errno));
    tw_output_abandon(output);
    return status;
}

void tw_output_abandon(tw_output *output) {
    if (output->stream != NULL)
        fclose(output->stream);
    if (output->part != NULL && strcmp(output->path, output->part) != 0)
        unlink(output->part);
    release(output);
}
