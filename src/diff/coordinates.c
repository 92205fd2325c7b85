/* coordinates.c: the scalar derivative of many coordinates.
 *
 * Where the objective is evaluated at points, threads take coordinates. Where it answers
 * coordinate differences itself, an answer for one coordinate costs nearly as much as one for all,
 * so all coordinates must go through their ladders in step: each ladder runs on the values known so
 * far until it wants one that is not; what all of them want is asked for in one call; then they run
 * again from their beginnings, which costs nothing beside the call. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/front_door.h"
#include "core/versioned.h"
#include "diff/exact.h"
#include "diff/line.h"

typedef struct known_value {
    double t, value;
} known_value;

/* A coordinate on its way through the ladder in step with others. */
typedef struct traveller {
    known_value *known;
    unsigned count, capacity;
    double wanted; /* where the ladder stopped for want of a value; 0: it has arrived */
} traveller;

typedef struct coordinate_job {
    tw_objective *objective;
    const double *x, *scales;
    const size_t *indices;
    size_t count;
    const tw_coordinates_options *options;
    tw_derivative *out;
    size_t first; /* of the part at work */
    size_t finished;

    tw_line *lines; /* one a worker, for evaluations at points */
    traveller *travellers;
} coordinate_job;

static tw_derivative_options options_of(const coordinate_job *job, const tw_line *line, size_t i) {
    const tw_coordinates_options *o = job->options;
    tw_derivative_options options = {.measure_noise = o->measure_noise, .noise = o->noise};
    options.scale = o->scales != NULL && o->scales[i] > 0 ? o->scales[i] : job->scales[i];
    if (o->lower != NULL || o->upper != NULL) {
        options.lower = o->lower != NULL ? o->lower[i] - job->x[i] : -INFINITY;
        options.upper = o->upper != NULL ? o->upper[i] - job->x[i] : INFINITY;
    }
    return tw_line_options(line, &options, options.scale);
}

/* A parameter that its bounds hold in place has no derivative to take. */
static int is_fixed(const coordinate_job *job, size_t i) {
    const tw_coordinates_options *o = job->options;
    return o->lower != NULL && o->upper != NULL && o->lower[i] == o->upper[i];
}

static tw_status derivative_of(const coordinate_job *job, size_t which, tw_scalar_fn phi,
                               void *user, const tw_line *line) {
    size_t i = job->indices[which];
    if (!tw_space_moves(tw_objective_space(job->objective), i)) {
        job->out[which] = tw_line_still();
        return TW_OK;
    }
    if (is_fixed(job, i)) {
        job->out[which] = (tw_derivative){.value = NAN,
                                          .error = INFINITY,
                                          .left = NAN,
                                          .right = NAN,
                                          .point_class = TW_POINT_UNDETERMINED,
                                          .flags = TW_DERIVATIVE_DOMAIN};
        return TW_OK;
    }
    tw_derivative_options options = options_of(job, line, i);
    tw_status status = tw_derivative_scalar(phi, user, &options, &job->out[which]);
    return status < 0 ? tw_fail_prefix(status, "coordinate %zu", i) : status;
}

static tw_status report(coordinate_job *job) {
    const tw_coordinates_options *o = job->options;
    if (o->progress == NULL || o->progress(o->progress_user, job->finished, job->count) == 0)
        return TW_OK;
    return tw_fail(TW_ERR_CANCELLED, "cancelled at coordinate %zu of %zu", job->finished,
                   job->count);
}

/* ---- at points ---- */

static tw_status point_piece(void *argument, size_t piece, int worker) {
    coordinate_job *job = argument;
    tw_line *line = &job->lines[worker];
    line->coordinate = job->indices[job->first + piece];
    return derivative_of(job, job->first + piece, tw_line_value, line, line);
}

