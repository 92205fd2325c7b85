/* gradcheck_repeat.c: what must hold before a gradient can be compared with anything. The loss at x
 * is finite and the same twice; the gradient is the same after it was taken somewhere else; every
 * entry is written; x is left alone. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "diff/exact.h"
#include "gradcheck/gradcheck_private.h"

/* A NaN that no arithmetic makes: an entry that still holds it was not written. */
static double unwritten_mark(void) {
    const uint64_t bits = 0x7ff8dec0dedabed5;
    double mark;
    memcpy(&mark, &bits, sizeof mark);
    return mark;
}

static tw_status check_intact(const tw_check *check, const double *point, const double *as,
                              const char *operation) {
    for (size_t i = 0; i < check->n; i++)
        if (memcmp(&point[i], &as[i], sizeof *as) != 0)
            return tw_fail(TW_ERR_CALLBACK,
                           "objective '%s': '%s' writes to x (entry %zu); it must work on a copy",
                           tw_objective_name(check->objective), operation, i);
    return TW_OK;
}

/* `other` serves as the copy of x that is handed over. */
static tw_status value_at_copy(tw_check *check, double *value) {
    memcpy(check->other, check->x, check->n * sizeof(double));
    tw_status status = tw_objective_value(check->objective, check->other, check->metrics);
    *value = check->metrics[0];
    return status == TW_OK ? check_intact(check, check->other, check->x, "value") : status;
}

static tw_status gradient_at(tw_check *check, const double *point, double *gradient) {
    double mark = unwritten_mark();
    for (size_t i = 0; i < check->n; i++)
        gradient[i] = mark;
    return tw_objective_gradient(check->objective, point, check->metrics, gradient);
}

static tw_status repeat_value(tw_check *check) {
    double first, second;
    tw_status status = value_at_copy(check, &first);
    if (status == TW_OK)
        status = value_at_copy(check, &second);
    if (status != TW_OK)
        return status;
    if (!isfinite(first))
        return tw_fail(TW_ERR_NOT_FINITE,
                       "the loss of '%s' is %g at x: a gradient is checked where it is finite",
                       tw_objective_name(check->objective), first);
    check->report->loss = first;
    double apart = fabs(first - second);
    check->report->noise = fmax(2 * check->report->unit * fabs(first), apart);
    /* threads that sum in any order differ by rounding only; dropout or shuffled data by more */
    check->unlike = apart > 1e6 * check->report->unit * fabs(first);
    if (check->unlike)
        return tw_check_note(check,
                             "two values at the same x differ by %.1e: fix the seed, and switch "
                             "dropout and augmentation off",
                             apart);
    return TW_OK;
}

/* A step aside, an eighth of the typical size of each parameter at the most, and no more than half
 * of the way to a bound, where the loss may be singular. */
static void step_aside(tw_check *check) {
    const tw_gradcheck_options *o = &check->options;
    for (size_t i = 0; i < check->n; i++) {
        double scale = o->scales != NULL && o->scales[i] > 0 ? o->scales[i] : check->scales[i];
        double to = check->x[i] + 0x1p-3 * scale * tw_probe_entry(o->seed, UINT64_MAX, i) / 1.5;
        if (o->lower != NULL)
            to = fmax(to, check->x[i] - (check->x[i] - o->lower[i]) / 2);
        if (o->upper != NULL)
            to = fmin(to, check->x[i] + (o->upper[i] - check->x[i]) / 2);
        check->other[i] = to;
    }
    tw_space_keep_still(tw_objective_space(check->objective), check->x, check->other);
}

static void set_slope_aside(tw_check *check, double value) {
    double squares = 0;
    for (size_t i = 0; i < check->n; i++)
        squares += (check->other[i] - check->x[i]) * (check->other[i] - check->x[i]);
    double slope = fabs(value - check->report->loss) / sqrt(squares);
    check->slope_aside = isfinite(slope) ? slope : 0;
}

static tw_status repeat_gradient(tw_check *check) {
    uint64_t mark_bits, bits;
    double mark = unwritten_mark();
    memcpy(&mark_bits, &mark, sizeof mark);
    memcpy(check->other, check->x, check->n * sizeof(double));
    unsigned long long before = tw_objective_evaluations(check->objective);
    tw_status status = gradient_at(check, check->other, check->gradient);
    check->self_made = tw_objective_evaluations(check->objective) - before > 1 + check->n / 2;
    if (status == TW_OK)
        status = check_intact(check, check->other, check->x, "gradient");
    for (size_t i = 0; i < check->n; i++) {
        memcpy(&bits, &check->gradient[i], sizeof bits);
        check->unwritten[i] = bits == mark_bits;
    }
    step_aside(check);
    if (status == TW_OK)
        status = gradient_at(check, check->other, check->elsewhere);
    if (status == TW_OK) {
        set_slope_aside(check, check->metrics[0]);
        status = tw_check_idle(check, check->metrics[0]);
    }
    if (status == TW_OK)
        status = gradient_at(check, check->x, check->again);
    return status;
}

tw_status tw_check_repeat(tw_check *check) {
    tw_status status = repeat_value(check);
    return status == TW_OK ? repeat_gradient(check) : status;
}
