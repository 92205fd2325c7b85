/* gradcheck_forms.h: the forms of a gradient check, one file each, and what they share. A decimal
 * point is a point where the caller sees to it (core/plain.h). */
#ifndef TW_FILE_GRADCHECK_FORMS_H
#define TW_FILE_GRADCHECK_FORMS_H

#include <stdio.h>

#include "thalweg/gradcheck.h"

/* For people, for programs and for tables; errors stay in the stream. */
void tw_gradcheck_write_text(const tw_gradcheck *check, int only_failures, FILE *out);
void tw_gradcheck_write_json(const tw_gradcheck *check, int only_failures, FILE *stream);
void tw_gradcheck_write_csv(const tw_gradcheck *check, int only_failures, FILE *out);

static inline const tw_gradcheck_block *tw_gradcheck_block_of(const tw_gradcheck *check,
                                                              const tw_gradcheck_entry *entry) {
    return &check->blocks[entry->block];
}

/* How many blocks have that verdict. */
static inline size_t tw_gradcheck_blocks_of(const tw_gradcheck *check, tw_verdict verdict) {
    size_t count = 0;
    for (size_t k = 0; k < check->block_count; k++)
        count += check->blocks[k].verdict == verdict;
    return count;
}

#endif
