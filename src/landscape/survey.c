#include <stdlib.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "landscape/point_order.h"
#include "thalweg/landscape.h"

/* Most points that go to the objective at once. The first batch is a point a thread; batches grow
 * and shrink towards BATCH_SECONDS each, so that a fast objective can share work between many
 * points, and a slow one shows progress and loses little when it is interrupted. Values do not
 * depend on it. */
enum { BATCH = 4096, MOST_GROWTH = 8 };
static const double BATCH_SECONDS = 0.5;

typedef struct survey {
    tw_objective *objective;
    tw_surface *surface;
    const double *scale;
    const size_t *metrics; /* of the objective, for those of the surface; NULL: the same */
    tw_span *span;
    size_t *order;        /* of the points not computed, coarse to fine: places in the surface */
    size_t missing;       /* how many */
    double *coefficients; /* BATCH x rank */
    double *values;       /* BATCH x metrics of the objective */
} survey;

static tw_status evaluate_batch(survey *s, const size_t *batch, size_t count) {
    tw_surface *surface = s->surface;
    size_t metrics = tw_objective_metrics(s->objective), points = surface->nx * surface->ny;
    for (size_t k = 0; k < count; k++) {
        size_t ix = batch[k] % surface->nx, iy = batch[k] / surface->nx;
        if (surface->rank == 1) {
            s->coefficients[k] = surface->x[ix];
        } else {
            s->coefficients[2 * k] = surface->x[ix];
            s->coefficients[2 * k + 1] = surface->y[iy];
        }
    }
    tw_status status = tw_span_values(s->span, count, s->coefficients, s->values);
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        for (size_t m = 0; m < surface->metrics; m++)
            surface->values[m * points + batch[k]] =
                s->values[k * metrics + (s->metrics != NULL ? s->metrics[m] : m)] *
                (s->scale != NULL ? s->scale[m] : 1);
        surface->computed[batch[k]] = 1;
    }
    return status;
}

static size_t first_limit(const survey *s) {
    size_t threads = (size_t)tw_runner_threads(tw_objective_runner(s->objective));
    return threads < BATCH ? threads : BATCH;
}

static size_t next_limit(size_t limit, double seconds) {
    double factor = seconds > 0 ? BATCH_SECONDS / seconds : MOST_GROWTH;
    factor = factor > MOST_GROWTH ? MOST_GROWTH : factor < 0.5 ? 0.5 : factor;
    double next = factor * (double)limit;
    return next < 1 ? 1 : next > BATCH ? BATCH : (size_t)next;
}

/* How many of the `left` points in order are next: up to the last end of a row within the limit,
 * where there is one: points that make a grid share more work. */
static size_t batch_size(const tw_surface *surface, const size_t *order, size_t left,
                         size_t limit) {
    if (left <= limit)
        return left;
    for (size_t count = limit; count > limit / 2; count--)
        if (order[count] / surface->nx != order[count - 1] / surface->nx)
            return count;
    return limit;
}

static tw_status evaluate_missing(survey *s, const tw_survey_options *options) {
    tw_surface *surface = s->surface;
    size_t points = surface->nx * surface->ny, limit = first_limit(s), taken = 0;
    tw_status status = TW_OK;
    while (taken < s->missing && status == TW_OK) {
        size_t count = batch_size(surface, s->order + taken, s->missing - taken, limit);
        double started = tw_clock_seconds();
        status = evaluate_batch(s, s->order + taken, count);
        limit = next_limit(limit, tw_clock_seconds() - started);
        taken += count;
        size_t done = points - s->missing + taken;
        if (status == TW_OK && options != NULL && options->progress != NULL &&
            options->progress(options->progress_user, done, points) != 0)
            status = tw_fail(TW_ERR_CANCELLED, "cancelled after %zu of %zu points", done, points);
    }
    return status;
}

static tw_status find_missing(survey *s) {
    size_t points = s->surface->nx * s->surface->ny;
    tw_status status = tw_point_order(s->surface->nx, s->surface->ny, &s->order);
    for (size_t k = 0; k < points && status == TW_OK; k++)
        if (!s->surface->computed[s->order[k]])
            s->order[s->missing++] = s->order[k];
    return status;
}

static tw_status evaluate_center(survey *s, double *center) {
    const double zero[2] = {0, 0};
    return tw_span_values(s->span, 1, zero, center);
}

tw_status tw_survey_run(tw_objective *objective, const double *origin, const double *dx,
                        const double *dy, const double *scale, const tw_survey_options *options,
                        tw_surface *surface) {
    size_t rank = (size_t)surface->rank;
    if (rank != 1 && rank != 2)
        return tw_fail(TW_ERR_ARGUMENT, "a surface of rank %d; tw_surface_init makes 1 and 2",
                       surface->rank);
    if ((rank == 2) != (dy != NULL) || dx == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "a surface of rank %zu takes %zu directions", rank, rank);
    const size_t *metrics = options != NULL ? options->metrics : NULL;
    for (size_t m = 0; m < surface->metrics; m++)
        if ((metrics != NULL ? metrics[m] : m) >= tw_objective_metrics(objective))
            return tw_fail(TW_ERR_ARGUMENT,
                           "the surface asks for metric %zu, objective '%s' has %zu",
                           metrics != NULL ? metrics[m] : m, tw_objective_name(objective),
                           tw_objective_metrics(objective));
    const double *directions[2] = {dx, dy};
    survey s = {.objective = objective, .surface = surface, .scale = scale, .metrics = metrics};
    s.coefficients = tw_alloc_raw(BATCH, rank * sizeof(double));
    s.values = tw_alloc_raw(BATCH, tw_objective_metrics(objective) * sizeof(double));
    tw_status status = find_missing(&s);
    if (status == TW_OK && (s.coefficients == NULL || s.values == NULL))
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a batch of points");
    if (status == TW_OK)
        status = tw_span_open(objective, origin, rank, directions, &s.span);
    if (status == TW_OK && options != NULL && options->center != NULL)
        status = evaluate_center(&s, options->center);
    if (status == TW_OK)
        status = evaluate_missing(&s, options);
    tw_span_close(s.span);
    free(s.order);
    free(s.coefficients);
    free(s.values);
    return status;
}