static tw_status make_lines(coordinate_job *job, int workers) {
    size_t n = tw_objective_size(job->objective), metrics = tw_objective_metrics(job->objective);
    job->lines = tw_alloc((size_t)workers, sizeof *job->lines);
    for (int k = 0; job->lines != NULL && k < workers; k++) {
        tw_line *line = &job->lines[k];
        *line = (tw_line){.objective = job->objective, .x = job->x, .worker = k};
        line->point = tw_alloc_raw(n, sizeof(double));
        line->metrics = tw_alloc(metrics, sizeof(double));
        if (line->point == NULL || line->metrics == NULL)
            return TW_ERR_MEMORY;
        memcpy(line->point, job->x, n * sizeof(double));
    }
    return job->lines != NULL ? TW_OK : TW_ERR_MEMORY;
}

static void free_lines(coordinate_job *job, int workers) {
    for (int k = 0; job->lines != NULL && k < workers; k++) {
        free(job->lines[k].point);
        free(job->lines[k].metrics);
    }
    free(job->lines);
}

static tw_status at_points(coordinate_job *job) {
    tw_runner *runner = NULL;
    tw_status status = tw_worker_runner(job->objective, &runner);
    int workers = tw_runner_threads(runner);
    if (status == TW_OK && make_lines(job, workers) != TW_OK)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a copy of %zu parameters per thread",
                         tw_objective_size(job->objective));
    /* in parts only if somebody watches: threads wait for each other at the end of one */
    size_t part = job->options->progress == NULL ? job->count
                  : job->count / 200 < 16        ? 16
                                                 : job->count / 200;
    for (job->first = 0; job->first < job->count && status == TW_OK; job->first += part) {
        size_t count = job->count - job->first < part ? job->count - job->first : part;
        status = tw_runner_map(runner, count, point_piece, job);
        job->finished = job->first + count;
        if (status == TW_OK)
            status = report(job);
    }
    free_lines(job, workers);
    return status;
}

/* ---- in step ---- */

static tw_status known_or_wanted(void *user, double t, double *value) {
    traveller *one = user;
    *value = 0;
    if (t == 0)
        return TW_OK;
    for (unsigned k = one->count; k-- > 0;)
        if (one->known[k].t == t) {
            *value = one->known[k].value;
            return TW_OK;
        }
    one->wanted = t;
    return TW_DECLINED;
}

/* So many ladders a piece that handing them out costs little. */
enum { TRAVELLERS = 64 };

static tw_status travel_piece(void *argument, size_t piece, int worker) {
    coordinate_job *job = argument;
    tw_line line = {.objective = job->objective, .x = job->x};
    size_t end = (piece + 1) * TRAVELLERS < job->count ? (piece + 1) * TRAVELLERS : job->count;
    for (size_t k = piece * TRAVELLERS; k < end; k++) {
        traveller *one = &job->travellers[k];
        if (one->count > 0 && one->wanted == 0)
            continue;
        one->wanted = 0;
        line.coordinate = job->indices[k];
        tw_status status = derivative_of(job, k, known_or_wanted, one, &line);
        if (status < 0)
            return status;
        if (one->wanted == 0 && one->count == 0)
            one->count = 1; /* arrived without a question: marked, t = 0 is never asked */
    }
    return TW_OK;
}

