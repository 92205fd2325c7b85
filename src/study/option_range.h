/* option_range.h: what the members of a struct of options may be, as a table. */
#ifndef TW_STUDY_OPTION_RANGE_H
#define TW_STUDY_OPTION_RANGE_H

#include <stddef.h>

#include "thalweg/status.h"

typedef enum tw_option_kind {
    TW_OPTION_COUNT,        /* size_t, 1 or more; TW_UNSET */
    TW_OPTION_POSITIVE,     /* double above 0; NaN */
    TW_OPTION_NOT_NEGATIVE, /* double, 0 or above; NaN */
    TW_OPTION_CHOICE        /* int, a position in `values`; negative: not given */
} tw_option_kind;

typedef struct tw_option_range {
    const char *name;
    size_t offset;
    tw_option_kind kind;
    const char *(*values)(size_t index);
} tw_option_range;

/* TW_ERR_ARGUMENT for the first member of `options` that is given and out of its range. */
tw_status tw_option_ranges_check(const void *options, size_t count, const tw_option_range *ranges);

#endif
