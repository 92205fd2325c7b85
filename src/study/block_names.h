/* block_names.h: blocks of parameters as options name them. */
#ifndef TW_STUDY_BLOCK_NAMES_H
#define TW_STUDY_BLOCK_NAMES_H

#include <stddef.h>

#include "thalweg/status.h"

typedef struct tw_block_names {
    size_t count;
    const char **names; /* NULL: none were given */
    char *text;         /* what they are in */
} tw_block_names;

/* The names between the commas of `only`, which may be NULL. Released by the caller, whatever is
 * returned. */
tw_status tw_block_names_split(const char *only, tw_block_names *out);
void tw_block_names_release(tw_block_names *names);

#endif
