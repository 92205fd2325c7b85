/* gradcheck_idle.c: a loss that does not depend on x beyond its rounding, as a sum of normalised
 * numbers. It moves no more over wide steps than over tiny ones, whatever the direction; a ladder
 * would call that jumps. */
#include <math.h>

#include "diff/exact.h"
#include "gradcheck/gradcheck_private.h"

/* Moves above this are no rounding, of losses of the size of 1 or larger. */
static const double widest = 1e-9;

/* Where the loss has a slope, moves fall by 2^17 and 2^20 from one step to the next. */
static const double alike = 64;

enum { DIRECTIONS = 8 };

/* The largest |f(x + t s u) - f(x)| over some drawn directions u, s the parameters' sizes. */
static tw_status largest_move(tw_check *check, double t, double *move) {
    tw_status status = TW_OK;
    const tw_gradcheck_options *o = &check->options;
    *move = 0;
    for (uint64_t k = 0; k < DIRECTIONS && status == TW_OK; k++) {
        for (size_t i = 0; i < check->n; i++) {
            double to =
                check->x[i] + t * check->scales[i] * tw_probe_entry(o->seed, UINT64_MAX - 2 - k, i);
            if (o->lower != NULL)
                to = fmax(to, o->lower[i]);
            if (o->upper != NULL)
                to = fmin(to, o->upper[i]);
            check->other[i] = to;
        }
        tw_space_keep_still(tw_objective_space(check->objective), check->x, check->other);
        status = tw_objective_value(check->objective, check->other, check->metrics);
        *move = fmax(*move, fabs(check->metrics[0] - check->report->loss));
        if (!isfinite(check->metrics[0]))
            *move = INFINITY;
    }
    return status;
}

tw_status tw_check_idle(tw_check *check, double aside) {
    double loss = check->report->loss, size = widest * fmax(1, fabs(loss));
    double wide, near, narrow;
    if (check->unlike || !(fabs(aside - loss) <= size))
        return TW_OK;
    tw_status status = largest_move(check, 0x1p-3, &wide);
    if (status == TW_OK && wide <= size)
        status = largest_move(check, 0x1p-20, &near);
    if (status == TW_OK && wide <= size)
        status = largest_move(check, 0x1p-40, &narrow);
    if (status == TW_OK && wide <= size && wide > 0 && wide <= alike * fmax(near, narrow))
        check->idle = fmax(wide, fmax(near, narrow));
    return status;
}
