/* bounds.c: where x may go. */
#include <math.h>

#include "diff/line.h"

void tw_bounds_default(const tw_objective *objective, const double **lower, const double **upper) {
    if (*lower != NULL || *upper != NULL)
        return;
    *lower = tw_objective_lower(objective);
    *upper = tw_objective_upper(objective);
}

tw_status tw_bounds_check(size_t i, double x, const double *lower, const double *upper) {
    double least = lower != NULL ? lower[i] : -INFINITY, most = upper != NULL ? upper[i] : INFINITY;
    if (least <= x && x <= most)
        return TW_OK;
    return tw_fail(TW_ERR_ARGUMENT, "coordinate %zu: x = %g lies outside its bounds %g ... %g", i,
                   x, least, most);
}
