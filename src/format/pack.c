#include "format/pack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "format/archive_names.h"

/* CIFAR-100, the largest set that comes so, has 178 MB. */
enum { PACK_LIMIT = 1 << 30, ARCHIVE_BLOCK = 1 << 16, FIRST_ROOM = 16, STEP = 1 << 20 };

static tw_status fail_memory(const char *path) {
    return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", path);
}

static tw_status fail_archive(struct archive *archive, const char *path) {
    const char *text = archive_error_string(archive);
    if (archive_errno(archive) == ENOMEM)
        return fail_memory(path);
    return tw_fail(TW_ERR_FORMAT, "'%s': %s", path, text != NULL ? text : "the archive is damaged");
}

static tw_status add_member(tw_pack *pack, const char *path, const char *name) {
    if (pack->count == pack->room) {
        size_t room = pack->room > 0 ? 2 * pack->room : FIRST_ROOM;
        tw_pack_member *grown = realloc(pack->members, room * sizeof *grown);
        if (grown == NULL)
            return fail_memory(path);
        pack->members = grown;
        pack->room = room;
    }
    pack->members[pack->count] = (tw_pack_member){.name = tw_strdup(name)};
    return pack->members[pack->count++].name != NULL ? TW_OK : fail_memory(path);
}

/* Room grows with what arrives: the size in the header is only a word. */
static tw_status read_member(struct archive *archive, const char *path, size_t *total,
                             tw_pack_member *member) {
    size_t room = 0;
    for (;;) {
        if (member->size == room) {
            room = room > 0 ? 2 * room : STEP;
            uint8_t *grown = realloc(member->bytes, room);
            if (grown == NULL)
                return fail_memory(path);
            member->bytes = grown;
        }
        la_ssize_t got =
            archive_read_data(archive, member->bytes + member->size, room - member->size);
        if (got < 0)
            return fail_archive(archive, path);
        if (got == 0)
            return TW_OK;
        member->size += (size_t)got;
        *total += (size_t)got;
        if (*total > PACK_LIMIT)
            return tw_fail(TW_ERR_FORMAT,
                           "'%s' holds more than 1 GiB: unpack it, and name the folder", path);
    }
}

static tw_status read_members(struct archive *archive, const char *path,
                              int (*wanted)(const char *name), tw_pack *out) {
    struct archive_entry *entry;
    size_t total = 0;
    int result, entries = 0;
    const char *name;
    while ((result = tw_archive_next(archive, &entry, &name)) == ARCHIVE_OK ||
           result == ARCHIVE_WARN) {
        entries++;
        while (name != NULL && strncmp(name, "./", 2) == 0)
            name += 2;
        if (name == NULL || archive_entry_filetype(entry) != AE_IFREG || !wanted(name))
            continue;
        tw_status status = add_member(out, path, name);
        if (status == TW_OK)
            status = read_member(archive, path, &total, &out->members[out->count - 1]);
        if (status != TW_OK)
            return status;
    }
    if (result != ARCHIVE_EOF && entries > 0)
        return fail_archive(archive, path);
    return out->count > 0 ? TW_OK : TW_DECLINED;
}

tw_status tw_pack_read(const char *path, int (*wanted)(const char *name), tw_pack *out) {
    *out = (tw_pack){0};
    struct archive *archive = tw_memory_left(TW_LIBRARY_ROOM) ? archive_read_new() : NULL;
    if (archive == NULL)
        return fail_memory(path);
    archive_read_support_filter_gzip(archive);
    archive_read_support_filter_bzip2(archive);
    archive_read_support_filter_xz(archive);
    archive_read_support_format_tar(archive);
    tw_status status = TW_DECLINED;
    if (archive_read_open_filename(archive, path, ARCHIVE_BLOCK) == ARCHIVE_OK)
        status = read_members(archive, path, wanted, out);
    archive_read_free(archive);
    if (status != TW_OK)
        tw_pack_release(out);
    return status;
}

void tw_pack_release(tw_pack *pack) {
    for (size_t i = 0; i < pack->count; i++) {
        free(pack->members[i].name);
        free(pack->members[i].bytes);
    }
    free(pack->members);
    *pack = (tw_pack){0};
}

const tw_pack_member *tw_pack_find(const tw_pack *pack, const char *name) {
    for (size_t i = 0; i < pack->count; i++)
        if (strcmp(pack->members[i].name, name) == 0)
            return &pack->members[i];
    return NULL;
}

int tw_pack_has_folder(const tw_pack *pack, const char *name) {
    size_t length = strlen(name);
    for (size_t i = 0; i < pack->count; i++)
        if (strncmp(pack->members[i].name, name, length) == 0 &&
            pack->members[i].name[length] == '/')
            return 1;
    return 0;
}
