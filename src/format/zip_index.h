/* zip_index.h: the directory of a zip archive, by which a part of a stored member is read where it
 * lies in the file. libarchive, which reads members in their order, unpacks what is packed. */
#ifndef TW_FORMAT_ZIP_INDEX_H
#define TW_FORMAT_ZIP_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "thalweg/status.h"

typedef struct tw_zip_member {
    char *name;
    uint64_t header; /* where its own header begins */
    uint64_t packed, size;
    int is_packed;
} tw_zip_member;

typedef struct tw_zip_index {
    tw_zip_member *members; /* by name */
    size_t count;
} tw_zip_index;

/* Reads the directory of the archive of `bytes` bytes that is open as `descriptor`. Encrypted
 * members, names that stand twice and directories that do not fit the file are refused; messages do
 * not name the file. */
tw_status tw_zip_index_read(int descriptor, uint64_t bytes, tw_zip_index *out);
void tw_zip_index_release(tw_zip_index *index);

/* The member of that name, or NULL. */
const tw_zip_member *tw_zip_find(const tw_zip_index *index, const char *name);

/* Where the bytes of a member that is not packed begin; all of them are in the file. */
tw_status tw_zip_locate(int descriptor, uint64_t bytes, const tw_zip_member *member, uint64_t *at);

#endif
