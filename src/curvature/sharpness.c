#include "thalweg/sharpness.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "algebra/power_unit.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "core/versioned.h"
#include "curvature/curvature_scale.h"
#include "curvature/long_vector.h"
#include "thalweg/diff.h"
#include "thalweg/rng.h"

typedef struct ball {
    tw_objective *objective;
    const double *x;
    const tw_sharpness_options *options;
    size_t n, dimension, metrics;
    double *scale;         /* D */
    double *u, *point, *v; /* n numbers each */
    double *first;         /* the unit vector along D grad f(x), 0 where that is; NULL: not known */
    double *values;        /* of a point, or of a span */
    size_t stage, stages;
    tw_sharpness_result *result;
} ball;

/* ---- pieces ---- */

static tw_status out_of_memory(const ball *b) {
    return tw_fail(TW_ERR_MEMORY, "not enough memory for the sharpness of %zu parameters", b->n);
}

static tw_status report(ball *b) {
    const tw_sharpness_options *o = b->options;
    b->stage += b->stage < b->stages;
    if (o->progress != NULL && o->progress(o->user, b->stage, b->stages) != 0)
        return tw_fail(TW_ERR_CANCELLED, "cancelled");
    return TW_OK;
}

static double length(const ball *b, const double *a) {
    return tw_long_length(tw_objective_runner(b->objective), b->n, a);
}

/* A unit vector drawn uniformly among those of the parameters that move. */
static void draw(const ball *b, size_t index, double *u) {
    char name[48];
    snprintf(name, sizeof name, "sharpness %zu", index);
    tw_rng_fill_normal(b->options->seed, tw_rng_stream(name), 0, b->n, u);
    tw_scale_keep(b->n, b->scale, u, u);
    tw_long_scale(tw_objective_runner(b->objective), b->n, 1 / length(b, u), u);
}

static void go_to(ball *b, const double *u) {
    tw_scale_apply(b->n, b->scale, u, b->point);
    for (size_t i = 0; i < b->n; i++)
        b->point[i] += b->x[i];
}

/* f(x + D u). */
static tw_status value_at(ball *b, const double *u, double *value) {
    go_to(b, u);
    tw_status status = tw_objective_value(b->objective, b->point, b->values);
    *value = b->values[0];
    b->result->evaluations++;
    return status;
}

/* At the point gone to, into v. */
static tw_status gradient(ball *b) {
    b->result->gradients++;
    if (tw_objective_capabilities(b->objective) & TW_CAN_GRADIENT)
        return tw_objective_gradient(b->objective, b->point, b->values, b->v);
    tw_diff_report found = {0};
    const tw_diff_options by = {.method = TW_DIFF_CENTRAL};
    tw_status status = tw_diff_gradient(b->objective, b->point, &by, b->v, &found);
    b->result->evaluations += found.evaluations;
    b->values[0] = found.value;
    return status;
}

/* u = r v / |v| for v = D grad f(x + D u); and f there, before. v = 0 leaves u. */
static tw_status climb(ball *b, double radius, double *u, double *value) {
    go_to(b, u);
    tw_status status = gradient(b);
    *value = b->values[0];
    if (status != TW_OK)
        return status;
    tw_scale_apply(b->n, b->scale, b->v, b->v);
    double size = length(b, b->v);
    if (!isfinite(size) && isfinite(*value))
        return tw_fail(TW_ERR_NOT_FINITE, "the gradient is not finite where the loss is %.9g",
                       *value);
    for (size_t i = 0; i < b->n && size > 0 && isfinite(size); i++)
        u[i] = radius * (b->v[i] / size);
    return TW_OK;
}

/* ---- on average ---- */

typedef struct mean {
    double sum, squares; /* the latter over the square of the unit: */
    double unit;         /* the size of values that are far from 1, or 1 */
    size_t count;
} mean;

static void mean_add(mean *m, double value) {
    double before = m->count > 0 ? m->sum / (double)m->count : 0;
    if (m->squares == 0)
        m->unit = tw_unit_of(fmax(fabs(value), fabs(before)));
    m->count++;
    m->sum += value;
    m->squares += (value - before) / m->unit * ((value - m->sum / (double)m->count) / m->unit);
}

static double mean_error(const mean *m) {
    if (!isfinite(m->sum)) /* of an infinite one nothing is known */
        return NAN;
    return m->count > 1 ? m->unit * sqrt(m->squares / (double)(m->count - 1) / (double)m->count)
                        : INFINITY;
}

