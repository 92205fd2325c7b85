#include "format/zip_index.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "format/input.h"

enum {
    END = 22,     /* bytes of the last record, without its comment */
    LOCATOR = 20, /* of what stands before it where sizes need 64 bits, */
    END64 = 56,   /* and of what that leads to */
    ENTRY = 46,   /* of an entry of the directory, */
    HEADER = 30,  /* and of the header before a member, without their names */
    COMMENT = 65535,
    MOST_DIRECTORY = 1 << 26
};

static uint64_t number(const uint8_t *bytes, int size) {
    uint64_t value = 0;
    for (int i = size - 1; i >= 0; i--)
        value = value << 8 | bytes[i];
    return value;
}

static tw_status fail(const char *what) {
    return tw_fail(TW_ERR_FORMAT, "the archive %s: it is cut short or damaged", what);
}

/* ---- where the directory is ---- */

typedef struct place {
    uint64_t at, size, count;
} place;

static tw_status find_end(int descriptor, uint64_t bytes, uint8_t end[END], uint64_t *at) {
    uint64_t most = bytes < END + COMMENT ? bytes : END + COMMENT;
    uint8_t *tail = tw_alloc((size_t)most, 1);
    if (tail == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the end of an archive");
    tw_status status = tw_read_at(descriptor, bytes - most, tail, (size_t)most);
    int found = 0;
    for (uint64_t k = most; status == TW_OK && !found && k >= END; k--) {
        const uint8_t *record = tail + k - END;
        found = memcmp(record, "PK\5\6", 4) == 0 && k + number(record + 20, 2) == most;
        if (found) {
            memcpy(end, record, END);
            *at = bytes - most + k - END;
        }
    }
    free(tail);
    return status == TW_OK && !found ? fail("has no end") : status;
}

/* The numbers of 64 bits where those of the last record say that they are too large for it. */
static tw_status find_end64(int descriptor, uint64_t at, place *out) {
    uint8_t record[END64];
    if (at < LOCATOR)
        return fail("has no directory");
    tw_status status = tw_read_at(descriptor, at - LOCATOR, record, LOCATOR);
    if (status == TW_OK && memcmp(record, "PK\6\7", 4) != 0)
        return fail("has no directory");
    uint64_t where = status == TW_OK ? number(record + 8, 8) : 0;
    if (status == TW_OK && (where > at || at - where < END64))
        return fail("has no directory");
    if (status == TW_OK)
        status = tw_read_at(descriptor, where, record, END64);
    if (status == TW_OK && memcmp(record, "PK\6\6", 4) != 0)
        return fail("has no directory");
    if (status == TW_OK)
        *out = (place){number(record + 48, 8), number(record + 40, 8), number(record + 32, 8)};
    return status;
}

static tw_status find_directory(int descriptor, uint64_t bytes, place *out) {
    uint8_t end[END];
    uint64_t at = 0;
    if (bytes < END)
        return fail("has no end");
    tw_status status = find_end(descriptor, bytes, end, &at);
    if (status != TW_OK)
        return status;
    *out = (place){number(end + 16, 4), number(end + 12, 4), number(end + 10, 2)};
    if (out->at == UINT32_MAX || out->size == UINT32_MAX || out->count == UINT16_MAX)
        status = find_end64(descriptor, at, out);
    if (status == TW_OK && (out->size > at || out->at > at - out->size ||
                            out->size > MOST_DIRECTORY || out->count > out->size / ENTRY))
        status = fail("has a directory that does not fit in it");
    return status;
}

/* ---- entries ---- */

/* Sizes and the place that are all ones stand, in this order, in the extra field 1. */
static void take_extra(const uint8_t *extra, size_t size, tw_zip_member *member) {
    uint64_t *const wide[] = {&member->size, &member->packed, &member->header};
    while (size >= 4) {
        size_t length = (size_t)number(extra + 2, 2), at = 0;
        if (length > size - 4)
            break;
        for (size_t k = 0; number(extra, 2) == 1 && k < 3; k++)
            if (*wide[k] == UINT32_MAX && at + 8 <= length) {
                *wide[k] = number(extra + 4 + at, 8);
                at += 8;
            }
        extra += 4 + length;
        size -= 4 + length;
    }
}

static tw_status take_entry(const uint8_t *entry, size_t left, tw_zip_member *member,
                            size_t *used) {
    if (left < ENTRY || memcmp(entry, "PK\1\2", 4) != 0)
        return fail("has a directory that is cut short");
    size_t name = (size_t)number(entry + 28, 2), extra = (size_t)number(entry + 30, 2);
    *used = ENTRY + name + extra + (size_t)number(entry + 32, 2);
    if (*used > left)
        return fail("has a directory that is cut short");
    if (number(entry + 8, 2) & 1)
        return tw_fail(TW_ERR_FORMAT, "the archive is encrypted; unpack it");
    if (memchr(entry + ENTRY, 0, name) != NULL)
        return fail("has a name with a byte of 0");
    member->is_packed = number(entry + 10, 2) != 0;
    member->packed = number(entry + 20, 4);
    member->size = number(entry + 24, 4);
    member->header = number(entry + 42, 4);
    member->name = tw_text_of_bytes(entry + ENTRY, name);
    if (member->name == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the names of an archive");
    take_extra(entry + ENTRY + name, extra, member);
    return TW_OK;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const tw_zip_member *)a)->name, ((const tw_zip_member *)b)->name);
}

