/* ladder_gradient.c: the scalar derivative of every coordinate. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/objective_private.h"
#include "diff/exact.h"
#include "diff/line.h"

typedef struct ladder_job {
    tw_objective *objective;
    const double *x, *scales;
    const tw_diff_options *options;
    tw_line *lines; /* one a worker */
    size_t first;
    double *gradient, *bars, *steps;
} ladder_job;

static tw_status coordinate_piece(void *argument, size_t piece, int worker) {
    ladder_job *job = argument;
    tw_line *line = &job->lines[worker];
    size_t i = job->first + piece;
    line->coordinate = i;
    tw_derivative_options options = {.measure_noise = job->options->method == TW_DIFF_ROBUST};
    options = tw_line_options(line, &options, job->scales[i]);
    tw_derivative derivative;
    tw_status status = tw_derivative_scalar(tw_line_value, line, &options, &derivative);
    if (status != TW_OK)
        return tw_fail_prefix(status, "coordinate %zu", i);
    job->gradient[i] = derivative.value;
    job->bars[i] = derivative.error;
    job->steps[i] = derivative.step;
    return TW_OK;
}

/* In parts, so that somebody can watch. An objective with differences of its own spreads each of
 * them over its threads; otherwise threads take coordinates. */
static tw_status all_parts(ladder_job *job, tw_runner *runner) {
    size_t n = tw_objective_size(job->objective), part = n / 200 < 16 ? 16 : n / 200;
    tw_progress_fn progress = job->options->progress;
    tw_status status = TW_OK;
    for (job->first = 0; job->first < n && status == TW_OK; job->first += part) {
        size_t count = n - job->first < part ? n - job->first : part;
        status = tw_runner_map(runner, count, coordinate_piece, job);
        if (status == TW_OK && progress != NULL &&
            progress(job->options->progress_user, job->first + count, n) != 0)
            status = tw_fail(TW_ERR_CANCELLED, "cancelled at coordinate %zu of %zu",
                             job->first + count, n);
    }
    return status;
}

static tw_status make_lines(ladder_job *job, int workers) {
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

tw_status tw_ladder_gradient(tw_objective *objective, const double *x,
                             const tw_diff_options *options, double *gradient, double *step,
                             double *bar) {
    size_t n = tw_objective_size(objective);
    double *numbers = tw_alloc_raw(n, 3 * sizeof(double)), *scales = numbers;
    ladder_job job = {
        .objective = objective, .x = x, .scales = scales, .options = options, .gradient = gradient};
    tw_runner *runner = NULL;
    tw_status status = TW_OK;
    if (!(tw_objective_capabilities(objective) & TW_CAN_COORDINATES))
        status = tw_objective_value_runner(objective, &runner);
    int workers = tw_runner_threads(runner);
    if (status == TW_OK && (numbers == NULL || make_lines(&job, workers) != TW_OK))
        status =
            tw_fail(TW_ERR_MEMORY, "not enough memory for a copy of %zu parameters a thread", n);
    if (status == TW_OK) {
        tw_line_scales(objective, x, scales);
        job.steps = numbers + n;
        job.bars = options->bars != NULL ? options->bars : numbers + 2 * n;
        status = all_parts(&job, runner);
    }
    for (size_t i = 0; i < n && status == TW_OK; i++) {
        *step = fmin(*step, job.steps[i]);
        *bar = fmax(*bar, job.bars[i]);
    }
    for (int k = 0; job.lines != NULL && k < workers; k++) {
        free(job.lines[k].point);
        free(job.lines[k].metrics);
    }
    free(job.lines);
    free(numbers);
    return status;
}