static double rounding(const ball *b) {
    return tw_objective_noise(b->objective) * fabs(b->result->loss);
}

/* (f(x + r D u) + f(x - r D u)) / 2 - f(x) for one draw and all radii. */
static tw_status pair(ball *b, size_t draw_index, size_t count, const double *radii,
                      double *rises) {
    tw_span *span = NULL;
    double *at = tw_alloc(2 * count, sizeof *at);
    if (at == NULL)
        return out_of_memory(b);
    draw(b, draw_index, b->u);
    tw_scale_apply(b->n, b->scale, b->u, b->u);
    for (size_t k = 0; k < count; k++) {
        at[2 * k] = radii[k];
        at[2 * k + 1] = -radii[k];
    }
    const double *const directions[] = {b->u};
    tw_status status = tw_span_open(b->objective, b->x, 1, directions, TW_SPAN_SCATTERED, &span);
    if (status == TW_OK)
        status = tw_span_values(span, 2 * count, at, b->values);
    tw_span_close(span);
    b->result->evaluations += 2 * count;
    for (size_t k = 0; k < count; k++)
        rises[k] = (b->values[2 * k * b->metrics] - b->result->loss) / 2 +
                   (b->values[(2 * k + 1) * b->metrics] - b->result->loss) / 2;
    free(at);
    return status;
}

static tw_status averages(ball *b, size_t count, const double *radii, mean *means) {
    double *rises = tw_alloc(count, sizeof *rises);
    tw_status status = rises == NULL ? out_of_memory(b) : TW_OK;
    memset(means, 0, count * sizeof *means);
    for (size_t k = 0; k < b->result->draws && status == TW_OK; k++) {
        status = pair(b, k, count, radii, rises);
        for (size_t r = 0; r < count && status == TW_OK; r++)
            mean_add(&means[r], rises[r]);
        if (status == TW_OK)
            status = report(b);
    }
    free(rises);
    return status;
}

/* ---- at worst ---- */

/* Ascends from u on the sphere; *most and what its last step gained are kept over calls. */
static tw_status ascend(ball *b, double radius, double *u, double *most, double *gain) {
    size_t steps = b->options->steps > 0 ? b->options->steps : 20;
    double value, before = -INFINITY;
    int best = 0; /* whether the largest one is of this ascent */
    for (size_t s = 0; s <= steps; s++) {
        tw_status status = climb(b, radius, u, &value);
        double rise = value - b->result->loss;
        if (status == TW_OK && (rise > *most || isnan(rise))) {
            *most = rise;
            best = 1;
        }
        if (status == TW_OK && best)
            *gain = !isfinite(rise) ? NAN : isfinite(before) ? fmax(0, rise - before) : fabs(rise);
        if (status != TW_OK || !isfinite(rise) || rise - before <= 1e-4 * fabs(rise))
            return status;
        before = rise;
    }
    return TW_OK;
}

/* Once for all radii. */
static tw_status find_first(ball *b) {
    double value, *first = tw_alloc(b->n, sizeof *first);
    tw_status status = first == NULL ? out_of_memory(b) : climb(b, 1, first, &value);
    if (status == TW_OK)
        b->first = first;
    else
        free(first);
    return status;
}

/* Where an ascent begins: along the gradient at x, or anywhere. */
static tw_status begin_at(ball *b, double radius, int along, double *u) {
    if (along) {
        tw_status status = b->first == NULL ? find_first(b) : TW_OK;
        if (status != TW_OK)
            return status;
        for (size_t i = 0; i < b->n; i++)
            u[i] = radius * b->first[i];
        if (length(b, u) > 0)
            return TW_OK;
    }
    draw(b, SIZE_MAX, u);
    tw_long_scale(tw_objective_runner(b->objective), b->n, radius, u);
    return TW_OK;
}

static tw_status worst(ball *b, double radius, tw_rise *rise) {
    double *u = tw_alloc_raw(b->n, sizeof *u), value = NAN, most = -INFINITY, gain = 0;
    tw_status status = u == NULL ? out_of_memory(b) : TW_OK;
    for (int along = 1; along >= 0 && status == TW_OK; along--) {
        status = begin_at(b, radius, along, u);
        if (status == TW_OK && along) {
            status = value_at(b, u, &value);
            rise->sam = value - b->result->loss;
        }
        if (status == TW_OK)
            status = ascend(b, radius, u, &most, &gain);
        if (status == TW_OK)
            status = report(b);
    }
    rise->worst = most;
    rise->worst_error = fabs(gain);
    free(u);
    return status;
}

