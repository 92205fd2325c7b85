#include "study/option_range.h"

#include <math.h>

#include "thalweg/study.h"

static tw_status check(const void *member, const tw_option_range *range) {
    const size_t *size = member;
    const double *number = member;
    const int *choice = member;
    switch (range->kind) {
    case TW_OPTION_COUNT:
        return *size > 0 ? TW_OK
                         : tw_fail(TW_ERR_ARGUMENT,
                                   "--%s: 0 must be greater than 0; TW_UNSET is "
                                   "not given",
                                   range->name);
    case TW_OPTION_POSITIVE:
    case TW_OPTION_NOT_NEGATIVE:
        if (isnan(*number) || (isfinite(*number) && *number > 0) ||
            (range->kind == TW_OPTION_NOT_NEGATIVE && *number == 0))
            return TW_OK;
        return tw_fail(TW_ERR_ARGUMENT, "--%s: %g must be %s and finite; NaN is not given",
                       range->name, *number,
                       range->kind == TW_OPTION_POSITIVE ? "greater than 0" : "0 or greater");
    case TW_OPTION_CHOICE:
        break;
    }
    for (int k = 0; k <= *choice; k++)
        if (range->values((size_t)k) == NULL)
            return tw_fail(TW_ERR_ARGUMENT, "--%s: %d is not one of 0 to %d; -1 is not given",
                           range->name, *choice, k - 1);
    return TW_OK;
}

tw_status tw_option_ranges_check(const void *options, size_t count, const tw_option_range *ranges) {
    tw_status status = TW_OK;
    for (size_t k = 0; k < count && status == TW_OK; k++)
        status = check((const char *)options + ranges[k].offset, &ranges[k]);
    return status;
}
