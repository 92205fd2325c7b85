/* npz_names.h: the arrays that an .npz archive holds. */
#ifndef TW_FORMAT_NPZ_NAMES_H
#define TW_FORMAT_NPZ_NAMES_H

#include <stddef.h>

#include "thalweg/status.h"

typedef struct tw_npz_names {
    size_t count;
    char **names;
    char listed[96]; /* "W, b, ...", for messages */
} tw_npz_names;

/* TW_ERR_FORMAT if the archive was cut short. */
tw_status tw_npz_check_end(const char *path);
/* Members "NAME.npy" of the archive, in its order. On failure nothing is owned. */
tw_status tw_npz_names_read(const char *path, tw_npz_names *out);
void tw_npz_names_release(tw_npz_names *names);

#endif