/* ---- radii of a rise ---- */

typedef tw_status (*rise_at)(ball *b, double radius, double *rise, double *error);

static tw_status average_at(ball *b, double radius, double *rise, double *error) {
    mean m;
    tw_status status = averages(b, 1, &radius, &m);
    *rise = m.count > 0 ? m.sum / (double)m.count : NAN;
    *error = hypot(mean_error(&m), rounding(b));
    return status;
}

static tw_status worst_at(ball *b, double radius, double *rise, double *error) {
    tw_rise found = {0};
    tw_status status = worst(b, radius, &found);
    *rise = found.worst;
    *error = hypot(found.worst_error, rounding(b));
    return status;
}

/* Of the rise as a power of the radius: from the two sides where there are two, else as of a
 * square.
 */
static double power_of(double low, double high, double low_rise, double high_rise) {
    int sides =
        low > 0 && low_rise > 0 && isfinite(high) && isfinite(high_rise) && high > low * (1 + 1e-9);
    return sides ? log(high_rise / low_rise) / log(high / low) : 2;
}

/* The smallest radius found, up to `most`, at which the rise is `rise`: doubled or halved (by
 * larger steps where that has led to nothing), then found by secants in log-log, where small rises
 * are straight. */
static tw_status find_radius(ball *b, rise_at at, double first, double most, double *radius,
                             double *error) {
    enum { MOST = 40, SMALL = 10 };
    double wanted = b->options->rise, low = 0, high = INFINITY, low_rise = 0, high_rise = 0,
           r = first, here = 0, off = 0;
    tw_status status = TW_OK;
    for (int k = 0; k < MOST && status == TW_OK; k++) {
        if ((status = at(b, r, &here, &off)) != TW_OK)
            break;
        if (here >= wanted || isnan(here)) {
            high = r;
            high_rise = here;
        } else {
            low = r;
            low_rise = here;
        }
        if (fabs(here - wanted) <= 1e-3 * wanted || (low > 0 && high / low < 1 + 1e-4))
            break;
        if (!isfinite(high) && r > most) {
            r = INFINITY;
            break;
        }
        double step = k < SMALL ? 2 : 16;
        double share = low > 0 && low_rise > 0 && isfinite(high) && isfinite(high_rise)
                           ? log(wanted / low_rise) / log(high_rise / low_rise)
                           : 0.5;
        share = share < 0.1 ? 0.1 : share > 0.9 ? 0.9 : share;
        r = !isfinite(high) ? step * r : low > 0 ? low * pow(high / low, share) : high / step;
    }
    *radius = r;
    /* dr = dA / A'(r), and what the search for it has left, on the way to which the slope changes a
     * little */
    double slope = here / r * power_of(low, high, low_rise, high_rise);
    double left = 1.1 * fabs(here - wanted) / slope;
    if (low > 0 && isfinite(high))
        left = fmin(left, high - low);
    else if (left > 1e-3 * r)
        left = r; /* it ended on the way */
    *error = isfinite(r) && slope > 0 ? off / slope + left : NAN;
    return status;
}

/* ---- all of it ---- */

static tw_status check(const tw_sharpness_options *o) {
    for (size_t k = 0; k < o->radius_count; k++)
        if (!(o->radii[k] > 0) || !isfinite(o->radii[k]))
            return tw_fail(TW_ERR_ARGUMENT, "a radius of %g: give numbers above 0", o->radii[k]);
    if (o->rise < 0 || !isfinite(o->rise))
        return tw_fail(TW_ERR_ARGUMENT, "a rise of %g: give a number above 0", o->rise);
    if (o->radius_count == 0 && o->rise == 0)
        return tw_fail(TW_ERR_ARGUMENT, "neither a radius nor a rise is given");
    return TW_OK;
}

