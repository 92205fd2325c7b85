/* optimizer.h: what a method of descent is made of. One file a method, one const struct, one line
 * in the list of optim.c; the loop, stopping and reports are there and nowhere else. */
#ifndef TW_OPTIM_OPTIMIZER_H
#define TW_OPTIM_OPTIMIZER_H

#include "thalweg/optim.h"

/* One run, as a method sees it. */
typedef struct tw_descent {
    tw_objective *objective;
    const tw_optim_options *options; /* complete: defaults filled in */
    size_t n;
    size_t metrics;
    double *x;      /* the point; the method moves it */
    double *values; /* metrics at x, if `known` */
    int known;
    int diverged;         /* the loss at x was not finite any more */
    int moved;            /* x is one tw_descent_move away from `before` */
    size_t reports_up_to; /* iterations below this one have been reported or passed over */
    double *before;       /* x before the last move */
    double *state;        /* state_size doubles, zeroed */
    double *trial;        /* n doubles of scratch, */
    double *trial_values; /* and their metrics */
    size_t *order;        /* a permutation of the samples, for those who need one */
} tw_descent;

struct tw_optimizer {
    const char *name, *summary;
    unsigned needs; /* TW_CAN_... bits */
    size_t iterations;
    double step;
    size_t (*state_size)(const tw_descent *descent); /* doubles; NULL: none */
    /* Before the first iteration; NULL: nothing to do. */
    tw_status (*start)(tw_descent *descent);
    /* Iteration `iteration` with step `step`. Leaves known = 0 if it did not evaluate at the new x.
     */
    tw_status (*step_once)(tw_descent *descent, size_t iteration, double step);
};

/* Takes the trial point and its metrics as x and values. */
void tw_descent_accept(tw_descent *descent);

/* The same if its loss is lower than the one at x; any number is lower than NaN. */
void tw_descent_accept_lower(tw_descent *descent);

/* x <- x - step * direction, after a gradient that gave `values` at x. Where their loss is not
 * finite it goes back to the point before instead, and marks the run as diverged. */
void tw_descent_move(tw_descent *descent, const double *direction, double step);

extern const tw_optimizer tw_optimizer_random_search, tw_optimizer_local_search, tw_optimizer_gd,
    tw_optimizer_sgd;

#endif
