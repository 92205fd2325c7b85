/* gradcheck_taylor.c: how fast the remainder of a Taylor expansion falls with the step. A right
 * gradient leaves t^2, a wrong one t, whatever the size of either: no step is chosen, and none can
 * be chosen wrongly. With a right Hessian product t^3 is left. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "diff/exact.h"
#include "diff/line.h"
#include "diff/numbers.h"
#include "gradcheck/gradcheck_private.h"

enum { STEPS = 32, LAST = 5 };

/* Remainders count from this many times the noise on. */
static const double visible = 100;

/* The median of the last exponents before the noise. */
static double order(const tw_gradcheck_taylor *taylor, const double *noise) {
    double exponents[STEPS];
    size_t count = 0;
    for (size_t k = 0; k + 1 < taylor->count; k++) {
        double wide = taylor->remainder[k], narrow = taylor->remainder[k + 1];
        if (isfinite(wide) && narrow > visible * noise[k + 1])
            exponents[count++] = log2(wide / narrow);
    }
    while (count > 0 && exponents[count - 1] < 0.5)
        count--; /* noise that is larger than the model of it */
    if (count < 3) {
        int none = 1;
        for (size_t k = 0; k < taylor->count; k++)
            none &= taylor->remainder[k] <= visible * noise[k];
        return none ? INFINITY : NAN;
    }
    size_t last = count < LAST ? count : LAST;
    tw_sort_rising(last, exponents + count - last);
    return exponents[count - last + last / 2];
}

static tw_status remainders(tw_check *check, const double *v, double slope, double curvature,
                            tw_gradcheck_taylor *taylor, double *noise) {
    double scale = 0, unit = check->report->unit;
    for (size_t i = 0; i < check->n; i++)
        scale = fmax(scale, check->scales[i]);
    size_t metrics = tw_objective_metrics(check->objective);
    double *values = tw_alloc(STEPS, metrics * sizeof *values);
    tw_span *span = NULL;
    tw_status status = values != NULL
                           ? tw_span_open(check->objective, check->x, 1, &v, TW_SPAN_ROWS, &span)
                           : tw_fail(TW_ERR_MEMORY, "not enough memory for %d values", STEPS);
    for (int k = 0; k < STEPS; k++)
        taylor->step[k] = ldexp(tw_power_below(scale), -2 - k);
    if (status == TW_OK)
        status = tw_span_values(span, STEPS, taylor->step, values);
    for (size_t k = 0; k < STEPS && status == TW_OK; k++) {
        double t = taylor->step[k], f = values[k * metrics];
        taylor->remainder[k] = fabs((f - check->report->loss) - t * slope - t * t / 2 * curvature);
        noise[k] = fmax(check->report->noise, unit * (fabs(f) + fabs(check->report->loss)));
    }
    taylor->count = status == TW_OK ? STEPS : 0;
    tw_span_close(span);
    free(values);
    return status;
}

static int is_bounded(const tw_gradcheck_options *o) {
    return o->lower != NULL || o->upper != NULL;
}

tw_status tw_check_taylor(tw_check *check) {
    tw_gradcheck_taylor *taylor = &check->report->taylor;
    if (check->options.no_taylor || is_bounded(&check->options) || check->unlike || check->idle > 0)
        return TW_OK;
    double *v = check->other, *product = check->elsewhere, noise[STEPS], curvature = 0;
    tw_check_probe_all(check, UINT64_MAX - 1, v);
    tw_status status = TW_OK;
    taylor->expected = 2;
    if (!check->options.no_hessian &&
        (tw_objective_capabilities(check->objective) & TW_CAN_HESSIAN_PRODUCT)) {
        status = tw_objective_hessian_product(check->objective, check->x, v, product);
        curvature = tw_dot(check->n, v, product);
        taylor->expected = 3;
    }
    if (status == TW_OK)
        status =
            remainders(check, v, tw_dot(check->n, check->gradient, v), curvature, taylor, noise);
    if (status != TW_OK)
        return status;
    taylor->order = order(taylor, noise);
    taylor->verdict = taylor->order > taylor->expected - 0.3 ? TW_VERDICT_PASS
                      : taylor->order < 1.3                  ? TW_VERDICT_FAIL
                                                             : TW_VERDICT_INCONCLUSIVE;
    return TW_OK;
}
