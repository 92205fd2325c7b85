/* lbfgs.c: limited-memory BFGS by liblbfgs (Okazaki, after Nocedal), which comes with its own loop
 * and line searches and calls back. What it leaves to be done: it forgets the points that a failed
 * line search has seen, and its test for convergence and its limits on steps are absolute. So loss
 * and gradient are handed to it in units in which the gradient at the start is near 1, convergence
 * is decided here, and after a failure it is called again from the lowest point. */
#include <lbfgs.h>
#include <limits.h>
#include <math.h>
#include <string.h>

#include "optim/optimizer.h"

/* The interpolating search (More and Thuente) needs a slope that flattens, which a kink does not
 * have; the other one goes by halves and takes any step after which the slope has risen. */
enum { BY_CURVES = LBFGS_LINESEARCH_MORETHUENTE, BY_HALVES = LBFGS_LINESEARCH_BACKTRACKING_WOLFE };

/* A code of ours beside the library's: curvatures of 0 have made the direction NaN. */
enum { NO_DIRECTION = 1000 };

/* d->x is the point accepted last, d->state the gradient there, d->trial_values the metrics of the
 * point evaluated last; d->best is kept of all trials. Losses and gradients are scaled. */
typedef struct lbfgs_job {
    tw_descent *d;
    double *x;    /* the library's */
    double scale; /* a power of two, so that nothing is rounded; 0: not known yet */
    int fresh;    /* the next evaluation is that of d->x */
    double start_loss, loss, best_step;
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

static double largest(size_t count, const double *values) {
    double most = 0;
    for (size_t i = 0; i < count; i++)
        most = fmax(most, fabs(values[i]));
    return most;
}

static int all_finite(size_t count, const double *values) {
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return 0;
    return 1;
}

/* Brings the gradient at the start near 1, as far as the loss allows it. */
static double choose_scale(double loss, size_t n, const double *gradient) {
    double most = largest(n, gradient);
    int down = most > 0 ? ilogb(most) : 0, room = loss != 0 ? 1000 - ilogb(loss) : 1000;
    int up = -down < room ? -down : room;
    return ldexp(1, up < -1000 ? -1000 : up > 1000 ? 1000 : up);
}

/* In the library's units; whether it is all numbers. */
static int convert(lbfgs_job *job, double *loss, double *gradient) {
    const tw_descent *d = job->d;
    *loss = d->trial_values[0];
    if (!isfinite(*loss) || !all_finite(d->n, gradient))
        return 0;
    if (job->scale == 0)
        job->scale = choose_scale(*loss, d->n, gradient);
    *loss *= job->scale;
    for (size_t i = 0; i < d->n; i++)
        gradient[i] *= job->scale;
    return isfinite(*loss) && all_finite(d->n, gradient);
}

/* Nothing is asked any more once the run is to end: walls lead the search to its end. */
static int ask(lbfgs_job *job, const double *x, double *gradient) {
    tw_descent *d = job->d;
    if (job->status != TW_OK || d->unbounded || tw_descent_cancelled(d))
        return 0;
    job->status = tw_objective_gradient(d->objective, x, d->trial_values, gradient);
    d->seen++;
    d->unbounded = job->status == TW_OK && d->trial_values[0] == -INFINITY;
    return job->status == TW_OK;
}

/* A gradient of 0 at the start makes the library return at once. */
static double evaluate(void *user, const double *x, double *gradient, const int n,
                       const double step) {
    lbfgs_job *job = user;
    tw_descent *d = job->d;
    double loss;
    if (!job->fresh && memcmp(x, d->x, d->n * sizeof *x) == 0) { /* steps too short to move */
        memcpy(gradient, d->state, d->n * sizeof *gradient);
        return job->loss;
    }
    int usable = ask(job, x, gradient) && convert(job, &loss, gradient);
    if (usable && d->trial_values[0] < d->best_values[0]) {
        tw_descent_consider(d, x, d->trial_values);
        job->best_step = step;
    }
    if (usable && job->fresh) {
        job->fresh = 0;
        job->loss = loss;
        if (d->done == 0)
            job->start_loss = loss;
        memcpy(d->state, gradient, d->n * sizeof *gradient);
    }
    if (usable)
        return loss;
    if (!job->fresh)
        return wall(job, x, gradient);
    d->diverged = job->status == TW_OK && d->stop == TW_STOP_ITERATIONS;
    if (d->diverged && isfinite(d->trial_values[0]))
        d->why = "the gradient is not finite at the start";
    memset(gradient, 0, d->n * sizeof *gradient);
    return 0;
}

/* The point x with the trial's metrics is where the walk stands. */
static tw_status arrive(lbfgs_job *job, const double *x, const double *values, double step) {
    tw_descent *d = job->d;
    memcpy(d->before, d->x, d->n * sizeof *x);
    memcpy(d->x, x, d->n * sizeof *x);
    memcpy(d->values, values, d->metrics * sizeof *values);
    d->moved = 1;
    d->own_step = step;
    return tw_descent_count(d);
}

static int progress(void *user, const double *x, const double *gradient, const double loss,
                    const double x_norm, const double gradient_norm, const double step, int n,
                    int iteration, int trials) {
    lbfgs_job *job = user;
    tw_descent *d = job->d;
    if (!isfinite(loss) || !all_finite(d->n, x)) /* refused by wall(), but NaN passes for a fall */
        return NO_DIRECTION;
    memcpy(d->state, gradient, d->n * sizeof *x);
    job->loss = loss;
    d->known = d->trial_values[0] * job->scale == loss; /* the one accepted was evaluated last */
    job->status = arrive(job, x, d->trial_values, step);
    if (job->status == TW_OK && d->stop == TW_STOP_ITERATIONS &&
        tw_descent_is_flat(d, gradient, job->start_loss, loss, 0))
        d->stop = TW_STOP_CONVERGED;
    return job->status != TW_OK || d->stop != TW_STOP_ITERATIONS;
}

/* Why a line search has failed, in words; NULL if that is not what the code says. */
static const char *failure_of_search(int code) {
    switch (code) {
    case LBFGSERR_OUTOFINTERVAL:
        return "the line search has left the interval that holds its minimum: loss and gradient do "
               "not belong together, or differ by rounding alone";
    case LBFGSERR_INCORRECT_TMINMAX:
        return "the interval of the line search has closed: a kink, or the rounding of the loss";
    case LBFGSERR_ROUNDING_ERROR:
        return "rounding keeps the line search from a step that lowers loss and slope: a kink, or "
               "the rounding of the loss";
    case LBFGSERR_MINIMUMSTEP:
        return "the shortest step of the line search still does not lower the loss: a kink, or a "
               "gradient that is not that of the loss";
    case LBFGSERR_MAXIMUMSTEP:
        return "the loss is still falling along a line at 1e20 times the first step";
    case LBFGSERR_MAXIMUMLINESEARCH:
        return "none of the steps that the line search tried lowers the loss enough: a kink, or a "
               "gradient that is not that of the loss";
    case LBFGSERR_WIDTHTOOSMALL:
        return "the line search has narrowed down to one point, where the slope is not flat: a "
               "kink, or the rounding of the loss";
    case LBFGSERR_INVALIDPARAMETERS:
        return "the direction of descent is so long that a first step along it has no length";
    case LBFGSERR_INCREASEGRADIENT:
        return "the direction of descent leads upwards: gradients that contradict one another";
    case NO_DIRECTION:
        return "the gradients seen last give no direction of descent: a kink";
    default:
        return NULL;
    }
}

/* What the library's code means where neither we nor a line search have ended the run. */
static tw_status explain(tw_descent *d, int code) {
    switch (code) {
    case LBFGS_SUCCESS:
    case LBFGS_ALREADY_MINIMIZED:
        d->stop = TW_STOP_CONVERGED;
        d->why = "the gradient is 0";
        return TW_OK;
    case LBFGSERR_MAXIMUMITERATION:
        return TW_OK;
    case LBFGSERR_OUTOFMEMORY:
        return tw_fail(TW_ERR_MEMORY, "not enough memory for 'lbfgs' over %zu parameters", d->n);
    default:
        return tw_fail(TW_ERR_UNSUPPORTED, "liblbfgs refuses with code %d", code);
    }
}

/* From d->x on; the library's code. */
static int descend(lbfgs_job *job, int by) {
    tw_descent *d = job->d;
    const tw_optim_options *o = d->options;
    size_t left = o->iterations - d->done;
    lbfgs_parameter_t parameters;
    lbfgs_parameter_init(&parameters);
    parameters.m = (int)o->history;
    parameters.epsilon = 0; /* a gradient of 0 alone */
    parameters.max_iterations = left < INT_MAX ? (int)left : INT_MAX - 1;
    parameters.linesearch = by;
    if (by == BY_HALVES)
        parameters.max_linesearch = 80;
    job->fresh = 1;
    memcpy(job->x, d->x, d->n * sizeof *d->x);
    return lbfgs((int)d->n, job->x, NULL, evaluate, progress, job, &parameters);
}

/* After a line search has failed with `code`: goes to the lowest point that it saw. *by: how to go
 * on from there. */
static tw_status recover(lbfgs_job *job, int code, int *by) {
    tw_descent *d = job->d;
    double gain = job->loss - d->best_values[0] * job->scale;
    tw_status status = TW_OK;
    if (gain > 0) {
        d->known = 1;
        status = arrive(job, d->best, d->best_values, job->best_step);
        job->loss = d->values[0] * job->scale;
    }
    if (status != TW_OK || d->stop != TW_STOP_ITERATIONS)
        return status;
    if (d->unbounded || (code == LBFGSERR_MAXIMUMSTEP && gain > 0)) {
        d->stop = TW_STOP_UNBOUNDED;
        d->why = d->unbounded ? NULL : failure_of_search(code);
    } else if (*by == BY_HALVES && !(gain > 1e-15 * fabs(job->loss))) {
        tw_descent_get_stuck(d, d->state, job->start_loss, job->loss, failure_of_search(code));
    }
    *by = BY_HALVES;
    return TW_OK;
}

static tw_status run(tw_descent *d) {
    lbfgs_job job = {.d = d};
    int by = BY_CURVES;
    tw_status status = TW_OK;
    job.x = d->n < INT_MAX / 2 ? lbfgs_malloc((int)d->n) : NULL;
    if (job.x == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for 'lbfgs' over %zu parameters", d->n);
    while (status == TW_OK && d->stop == TW_STOP_ITERATIONS && d->done < d->options->iterations) {
        int code = descend(&job, by);
        status = job.status;
        if (status != TW_OK || d->diverged || d->stop != TW_STOP_ITERATIONS)
            break;
        if (failure_of_search(code) == NULL && !d->unbounded) {
            status = explain(d, code);
            break;
        }
        status = recover(&job, code, &by);
    }
    lbfgs_free(job.x);
    return status;
}

const tw_optimizer tw_optimizer_lbfgs = {
    .name = "lbfgs",
    .summary = "L-BFGS with a line search, on the whole loss",
    .needs = TW_CAN_GRADIENT,
    .defaults = {.iterations = 200, .tolerance = 1e-6, .history = 10},
    .state_size = state_size,
    .run = run,
};
