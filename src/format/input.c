#include "format/input.h"

#include "core/alloc.h"
#include "format/archive_names.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Deflate packs at most 1032 bytes into one. */
enum { DEFLATE_RATIO = 1032, ARCHIVE_BLOCK = 1 << 16 };

static tw_status fail_system(const tw_input *input) {
    return tw_fail(TW_ERR_IO, "cannot read '%s': %s", input->path, strerror(errno));
}

static tw_status fail_archive(const tw_input *input) {
    const char *text = archive_error_string(input->archive);
    return tw_fail(archive_errno(input->archive) == ENOMEM ? TW_ERR_MEMORY : TW_ERR_FORMAT,
                   "'%s': %s", input->name, text != NULL ? text : "the archive is damaged");
}

static tw_status fail_kind(const char *path, mode_t mode) {
    if (S_ISDIR(mode))
        return tw_fail(TW_ERR_IO, "cannot read '%s': it is a directory; name a file in it", path);
    return tw_fail(
        TW_ERR_IO,
        "cannot read '%s': it is a %s, and only plain files are read; save its contents to a file",
        path, S_ISFIFO(mode) ? "pipe" : "device");
}

/* Without O_NONBLOCK the opening of a pipe waits for its writer. Plain files do not know it. */
tw_status tw_regular_open(const char *path, int *descriptor) {
    struct stat info;
    *descriptor = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (*descriptor < 0 || fstat(*descriptor, &info) != 0)
        return tw_fail(TW_ERR_IO, "cannot open '%s': %s", path, strerror(errno));
    if (S_ISREG(info.st_mode))
        return TW_OK;
    close(*descriptor);
    *descriptor = -1;
    return fail_kind(path, info.st_mode);
}

tw_status tw_regular_stream(const char *path, FILE **out) {
    int descriptor;
    *out = NULL;
    tw_status status = tw_regular_open(path, &descriptor);
    if (status != TW_OK)
        return status;
    *out = fdopen(descriptor, "rb");
    if (*out != NULL)
        return TW_OK;
    close(descriptor);
    return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", path);
}

tw_status tw_read_at(int descriptor, uint64_t at, void *out, size_t count) {
    size_t got = 0;
    while (got < count) {
        ssize_t step = pread(descriptor, (uint8_t *)out + got, count - got, (off_t)(at + got));
        if (step < 0 && errno == EINTR)
            continue;
        if (step < 0)
            return tw_fail(TW_ERR_IO, "cannot read: %s", strerror(errno));
        if (step == 0)
            return tw_fail(TW_ERR_FORMAT, "it ends at byte %llu, %zu bytes too early",
                           (unsigned long long)(at + got), count - got);
        got += (size_t)step;
    }
    return TW_OK;
}

static tw_status open_plain(tw_input *input, const char *path, const char *name) {
    *input = (tw_input){.path = path, .name = name, .descriptor = -1};
    tw_status status = tw_regular_open(path, &input->descriptor);
    if (status != TW_OK)
        return status;
    struct stat info;
    if (fstat(input->descriptor, &info) != 0) {
        status = fail_system(input);
        tw_input_close(input);
        return status;
    }
    input->bound = (uint64_t)info.st_size;
    return TW_OK;
}

/* Hands the file to libarchive, by name: only so does it seek, which finds a member of a zip
 * archive without unpacking those before it. */