static tw_status open_ball(ball *b) {
    const tw_sharpness_options *o = b->options;
    const tw_curvature_options moves = {.norm = o->ball,
                                        .only = o->only,
                                        .only_count = o->only_count,
                                        .ignore_biasbn = o->ignore_biasbn};
    size_t points = 2 * (o->radius_count > 0 ? o->radius_count : 1);
    b->scale = tw_alloc(b->n, sizeof(double));
    b->u = tw_alloc(b->n, sizeof(double));
    b->v = tw_alloc(b->n, sizeof(double));
    b->point = tw_alloc(b->n, sizeof(double));
    b->values = tw_alloc(points * b->metrics, sizeof(double));
    b->result->rises = tw_alloc(o->radius_count, sizeof *b->result->rises);
    if (b->scale == NULL || b->u == NULL || b->v == NULL || b->point == NULL || b->values == NULL ||
        b->result->rises == NULL)
        return out_of_memory(b);
    tw_status status =
        tw_curvature_scale_fill(tw_objective_space(b->objective), b->x, &moves, b->scale);
    for (size_t i = 0; i < b->n; i++)
        b->result->dimension += b->scale[i] != 0;
    if (status == TW_OK && b->result->dimension == 0)
        return tw_fail(TW_ERR_ARGUMENT, "no parameter may move");
    if (status == TW_OK)
        status = value_at(b, b->u, &b->result->loss); /* u = 0 */
    if (status == TW_OK && !isfinite(b->result->loss))
        return tw_fail(TW_ERR_NOT_FINITE, "objective '%s': the loss is %g at the point",
                       tw_objective_name(b->objective), b->result->loss);
    return status;
}

static void close_ball(ball *b) {
    free(b->scale);
    free(b->u);
    free(b->first);
    free(b->v);
    free(b->point);
    free(b->values);
}

static tw_status rises(ball *b) {
    const tw_sharpness_options *o = b->options;
    mean *means = tw_alloc(o->radius_count, sizeof *means);
    if (means == NULL)
        return out_of_memory(b);
    tw_status status = o->radius_count > 0 ? averages(b, o->radius_count, o->radii, means) : TW_OK;
    for (size_t k = 0; k < o->radius_count && status == TW_OK; k++) {
        tw_rise *rise = &b->result->rises[k];
        rise->radius = o->radii[k];
        rise->average = means[k].sum / (double)means[k].count;
        /* differences of losses are no better than losses */
        rise->average_error = hypot(mean_error(&means[k]), rounding(b));
        status = worst(b, o->radii[k], rise);
    }
    free(means);
    return status;
}

static tw_status radii_of_rise(ball *b) {
    tw_sharpness_result *r = b->result;
    const tw_sharpness_options *o = b->options;
    r->average_radius = r->average_radius_error = r->worst_radius = r->worst_radius_error = NAN;
    if (o->rise == 0)
        return TW_OK;
    if (o->rise < 16 * rounding(b))
        return tw_fail(TW_ERR_ARGUMENT,
                       "a rise of %g: the loss, %g, is known to %.1g only; give more", o->rise,
                       r->loss, rounding(b));
    for (size_t i = 0; i < b->n; i++)
        b->point[i] = b->scale[i] == 0 ? 0 : b->x[i] / b->scale[i];
    double first = 1e-2 * length(b, b->point); /* a hundredth of x, in the ball's units */
    first = first > 0 ? first : 1e-2;
    tw_status status =
        find_radius(b, worst_at, first, 1e6 * first, &r->worst_radius, &r->worst_radius_error);
    double begin = isfinite(r->worst_radius) ? r->worst_radius : first;
    if (status == TW_OK)
        status = find_radius(b, average_at, begin, 1e6 * fmax(begin, first), &r->average_radius,
                             &r->average_radius_error);
    return status;
}

tw_status tw_sharpness(tw_objective *objective, const double *x,
                       const tw_sharpness_options *options, tw_sharpness_result *out) {
    tw_sharpness_options taken;
    *out = (tw_sharpness_result){.bytes = sizeof *out};
    tw_status status = TW_TAKE(tw_sharpness_options, user, &taken, options);
    if (status == TW_OK)
        status = check(&taken);
    if (status != TW_OK)
        return status;
    ball b = {.objective = objective,
              .x = x,
              .options = &taken,
              .n = tw_objective_size(objective),
              .metrics = tw_objective_metrics(objective),
              .result = out};
    double begun = tw_clock_seconds();
    out->draws = taken.draws > 0 ? taken.draws : 32;
    out->count = taken.radius_count;
    /* some fifteen radii are looked at to find one */
    b.stages = out->draws + 2 * taken.radius_count + (taken.rise > 0 ? 15 * (out->draws + 2) : 0);
    status = open_ball(&b);
    if (status == TW_OK)
        status = rises(&b);
    if (status == TW_OK)
        status = radii_of_rise(&b);
    out->seconds = tw_clock_seconds() - begun;
    close_ball(&b);
    if (status != TW_OK)
        tw_sharpness_result_release(out);
    return status;
}

void tw_sharpness_result_release(tw_sharpness_result *result) {
    free(result->rises);
    result->rises = NULL;
}
