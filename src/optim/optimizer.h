/* optimizer.h: what a method of descent is made of. One file a method, one const struct, one line
 * in the list of optim.c; the loop and stopping are in descent_run.c, reports in descent_report.c,
 * what is kept of it in descent_state.c, and nowhere else. */
#ifndef TW_OPTIM_OPTIMIZER_H
#define TW_OPTIM_OPTIMIZER_H

#include "thalweg/optim.h"

/* What tw_descent_state counts, in this order. */
enum {
    TW_COUNT_DONE,
    TW_COUNT_SEEN,
    TW_COUNT_EVALUATED,
    TW_COUNT_REPORTS_UP_TO,
    TW_COUNT_TOLD,
    TW_COUNT_REACHED,
    TW_COUNT_BEST_AT,
    TW_COUNT_BEST_SEEN,
    TW_COUNT_OWN_STEP, /* a number like the others, that counts nothing */
    TW_COUNT_BEGUN,
    TW_COUNT_ENDED,
    TW_COUNT_STOP,
    TW_COUNT_KNOWN,
    TW_COUNT_MOVED,
    TW_COUNT_DIVERGED,
    TW_COUNT_UNBOUNDED,
    TW_COUNTERS
};

/* counters, x, before, start, values, best, best_values, and what is the method's own */
enum { TW_DESCENT_PARTS = 8 };

/* One run, as a method sees it. What changes from one iteration to the next is either written down
 * in descent_state.c or follows from what is; between two marks it may change only in such a way
 * that the same iteration, done once more, ends the same. */
struct tw_descent {
    const tw_optimizer *optimizer;
    tw_objective *objective;
    const tw_optim_options *options; /* complete: defaults filled in */
    size_t n;
    size_t metrics;
    double *x;      /* the point; the method moves it */
    double *values; /* metrics at x, if `known` */
    int known;
    int diverged;         /* the loss at x was not finite any more */
    int unbounded;        /* it was minus infinity */
    const char *why;      /* the run ended; NULL: as the name of `stop` says */
    int moved;            /* x is one move away from `before` */
    size_t done;          /* iterations */
    size_t limit;         /* of them, at which this call of tw_descent_run ends */
    tw_stop stop;         /* TW_STOP_ITERATIONS: not yet */
    size_t samples;       /* that mini-batches are taken from; 0: the gradient is that of all */
    size_t seen;          /* samples whose gradients were taken, or whole evaluations */
    size_t reports_up_to; /* iterations below this one have been reported or passed over */
    size_t next_at;       /* position in options->report_at */
    size_t told;          /* the iteration of the last report */
    size_t reached;       /* iterations that led to x, in the end */
    double *before;       /* x before the last move */
    double *gradient;     /* n doubles for methods that need one */
    double *state;        /* state_size doubles, zeroed */
    double *trial;        /* n doubles of scratch, */
    double *trial_values; /* and their metrics */
    size_t *order;        /* a permutation of the samples, for those who need one, */
    size_t order_epoch;   /* that of this epoch; SIZE_MAX: none yet */
    double own_step;      /* of the last iteration, where the method chooses it itself */
    double *start;        /* x at the start, where there is a tolerance */
    /* The lowest point at which the whole loss was taken, for methods that may lose it. */
    double *best, *best_values; /* best_values[0]: infinite if there is none yet */
    size_t best_at, best_seen;  /* `done` and `seen` then */

    /* ---- of the handle alone ---- */

    tw_optim_options given; /* what `options` points to */
    int begun, ended;
    int counting; /* a move that was made is being settled and counted; set where that failed */
    double seconds;
    unsigned long long evaluated; /* points, before this call of tw_descent_run */
    unsigned long long counter;   /* of the objective, when this call began */
    size_t marked_seen;           /* `seen` and points evaluated at the last mark */
    unsigned long long marked_evaluated;
    double counters[TW_COUNTERS];
    tw_descent_part parts[TW_DESCENT_PARTS];
    double *kept; /* the state of a run that was cancelled, before its end was drawn; or NULL */
};

/* One iteration along a gradient: what `update` works with. */
typedef struct tw_update {
    const tw_optim_options *options;
    size_t n, iteration; /* counted from 0 */
    double step;
    const double *gradient;
    double *x, *state;
} tw_update;

struct tw_optimizer {
    const char *name, *summary;
    unsigned needs; /* TW_CAN_... bits, of which the objective must have one; 0: none */
    /* Iterations, step, and the parameters that mean something to the method. */
    tw_optim_options defaults;
    size_t (*state_size)(const tw_descent *descent); /* doubles; NULL: none */
    /* How many of them, from the first on, it needs to go on; NULL: all. And after those are back,
     * with the rest 0: makes the rest; TW_ERR_FORMAT if they cannot be; NULL: nothing to do. */
    size_t (*kept_size)(const tw_descent *descent);
    tw_status (*restored)(tw_descent *descent, size_t kept);
    /* Before the first iteration; NULL: nothing to do. */
    tw_status (*start)(tw_descent *descent);

