#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/versioned.h"
#include "diff/exact.h"
#include "diff/line.h"
#include "diff/numbers.h"
#include "thalweg/diff.h"

static const char *const method_names[] = {"forward", "central", "ladder", "robust", "complex"};
enum { METHODS = sizeof method_names / sizeof method_names[0] };

const char *tw_diff_method_name(size_t method) {
    return method < METHODS ? method_names[method] : NULL;
}

int tw_diff_method_find(const char *name) {
    for (int k = 0; k < METHODS; k++)
        if (strcmp(method_names[k], name) == 0)
            return k;
    return -1;
}

static int is_ladder(tw_diff_method method) {
    return method == TW_DIFF_LADDER || method == TW_DIFF_ROBUST;
}

/* One call for the gradient. */
typedef struct gradient_job {
    tw_objective *objective;
    const double *x;
    const tw_diff_options *options;
    int native; /* the objective answers coordinate differences itself */
    double value;
    double *gradient;
    double step, bar; /* the smallest, the largest */
} gradient_job;

/* ---- forward and central ---- */

/* Two points beside x, at these steps as stored; the second is 0 where one is enough. */
typedef struct points {
    double first, second;
} points;

/* The derivative at 0 of the polynomial through (0, 0) and the differences at the points. */
static double quotient(points at, double first, double second) {
    if (at.second == 0)
        return first / at.first;
    if ((at.first > 0) != (at.second > 0))
        return (first - second) / (at.first - at.second);
    return (first * (at.second / at.first) - second * (at.first / at.second)) /
           (at.second - at.first);
}

/* The power of two nearest below noise^(1/2) or noise^(1/3) times max(1, |x_i|): a power of two, so
 * that adding it to x rounds as little as can be. */
static double default_step(const gradient_job *job, size_t i) {
    double order = job->options->method == TW_DIFF_FORWARD ? 1.0 / 2 : 1.0 / 3;
    double size = fabs(job->x[i]), scale = size > 1 ? size : 1;
    if (job->options->scales != NULL && job->options->scales[i] > 0)
        scale = job->options->scales[i];
    return tw_power_below(pow(tw_objective_noise(job->objective), order) * scale);
}

/* An objective that answers differences itself takes h as the real number it is; where points are
 * evaluated, it is the increment as stored, (x + h) - x. */
static double stored(const gradient_job *job, size_t i, double h) {
    return job->native ? h : tw_stored_step(job->x[i], h);
}

/* Where to look for coordinate i with step h: the usual points, or those of the same order on the
 * side that the bounds leave, nearer if they leave too little. */
static points place(const gradient_job *job, size_t i, double h) {
    const tw_diff_options *o = job->options;
    int central = o->method == TW_DIFF_CENTRAL;
    double up = o->upper != NULL ? o->upper[i] - job->x[i] : INFINITY;
    double down = o->lower != NULL ? job->x[i] - o->lower[i] : INFINITY;
    if (central && h <= up && h <= down)
        return (points){stored(job, i, h), stored(job, i, -h)};
    if (!central && h <= up)
        return (points){stored(job, i, h), 0};
    double reach = central ? 2 : 1, side = up >= down || reach * h <= up ? 1 : -1;
    double room = side > 0 ? up : down;
    if (reach * h > room)
        h = room / reach;
    return (points){stored(job, i, side * h), central ? stored(job, i, side * 2 * h) : 0};
}

static tw_status choose(const gradient_job *job, size_t i, double shrink, points *out) {
    const tw_diff_options *o = job->options;
    double h = o->step > 0 ? o->step : default_step(job, i);
    *out = place(job, i, h * shrink);
    int central = o->method == TW_DIFF_CENTRAL;
    if (out->first != 0 && isfinite(out->first) && isfinite(out->second) &&
        (!central || (out->second != 0 && out->second != out->first)))
        return TW_OK;
    if (o->lower != NULL && o->upper != NULL && o->lower[i] == o->upper[i])
        return tw_fail(TW_ERR_ARGUMENT, "coordinate %zu: its bounds leave no room to move x = %g",
                       i, job->x[i]);
    return tw_fail(TW_ERR_ARGUMENT,
                   "coordinate %zu: x = %g moved by h = %g does not change; take a larger step", i,
                   job->x[i], h * shrink);
}

/* Numbers of a part: what is asked for, and what comes back. */
typedef struct work {
    size_t *which; /* the coordinates of the part that move */
    size_t *indices;
    points *points;
    double *steps, *answers; /* up to two a coordinate */
} work;

/* quotients[k] and the error that the noise makes of them, for coordinates which[k] with steps
 * shrunk by `shrink`. */
