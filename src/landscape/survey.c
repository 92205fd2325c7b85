#include <stdlib.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "thalweg/landscape.h"

/* Most points that go to the objective at once. The first batch is some points a thread, at most a
 * row; batches double while they take less than BATCH_SECONDS, so that a fast objective can share
 * work between many points and a slow one shows progress. Values do not depend on it. */
enum { BATCH = 4096, FIRST_BATCH = 16 };
static const double BATCH_SECONDS = 0.5;

typedef struct survey {
    tw_objective *objective;
    tw_surface *surface;
    const double *scale;
    tw_span *span;
    size_t *points;       /* of the batch: place in the surface */
    double *coefficients; /* BATCH x rank */
    double *values;       /* BATCH x metrics of the objective */
} survey;

static tw_status evaluate_batch(survey *s, size_t count) {
    tw_surface *surface = s->surface;
    size_t metrics = tw_objective_metrics(s->objective), points = surface->nx * surface->ny;
    for (size_t k = 0; k < count; k++) {
        size_t ix = s->points[k] % surface->nx, iy = s->points[k] / surface->nx;
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
            surface->values[m * points + s->points[k]] =
                s->values[k * metrics + m] * (s->scale != NULL ? s->scale[m] : 1);
        surface->computed[s->points[k]] = 1;
    }
    return status;
}

static size_t first_limit(const survey *s) {
    size_t limit = FIRST_BATCH * (size_t)tw_runner_threads(tw_objective_runner(s->objective));
    if (limit > s->surface->nx)
        limit = s->surface->nx;
    return limit < BATCH ? limit : BATCH;
}

/* Batches end where a row does, and are whole rows once they are long enough: points that make a
 * grid share more work. */
static int batch_is_full(const tw_surface *surface, size_t p, size_t waiting, size_t limit) {
    int row_ends = (p + 1) % surface->nx == 0;
    return waiting >= limit || (row_ends && waiting + surface->nx > limit) ||
           p + 1 == surface->nx * surface->ny;
}

static size_t next_limit(size_t limit, double seconds) {
    return seconds < BATCH_SECONDS && 2 * limit <= BATCH ? 2 * limit : limit;
}

static tw_status evaluate_missing(survey *s, const tw_survey_options *options) {
    tw_surface *surface = s->surface;
    size_t points = surface->nx * surface->ny, done = 0, waiting = 0;
    size_t limit = first_limit(s);
    for (size_t p = 0; p < points; p++)
        done += surface->computed[p] != 0;
    tw_status status = TW_OK;
    for (size_t p = 0; p < points && status == TW_OK; p++) {
        if (!surface->computed[p])
            s->points[waiting++] = p;
        if (waiting == 0 || !batch_is_full(surface, p, waiting, limit))
            continue;
        double started = tw_clock_seconds();
        status = evaluate_batch(s, waiting);
        limit = next_limit(limit, tw_clock_seconds() - started);
        done += waiting;
        waiting = 0;
        if (status == TW_OK && options != NULL && options->progress != NULL &&
            options->progress(options->progress_user, done, points) != 0)
            status = tw_fail(TW_ERR_CANCELLED, "cancelled after %zu of %zu points", done, points);
    }
    return status;
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
    if (surface->metrics > tw_objective_metrics(objective))
        return tw_fail(TW_ERR_ARGUMENT, "the surface asks for %zu metrics, objective '%s' has %zu",
                       surface->metrics, tw_objective_name(objective),
                       tw_objective_metrics(objective));
    const double *directions[2] = {dx, dy};
    survey s = {.objective = objective, .surface = surface, .scale = scale};
    s.points = tw_alloc_raw(BATCH, sizeof *s.points);
    s.coefficients = tw_alloc_raw(BATCH, rank * sizeof(double));
    s.values = tw_alloc_raw(BATCH, tw_objective_metrics(objective) * sizeof(double));
    tw_status status;
    if (s.points == NULL || s.coefficients == NULL || s.values == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a batch of points");
    else
        status = tw_span_open(objective, origin, rank, directions, &s.span);
    if (status == TW_OK)
        status = evaluate_missing(&s, options);
    tw_span_close(s.span);
    free(s.points);
    free(s.coefficients);
    free(s.values);
    return status;
}
