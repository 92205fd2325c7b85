/* lbfgs.c: limited-memory BFGS by liblbfgs (Okazaki, after Nocedal), which comes with its own loop
 * and line search (More and Thuente, ACM TOMS 20, 1994) and calls back. */
#include <lbfgs.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "optim/optimizer.h"

/* d->x is the point accepted last, d->state the gradient there, d->trial_values the metrics of the
 * point evaluated last. */
typedef struct lbfgs_job {
    tw_descent *d;
    int begun; /* the start has been evaluated */
    double loss;
    tw_status status;
} lbfgs_job;

static size_t state_size(const tw_descent *d) {
    return d->n;
}

/* The line search cannot be told that a loss is not finite, and takes NaN for progress. It is told
 * instead of a parabola along its line that fits loss and slope at the accepted point and has its
 * minimum a twentieth of the way: the trial is refused, and the next one is that close. */
static double wall(const lbfgs_job *job, const double *x, double *gradient) {
    const tw_descent *d = job->d;
    double fall = 0, square = 0;
    for (size_t i = 0; i < d->n; i++) {
        double way = x[i] - d->x[i];
        fall -= d->state[i] * way;
        square += way * way;
    }
    double slope = fall > 0 && square > 0 && isfinite(square) ? 19 * fall / square : 0;
    for (size_t i = 0; i < d->n; i++)
        gradient[i] = slope > 0 ? slope * (x[i] - d->x[i]) : 0;
    return slope > 0 ? job->loss + 9 * fall : INFINITY;
}

static int all_finite(size_t count, const double *values) {
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return 0;
    return 1;
}

/* A gradient of 0 at the start makes the library return at once. */
static double evaluate(void *user, const double *x, double *gradient, const int n,
                       const double step) {
    lbfgs_job *job = user;
    tw_descent *d = job->d;
    if (job->status == TW_OK && !tw_descent_cancelled(d)) {
        job->status = tw_objective_gradient(d->objective, x, d->trial_values, gradient);
        d->seen++;
    }
    int usable = job->status == TW_OK && d->stop == TW_STOP_ITERATIONS &&
                 isfinite(d->trial_values[0]) && all_finite(d->n, gradient);
    if (usable && !job->begun) {
        job->begun = 1;
        job->loss = d->trial_values[0];
        memcpy(d->state, gradient, d->n * sizeof *gradient);
    }
    if (usable)
        return d->trial_values[0];
    if (job->begun)
        return wall(job, x, gradient);
    d->diverged = job->status == TW_OK && d->stop == TW_STOP_ITERATIONS;
    memset(gradient, 0, d->n * sizeof *gradient);
    return 0;
}

static int progress(void *user, const double *x, const double *gradient, const double loss,
                    const double x_norm, const double gradient_norm, const double step, int n,
                    int iteration, int trials) {
    lbfgs_job *job = user;
    tw_descent *d = job->d;
    memcpy(d->before, d->x, d->n * sizeof *x);
    memcpy(d->x, x, d->n * sizeof *x);
    memcpy(d->state, gradient, d->n * sizeof *x);
    memcpy(d->values, d->trial_values, d->metrics * sizeof *d->values);
    job->loss = loss;
    d->known = d->values[0] == loss; /* the point accepted is the one evaluated last */
    d->moved = 1;
    d->own_step = step;
    job->status = tw_descent_count(d);
    return job->status != TW_OK || d->stop != TW_STOP_ITERATIONS;
}

/* What the library's code means where the run was not ended by us. */
static tw_status explain(tw_descent *d, int code) {
    switch (code) {
    case LBFGS_SUCCESS:
    case LBFGS_ALREADY_MINIMIZED:
        d->stop = TW_STOP_CONVERGED;
        return TW_OK;
    case LBFGSERR_MAXIMUMITERATION:
        return TW_OK;
    case LBFGSERR_OUTOFINTERVAL:
    case LBFGSERR_INCORRECT_TMINMAX:
    case LBFGSERR_ROUNDING_ERROR:
    case LBFGSERR_MINIMUMSTEP:
    case LBFGSERR_MAXIMUMSTEP:
    case LBFGSERR_MAXIMUMLINESEARCH:
    case LBFGSERR_WIDTHTOOSMALL:
    case LBFGSERR_INVALIDPARAMETERS:
    case LBFGSERR_INCREASEGRADIENT:
        d->stop = TW_STOP_STALLED;
        return TW_OK;
    case LBFGSERR_OUTOFMEMORY:
        return tw_fail(TW_ERR_MEMORY, "not enough memory for 'lbfgs' over %zu parameters", d->n);
    default:
        return tw_fail(TW_ERR_UNSUPPORTED, "liblbfgs refuses with code %d", code);
    }
}

static tw_status run(tw_descent *d) {
    const tw_optim_options *o = d->options;
    lbfgs_job job = {.d = d};
    lbfgs_parameter_t parameters;
    lbfgs_parameter_init(&parameters);
    parameters.m = (int)o->history;
    parameters.epsilon = o->tolerance;
    parameters.max_iterations = o->iterations < INT_MAX ? (int)o->iterations : INT_MAX - 1;
    double *x = d->n < INT_MAX / 2 ? lbfgs_malloc((int)d->n) : NULL;
    if (x == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for 'lbfgs' over %zu parameters", d->n);
    memcpy(x, d->x, d->n * sizeof *x);
    int code = lbfgs((int)d->n, x, NULL, evaluate, progress, &job, &parameters);
    lbfgs_free(x);
    if (job.status != TW_OK || d->diverged || d->stop != TW_STOP_ITERATIONS)
        return job.status;
    return explain(d, code);
}

const tw_optimizer tw_optimizer_lbfgs = {
    .name = "lbfgs",
    .summary = "L-BFGS with a line search, on the whole loss",
    .needs = TW_CAN_GRADIENT,
    .defaults = {.iterations = 200, .tolerance = 1e-6, .history = 10},
    .state_size = state_size,
    .run = run,
};
