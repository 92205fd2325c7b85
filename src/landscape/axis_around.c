/* An axis around the coordinates of paths. */
#include <math.h>

#include "thalweg/trajectory_plane.h"

tw_status tw_axis_around(size_t count, const double *values, double margin, size_t points,
                         tw_axis *out) {
    double low = 0, high = 0;
    if (points < 3 || !(margin >= 0) || !(margin < 1e6))
        return tw_fail(TW_ERR_ARGUMENT, "an axis of %zu points and a margin of %g", points, margin);
    for (size_t k = 0; k < count; k++) {
        if (!isfinite(values[k]))
            return tw_fail(TW_ERR_ARGUMENT, "coordinate %zu is %g: no axis holds it", k, values[k]);
        low = fmin(low, values[k]);
        high = fmax(high, values[k]);
    }
    double extent = high - low, step;
    if (!(extent > 0)) {
        *out = (tw_axis){-1, 1, points};
        return TW_OK;
    }
    low -= margin * extent;
    high += margin * extent;
    /* the ends grow to whole steps, by which the axis has one point more than asked for at most */
    step = (high - low) / (double)(points - 1);
    double below = ceil(-low / step - 1e-9), above = ceil(high / step - 1e-9);
    if (!isfinite(step * below) || !isfinite(step * above) || !(step > 0))
        return tw_fail(TW_ERR_ARGUMENT, "coordinates of %g ... %g: no axis holds them", low, high);
    *out = (tw_axis){-step * below, step * above, (size_t)(below + above) + 1};
    return TW_OK;
}