static tw_status learn(traveller *one, double t, double value) {
    if (one->count == one->capacity) {
        unsigned capacity = one->capacity > 0 ? 2 * one->capacity : 16;
        known_value *grown = realloc(one->known, capacity * sizeof *grown);
        if (grown == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for the steps of a derivative");
        one->known = grown;
        one->capacity = capacity;
    }
    one->known[one->count++] = (known_value){t, value};
    return TW_OK;
}

/* The other side is wanted next wherever it may be looked at. */
static int mirror_is_inside(const coordinate_job *job, size_t i, double t) {
    const tw_coordinates_options *o = job->options;
    return !(o->lower != NULL && -t < o->lower[i] - job->x[i]) &&
           !(o->upper != NULL && -t > o->upper[i] - job->x[i]);
}

/* Answers what is wanted, in one call. */
static tw_status ask(coordinate_job *job, size_t *indices, double *steps, double *answers,
                     size_t *who) {
    size_t asked = 0;
    for (size_t k = 0; k < job->count; k++) {
        double t = job->travellers[k].wanted;
        if (t == 0)
            continue;
        size_t i = job->indices[k];
        for (int side = 0; side < 2; side++, t = -t)
            if (side == 0 || mirror_is_inside(job, i, job->travellers[k].wanted)) {
                who[asked] = k;
                indices[asked] = i;
                steps[asked++] = t;
            }
    }
    tw_status status =
        tw_objective_coordinate_differences(job->objective, job->x, asked, indices, steps, answers);
    for (size_t a = 0; a < asked && status == TW_OK; a++)
        status = learn(&job->travellers[who[a]], steps[a], answers[a]);
    return status;
}

static tw_status in_step(coordinate_job *job) {
    tw_runner *runner = tw_objective_runner(job->objective);
    job->travellers = tw_alloc(job->count, sizeof *job->travellers);
    size_t *numbers = tw_alloc_raw(job->count, 4 * sizeof *numbers);
    double *steps = tw_alloc_raw(job->count, 4 * sizeof *steps);
    tw_status status = TW_OK;
    if (job->travellers == NULL || numbers == NULL || steps == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu derivatives", job->count);
    for (size_t asking = 1; asking > 0 && status == TW_OK;) {
        status =
            tw_runner_map(runner, (job->count + TRAVELLERS - 1) / TRAVELLERS, travel_piece, job);
        asking = 0;
        for (size_t k = 0; k < job->count; k++)
            asking += job->travellers[k].wanted != 0;
        job->finished = job->count - asking;
        if (status == TW_OK && asking > 0)
            status = ask(job, numbers, steps, steps + 2 * job->count, numbers + 2 * job->count);
        if (status == TW_OK)
            status = report(job);
    }
    for (size_t k = 0; job->travellers != NULL && k < job->count; k++)
        free(job->travellers[k].known);
    free(job->travellers);
    free(numbers);
    free(steps);
    return status;
}

static tw_status check(const coordinate_job *job) {
    const tw_coordinates_options *o = job->options;
    size_t n = tw_objective_size(job->objective);
    for (size_t k = 0; k < job->count; k++) {
        size_t i = job->indices[k];
        if (i >= n)
            return tw_fail(TW_ERR_ARGUMENT, "coordinate %zu: objective '%s' has %zu", i,
                           tw_objective_name(job->objective), n);
        tw_status status = tw_bounds_check(i, job->x[i], o->lower, o->upper);
        if (status != TW_OK)
            return status;
    }
    return TW_OK;
}

tw_status tw_derivative_coordinates(tw_objective *objective, const double *x, size_t count,
                                    const size_t *indices, const tw_coordinates_options *options,
                                    tw_derivative *out) {
    tw_coordinates_options settled;
    tw_status status = TW_TAKE(tw_coordinates_options, progress_user, &settled, options);
    if (status != TW_OK)
        return status;
    tw_bounds_default(objective, &settled.lower, &settled.upper);
    coordinate_job job = {.objective = objective,
                          .x = x,
                          .indices = indices,
                          .count = count,
                          .options = &settled,
                          .out = out};
    status = check(&job);
    if (status != TW_OK || count == 0)
        return status;
    double *scales = tw_alloc_raw(tw_objective_size(objective), sizeof *scales);
    if (scales == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the scales of the coordinates");
    tw_line_scales(objective, x, scales);
    job.scales = scales;
    int native = (tw_objective_capabilities(objective) & TW_CAN_COORDINATES) != 0;
    status = native ? in_step(&job) : at_points(&job);
    free(scales);
    return status;
}