static tw_status open_archive(tw_input *input, int zip) {
    input->archive = tw_memory_left(TW_LIBRARY_ROOM) ? archive_read_new() : NULL;
    if (input->archive == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", input->path);
    if (zip)
        archive_read_support_format_zip(input->archive);
    else {
        archive_read_support_filter_gzip(input->archive);
        archive_read_support_format_raw(input->archive);
    }
    close(input->descriptor);
    input->descriptor = -1;
    if (archive_read_open_filename(input->archive, input->path, ARCHIVE_BLOCK) != ARCHIVE_OK)
        return fail_archive(input);
    input->bound =
        input->bound > UINT64_MAX / DEFLATE_RATIO - 1 ? UINT64_MAX : input->bound * DEFLATE_RATIO;
    input->most = input->bound;
    return TW_OK;
}

tw_status tw_input_open(tw_input *input, const char *path) {
    tw_status status = open_plain(input, path, path);
    if (status != TW_OK)
        return status;
    uint8_t magic[2] = {0, 0};
    if (pread(input->descriptor, magic, 2, 0) != 2 || magic[0] != 0x1f || magic[1] != 0x8b)
        return TW_OK;
    status = open_archive(input, 0);
    struct archive_entry *entry;
    if (status == TW_OK && archive_read_next_header(input->archive, &entry) != ARCHIVE_OK)
        status = fail_archive(input);
    if (status != TW_OK)
        tw_input_close(input);
    return status;
}

tw_status tw_input_next_member(tw_input *input, const char **member) {
    struct archive_entry *entry;
    int result;
    do
        result = tw_archive_next(input->archive, &entry, member);
    while (result == ARCHIVE_OK && *member == NULL);
    if (result != ARCHIVE_OK)
        return result == ARCHIVE_EOF ? TW_DECLINED : fail_archive(input);
    input->position = 0;
    input->bound = input->most;
    if (archive_entry_size_is_set(entry)) {
        uint64_t size = (uint64_t)archive_entry_size(entry);
        input->bound = size < input->bound ? size : input->bound;
    }
    return TW_OK;
}

static tw_status seek_member(tw_input *input, const char *member) {
    const char *name;
    tw_status status;
    do
        status = tw_input_next_member(input, &name);
    while (status == TW_OK && strcmp(name, member) != 0);
    return status;
}

tw_status tw_input_open_members(tw_input *input, const char *path) {
    tw_status status = open_plain(input, path, path);
    if (status != TW_OK)
        return status;
    status = open_archive(input, 1);
    if (status != TW_OK)
        tw_input_close(input);
    return status;
}

tw_status tw_input_open_member(tw_input *input, const char *path, const char *member,
                               const char *name) {
    tw_status status = open_plain(input, path, name);
    if (status != TW_OK)
        return status;
    status = open_archive(input, 1);
    if (status == TW_OK)
        status = seek_member(input, member);
    if (status != TW_OK)
        tw_input_close(input);
    return status;
}

void tw_input_feed(tw_input *input, const char *name, tw_feed *feed, uint64_t bound) {
    *input = (tw_input){.path = name, .name = name, .descriptor = -1, .feed = feed, .bound = bound};
}

tw_status tw_input_read_some(tw_input *input, void *out, size_t count, size_t *got) {
    *got = 0;
    if (input->feed != NULL) {
        tw_status status = input->feed->read(input->feed, out, count, got);
        input->position += *got;
        return status;
    }
    while (*got < count) {
        uint8_t *to = (uint8_t *)out + *got;
        ssize_t step = input->archive != NULL ? archive_read_data(input->archive, to, count - *got)
                                              : read(input->descriptor, to, count - *got);
        if (step < 0 && input->archive == NULL && errno == EINTR)
            continue;
        if (step < 0)
            return input->archive != NULL ? fail_archive(input) : fail_system(input);
        if (step == 0)
            break;
        *got += (size_t)step;
    }
    input->position += *got;
    return TW_OK;
}

tw_status tw_input_read(tw_input *input, void *out, size_t count) {
    size_t got;
    tw_status status = tw_input_read_some(input, out, count, &got);
    if (status == TW_OK && got < count)
        status = tw_fail(TW_ERR_FORMAT,
                         "'%s' ends at byte %llu, %zu bytes too early: it is cut short or "
                         "damaged; fetch it again",
                         input->name, (unsigned long long)input->position, count - got);
    return status;
}

tw_status tw_input_expect_end(tw_input *input) {
    uint8_t byte;
    size_t got;
    tw_status status = tw_input_read_some(input, &byte, 1, &got);
    if (status == TW_OK && got > 0)
        status = tw_fail(TW_ERR_FORMAT, "'%s' should end at byte %llu, but more follows",
                         input->name, (unsigned long long)input->position - 1);
    return status;
}

void tw_input_close(tw_input *input) {
    if (input->archive != NULL)
        archive_read_free(input->archive);
    if (input->descriptor >= 0)
        close(input->descriptor);
    if (input->feed != NULL)
        input->feed->close(input->feed);
    *input = (tw_input){.descriptor = -1};
}

/* Room grows with what arrives, so that a small packed file cannot ask for a large block. */
static tw_status load_all(tw_input *input, uint64_t limit, uint8_t **out, size_t *size) {
    size_t room = input->archive != NULL ? ARCHIVE_BLOCK : (size_t)input->bound + 1;
    for (;;) {
        uint8_t *grown = realloc(*out, room + 1);
        if (grown == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", input->path);
        *out = grown;
        size_t got;
        tw_status status = tw_input_read_some(input, *out + *size, room - *size, &got);
        if (status != TW_OK)
            return status;
        *size += got;
        if (*size > limit)
            return tw_fail(TW_ERR_FORMAT, "'%s' is too large to be what it seems: over %llu bytes",
                           input->path, (unsigned long long)limit);
        if (*size < room)
            return TW_OK;
        room *= 2;
    }
}

tw_status tw_input_load(const char *path, uint64_t limit, uint8_t **out, size_t *size) {
    *out = NULL;
    *size = 0;
    tw_input input;
    tw_status status = tw_input_open(&input, path);
    if (status != TW_OK)
        return status;
    if (input.archive == NULL && input.bound > limit)
        status = tw_fail(TW_ERR_FORMAT, "'%s' is too large to be what it seems: over %llu bytes",
                         path, (unsigned long long)limit);
    if (status == TW_OK)
        status = load_all(&input, limit, out, size);
    if (status == TW_OK)
        (*out)[*size] = 0;
    else {
        free(*out);
        *out = NULL;
    }
    tw_input_close(&input);
    return status;
}
