#include "format/npz_names.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "format/archive_names.h"
#include "format/input.h"

static void list(tw_npz_names *out, const char *name, size_t length) {
    size_t at = strlen(out->listed), left = sizeof out->listed - at;
    if (length + 8 < left)
        snprintf(out->listed + at, left, "%s%.*s", at > 0 ? ", " : "", (int)length, name);
    else if (at < 4 || strcmp(out->listed + at - 3, "...") != 0)
        snprintf(out->listed + at, left, "%s...", at > 0 ? ", " : "");
}

static tw_status add(tw_npz_names *out, const char *member) {
    size_t length = member != NULL ? strlen(member) : 0;
    if (length < 5 || strcmp(member + length - 4, ".npy") != 0)
        return TW_OK;
    list(out, member, length - 4);
    char **names = realloc(out->names, (out->count + 1) * sizeof *names);
    if (names != NULL)
        out->names = names;
    char *name = names != NULL ? strndup(member, length - 4) : NULL;
    if (name == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a name");
    out->names[out->count++] = name;
    return TW_OK;
}

void tw_npz_names_release(tw_npz_names *names) {
    for (size_t k = 0; k < names->count; k++)
        free(names->names[k]);
    free(names->names);
    memset(names, 0, sizeof *names);
}

/* Where an archive was cut between two members libarchive reads what is there as a whole one. Its
 * last record, "PK\5\6", is 22 bytes and a comment, whose length it ends with. */
static int has_end(FILE *stream) {
    enum { RECORD = 22, COMMENT = 65535 };
    long size = fseek(stream, 0, SEEK_END) == 0 ? ftell(stream) : -1;
    long count = size < RECORD + COMMENT ? size : RECORD + COMMENT;
    uint8_t *tail = size >= RECORD ? tw_alloc((size_t)count, 1) : NULL;
    int found = 0;
    if (tail != NULL && fseek(stream, -count, SEEK_END) == 0 &&
        fread(tail, 1, (size_t)count, stream) == (size_t)count)
        for (long at = count - RECORD; at >= 0 && !found; at--)
            found = memcmp(tail + at, "PK\5\6", 4) == 0 &&
                    at + RECORD + (tail[at + 20] | tail[at + 21] << 8) == count;
    free(tail);
    return found;
}

tw_status tw_npz_check_end(const char *path) {
    FILE *stream;
    tw_status status = tw_regular_stream(path, &stream);
    if (status != TW_OK)
        return status;
    int found = has_end(stream);
    fclose(stream);
    return found ? TW_OK
                 : tw_fail(TW_ERR_FORMAT, "'%s': the archive has no end; is it cut short?", path);
}

tw_status tw_npz_names_read(const char *path, tw_npz_names *out) {
    enum { BLOCK = 1 << 16 };
    memset(out, 0, sizeof *out);
    tw_status status = tw_npz_check_end(path);
    if (status != TW_OK)
        return status;
    struct archive *archive = tw_memory_left(TW_LIBRARY_ROOM) ? archive_read_new() : NULL;
    if (archive == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", path);
    archive_read_support_format_zip(archive);
    struct archive_entry *entry;
    const char *name;
    int result = archive_read_open_filename(archive, path, BLOCK);
    while (status == TW_OK && result == ARCHIVE_OK &&
           (result = tw_archive_next(archive, &entry, &name)) == ARCHIVE_OK)
        status = add(out, name);
    if (status == TW_OK && result != ARCHIVE_EOF) {
        const char *text = archive_error_string(archive);
        status = tw_fail(TW_ERR_FORMAT, "'%s': %s", path,
                         text != NULL ? text : "the archive is damaged");
    }
    archive_read_free(archive);
    if (status != TW_OK)
        tw_npz_names_release(out);
    return status;
}
