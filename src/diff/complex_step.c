/* complex_step.c: the gradient by complex steps, one evaluation a coordinate, and a look by the
 * ladder whether the complex operation is that of the same function. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/front_door.h"
#include "diff/exact.h"
#include "diff/line.h"
#include "diff/numbers.h"
#include "thalweg/rng.h"

/* h is about 1e-20 of a coordinate: its square is far below the rounding of f, and nothing is
 * subtracted that could suffer from so small a number. */
static const double part_of_scale = 0x1p-66;

/* The bar counts the rounding of the sums behind the gradient and of what they are made of. With 8
 * units it covers 211 of the 220 entries of test_accuracy, with 64 units 219; the others are small
 * differences of large terms inside of f, which nothing here can see. */
enum { BAR_UNITS = 64 };

typedef struct complex_job {
    tw_objective *objective;
    const double *x, *scales;
    double *imaginary; /* one vector of zeros a worker */
    size_t first;
    double *gradient, *bars, *steps;
} complex_job;

static tw_status coordinate_piece(void *argument, size_t piece, int worker) {
    complex_job *job = argument;
    size_t i = job->first + piece;
    double *y = job->imaginary + (size_t)worker * tw_objective_size(job->objective), value[2];
    job->gradient[i] = job->bars[i] = 0;
    job->steps[i] = INFINITY;
    if (!tw_space_moves(tw_objective_space(job->objective), i))
        return TW_OK;
    double h = tw_power_below(job->scales[i] * part_of_scale);
    y[i] = h;
    tw_status status = tw_worker_complex_value(job->objective, worker, job->x, y, value);
    y[i] = 0;
    if (status != TW_OK) /* what is not supported is so anywhere */
        return status == TW_ERR_UNSUPPORTED ? status : tw_fail_prefix(status, "coordinate %zu", i);
    job->steps[i] = h;
    job->gradient[i] = value[1] / h;
    job->bars[i] = BAR_UNITS * tw_objective_noise(job->objective) *
                   (fabs(job->gradient[i]) + fabs(value[0]) / job->scales[i]);
    return TW_OK;
}

/* In parts, so that somebody can watch. */
static tw_status all_parts(complex_job *job, tw_runner *runner, const tw_diff_options *options) {
    size_t n = tw_objective_size(job->objective), part = n / 200 < 16 ? 16 : n / 200;
    tw_status status = TW_OK;
    for (job->first = 0; job->first < n && status == TW_OK; job->first += part) {
        size_t count = n - job->first < part ? n - job->first : part;
        status = tw_runner_map(runner, count, coordinate_piece, job);
        if (status == TW_OK && options->progress != NULL &&
            options->progress(options->progress_user, job->first + count, n) != 0)
            status = tw_fail(TW_ERR_CANCELLED, "cancelled at coordinate %zu of %zu",
                             job->first + count, n);
    }
    return status;
}

/* A direction that moves every coordinate, by half of its scale to one and a half, up or down: a
 * wrong entry shows whichever it is, and two do not cancel each other but by a rare chance. */
static void probe_direction(size_t n, const double *scales, double *direction) {
    for (size_t i = 0; i < n; i++) {
        double part = 2 * tw_rng_uniform(1, tw_rng_stream("complex step"), i) - 1;
        direction[i] = scales[i] * (part + copysign(0.5, part));
    }
}

/* The slope along that direction by the gradient and by the ladder on `value`. */
static tw_status along_probe(const complex_job *job, double *direction, double *along, double *size,
                             tw_derivative *d) {
    size_t n = tw_objective_size(job->objective);
    probe_direction(n, job->scales, direction);
    tw_space_keep_still(tw_objective_space(job->objective), NULL, direction);
    for (size_t i = 0; i < n; i++) {
        *along += job->gradient[i] * direction[i];
        *size += fabs(job->gradient[i] * direction[i]);
    }
    tw_derivative_options options = {.scale = 1};
    return tw_derivative_directional(job->objective, job->x, direction, 0, &options, d);
}

/* Within bounds no direction leads far: the same of the coordinate with the largest slope. */
static tw_status along_coordinate(const complex_job *job, const tw_diff_options *options,
                                  double *along, double *size, tw_derivative *d) {
    size_t n = tw_objective_size(job->objective), largest = 0;
    for (size_t i = 0; i < n; i++)
        if (fabs(job->gradient[i]) > fabs(job->gradient[largest]))
            largest = i;
    *along = job->gradient[largest];
    *size = fabs(*along);
    tw_coordinates_options bounded = {
        .lower = options->lower, .upper = options->upper, .scales = options->scales};
    return tw_derivative_coordinates(job->objective, job->x, 1, &largest, &bounded, d);
}

static tw_status check_belongs(const complex_job *job, const tw_diff_options *options,
                               double *direction) {
    static const double rounding = 1e-6; /* of the objective's own, which no bar knows in full */
    tw_derivative d;
    double along = 0, size = 0;
    int bounded = options->lower != NULL || options->upper != NULL;
    tw_status status = bounded ? along_coordinate(job, options, &along, &size, &d)
                               : along_probe(job, direction, &along, &size, &d);
    if (status != TW_OK || !isfinite(d.value) || d.error == INFINITY)
        return status;
    if (fabs(d.value - along) <= 3 * d.error + rounding * fmax(size, fabs(d.value)))
        return TW_OK;
    return tw_fail(
        TW_ERR_CALLBACK,
        "objective '%s': the complex operation does not belong to this function: a slope of %.9g "
        "by 'complex_value', of %.9g +- %.1g by 'value'; use no modulus, no conjugate and no "
        "comparison except of real parts, or use the method 'ladder'",
        tw_objective_name(job->objective), along, d.value, d.error);
}

tw_status tw_complex_gradient(tw_objective *objective, const double *x,
                              const tw_diff_options *options, double *gradient, double *step,
                              double *bar) {
    size_t n = tw_objective_size(objective);
    complex_job job = {.objective = objective, .x = x, .gradient = gradient};
    tw_runner *runner = NULL;
    tw_status status = tw_worker_runner(objective, &runner);
    if (status != TW_OK)
        return status;
    double *numbers = tw_alloc_raw(n, 3 * sizeof(double));
    job.imaginary = tw_alloc(n, (size_t)tw_runner_threads(runner) * sizeof(double));
    if (numbers == NULL || job.imaginary == NULL) {
        status =
            tw_fail(TW_ERR_MEMORY, "not enough memory for a copy of %zu parameters per thread", n);
        goto done;
    }
    tw_line_scales(objective, x, numbers);
    job.scales = numbers;
    job.steps = numbers + n;
    job.bars = options->bars != NULL ? options->bars : numbers + 2 * n;
    status = all_parts(&job, runner, options);
    for (size_t i = 0; i < n && status == TW_OK; i++) {
        *step = fmin(*step, job.steps[i]);
        *bar = fmax(*bar, job.bars[i]);
    }
    if (status == TW_OK)
        status = check_belongs(&job, options, job.imaginary);
done:
    free(numbers);
    free(job.imaginary);
    return status;
}
