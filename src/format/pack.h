/* pack.h: the files of a tar archive, unpacked into memory in one pass: a data set as it was
 * downloaded. */
#ifndef TW_FORMAT_PACK_H
#define TW_FORMAT_PACK_H

#include <stddef.h>
#include <stdint.h>

#include "thalweg/status.h"

typedef struct tw_pack_member {
    char *name; /* with its folders */
    uint8_t *bytes;
    size_t size;
} tw_pack_member;

typedef struct tw_pack {
    tw_pack_member *members;
    size_t count, room;
} tw_pack;

/* Reads the plain files of a tar archive, compressed or not, whose names `wanted` accepts.
 * TW_DECLINED, without text, if the file is no such archive or has none of them. */
tw_status tw_pack_read(const char *path, int (*wanted)(const char *name), tw_pack *out);
void tw_pack_release(tw_pack *pack);

/* The file of that name, or NULL. */
const tw_pack_member *tw_pack_find(const tw_pack *pack, const char *name);
/* Whether any file lies in the folder `name`. */
int tw_pack_has_folder(const tw_pack *pack, const char *name);

#endif
