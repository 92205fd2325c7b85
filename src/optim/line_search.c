/* line_search.c: steps along the gradient of the whole loss whose length is found by trying. */
#include <math.h>
#include <string.h>

#include "optim/optimizer.h"

/* Armijo's share of the fall that the slope promises; trials for one step; how many times the first
 * step is too far for a loss that has a minimum. */
static const double SHARE = 1e-4, TOO_FAR = 1e20;
enum { MOST_TRIALS = 2000 };

/* d->state: the step accepted last, the one accepted first, the loss at the start. */
enum { LAST, FIRST, BEGUN };

/* Leaves x - t g and what is there in the trial. *moves: x and the trial differ. */
static tw_status try(tw_descent *d, double t, int *moves) {
    *moves = 0;
    for (size_t i = 0; i < d->n; i++) {
        d->trial[i] = d->x[i] - t * d->gradient[i];
        *moves |= d->trial[i] != d->x[i];
    }
    if (!*moves)
        return TW_OK;
    d->seen++;
    tw_status status = tw_objective_value(d->objective, d->trial, d->trial_values);
    if (status == TW_OK)
        tw_descent_cancelled(d);
    return status;
}

/* A square that overflows asks for no more than a fall. */
static int falls_enough(const tw_descent *d, double t, double square) {
    double loss = d->trial_values[0], promised = SHARE * t * square;
    return isfinite(loss) && loss < d->values[0] &&
           (!isfinite(promised) || loss <= d->values[0] - promised);
}

/* Where the parabola through the loss and slope here and the loss there has its minimum. */
static double shorter(const tw_descent *d, double t, double square) {
    double above = d->trial_values[0] - d->values[0] + t * square;
    double best = isfinite(above) && above > 0 ? t * square * t / (2 * above) : 0;
    return best > t / 100 ? fmin(best, t / 2) : t / 100;
}

static tw_status shrink(tw_descent *d, double square, double *t, int *found) {
    int moves = 1;
    *found = 0;
    for (int trial = 0; trial < MOST_TRIALS; trial++) {
        tw_status status = try(d, *t, &moves);
        if (status != TW_OK || d->stop != TW_STOP_ITERATIONS || !moves)
            return status;
        d->unbounded = d->trial_values[0] == -INFINITY;
        *found = falls_enough(d, *t, square);
        if (*found || d->unbounded)
            return TW_OK;
        *t = shorter(d, *t, square);
    }
    return TW_OK;
}

/* Doubles the first step while that helps; the trial is that of *t again in the end. */
static tw_status grow(tw_descent *d, double square, double *t) {
    const double farthest = TOO_FAR * *t;
    int moves, helps = 1;
    while (helps && *t < farthest) {
        double reached = d->trial_values[0];
        tw_status status = try(d, 2 * *t, &moves);
        if (status != TW_OK || d->stop != TW_STOP_ITERATIONS)
            return status;
        d->unbounded = d->trial_values[0] == -INFINITY;
        helps = falls_enough(d, 2 * *t, square) && d->trial_values[0] < reached;
        if (helps)
            *t *= 2;
    }
    d->unbounded |= helps;
    return helps ? TW_OK : try(d, *t, &moves);
}

static tw_status take(tw_descent *d, double t) {
    memcpy(d->before, d->x, d->n * sizeof *d->x);
    tw_descent_accept(d);
    d->moved = 1;
    d->own_step = d->state[LAST] = t;
    if (d->state[FIRST] == 0)
        d->state[FIRST] = t;
    tw_status status = tw_descent_count(d);
    if (d->unbounded || t >= TOO_FAR * d->state[FIRST]) {
        d->stop = TW_STOP_UNBOUNDED;
        d->why = "the loss falls without end along the gradient";
    }
    return status;
}

static double first_trial(const tw_descent *d) {
    double x = tw_optim_norm(d->n, d->x), g = tw_optim_norm(d->n, d->gradient);
    return d->options->step > 0 ? d->options->step : (x > 0 ? 0.1 * x : 1) / g;
}

static tw_status walk_along(tw_descent *d, size_t iteration) {
    double g = tw_optim_norm(d->n, d->gradient), square = g * g;
    double t = iteration == 0 ? first_trial(d) : 2 * d->state[LAST], begun = t;
    int found;
    tw_status status = shrink(d, square, &t, &found);
    if (status == TW_OK && found && iteration == 0 && t == begun)
        status = grow(d, square, &t);
    if (status != TW_OK || d->stop != TW_STOP_ITERATIONS)
        return status;
    if (found)
        return take(d, t);
    if (d->unbounded)
        d->stop = TW_STOP_UNBOUNDED;
    else
        tw_descent_get_stuck(d, d->gradient, d->state[BEGUN], d->values[0],
                             "no step against the gradient lowers the loss: a kink, or a gradient "
                             "that is not that of the loss");
    return TW_OK;
}

tw_status tw_descent_line_search(tw_descent *d, size_t iteration) {
    tw_status status = tw_descent_gradient(d);
    if (status != TW_OK)
        return status;
    d->known = 1;
    if (iteration == 0)
        d->state[BEGUN] = d->values[0];
    double g = tw_optim_norm(d->n, d->gradient);
    if (!isfinite(d->values[0])) {
        tw_descent_give_up(d);
    } else if (!isfinite(g)) {
        d->stop = TW_STOP_STALLED;
        d->why = "the gradient is not finite";
    } else if (tw_descent_is_flat(d, d->gradient, d->state[BEGUN], d->values[0], 0)) {
        d->stop = TW_STOP_CONVERGED;
    } else {
        status = walk_along(d, iteration);
    }
    return status;
}
