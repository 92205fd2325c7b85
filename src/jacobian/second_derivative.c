/* second_derivative.c: second derivatives along one line: from four gradients, or from values. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/front_door.h"
#include "diff/exact.h"
#include "diff/ladder.h"
#include "diff/line.h"
#include "jacobian/moved.h"
#include "jacobian/quotient_ladder.h"
#include "thalweg/hessian.h"

static const double next_to_nothing = 1e-8;

/* |x| / |v| over the entries that v moves: t at which t v is as long as x; where that is next to
 * nothing, at which its largest entry is 1. */
static tw_status line_length(const tw_objective *objective, const double *x, const double *v,
                             double *length) {
    double along = 0, size = 0, largest = 0;
    for (size_t i = 0; i < tw_objective_size(objective); i++) {
        if (!isfinite(x[i]) || !isfinite(v[i]))
            return tw_fail(TW_ERR_ARGUMENT, "entry %zu of %s is %g", i,
                           isfinite(x[i]) ? "the direction" : "x", isfinite(x[i]) ? v[i] : x[i]);
        largest = fmax(largest, fabs(v[i]));
    }
    if (largest == 0)
        return tw_fail(TW_ERR_ARGUMENT,
                       "the direction is zero: give one with an entry that is not");
    for (size_t i = 0; i < tw_objective_size(objective); i++) {
        double part = v[i] / largest; /* no square overflows or vanishes */
        along += part * part;
        size += part != 0 ? x[i] * x[i] : 0;
    }
    double scale = sqrt(size / along);
    *length = (isfinite(scale) && scale >= next_to_nothing ? scale : 1) / largest;
    return TW_OK;
}

/* One entry from the gradients at +-t and +-t/2. */
static tw_tableau product_entry(const double *values[2][2], size_t i, double t, double length,
                                double unit) {
    tw_tableau tableau;
    double slope = (values[1][0][i] - values[0][0][i]) / (2 * t);
    double size = fmax(fabs(values[1][0][i]), fabs(values[0][0][i]));
    double noise = 2 * unit * fmax(size, fabs(slope) * length);
    tw_tableau_begin(&tableau, 4);
    for (int k = 0; k < 2; k++) {
        double width = ldexp(2 * t, -k);
        tw_tableau_push(&tableau, width, (values[1][k][i] - values[0][k][i]) / width,
                        2 * noise / width);
    }
    if (!isfinite(tableau.value) || !isfinite(tableau.error)) {
        tableau.value = NAN;
        tableau.error = INFINITY;
    }
    return tableau;
}

/* steps = t v; the moves are at x. */
static tw_status fill_product(tw_moves *moves, double t, double length, double *product,
                              double *bars, double *bar) {
    const double *values[2][2];
    tw_status status = TW_OK;
    for (int k = 0; k < 4 && status == TW_OK; k++)
        status = tw_moves_at(moves, k % 2 ? 1 : -1, -(k / 2), &values[k % 2][k / 2]);
    if (status == TW_OK)
        status = tw_moves_check(moves);
    for (size_t i = 0; i < moves->function->n && status == TW_OK; i++) {
        tw_tableau entry = product_entry(values, i, t, length, moves->function->unit);
        product[i] = entry.value;
        *bar = fmax(*bar, entry.error);
        if (bars != NULL)
            bars[i] = entry.error;
    }
    return status;
}

tw_status tw_diff_hessian_product(tw_objective *objective, const double *x, const double *v,
                                  double *product, double *bars, tw_product_report *report) {
    double started = tw_clock_seconds(), length, bar = 0;
    tw_vector_function function;
    tw_status status = tw_vector_of_gradients(objective, &function);
    if (status == TW_OK)
        status = line_length(objective, x, v, &length);
    if (status != TW_OK)
        return status;
    size_t n = tw_objective_size(objective);
    double t = tw_power_below(cbrt(tw_objective_noise(objective)) * length);
    double *steps = tw_alloc_raw(n, sizeof *steps);
    tw_moves *moves = tw_alloc(1, sizeof *moves);
    if (steps == NULL || moves == NULL) {
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a product of %zu entries", n);
        goto done;
    }
    for (size_t i = 0; i < n; i++)
        steps[i] = t * v[i];
    tw_space_keep_still(tw_objective_space(objective), NULL, steps);
    *moves = (tw_moves){.function = &function, .x = x, .steps = steps};
    status = tw_moves_begin(moves);
    if (status == TW_OK) {
        tw_moves_group(moves, NULL, n);
        status = fill_product(moves, t, length, product, bars, &bar);
    }
    if (status == TW_OK && report != NULL)
        *report = (tw_product_report){.step = t,
                                      .bar = bar,
                                      .evaluations = moves->evaluations,
                                      .seconds = tw_clock_seconds() - started};
done:
    if (moves != NULL)
        tw_moves_release(moves);
    free(moves);
    free(steps);
    return status;
}

typedef struct second_difference {
    tw_line line;
    double base, unit, t; /* t of exponent 0 */
    unsigned evaluations;
} second_difference;

static tw_status line_quotient(void *user, int exponent, tw_quotient *out) {
    second_difference *s = user;
    double t = ldexp(s->t, exponent), plus, minus;
    tw_status status = tw_line_value(&s->line, t, &plus);
    if (status == TW_OK)
        status = tw_line_value(&s->line, -t, &minus);
    s->evaluations += 2;
    if (status != TW_OK)
        return status;
    double slope = fabs(plus - minus) / ldexp(2, exponent); /* per length of x */
    double noise = s->unit * fmax(2 * fabs(s->base), fmax(fabs(plus) + fabs(minus), 2 * slope));
    *out = (tw_quotient){((plus - s->base) + (minus - s->base)) / t / t, 4 * noise / t / t};
    return TW_OK;
}

static tw_status open_line(second_difference *s, tw_objective *objective, const double *x) {
    s->line.metrics = tw_alloc(tw_objective_metrics(objective), sizeof(double));
    s->line.point = tw_alloc_raw(tw_objective_size(objective), sizeof(double));
    if (s->line.metrics == NULL || s->line.point == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a copy of %zu parameters",
                       tw_objective_size(objective));
    memcpy(s->line.point, x, tw_objective_size(objective) * sizeof *x);
    tw_status status = TW_OK;
    if (tw_objective_capabilities(objective) & TW_CAN_SPAN)
        status = tw_span_open(objective, x, 1, &s->line.direction, TW_SPAN_ROWS, &s->line.span);
    if (status == TW_OK)
        status = tw_line_value(&s->line, 0, &s->base);
    s->evaluations++;
    if (status == TW_OK && !isfinite(s->base))
        status =
            tw_fail(TW_ERR_NOT_FINITE, "the value is %g where its curvature is asked for", s->base);
    return status;
}

tw_status tw_diff_curvature(tw_objective *objective, const double *x, const double *v,
                            tw_line_curvature *out) {
    second_difference s = {.line = {.objective = objective, .x = x, .direction = v},
                           .unit = tw_objective_noise(objective)};
    double length;
    tw_status status = line_length(objective, x, v, &length);
    if (status != TW_OK)
        return status;
    s.t = tw_power_below(length);
    status = open_line(&s, objective, x);
    tw_quotient_limit limit;
    if (status == TW_OK)
        status = tw_quotient_ladder(line_quotient, &s, 4, 48, ilogb(s.unit), &limit);
    if (status == TW_OK)
        *out = (tw_line_curvature){limit.value, limit.error, ldexp(s.t, limit.exponent),
                                   s.evaluations};
    tw_span_close(s.line.span);
    free(s.line.metrics);
    free(s.line.point);
    return status;
}
