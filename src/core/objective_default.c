/* objective_default.c: the general answers to the optional operations, by evaluating points. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/objective_private.h"

/* Most points that one worker takes at a time; copies of them, for an objective that takes several
 * at once, must not be larger than this. */
enum { CHUNK = 16, MOST_COPIED_BYTES = 1 << 23 };

typedef struct point_job {
    tw_objective *objective;
    size_t count;
    size_t chunk;    /* points that one worker takes at a time */
    const double *x; /* batch: the points; otherwise the origin */
    double *values;
    double *scratch; /* `copies` points a worker */
    size_t copies;   /* CHUNK if they are evaluated by `batch`, or 1 */
    unsigned char *filled;

    size_t rank; /* spans */
    const double *const *directions;
    const double *coefficients;

    const size_t *indices; /* coordinate differences */
    const double *steps;
    double base;
    double *metric_scratch; /* as many sets of metrics a worker */
} point_job;

static size_t copies_of(const tw_objective *objective) {
    int fits = objective->n <= MOST_COPIED_BYTES / CHUNK / sizeof(double);
    return objective->ops.batch != NULL && fits ? CHUNK : 1;
}

static tw_status run_job(point_job *job, tw_piece_fn piece, int needs_scratch) {
    tw_objective *objective = job->objective;
    tw_runner *runner;
    tw_status status = tw_worker_runner(objective, &runner);
    if (status != TW_OK)
        return status;
    size_t workers = (size_t)tw_runner_threads(runner);
    /* few points are spread over all workers: one may take minutes. No answer depends on it. */
    job->chunk = (job->count + workers - 1) / workers;
    if (job->chunk > CHUNK)
        job->chunk = CHUNK;
    if (needs_scratch) {
        job->copies = copies_of(objective);
        job->scratch = tw_alloc_raw(workers * job->copies, objective->n * sizeof(double));
        job->metric_scratch =
            tw_alloc_raw(workers * job->copies, objective->metrics * sizeof(double));
        job->filled = tw_alloc(workers, 1);
    }
    if (needs_scratch &&
        (job->scratch == NULL || job->metric_scratch == NULL || job->filled == NULL))
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a copy of %zu parameters per thread",
                         objective->n);
    else
        status = job->count == 0 ? TW_OK
                                 : tw_runner_map(runner, (job->count + job->chunk - 1) / job->chunk,
                                                 piece, job);
    free(job->scratch);
    free(job->metric_scratch);
    free(job->filled);
    return status;
}

static tw_status evaluate(tw_objective *objective, int worker, const double *x, double *values) {
    return objective->ops.value(tw_objective_context(objective, worker), objective->n, x, values);
}

/* `count` points, at most `copies` of them: `batch` where it is there and does not decline. */
static tw_status evaluate_copies(const point_job *job, int worker, size_t count,
                                 const double *points, double *values) {
    tw_objective *objective = job->objective;
    tw_status status = TW_DECLINED;
    if (job->copies > 1)
        status = objective->ops.batch(tw_objective_context(objective, worker), objective->n, count,
                                      points, values);
    if (status != TW_DECLINED)
        return status;
    status = TW_OK;
    for (size_t k = 0; k < count && status == TW_OK; k++)
        status =
            evaluate(objective, worker, points + k * objective->n, values + k * objective->metrics);
    return status;
}

static size_t chunk_end(const point_job *job, size_t piece) {
    size_t end = (piece + 1) * job->chunk;
    return end < job->count ? end : job->count;
}

static tw_status batch_piece(void *argument, size_t piece, int worker) {
    point_job *job = argument;
    tw_objective *objective = job->objective;
    tw_status status = TW_OK;
    for (size_t k = piece * job->chunk; k < chunk_end(job, piece) && status == TW_OK; k++)
        status = evaluate(objective, worker, job->x + k * objective->n,
                          job->values + k * objective->metrics);
    return status;
}

tw_status tw_default_batch(tw_objective *objective, size_t count, const double *x, double *values) {
    point_job job = {.objective = objective, .count = count, .x = x, .values = values};
    return run_job(&job, batch_piece, 0);
}

static void form_span_point(const point_job *job, size_t k, double *point) {
    size_t n = job->objective->n;
    memcpy(point, job->x, n * sizeof *point);
    for (size_t d = 0; d < job->rank; d++) {
        double coefficient = job->coefficients[k * job->rank + d];
        const double *direction = job->directions[d];
        for (size_t i = 0; i < n; i++)
            point[i] += coefficient * direction[i];
    }
}

static tw_status span_piece(void *argument, size_t piece, int worker) {
    point_job *job = argument;
    size_t n = job->objective->n, end = chunk_end(job, piece);
    double *points = job->scratch + (size_t)worker * job->copies * n;
    tw_status status = TW_OK;
    for (size_t k = piece * job->chunk; k < end && status == TW_OK; k += job->copies) {
        size_t count = end - k < job->copies ? end - k : job->copies;
        for (size_t j = 0; j < count; j++)
            form_span_point(job, k + j, points + j * n);
        status =
            evaluate_copies(job, worker, count, points, job->values + k * job->objective->metrics);
    }
    return status;
}

tw_status tw_default_span_values(tw_objective *objective, const double *origin, size_t rank,
                                 const double *const *directions, size_t count,
                                 const double *coefficients, double *values) {
    point_job job = {.objective = objective,
                     .count = count,
                     .x = origin,
                     .values = values,
                     .rank = rank,
                     .directions = directions,
                     .coefficients = coefficients};
    return run_job(&job, span_piece, 1);
}

/* The worker's copies of x are made once; their entries are put back on every path, also when the
 * callback fails. */
static tw_status coordinate_piece(void *argument, size_t piece, int worker) {
    point_job *job = argument;
    size_t n = job->objective->n, metrics = job->objective->metrics, end = chunk_end(job, piece);
    double *points = job->scratch + (size_t)worker * job->copies * n;
    double *values = job->metric_scratch + (size_t)worker * job->copies * metrics;
    for (size_t j = 0; j < job->copies && !job->filled[worker]; j++)
        memcpy(points + j * n, job->x, n * sizeof *points);
    job->filled[worker] = 1;
    tw_status status = TW_OK;
    for (size_t k = piece * job->chunk; k < end && status == TW_OK; k += job->copies) {
        size_t count = end - k < job->copies ? end - k : job->copies;
        for (size_t j = 0; j < count; j++)
            points[j * n + job->indices[k + j]] = job->x[job->indices[k + j]] + job->steps[k + j];
        status = evaluate_copies(job, worker, count, points, values);
        for (size_t j = 0; j < count; j++) {
            points[j * n + job->indices[k + j]] = job->x[job->indices[k + j]];
            job->values[k + j] = values[j * metrics] - job->base;
        }
    }
    return status;
}

tw_status tw_default_coordinate_differences(tw_objective *objective, const double *x, size_t count,
                                            const size_t *indices, const double *steps,
                                            double *differences) {
    double *metrics = tw_alloc(objective->metrics, sizeof *metrics);
    if (metrics == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the metrics");
    tw_status status = evaluate(objective, 0, x, metrics);
    point_job job = {.objective = objective,
                     .count = count,
                     .x = x,
                     .values = differences,
                     .indices = indices,
                     .steps = steps,
                     .base = metrics[0]};
    free(metrics);
    return status == TW_OK ? run_job(&job, coordinate_piece, 1) : status;
}
