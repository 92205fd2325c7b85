/* The barrier between the two ends of a line. */
#include <math.h>

#include "thalweg/trajectory_plane.h"

/* The loss at coefficient t where that is computed, or `given`, or else what was interpolated. */
static double end_loss(const tw_surface *surface, const double *loss, double t, double given) {
    for (size_t i = 0; i < surface->nx; i++)
        if (surface->x[i] == t &&
            (surface->computed[i] == 1 || (surface->computed[i] && isnan(given))))
            return loss[i];
    return given;
}

tw_status tw_surface_barrier(const tw_surface *surface, size_t metric, double from, double to,
                             tw_barrier *out) {
    if (surface->rank != 1 || metric >= surface->metrics)
        return tw_fail(TW_ERR_ARGUMENT, "a barrier is that of a metric along a line");
    const double *loss = tw_surface_plane(surface, metric);
    *out = (tw_barrier){.from = end_loss(surface, loss, 0, from),
                        .to = end_loss(surface, loss, 1, to)};
    if (isnan(out->from) || isnan(out->to))
        return tw_fail(TW_ERR_ARGUMENT,
                       "the loss at %d is neither on the line nor given, or not a number",
                       isnan(out->from) ? 0 : 1);
    out->highest = fmax(out->from, out->to);
    for (size_t i = 0; i < surface->nx; i++) {
        double t = surface->x[i];
        if (!(t > 0 && t < 1))
            continue;
        if (!surface->computed[i])
            return tw_fail(TW_ERR_ARGUMENT, "the loss at %g, between the ends, is not computed", t);
        double value = isfinite(loss[i]) ? loss[i] : INFINITY;
        double height = value - ((1 - t) * out->from + t * out->to);
        out->points++;
        out->not_finite += isinf(value) != 0;
        out->highest = fmax(out->highest, value);
        if (height > out->height) {
            out->height = height;
            out->at = t;
        }
    }
    if (out->points == 0)
        return tw_fail(TW_ERR_ARGUMENT, "no point of the line lies between 0 and 1; ask for more");
    return TW_OK;
}