static tw_status part_quotients(gradient_job *job, size_t count, double shrink, work *w,
                                double *quotients, double *noises) {
    size_t asked = count;
    tw_status status = TW_OK;
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        status = choose(job, w->which[k], shrink, &w->points[k]);
        w->indices[k] = w->which[k];
        w->steps[k] = w->points[k].first;
    }
    for (size_t k = 0; k < count && status == TW_OK; k++)
        if (w->points[k].second != 0) {
            w->indices[asked] = w->which[k];
            w->steps[asked++] = w->points[k].second;
        }
    /* one side, then the other: an objective of its own takes all that move by one step together */
    if (status == TW_OK && asked > 0)
        status = tw_objective_coordinate_differences(job->objective, job->x, asked, w->indices,
                                                     w->steps, w->answers);
    size_t next = count;
    double relative = tw_objective_noise(job->objective);
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        double second = w->points[k].second != 0 ? w->answers[next++] : 0;
        quotients[k] = quotient(w->points[k], w->answers[k], second);
        double size = job->native ? TW_NATIVE_UNITS * fmax(fabs(w->answers[k]), fabs(second))
                                  : fabs(job->value);
        noises[k] = 4 * relative * size / fabs(w->points[k].first);
        job->step = fmin(job->step, fabs(w->points[k].first));
    }
    return status;
}

/* The bar of a difference: what halving its step changes, which is a half of its truncation error
 * (forward) or three quarters (central), and the noise of both. */
static tw_status part_bars(gradient_job *job, size_t count, work *w, double *quotients,
                           double *noises) {
    int central = job->options->method == TW_DIFF_CENTRAL;
    tw_status status = part_quotients(job, count, 0.5, w, quotients, noises);
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        size_t i = w->which[k];
        double apart = fabs(job->gradient[i] - quotients[k]) * (central ? 4.0 / 3 : 2);
        double bar = apart + noises[k];
        job->options->bars[i] = isnan(bar) ? INFINITY : bar;
        job->bar = fmax(job->bar, job->options->bars[i]);
    }
    return status;
}

/* Coordinates that one call of the objective takes: all, unless somebody watches. */
static size_t part_size(const gradient_job *job) {
    size_t n = tw_objective_size(job->objective);
    if (job->options->progress == NULL || job->native)
        return n;
    return n / 200 < 64 ? 64 : n / 200;
}

static tw_status report_progress(const gradient_job *job, size_t done) {
    const tw_diff_options *o = job->options;
    size_t n = tw_objective_size(job->objective);
    if (o->progress == NULL || o->progress(o->progress_user, done, n) == 0)
        return TW_OK;
    return tw_fail(TW_ERR_CANCELLED, "cancelled at coordinate %zu of %zu", done, n);
}

/* The coordinates of a part that move; the others have the derivative 0. */
static size_t choose_moving(gradient_job *job, size_t first, size_t count, size_t *which) {
    const tw_space *space = tw_objective_space(job->objective);
    size_t moving = 0;
    for (size_t i = first; i < first + count; i++) {
        if (tw_space_moves(space, i)) {
            which[moving++] = i;
            continue;
        }
        job->gradient[i] = 0;
        if (job->options->bars != NULL)
            job->options->bars[i] = 0;
    }
    return moving;
}

