/* lbfgs.c: limited-memory BFGS by liblbfgs (Okazaki, after Nocedal), which comes with its own loop
 * and line searches and calls back. What it leaves to be done: it forgets the points that a failed
 * line search has seen, and its test for convergence and its limits on steps are absolute. So loss
 * and gradient are handed to it in units in which the gradient at the start is near 1, convergence
 * is decided here, and after a failure it is called again from the lowest point.
 *
 * Nor can its history be taken out or put in. But the history is made of the last accepted points
 * and the gradients there, and of nothing else; so these are kept here, and where a run is to go
 * on, the library walks through them once more, without an evaluation: it is told that the first
 * trial of every line search is just what it looks for, and when it reports that it has accepted
 * it, the point and the gradient that were kept are put into the arrays which it gave to be
 * written to. From there it makes the same differences and goes on to the same bits. */
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

/* d->x is the point accepted last, d->trial_values the metrics of the point evaluated last; d->best
 * is kept of all trials. Losses and gradients are scaled. d->state begins with these numbers: */
enum {
    POINTS, /* accepted since the library's history began, the first one included; 0: none yet */
    SEARCH, /* BY_CURVES or BY_HALVES */
    SCALE,  /* a power of two, so that nothing is rounded; 0: not known yet */
    START_LOSS,
    LOSS, /* at d->x */
    BEST_STEP,
    CODE, /* of a line search that has failed; 0: what it means has been settled */
    GAIN, /* what that one had found */
    NUMBERS
};
/* After them come `history` + 1 points and their gradients: point k at place k modulo so many. */

typedef struct lbfgs_job {
    tw_descent *d;
    double *x;        /* the library's, */
    double *gradient; /* and its gradient while it walks through the points kept: */
    size_t at, left;  /* the point where it is, points still to come */
    int trials;       /* of the line search there; -1: not even the start is evaluated */
    int walking;
    tw_status status;
} lbfgs_job;

static size_t places(const tw_descent *d) {
    return d->options->history + 1;
}

static size_t state_size(const tw_descent *d) {
    return NUMBERS + 2 * d->n * places(d);
}

static size_t points_of(const tw_descent *d) {
    return (size_t)d->state[POINTS];
}

static size_t kept_size(const tw_descent *d) {
    size_t points = points_of(d);
    return NUMBERS + 2 * d->n * (points < places(d) ? points : places(d));
}

static double *point(const tw_descent *d, size_t k) {
    return d->state + NUMBERS + k % places(d) * 2 * d->n;
}

static double *gradient_at(const tw_descent *d, size_t k) {
    return point(d, k) + d->n;
}

/* The gradient at d->x. */
static const double *gradient_here(const tw_descent *d) {
    return gradient_at(d, points_of(d) - 1);
}

static void keep_point(tw_descent *d, const double *x, const double *gradient) {
    size_t k = points_of(d);
    memcpy(point(d, k), x, d->n * sizeof *x);
    memcpy(gradient_at(d, k), gradient, d->n * sizeof *x);
    d->state[POINTS] = (double)(k + 1);
}

static tw_status restored(tw_descent *d, size_t kept) {
    const double *s = d->state;
    int counts = kept >= NUMBERS && s[POINTS] >= 0 && s[POINTS] <= 0x1p53;
    if (!counts || kept != kept_size(d) || (s[SEARCH] != BY_CURVES && s[SEARCH] != BY_HALVES))
        return tw_fail(TW_ERR_FORMAT, "the state of 'lbfgs' is not one that it can continue from: "
                                      "another model, or another --history");
    return TW_OK;
}

/* ---- walking through the points kept ---- */

/* More than any loss; such steps down from one point to the next are enough for every search. */
static const double HIGH = 1e304;

/* A gradient that a line search stops at: half as steep, and the other way where the first step is
 * the longest that it allows, which it must not find to be leading on. */
static double walk_again(lbfgs_job *job, double *gradient) {
    const tw_descent *d = job->d;
    const double *g = gradient_at(d, job->at);
    double factor = job->trials < 0 ? 1 : tw_optim_norm(d->n, g) > 1 ? 0.5 : -0.5;
    if (job->trials == 0)
        job->left--;
    else if (job->trials < 0)
        job->walking = job->left > 0;
    job->trials++;
    job->gradient = gradient;
    for (size_t i = 0; i < d->n; i++)
        gradient[i] = factor * g[i];
    return job->left > 0 ? (double)job->left * HIGH : d->state[LOSS];
}

