/* An axis around the coordinates of paths. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/plain.h"
#include "thalweg/trajectory_plane.h"

/* The next number of two digits, by which the ends are numbers that a person may type. */
static double round_up(double step) {
    double scale = pow(10, floor(log10(step)) - 1);
    char text[32];
    if (!(scale > 0) || !isfinite(step / scale))
        return step;
    tw_plain_print(text, sizeof text, "%.0fe%.0f", ceil(step / scale - 1e-9), log10(scale));
    return tw_plain_read(text, NULL);
}

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
    step = round_up((high - low) / (double)(points - 1));
    double below = ceil(-low / step - 1e-9), above = ceil(high / step - 1e-9);
    if (!isfinite(step * below) || !isfinite(step * above) || !(step > 0))
        return tw_fail(TW_ERR_ARGUMENT, "coordinates of %g ... %g: no axis holds them", low, high);
    char first[40], last[40]; /* products of a decimal have a last digit too many */
    tw_plain_print(first, sizeof first, "%.14g", -step * below);
    tw_plain_print(last, sizeof last, "%.14g", step * above);
    *out = (tw_axis){tw_plain_read(first, NULL), tw_plain_read(last, NULL),
                     (size_t)(below + above) + 1};
    return TW_OK;
}