static tw_status fixed_gradient(gradient_job *job) {
    size_t n = tw_objective_size(job->objective), part = part_size(job);
    part = part < n ? part : n;
    double *numbers = tw_alloc_raw(part, 6 * sizeof *numbers);
    size_t *indices = tw_alloc_raw(part, 3 * sizeof *indices);
    points *places = tw_alloc_raw(part, sizeof *places);
    tw_status status = TW_OK;
    if (numbers == NULL || indices == NULL || places == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu differences", part);
    for (size_t first = 0; first < n && status == TW_OK; first += part) {
        size_t end = n - first < part ? n : first + part;
        double *quotients = numbers + 4 * part, *noises = numbers + 5 * part;
        work w = {indices + 2 * part, indices, places, numbers, numbers + 2 * part};
        size_t count = choose_moving(job, first, end - first, w.which);
        status = part_quotients(job, count, 1, &w, quotients, noises);
        for (size_t k = 0; k < count && status == TW_OK; k++)
            job->gradient[w.which[k]] = quotients[k];
        double step = job->step;
        if (status == TW_OK && job->options->bars != NULL)
            status = part_bars(job, count, &w, quotients, noises);
        job->step = step; /* of the gradient, not of its bars */
        if (status == TW_OK)
            status = report_progress(job, end);
    }
    free(numbers);
    free(indices);
    free(places);
    return status;
}

/* ---- ladder and robust ---- */

typedef struct ladder_progress {
    const gradient_job *job;
    size_t first;
} ladder_progress;

static int pass_on(void *user, size_t done, size_t total) {
    const ladder_progress *progress = user;
    const tw_diff_options *o = progress->job->options;
    return o->progress(o->progress_user, progress->first + done,
                       tw_objective_size(progress->job->objective));
}

/* Derivatives with all that is known about them are large: a million would take 100 MB. */
enum { LADDERS = 1 << 16 };

static void take_ladders(gradient_job *job, size_t first, size_t count,
                         const tw_derivative *derivatives) {
    for (size_t k = 0; k < count; k++) {
        const tw_derivative *d = &derivatives[k];
        job->gradient[first + k] = d->value;
        if (job->options->bars != NULL)
            job->options->bars[first + k] = d->error;
        if (job->options->classes != NULL)
            job->options->classes[first + k] = d->point_class;
        job->bar = fmax(job->bar, d->error);
        if (d->step > 0)
            job->step = fmin(job->step, d->step);
    }
}

static tw_status ladder_gradient(gradient_job *job) {
    const tw_diff_options *o = job->options;
    size_t n = tw_objective_size(job->objective), part = n < LADDERS ? n : LADDERS;
    tw_derivative *derivatives = tw_alloc_raw(part, sizeof *derivatives);
    size_t *indices = tw_alloc_raw(part, sizeof *indices);
    ladder_progress progress = {job, 0};
    tw_coordinates_options options = {.measure_noise = o->method == TW_DIFF_ROBUST,
                                      .lower = o->lower,
                                      .upper = o->upper,
                                      .scales = o->scales,
                                      .progress = o->progress != NULL ? pass_on : NULL,
                                      .progress_user = &progress};
    tw_status status = TW_OK;
    if (derivatives == NULL || indices == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu derivatives", part);
    for (; progress.first < n && status == TW_OK; progress.first += part) {
        size_t count = n - progress.first < part ? n - progress.first : part;
        for (size_t k = 0; k < count; k++)
            indices[k] = progress.first + k;
        status = tw_derivative_coordinates(job->objective, job->x, count, indices, &options,
                                           derivatives);
        if (status == TW_OK)
            take_ladders(job, progress.first, count, derivatives);
    }
    free(derivatives);
    free(indices);
    return status;
}

/* ---- the call ---- */

static tw_status base_value(tw_objective *objective, const double *x, double *value) {
    double *values = tw_alloc(tw_objective_metrics(objective), sizeof *values);
    if (values == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the metrics");
    tw_status status = tw_objective_value(objective, x, values);
    *value = values[0];
    free(values);
    return status;
}

static tw_status check_options(const tw_diff_options *options) {
    if ((unsigned)options->method >= METHODS)
        return tw_fail(TW_ERR_ARGUMENT, "no difference method number %d", (int)options->method);
    if (!(options->step >= 0) || isinf(options->step))
        return tw_fail(TW_ERR_ARGUMENT, "step %g: give a positive number", options->step);
    if (options->classes != NULL && !is_ladder(options->method))
        return tw_fail(TW_ERR_ARGUMENT,
                       "the method '%s' does not recognise kinks; use 'ladder' or 'robust'",
                       method_names[options->method]);
    return TW_OK;
}

tw_status tw_diff_gradient(tw_objective *objective, const double *x, const tw_diff_options *options,
                           double *gradient, tw_diff_report *report) {
    tw_diff_options settled;
    tw_status status = TW_TAKE(tw_diff_options, progress_user, &settled, options);
    options = &settled;
    tw_bounds_default(objective, &settled.lower, &settled.upper);
    if (status == TW_OK)
        status = check_options(options);
    if (status != TW_OK)
        return status;
    gradient_job job = {.objective = objective,
                        .x = x,
                        .options = options,
                        .native = (tw_objective_capabilities(objective) & TW_CAN_COORDINATES) != 0,
                        .gradient = gradient,
                        .step = INFINITY};
    double started = tw_clock_seconds();
    unsigned long long before = tw_objective_evaluations(objective);
    int fixed = options->method == TW_DIFF_FORWARD || options->method == TW_DIFF_CENTRAL;
    for (size_t i = 0; i < tw_objective_size(objective) && status == TW_OK; i++)
        status = tw_bounds_check(i, x[i], options->lower, options->upper);
    if (status == TW_OK)
        status = base_value(objective, x, &job.value);
    if (status == TW_OK)
        status = options->method == TW_DIFF_COMPLEX
                     ? tw_complex_gradient(objective, x, options, gradient, &job.step, &job.bar)
                 : fixed ? fixed_gradient(&job)
                         : ladder_gradient(&job);
    if (status == TW_OK && report != NULL)
        *report = (tw_diff_report){.value = job.value,
                                   .step = options->step > 0 && fixed ? options->step : job.step,
                                   .bar = fixed && options->bars == NULL ? NAN : job.bar,
                                   .evaluations = tw_objective_evaluations(objective) - before,
                                   .seconds = tw_clock_seconds() - started};
    return status;
}