static int arrive_again(lbfgs_job *job) {
    const tw_descent *d = job->d;
    job->at++;
    memcpy(job->x, point(d, job->at), d->n * sizeof *job->x);
    memcpy(job->gradient, gradient_at(d, job->at), d->n * sizeof *job->x);
    job->trials = 0;
    job->walking = job->left > 0;
    return 0;
}

/* ---- what the library calls ---- */

/* The line search cannot be told that a loss is not finite, and takes NaN for progress. It is told
 * instead of a parabola along its line that fits loss and slope at the accepted point and has its
 * minimum a twentieth of the way: the trial is refused, and the next one is that close. */
static double wall(const lbfgs_job *job, const double *x, double *gradient) {
    const tw_descent *d = job->d;
    const double *here = gradient_here(d);
    double fall = 0, square = 0;
    for (size_t i = 0; i < d->n; i++) {
        double way = x[i] - d->x[i];
        fall -= here[i] * way;
        square += way * way;
    }
    double slope = fall > 0 && square > 0 && isfinite(square) ? 19 * fall / square : 0;
    for (size_t i = 0; i < d->n; i++)
        gradient[i] = slope > 0 ? slope * (x[i] - d->x[i]) : 0;
    return slope > 0 ? d->state[LOSS] + 9 * fall : INFINITY;
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
    double *scale = &d->state[SCALE];
    *loss = d->trial_values[0];
    if (!isfinite(*loss) || !all_finite(d->n, gradient))
        return 0;
    if (*scale == 0)
        *scale = choose_scale(*loss, d->n, gradient);
    *loss *= *scale;
    for (size_t i = 0; i < d->n; i++)
        gradient[i] *= *scale;
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

static void keep_start(tw_descent *d, const double *x, const double *gradient, double loss) {
    keep_point(d, x, gradient);
    d->state[LOSS] = loss;
    if (d->done == 0)
        d->state[START_LOSS] = loss;
    tw_descent_mark(d);
}

/* A gradient of 0 at the start makes the library return at once. */
static double evaluate(void *user, const double *x, double *gradient, const int n,
                       const double step) {
    lbfgs_job *job = user;
    tw_descent *d = job->d;
    int fresh = points_of(d) == 0;
    double loss;
    if (job->walking)
        return walk_again(job, gradient);
    if (!fresh && memcmp(x, d->x, d->n * sizeof *x) == 0) { /* steps too short to move */
        memcpy(gradient, gradient_here(d), d->n * sizeof *gradient);
        return d->state[LOSS];
    }
    int usable = ask(job, x, gradient) && convert(job, &loss, gradient);
    if (usable && d->trial_values[0] < d->best_values[0]) {
        tw_descent_consider(d, x, d->trial_values);
        d->state[BEST_STEP] = step;
    }
    if (usable && fresh)
        keep_start(d, x, gradient, loss);
    if (usable)
        return loss;
    if (!fresh)
        return wall(job, x, gradient);
    d->diverged = job->status == TW_OK && d->stop == TW_STOP_ITERATIONS;
    if (d->diverged && isfinite(d->trial_values[0]))
        d->why = "the gradient is not finite at the start";
    memset(gradient, 0, d->n * sizeof *gradient);
    return 0;
}

/* The point x with the trial's metrics is where the walk stands. */
static tw_status arrive(tw_descent *d, const double *x, const double *values, double step) {
    memcpy(d->before, d->x, d->n * sizeof *x);
    memcpy(d->x, x, d->n * sizeof *x);
    memcpy(d->values, values, d->metrics * sizeof *values);
    d->moved = 1;
    d->own_step = step;
    return tw_descent_count(d);
}

static void look_at_slope(tw_descent *d) {
    if (d->stop == TW_STOP_ITERATIONS &&
        tw_descent_is_flat(d, gradient_here(d), d->state[START_LOSS], d->state[LOSS], 0))
        d->stop = TW_STOP_CONVERGED;
}

static int progress(void *user, const double *x, const double *gradient, const double loss,
                    const double x_norm, const double gradient_norm, const double step, int n,
                    int iteration, int trials) {
    lbfgs_job *job = user;
    tw_descent *d = job->d;
    if (job->walking)
        return arrive_again(job);
    if (job->status != TW_OK || d->stop != TW_STOP_ITERATIONS) /* the walls have led it here */
        return 1;
    if (!isfinite(loss) || !all_finite(d->n, x)) /* refused by wall(), but NaN passes for a fall */
        return NO_DIRECTION;
    keep_point(d, x, gradient);
    d->state[LOSS] = loss;
    /* the one accepted was evaluated last */
    d->known = d->trial_values[0] * d->state[SCALE] == loss;
    job->status = arrive(d, x, d->trial_values, step);
    if (job->status == TW_OK)
        look_at_slope(d);
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
        return "the latest gradients give no direction of descent: a kink";
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

/* Where the library begins: at d->x, or so far back in the points kept that it has its history when
 * it gets there. */
static void choose_beginning(lbfgs_job *job) {
    const tw_descent *d = job->d;
    size_t points = points_of(d), behind = points > 0 ? points - 1 : 0;
    job->left = behind < d->options->history ? behind : d->options->history;
    job->at = behind - job->left;
    job->trials = -1;
    job->walking = points > 0;
    memcpy(job->x, points > 0 ? point(d, job->at) : d->x, d->n * sizeof *d->x);
}

/* From d->x on; the library's code. */
static int descend(lbfgs_job *job) {
    tw_descent *d = job->d;
    const tw_optim_options *o = d->options;
    lbfgs_parameter_t parameters;
    choose_beginning(job);
    size_t left = d->limit - d->done + job->left;
    lbfgs_parameter_init(&parameters);
    parameters.m = (int)o->history;
    parameters.epsilon = 0; /* a gradient of 0 alone */
    parameters.max_iterations = left < INT_MAX ? (int)left : INT_MAX - 1;
    parameters.linesearch = (int)d->state[SEARCH];
    if (parameters.linesearch == BY_HALVES)
        parameters.max_linesearch = 80;
    int code = lbfgs((int)d->n, job->x, NULL, evaluate, progress, job, &parameters);
    if (job->walking)
        job->status = tw_fail(TW_ERR_UNSUPPORTED,
                              "liblbfgs does not take up the history of its last %zu steps (code "
                              "%d): start again from where it is",
                              job->left, code);
    return code;
}

/* What the failure of a line search means, after what it had found was taken: the end, or how to
 * go on from there. */
static void settle_failure(tw_descent *d) {
    double *s = d->state, gain = s[GAIN];
    int code = (int)s[CODE];
    if (d->unbounded || (code == LBFGSERR_MAXIMUMSTEP && gain > 0)) {
        d->stop = TW_STOP_UNBOUNDED;
        d->why = d->unbounded ? NULL : failure_of_search(code);
    } else if (s[SEARCH] == BY_HALVES && !(gain > 1e-15 * fabs(s[LOSS]))) {
        tw_descent_get_stuck(d, gradient_here(d), s[START_LOSS], s[LOSS], failure_of_search(code));
    }
    s[SEARCH] = BY_HALVES;
    s[POINTS] = s[CODE] = 0;
    tw_descent_mark(d);
}

/* After a line search has failed with `code`: goes to the lowest point that it saw. */
static tw_status recover(tw_descent *d, int code) {
    double *s = d->state, gain = s[LOSS] - d->best_values[0] * s[SCALE];
    tw_status status = TW_OK;
    s[CODE] = code;
    s[GAIN] = gain;
    if (gain > 0) {
        d->known = 1;
        s[LOSS] = d->best_values[0] * s[SCALE];
        status = arrive(d, d->best, d->best_values, s[BEST_STEP]);
    }
    if (status == TW_OK && d->stop == TW_STOP_ITERATIONS)
        settle_failure(d);
    return status;
}

/* What is left to be said about the point of the last run, where that was cancelled there. */
static void look_again(tw_descent *d) {
    if (d->state[CODE] != 0)
        settle_failure(d);
    else if (points_of(d) > 1)
        look_at_slope(d);
}

static tw_status start(tw_descent *d) {
    d->state[SEARCH] = BY_CURVES;
    return TW_OK;
}

static tw_status run(tw_descent *d) {
    lbfgs_job job = {.d = d};
    job.x = d->n < INT_MAX / 2 ? lbfgs_malloc((int)d->n) : NULL;
    if (job.x == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for 'lbfgs' over %zu parameters", d->n);
    look_again(d);
    while (job.status == TW_OK && d->stop == TW_STOP_ITERATIONS && d->done < d->limit) {
        int code = descend(&job);
        if (job.status != TW_OK || d->diverged || d->stop != TW_STOP_ITERATIONS)
            break;
        if (failure_of_search(code) == NULL && !d->unbounded) {
            job.status = explain(d, code);
            break;
        }
        job.status = recover(d, code);
    }
    lbfgs_free(job.x);
    return job.status;
}

const tw_optimizer tw_optimizer_lbfgs = {
    .name = "lbfgs",
    .summary = "L-BFGS with a line search, on the whole loss",
    .needs = TW_CAN_GRADIENT,
    .defaults = {.iterations = 200, .tolerance = 1e-6, .history = 10},
    .state_size = state_size,
    .kept_size = kept_size,
    .restored = restored,
    .start = start,
    .run = run,
};
