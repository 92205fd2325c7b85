#include "study/finite.h"

#include <math.h>

tw_status tw_study_check_finite(const char *what, size_t count, const double *values) {
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return tw_fail(TW_ERR_ARGUMENT, "%s %zu is %g, which is not finite", what, i,
                           values[i]);
    return TW_OK;
}