    /* What an iteration is, one of three: */

    /* Moves entries [first, end) of x along the gradient, which has been taken; called for pieces,
     * from several threads: entry i may depend on entries i of the state alone. */
    void (*update)(const tw_update *u, size_t first, size_t end);
    /* Iteration `iteration` with step `step`. Leaves known = 0 if it did not evaluate at the new x.
     */
    tw_status (*step_once)(tw_descent *descent, size_t iteration, double step);
    /* All iterations up to descent->limit, for a method that comes with a loop of its own; each of
     * them ends with tw_descent_count. Called again to go on. */
    tw_status (*run)(tw_descent *descent);

    /* In place of `update` with options->line_search; NULL: it has none. Ends with
     * tw_descent_count, or sets descent->stop where there is no further step. */
    tw_status (*search_once)(tw_descent *descent, size_t iteration);
};

/* ---- descent.c: what methods share ---- */

/* Takes the trial point and its metrics as x and values. */
void tw_descent_accept(tw_descent *descent);

/* The same if its loss is lower than the one at x; any number is lower than NaN. */
void tw_descent_accept_lower(tw_descent *descent);

/* x becomes the point before the last move, and the run has diverged. */
void tw_descent_give_up(tw_descent *descent);

/* Keeps x and values as the lowest point, if they are that. */
void tw_descent_consider(tw_descent *descent, const double *x, const double *values);

/* The gradient of the whole loss, and values, at x. */
tw_status tw_descent_gradient(tw_descent *descent);

/* One iteration of a method with `update`: the gradient of the next mini-batch or of all, and the
 * move. Where the loss is not finite it gives up instead. */
tw_status tw_descent_step(tw_descent *descent, const tw_optimizer *optimizer, size_t iteration,
                          double step);

/* ---- convergence.c ---- */

/* The Euclidean norm, also where squares would overflow or vanish. */
double tw_optim_norm(size_t n, const double *x);

/* Whether the gradient at x is as small as options->tolerance asks (optim.h). Losses and gradient
 * may be in any unit, the same one. `stuck`: nothing lower is found. */
int tw_descent_is_flat(const tw_descent *descent, const double *gradient, double start_loss,
                       double loss, int stuck);

/* Nothing lower is found, for the reason `why`: that is the end, good or bad. */
void tw_descent_get_stuck(tw_descent *descent, const double *gradient, double start_loss,
                          double loss, const char *why);

/* ---- line_search.c ---- */

tw_status tw_descent_line_search(tw_descent *descent, size_t iteration);

/* ---- optim_options.c ---- */

/* TW_ERR_UNSUPPORTED unless the objective has what the method needs. */
tw_status tw_optim_check_needs(const tw_optimizer *optimizer, const tw_objective *objective);

/* Whether the method goes by mini-batches on this objective. */
int tw_optim_takes_batches(const tw_optimizer *optimizer, const tw_objective *objective);

/* *given (NULL: all defaults) with the defaults filled in, checked. */
tw_status tw_optim_complete(const tw_optimizer *optimizer, const tw_optim_options *given,
                            tw_optim_options *options);

/* ---- descent_report.c ---- */

/* Metrics at x. Where a move led out of the finite, the point before it takes x's place. */
tw_status tw_descent_know(tw_descent *descent);

/* The report of iteration `iteration`, unless it has had its own. */
tw_status tw_descent_report(tw_descent *descent, size_t iteration);

/* One call of the callback, if there is one. */
void tw_descent_tell(tw_descent *descent, size_t iteration);

/* An iteration is done: counts it, and reports if a report is due. The run is to end where
 * descent->stop is not TW_STOP_ITERATIONS after it. */
tw_status tw_descent_count(tw_descent *descent);

/* Whether the run is to end at once; asks options->cancelled. Within an iteration only where it
 * takes several evaluations. */
int tw_descent_cancelled(tw_descent *descent);

/* ---- descent_state.c ---- */

/* The state is whole: what is counted from here on is forgotten if the run goes on from a state
 * that is taken before the next mark. */
void tw_descent_mark(tw_descent *descent);

/* Keeps the state as it is now, whatever changes, until tw_descent_take_up. */
tw_status tw_descent_keep(tw_descent *descent);

/* Goes back to the state kept, or forgets what came after the last mark. */
tw_status tw_descent_take_up(tw_descent *descent);

extern const tw_optimizer tw_optimizer_random_search, tw_optimizer_local_search, tw_optimizer_gd,
    tw_optimizer_sgd, tw_optimizer_momentum, tw_optimizer_nesterov, tw_optimizer_adagrad,
    tw_optimizer_rmsprop, tw_optimizer_adam, tw_optimizer_lbfgs;

#endif
