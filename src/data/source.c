#include "data/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"
#include "format/input.h"

/* Of a packed file the first bytes are those within. */
static void peek(tw_source *source) {
    tw_input input;
    size_t got = 0;
    uint8_t head[TW_SOURCE_HEAD];
    if (source->head_size < 2 || source->head[0] != 0x1f || source->head[1] != 0x8b)
        return;
    if (tw_input_open(&input, source->path) == TW_OK &&
        tw_input_read_some(&input, head, sizeof head, &got) == TW_OK && got > 0) {
        memcpy(source->head, head, got);
        source->head_size = got;
    }
    tw_input_close(&input);
    tw_message_clear();
}

static tw_status read_head(tw_source *source) {
    int descriptor;
    tw_status status = tw_regular_open(source->path, &descriptor);
    if (status != TW_OK)
        return status;
    ssize_t got = read(descriptor, source->head, sizeof source->head);
    int error = errno;
    close(descriptor);
    if (got < 0)
        return tw_fail(TW_ERR_IO, "cannot read '%s': %s", source->path, strerror(error));
    source->head_size = (size_t)got;
    peek(source);
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

/* Where in `path`, of something in a packed directory, the name in the archive begins. */
static const char *inside_pack(const tw_source *directory, const char *path) {
    return path + (directory->in_pack - directory->path) + (*directory->in_pack == '\0');
}

static tw_status open_packed(const tw_source *directory, const char *path, tw_source *out) {
    const char *name = inside_pack(directory, path);
    *out = (tw_source){.path = path, .pack = directory->pack, .in_pack = name};
    const tw_pack_member *member = tw_pack_find(directory->pack, name);
    out->is_directory = member == NULL && tw_pack_has_folder(directory->pack, name);
    if (member == NULL)
        return out->is_directory
                   ? TW_OK
                   : tw_fail(TW_ERR_IO, "cannot read '%s': No such file in the archive", path);
    out->size = member->size;
    out->bytes = member->bytes;
    out->head_size = member->size < TW_SOURCE_HEAD ? member->size : TW_SOURCE_HEAD;
    memcpy(out->head, member->bytes, out->head_size);
    return TW_OK;
}

tw_status tw_source_enter(const tw_source *directory, const char *name, char **path,
                          tw_source *out) {
    *path = tw_source_join(directory, name);
    if (*path == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", directory->path);
    tw_status status =
        directory->pack != NULL ? open_packed(directory, *path, out) : tw_source_open(*path, out);
    if (status != TW_OK) {
        free(*path);
        *path = NULL;
    }
    return status;
}

/* ---- the bytes of a file ---- */

typedef struct memory_feed {
    tw_feed feed; /* first, so that the feed is the struct */
    const uint8_t *at, *end;
} memory_feed;

static tw_status read_memory(tw_feed *feed, void *out, size_t count, size_t *got) {
    memory_feed *m = (memory_feed *)feed;
    *got = (size_t)(m->end - m->at) < count ? (size_t)(m->end - m->at) : count;
    memcpy(out, m->at, *got);
    m->at += *got;
    return TW_OK;
}

static void close_memory(tw_feed *feed) {
    free(feed);
}

tw_status tw_source_input(const tw_source *file, tw_input *input) {
    if (file->pack == NULL)
        return tw_input_open(input, file->path);
    memory_feed *feed = malloc(sizeof *feed);
    if (feed == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", file->path);
    *feed = (memory_feed){{read_memory, close_memory}, file->bytes, file->bytes + file->size};
    tw_input_feed(input, file->path, &feed->feed, file->size);
    return TW_OK;
}

tw_status tw_source_load(const tw_source *file, uint64_t limit, uint8_t **out, size_t *size) {
    if (file->pack == NULL)
        return tw_input_load(file->path, limit, out, size);
    *size = (size_t)file->size;
    *out = NULL;
    if (file->size > limit)
        return tw_fail(TW_ERR_FORMAT, "'%s' is too large to be what it seems: over %llu bytes",
                       file->path, (unsigned long long)limit);
    *out = malloc(*size + 1);
    if (*out == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", file->path);
    memcpy(*out, file->bytes, *size);
    (*out)[*size] = 0;
    return TW_OK;
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
    if (path != NULL && directory->pack != NULL) {
        int found = tw_pack_find(directory->pack, inside_pack(directory, path)) != NULL;
        free(path);
        return found;
    }
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
