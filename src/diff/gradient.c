#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "diff/exact.h"
#include "diff/line.h"
#include "thalweg/diff.h"

static const char *const method_names[] = {"forward", "central", "ladder", "robust", "complex"};
enum { METHODS = sizeof method_names / sizeof method_names[0] };

const char *tw_diff_method_name(tw_diff_method method) {
    return (unsigned)method < METHODS ? method_names[method] : "unknown";
}

int tw_diff_method_find(const char *name) {
    for (int k = 0; k < METHODS; k++)
        if (strcmp(method_names[k], name) == 0)
            return k;
    return -1;
}

/* The power of two nearest below noise^(1/2) or noise^(1/3) times max(1, |x_i|): a power of two, so
 * that adding it to x rounds as little as can be. */
static double default_step(const tw_objective *objective, tw_diff_method method, double x) {
    double order = method == TW_DIFF_FORWARD ? 1.0 / 2 : 1.0 / 3;
    double scale = fabs(x) > 1 ? fabs(x) : 1;
    int exponent;
    frexp(pow(tw_objective_noise(objective), order) * scale, &exponent);
    return ldexp(1, exponent - 1);
}

/* The step that the objective is moved by, and that the difference is divided by. An objective that
 * answers differences itself takes h as the real number it is; where points are evaluated, it is
 * the increment as stored, (x + h) - x. */
static tw_status choose_step(const tw_objective *objective, const tw_diff_options *options,
                             const double *x, size_t i, double sign, double *step) {
    double h = options->step > 0 ? options->step : default_step(objective, options->method, x[i]);
    h *= sign;
    if (!(tw_objective_capabilities(objective) & TW_CAN_COORDINATES)) {
        volatile double moved = x[i] + h; /* rounded to double even where registers are wider */
        h = moved - x[i];
    }
    if (h == 0 || !isfinite(h))
        return tw_fail(TW_ERR_ARGUMENT,
                       "coordinate %zu: x = %g moved by h = %g does not change; take a larger step",
                       i, x[i], options->step);
    *step = h;
    return TW_OK;
}

/* Coordinates that one call of the objective takes: all, unless somebody watches. */
static size_t part_size(const tw_objective *objective, const tw_diff_options *options) {
    size_t n = tw_objective_size(objective);
    if (options->progress == NULL || (tw_objective_capabilities(objective) & TW_CAN_COORDINATES))
        return n;
    size_t part = n / 200;
    return part < 64 ? 64 : part;
}

typedef struct work {
    size_t *indices;
    double *steps, *differences; /* of one side at a time */
    double *other_steps, *other; /* central: of the other side */
} work;

static tw_status part_gradient(tw_objective *objective, const double *x,
                               const tw_diff_options *options, size_t first, size_t count, work *w,
                               double *gradient, double *smallest) {
    int central = options->method == TW_DIFF_CENTRAL;
    tw_status status = TW_OK;
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        w->indices[k] = first + k;
        status = choose_step(objective, options, x, first + k, 1, &w->steps[k]);
        if (status == TW_OK && central)
            status = choose_step(objective, options, x, first + k, -1, &w->other_steps[k]);
        if (status == TW_OK && fabs(w->steps[k]) < *smallest)
            *smallest = fabs(w->steps[k]);
    }
    if (status == TW_OK)
        status = tw_objective_coordinate_differences(objective, x, count, w->indices, w->steps,
                                                     w->differences);
    if (status == TW_OK && central)
        status = tw_objective_coordinate_differences(objective, x, count, w->indices,
                                                     w->other_steps, w->other);
    for (size_t k = 0; k < count && status == TW_OK; k++)
        gradient[first + k] =
            central ? (w->differences[k] - w->other[k]) / (w->steps[k] - w->other_steps[k])
                    : w->differences[k] / w->steps[k];
    return status;
}

static tw_status base_value(tw_objective *objective, const double *x, double *value) {
    double *values = tw_alloc(tw_objective_metrics(objective), sizeof *values);
    if (values == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the metrics");
    tw_status status = tw_objective_value(objective, x, values);
    *value = values[0];
    free(values);
    return status;
}

static int has_bars(tw_diff_method method) {
    return method == TW_DIFF_LADDER || method == TW_DIFF_ROBUST || method == TW_DIFF_COMPLEX;
}

static tw_status check_options(const tw_diff_options *options) {
    if ((unsigned)options->method >= METHODS)
        return tw_fail(TW_ERR_ARGUMENT, "no difference method number %d", (int)options->method);
    if (!(options->step >= 0) || isinf(options->step))
        return tw_fail(TW_ERR_ARGUMENT, "step %g: give a positive number", options->step);
    if (options->bars != NULL && !has_bars(options->method))
        return tw_fail(TW_ERR_ARGUMENT,
                       "the method '%s' has no error bars; take 'ladder' or 'robust'",
                       method_names[options->method]);
    return TW_OK;
}

/* Forward and central: one or two differences a coordinate, all coordinates of a part in a call. */
static tw_status fixed_gradient(tw_objective *objective, const double *x,
                                const tw_diff_options *options, double *gradient,
                                double *smallest) {
    tw_status status = TW_OK;
    size_t n = tw_objective_size(objective), part = part_size(objective, options);
    double *numbers = tw_alloc_raw(part, 4 * sizeof(double));
    work w = {tw_alloc_raw(part, sizeof(size_t)), numbers, NULL, NULL, NULL};
    if (numbers == NULL || w.indices == NULL) {
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu differences", part);
    } else {
        w.differences = numbers + part;
        w.other_steps = numbers + 2 * part;
        w.other = numbers + 3 * part;
    }
    for (size_t first = 0; first < n && status == TW_OK; first += part) {
        size_t count = n - first < part ? n - first : part;
        status = part_gradient(objective, x, options, first, count, &w, gradient, smallest);
        if (status == TW_OK && options->progress != NULL &&
            options->progress(options->progress_user, first + count, n) != 0)
            status =
                tw_fail(TW_ERR_CANCELLED, "cancelled at coordinate %zu of %zu", first + count, n);
    }
    free(numbers);
    free(w.indices);
    return status;
}

tw_status tw_diff_gradient(tw_objective *objective, const double *x, const tw_diff_options *options,
                           double *gradient, tw_diff_report *report) {
    static const tw_diff_options defaults;
    if (options == NULL)
        options = &defaults;
    tw_status status = check_options(options);
    if (status != TW_OK)
        return status;
    int ladder = has_bars(options->method);
    double started = tw_clock_seconds(), value = 0, step = INFINITY, bar = ladder ? 0 : NAN;
    unsigned long long before = tw_objective_evaluations(objective);
    status = base_value(objective, x, &value);
    if (status == TW_OK && options->method == TW_DIFF_COMPLEX)
        status = tw_complex_gradient(objective, x, options, gradient, &step, &bar);
    else if (status == TW_OK)
        status = ladder ? tw_ladder_gradient(objective, x, options, gradient, &step, &bar)
                        : fixed_gradient(objective, x, options, gradient, &step);
    if (status == TW_OK && report != NULL)
        *report = (tw_diff_report){.value = value,
                                   .step = options->step > 0 && !ladder ? options->step : step,
                                   .bar = bar,
                                   .evaluations = tw_objective_evaluations(objective) - before,
                                   .seconds = tw_clock_seconds() - started};
    return status;
}