static tw_status take_entries(const uint8_t *bytes, const place *directory, tw_zip_index *out) {
    tw_status status = TW_OK;
    size_t at = 0, used = 0;
    for (uint64_t k = 0; k < directory->count && status == TW_OK; k++) {
        status = take_entry(bytes + at, (size_t)directory->size - at, &out->members[k], &used);
        out->count += out->members[k].name != NULL;
        at += used;
    }
    if (status != TW_OK)
        return status;
    if (out->count > 0)
        qsort(out->members, out->count, sizeof *out->members, by_name);
    for (size_t k = 1; k < out->count; k++)
        if (strcmp(out->members[k - 1].name, out->members[k].name) == 0)
            return tw_fail(TW_ERR_FORMAT, "the archive has two members '%.80s'",
                           out->members[k].name);
    return TW_OK;
}

tw_status tw_zip_index_read(int descriptor, uint64_t bytes, tw_zip_index *out) {
    place directory = {0};
    *out = (tw_zip_index){0};
    tw_status status = find_directory(descriptor, bytes, &directory);
    if (status != TW_OK)
        return status;
    uint8_t *entries = tw_alloc((size_t)directory.size, 1);
    out->members = tw_alloc((size_t)directory.count, sizeof *out->members);
    status = entries != NULL && out->members != NULL
                 ? tw_read_at(descriptor, directory.at, entries, (size_t)directory.size)
                 : tw_fail(TW_ERR_MEMORY, "not enough memory for the directory of an archive");
    if (status == TW_OK)
        status = take_entries(entries, &directory, out);
    free(entries);
    if (status != TW_OK)
        tw_zip_index_release(out);
    return status;
}

void tw_zip_index_release(tw_zip_index *index) {
    for (size_t k = 0; k < index->count; k++)
        free(index->members[k].name);
    free(index->members);
    *index = (tw_zip_index){0};
}

const tw_zip_member *tw_zip_find(const tw_zip_index *index, const char *name) {
    const tw_zip_member wanted = {.name = (char *)name};
    return index->count > 0 ? bsearch(&wanted, index->members, index->count, sizeof wanted, by_name)
                            : NULL;
}

tw_status tw_zip_locate(int descriptor, uint64_t bytes, const tw_zip_member *member, uint64_t *at) {
    uint8_t header[HEADER];
    if (member->header > bytes || bytes - member->header < HEADER)
        return fail("has a member past its end");
    tw_status status = tw_read_at(descriptor, member->header, header, HEADER);
    if (status == TW_OK && memcmp(header, "PK\3\4", 4) != 0)
        return fail("has no member where the directory says so");
    *at = member->header + HEADER;
    if (status == TW_OK)
        *at += number(header + 26, 2) + number(header + 28, 2);
    if (status == TW_OK && (*at > bytes || member->size > bytes - *at))
        return fail("has a member past its end");
    return status;
}
