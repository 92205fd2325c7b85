/* sweep.c: forward and central differences over a range of steps, and at the steps of others. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/plain.h"
#include "core/versioned.h"
#include "diff/exact.h"
#include "diff/numbers.h"
#include "diff/sampler.h"
#include "diff/sweep_fit.h"

enum { DEFAULT_FIRST = 1, DEFAULT_COUNT = 45, MOST_POINTS = 6 };

/* ---- the reference ---- */

static tw_status default_scale(const tw_sampler *s, double *scale) {
    double size = 1;
    if (s->direction == NULL) {
        double *scales = tw_alloc_raw(tw_objective_size(s->objective), sizeof *scales);
        if (scales == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for the scales of the coordinates");
        tw_line_scales(s->objective, s->x, scales);
        size = scales[s->coordinate];
        free(scales);
    } else {
        size = (s->at >= 1e-8 && isfinite(s->at) ? s->at : 1) / s->length;
    }
    *scale = tw_power_below(size);
    return TW_OK;
}

static tw_status analytic_derivative(const tw_sampler *s, double *out) {
    *out = NAN;
    if (!(tw_objective_capabilities(s->objective) & TW_CAN_GRADIENT))
        return TW_OK;
    size_t n = tw_objective_size(s->objective);
    double *gradient = tw_alloc_raw(n, sizeof *gradient), sum = 0;
    if (gradient == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a gradient of %zu entries", n);
    tw_status status = tw_objective_gradient(s->objective, s->x, NULL, gradient);
    for (size_t i = 0; i < n && status == TW_OK && s->direction != NULL; i++)
        sum += s->direction[i] != 0 ? gradient[i] * s->direction[i] : 0;
    if (status == TW_OK)
        *out = s->direction == NULL ? gradient[s->coordinate] : sum;
    free(gradient);
    return status;
}

static void choose_reference(tw_sweep *sweep, double unit) {
    const tw_derivative *d = &sweep->ladder;
    double a = sweep->analytic, off = fabs(a - d->value);
    sweep->reference = sweep->left = sweep->right = d->value;
    sweep->bar = d->error;
    if (isnan(d->value) && isfinite(a)) {
        sweep->reference = a;
        sweep->bar = 4 * unit * fabs(a);
        sweep->analytic_used = 1;
    } else if (!isnan(a)) {
        double near = 3 * d->error + 1e-6 * fmax(fabs(a), fabs(d->value));
        sweep->analytic_wrong = !(off <= near);
        sweep->analytic_used = !sweep->analytic_wrong && d->point_class != TW_POINT_KINK;
    }
    if (sweep->analytic_used && !isnan(d->value)) {
        /* each is evidence about the other: no closer than they are to each other */
        sweep->reference = a;
        sweep->bar = fmax(4 * unit * fabs(a), off);
    }
    sweep->ladder_error = sweep->analytic_used ? off : sweep->bar;
}

/* At a kink the ladder's bar takes in both sides; ladders of one side each are far closer. */
static tw_status both_sides(const tw_sampler *s, const tw_sweep_options *options, tw_sweep *sweep) {
    int bounded = options->lower != 0 || options->upper != 0;
    tw_derivative left, right;
    tw_derivative_options below = {.lower = bounded ? options->lower : -INFINITY};
    tw_derivative_options above = {.upper = bounded ? options->upper : INFINITY};
    tw_status status =
        tw_derivative_directional(s->objective, s->x, s->direction, s->coordinate, &below, &left);
    if (status == TW_OK)
        status = tw_derivative_directional(s->objective, s->x, s->direction, s->coordinate, &above,
                                           &right);
    if (status != TW_OK || !isfinite(left.value) || !isfinite(right.value))
        return status;
    sweep->left = left.value;
    sweep->right = right.value;
    sweep->reference = (left.value + right.value) / 2;
    sweep->bar = (left.error + right.error) / 2;
    sweep->ladder_error = fabs(sweep->ladder.value - sweep->reference);
    return TW_OK;
}

static tw_status find_reference(const tw_sampler *s, const tw_sweep_options *options,
                                tw_sweep *sweep) {
    tw_derivative_options ladder = {
        .measure_noise = 1, .lower = options->lower, .upper = options->upper};
    tw_status status = tw_derivative_directional(s->objective, s->x, s->direction, s->coordinate,
                                                 &ladder, &sweep->ladder);
    if (status == TW_OK)
        status = analytic_derivative(s, &sweep->analytic);
    if (status == TW_OK)
        choose_reference(sweep, tw_objective_noise(s->objective));
    if (status == TW_OK && sweep->ladder.point_class == TW_POINT_KINK)
        status = both_sides(s, options, sweep);
    return status;
}

/* ---- the differences ---- */

/* Which side forward differences take: the other one where this has no values. */
static void choose_side(tw_sweep *sweep, const double *values) {
    size_t right = 0, left = 0;
    for (size_t k = 0; k < sweep->count; k++) {
        right += isfinite(values[k]) != 0;
        left += isfinite(values[sweep->count + k]) != 0;
    }
    sweep->backward = right * 2 < left;
}

static double finite_or_nan(double value) {
    return isfinite(value) ? value : NAN;
}

static void take_differences(const tw_sampler *s, tw_sweep *sweep, const double *t,
                             const double *values) {
    for (size_t k = 0; k < sweep->count; k++) {
        tw_sweep_step *step = &sweep->steps[k];
        size_t other = sweep->count + k, side = sweep->backward ? other : k;
        double width = t[k] - t[other];
        int outside = t[k] > s->upper || t[other] < s->lower;
        int unmoved = t[k] == 0 || t[other] == 0;
        step->difference[TW_SCHEME_FORWARD] = finite_or_nan((values[side] - s->base) / t[side]);
        step->difference[TW_SCHEME_CENTRAL] = finite_or_nan((values[k] - values[other]) / width);
        for (int scheme = 0; scheme < 2; scheme++)
            step->error[scheme] = fabs(step->difference[scheme] - sweep->reference);
        int missing = isnan(step->difference[0]) || isnan(step->difference[1]);
        sweep->outside += missing && outside;
        sweep->unmoved += missing && !outside && unmoved;
        sweep->not_finite += missing && !outside && !unmoved;
    }
}

static tw_status sweep_steps(tw_sampler *s, int first, tw_sweep *sweep) {
    double *t = tw_alloc_raw(sweep->count, 4 * sizeof *t);
    sweep->steps = tw_alloc(sweep->count, sizeof *sweep->steps);
    if (t == NULL || sweep->steps == NULL) {
        free(t);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu steps", sweep->count);
    }
    double *values = t + 2 * sweep->count;
    for (size_t k = 0; k < sweep->count; k++) {
        double h = ldexp(sweep->scale, -first - (int)k);
        sweep->steps[k].h = h;
        t[k] = tw_sampler_step(s, h);
        t[sweep->count + k] = tw_sampler_step(s, -h);
    }
    tw_status status = tw_sampler_values(s, 2 * sweep->count, t, values);
    if (status == TW_OK) {
        choose_side(sweep, values);
        take_differences(s, sweep, t, values);
    }
    free(t);
    return status;
}

/* The points that a rule asks for, in units of its step. */
static size_t rule_points(tw_scheme scheme, double *points) {
    static const double sixth[] = {1, -1, 2, -2, 3, -3};
    size_t count = scheme == TW_SCHEME_FORWARD ? 1 : scheme == TW_SCHEME_CENTRAL ? 2 : 6;
    memcpy(points, sixth, count * sizeof *points);
    return count;
}

/* t and v: the increments as stored and the values there. */
static double rule_difference(const tw_step_rule *rule, double h, double base, const double *t,
                              const double *v) {
    if (rule->scheme == TW_SCHEME_FORWARD)
        return (v[0] - base) / (rule->stored ? t[0] : h);
    if (rule->scheme == TW_SCHEME_CENTRAL)
        return (v[0] - v[1]) / (rule->stored ? t[0] - t[1] : 2 * h);
    return (45 * (v[0] - v[1]) - 9 * (v[2] - v[3]) + (v[4] - v[5])) / (60 * h);
}

static tw_status take_marks(tw_sampler *s, tw_sweep *sweep) {
    double t[TW_SWEEP_MARKS * MOST_POINTS], values[TW_SWEEP_MARKS * MOST_POINTS];
    double points[MOST_POINTS];
    size_t count = 0, at = 0;
    const tw_step_rule *rule;
    for (; (rule = tw_step_rule_at(sweep->mark_count)) != NULL; sweep->mark_count++) {
        double h = tw_step_rule_step(rule, s->at) / s->length;
        if (rule->scheme == TW_SCHEME_FORWARD && sweep->backward)
            h = -fabs(h);
        sweep->marks[sweep->mark_count] = (tw_sweep_mark){.rule = rule, .h = h};
        size_t needed = rule_points(rule->scheme, points);
        for (size_t k = 0; k < needed; k++)
            t[count++] = tw_sampler_step(s, points[k] * h);
    }
    tw_status status = tw_sampler_values(s, count, t, values);
    for (size_t m = 0; m < sweep->mark_count && status == TW_OK; m++) {
        tw_sweep_mark *mark = &sweep->marks[m];
        double found = rule_difference(mark->rule, mark->h, s->base, t + at, values + at);
        mark->difference = finite_or_nan(found);
        mark->error = fabs(mark->difference - sweep->reference);
        at += rule_points(mark->rule->scheme, points);
    }
    return status;
}

/* ---- the public functions ---- */

static tw_status check_options(const tw_sweep_options *o) {
    if (!(o->scale >= 0) || isinf(o->scale))
        return tw_fail(TW_ERR_ARGUMENT, "scale %g of a sweep: give a positive number", o->scale);
    if (o->count < 0 || o->count > TW_SWEEP_STEPS)
        return tw_fail(TW_ERR_ARGUMENT, "a sweep of %d steps: give 1 to %d", o->count,
                       (int)TW_SWEEP_STEPS);
    if (!(o->lower <= 0) || !(o->upper >= 0))
        return tw_fail(TW_ERR_ARGUMENT, "bounds %g ... %g of a sweep: 0 must lie within", o->lower,
                       o->upper);
    return TW_OK;
}

static tw_status choose_steps(const tw_sampler *s, const tw_sweep_options *options, int *first,
                              tw_sweep *sweep) {
    tw_status status = TW_OK;
    *first = options->count > 0 ? options->first : DEFAULT_FIRST;
    sweep->count = (size_t)(options->count > 0 ? options->count : DEFAULT_COUNT);
    sweep->scale = options->scale;
    if (options->scale == 0)
        status = default_scale(s, &sweep->scale);
    if (status != TW_OK)
        return status;
    int far = *first < -5000 || *first > 5000; /* so that the exponents below do not overflow */
    double widest = far ? 0 : ldexp(sweep->scale, -*first);
    double least = far ? 0 : ldexp(sweep->scale, -*first - (int)sweep->count + 1);
    if (!(widest <= 0x1p1000) || !(least >= 0x1p-1000))
        return tw_fail(TW_ERR_ARGUMENT,
                       "a sweep of %zu steps from %g 2^%lld on: such numbers overflow or vanish; "
                       "give fewer or others",
                       sweep->count, sweep->scale, -(long long)*first);
    return TW_OK;
}

static tw_status base_value(const tw_sampler *s, double *value) {
    double *values = tw_alloc(tw_objective_metrics(s->objective), sizeof *values);
    if (values == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the metrics");
    tw_status status = tw_objective_value(s->objective, s->x, values);
    *value = values[0];
    free(values);
    if (status == TW_OK && !isfinite(*value))
        return tw_fail(TW_ERR_NOT_FINITE, "the value is %g where its derivative is asked for",
                       *value);
    return status;
}

static tw_status run_sweep(tw_sampler *s, const tw_sweep_options *options, tw_sweep *sweep) {
    int first = 0;
    double zero = 0;
    tw_status status = choose_steps(s, options, &first, sweep);
    if (status == TW_OK)
        status = base_value(s, &sweep->value);
    if (status == TW_OK &&
        !tw_sampler_is_native(s)) /* as the line computes it: a span has its own rounding */
        status = tw_sampler_values(s, 1, &zero, &s->base);
    if (status == TW_OK)
        status = find_reference(s, options, sweep);
    if (status == TW_OK)
        status = sweep_steps(s, first, sweep);
    if (status == TW_OK)
        status = take_marks(s, sweep);
    if (status == TW_OK)
        tw_sweep_fit_branches(sweep);
    return status;
}

tw_status tw_diff_sweep(tw_objective *objective, const double *x, const double *direction,
                        size_t coordinate, const tw_sweep_options *options, tw_sweep *out) {
    if (out == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "a sweep needs a place for its report");
    *out = (tw_sweep){0};
    if (objective == NULL || x == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "a sweep needs an objective and a point");
    tw_sweep_options taken;
    tw_status status = TW_TAKE(tw_sweep_options, upper, &taken, options);
    options = &taken;
    if (status == TW_OK)
        status = check_options(options);
    if (status != TW_OK)
        return status;
    int bounded = options->lower != 0 || options->upper != 0;
    tw_sampler s = {.objective = objective,
                    .x = x,
                    .direction = direction,
                    .coordinate = coordinate,
                    .lower = bounded ? options->lower : -INFINITY,
                    .upper = bounded ? options->upper : INFINITY};
    double started = tw_clock_seconds();
    unsigned long long before = tw_objective_evaluations(objective);
    status = tw_sampler_open(&s);
    if (status == TW_OK)
        status = run_sweep(&s, options, out);
    tw_sampler_close(&s);
    out->evaluations = tw_objective_evaluations(objective) - before;
    out->seconds = tw_clock_seconds() - started;
    if (status != TW_OK)
        tw_sweep_release(out);
    return status;
}

void tw_sweep_release(tw_sweep *sweep) {
    if (sweep == NULL)
        return;
    free(sweep->steps);
    *sweep = (tw_sweep){0};
}

/* A derivative that its bar cannot tell from 0 is said to be 0. */
static double without_dust(double value, double bar) {
    return fabs(value) > 3 * bar ? value : 0;
}

const char *tw_sweep_explain(const tw_sweep *sweep, char *text, size_t size) {
    const tw_derivative *d = &sweep->ladder;
    if (size == 0)
        return text;
    text[0] = '\0';
    if (isnan(sweep->reference))
        snprintf(text, size, "no derivative: no step has finite values on both sides of x");
    else if (d->point_class == TW_POINT_JUMP)
        snprintf(text, size,
                 "a jump: the loss is not continuous here, and no difference means anything");
    else if (d->point_class == TW_POINT_KINK)
        tw_plain_print(text, size,
                       "a kink: the derivative is %.6g on the left, %.6g on the right; errors "
                       "are from the mean",
                       without_dust(sweep->left, sweep->bar),
                       without_dust(sweep->right, sweep->bar));
    else if (sweep->analytic_wrong)
        tw_plain_print(text, size,
                       "the objective's own gradient says %.9g, differences %.9g; errors are "
                       "from these",
                       sweep->analytic, d->value);
    else if (fabs(sweep->reference) <= 10 * sweep->bar)
        snprintf(text, size,
                 "a derivative of 0, or too small to be told from it: errors are "
                 "absolute");
    else if (d->point_class == TW_POINT_FRACTIONAL)
        snprintf(text, size, "not smooth: the derivative exists, differences converge slowly");
    else if (d->kink > 0)
        tw_plain_print(text, size, "a kink nearby, at a distance of about %.2g", d->kink);
    else if (d->point_class == TW_POINT_NOISE)
        tw_plain_print(text, size, "noisy values: an error of about %.2g in each", d->noise);
    return text;
}
