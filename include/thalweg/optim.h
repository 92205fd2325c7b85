/* optim.h: methods that walk down a loss. */
#ifndef THALWEG_OPTIM_H
#define THALWEG_OPTIM_H

#include <stddef.h>
#include <stdint.h>

#include "objective.h"
#include "run.h"

TW_BEGIN_DECLS

/* A method by name. More than one line of code: see src/optim, one file a method. */
typedef struct tw_optimizer tw_optimizer;

/* Method `index` of the list, or NULL past the end; the method of a name, or NULL. */
TW_API const tw_optimizer *tw_optimizer_at(size_t index);
TW_API const tw_optimizer *tw_optimizer_find(const char *name);
/* "random-search", "local-search", "gd", "sgd", ... */
TW_API const char *tw_optimizer_name(const tw_optimizer *optimizer);
/* One line: what it does. */
TW_API const char *tw_optimizer_summary(const tw_optimizer *optimizer);
/* TW_CAN_... bits of which an objective must have one for it; 0: any objective will do. */
TW_API unsigned tw_optimizer_needs(const tw_optimizer *optimizer);
/* Default number of iterations and default step; a step of 0: it chooses its steps itself. */
TW_API size_t tw_optimizer_default_iterations(const tw_optimizer *optimizer);
TW_API double tw_optimizer_default_step(const tw_optimizer *optimizer);
/* All defaults: iterations, step, and those of momentum, square_decay, epsilon, tolerance and
 * history that mean something to the method; the rest is 0. */
TW_API const struct tw_optim_options *tw_optimizer_defaults(const tw_optimizer *optimizer);

/* How the step s_t of iteration t (from 0, of T) follows from the first, s:
 *   constant     s
 *   step         s * decay^floor(t / period)
 *   exponential  s * decay^(t / period)
 *   inverse      s / (1 + decay * t / period)
 *   cosine       s * (1 + cos(pi u)) / 2, u = (t mod period) / period: down to nothing, and anew
 *                (Loshchilov and Hutter, SGDR, arXiv:1608.03983, with the least step 0)
 * period > 0.
 */
typedef enum tw_schedule {
    TW_SCHEDULE_CONSTANT,
    TW_SCHEDULE_STEP,
    TW_SCHEDULE_EXPONENTIAL,
    TW_SCHEDULE_INVERSE,
    TW_SCHEDULE_COSINE
} tw_schedule;
/* "constant", "step", "exponential", "inverse", "cosine", NULL past the end; find is -1 for other
 * names. */
TW_API const char *tw_schedule_name(size_t schedule);
TW_API int tw_schedule_find(const char *name);
/* The step of iteration t = `iteration`, from 0, by the formulas above, with s = `step`. */
TW_API double tw_schedule_step(tw_schedule schedule, double step, double decay, double period,
                               size_t iteration);

/* Why a run ended. Not an error; tw_optim_result has it in words. */
typedef enum tw_stop {
    TW_STOP_ITERATIONS, /* all iterations done */
    TW_STOP_CANCELLED,  /* the report callback or `cancelled` asked for it */
    TW_STOP_DIVERGED,   /* the loss was not finite any more; x is the lowest of the points at which
                           the whole loss was taken: all, or with mini-batches those of reports and
                           the last one */
    TW_STOP_CONVERGED,  /* the gradient is as small as `tolerance` asks */
    TW_STOP_STALLED,    /* a line search finds no lower loss, though the gradient is not small: a
                           kink, a gradient that is not that of the loss, or rounding */
    TW_STOP_UNBOUNDED   /* the loss goes to minus infinity: it got there, or was still falling along
                           a line at 1e20 times the first step; x is the lowest point, as above */
} tw_stop;
/* "iterations", "cancelled", "diverged", ...; NULL past the end. */
TW_API const char *tw_stop_name(size_t stop);

/* What a report tells. The arrays are the run's: read them during the call only. */
typedef struct tw_optim_report {
    size_t iteration;     /* iterations done */
    double epoch;         /* passes over the data done: samples whose gradients were taken over the
                             number of samples; evaluations where whole losses are asked for */
    double step;          /* the one that led to x (the first one for iteration 0) */
    const double *x;      /* the point, n numbers */
    const double *before; /* the point before the last iteration: x - before is its update; NULL
                             where there was none, and for the searches */
    const double *values; /* the metrics of the whole objective at x */
} tw_optim_report;

/* Called before the first iteration, after every `report_every` iterations and those of
 * `report_at`, and after the last that counts, once for each of them. The last call is about the x
 * that is returned: where a run that diverged goes back to a point of an earlier report, that one
 * is told again. Return non-zero to end the run. */
typedef int (*tw_optim_report_fn)(void *user, const tw_optim_report *report);

/* All zero means the method's defaults. A parameter that means nothing to the method is refused
 * where it is not 0; `batch`, `decay` and `period` are passed over. */
typedef struct tw_optim_options {
    size_t bytes; /* sizeof(tw_optim_options), or 0 (thalweg.h) */
    size_t iterations;
    double step; /* learning rate; for random-search the scale of the draws, for local-search the
                    scale of the perturbation; with line_search the first one tried, 0 for one that
                    moves x by a tenth of its norm; none for lbfgs */
    int line_search; /* gd alone: takes the step of each iteration from a line search */
    tw_schedule schedule;
    double decay;        /* 0: 0.5 (step), 0.95 (exponential), 1 (inverse) */
    double period;       /* iterations; 0: a tenth of them, for cosine all of them */
    size_t batch;        /* samples of a mini-batch; 0: 256 */
    uint64_t seed;       /* of draws and of the order of samples */
    size_t report_every; /* 0: never but first and last */
    tw_optim_report_fn report;
    void *user;
    int (*cancelled)(void *user); /* asked after every iteration, and by methods with a line search
                                     after every evaluation: non-zero ends the run, with a report
                                     of the point reached; NULL: never */
    const size_t *report_at;      /* further iterations to report after, ascending; others' array */
    size_t report_at_count;
    double momentum;     /* mu of momentum and nesterov, beta1 of adam: 0 < mu < 1; 0: 0.9 */
    double square_decay; /* decay of the mean square: 0.99 for rmsprop, 0.999 for adam (beta2) */
    double epsilon;      /* keeps adagrad, rmsprop and adam from dividing by 0; 0: 1e-8 */
    double tolerance;    /* of lbfgs and of gd with line_search, see tw_optim_run; 0: 1e-6 */
    size_t history;      /* steps that lbfgs remembers; 0: 10 */
} tw_optim_options;

typedef struct tw_optim_result {
    double loss;       /* at the x returned */
    size_t iterations; /* done; a diverged run leaves out the one that was taken back */
    unsigned long long evaluations;
    tw_stop stop;
    double seconds;
    size_t reached;  /* iterations that led to x: all, or fewer where a diverged run goes back */
    const char *why; /* why it ended, in words: lower case, no full stop; static storage */
} tw_optim_result;

/* Walks from x, which is replaced by the point reached (on failure x is the last point that was
 * accepted). With g the gradient at x and s the step of the schedule, one iteration is
 *
 *   random-search  the best of N(0, step^2) draws; x is ignored
 *   local-search   a normal perturbation of x, taken if the loss is lower
 *   gd, sgd        x -= s g, with g of the whole loss or of a mini-batch
 *   momentum       v = mu v - s g;  x += v
 *   nesterov       w = v;  v = mu v - s g;  x += (1 + mu) v - mu w: x is the point looked ahead to,
 *                  y + mu v, from which Nesterov's y follows
 *   adagrad        c += g^2;  x -= s g / (sqrt(c) + eps)
 *   rmsprop        c = d c + (1 - d) g^2;  x -= s g / (sqrt(c) + eps)
 *   adam           m = b1 m + (1 - b1) g;  c = b2 c + (1 - b2) g^2;
 *                  x -= s (m / (1 - b1^t)) / (sqrt(c / (1 - b2^t)) + eps), t counted from 1
 *   lbfgs          L-BFGS with the line search of More and Thuente; where that fails, as at kinks,
 *                  it goes on from the lowest point seen with a search by halves for the weak Wolfe
 *                  conditions (Lewis and Overton, Math. Programming 141, 2013). Left out of some
 *                  builds
 *
 * gd with line_search takes the first of t, ... for which f(x - t g) <= f(x) - 1e-4 t |g|^2
 * (Armijo), t beginning at twice the step before and shrinking by the parabola through what was
 * seen, to between a hundredth and a half; the very first step is doubled as long as that helps.
 *
 * Both have converged where
 *
 *   sum_i |g_i| s_i <= tolerance * max(min(f0 - f, |f|), tolerance * (f0 - f)),
 *
 * f0 being the loss at the start and s_i the size of entry i: the larger of |x_i| here and at the
 * start, and where it started from 0 at least the root mean square of x. So the units of x and f do
 * not matter, and no number added to f. Where a line search finds nothing lower, tolerance *
 * max(f0 - f, |f|) on the right is enough: the rounding of the loss is reached.
 *
 * as in CS231n's notes (https://cs231n.github.io/neural-networks-3/); v, c, m begin with 0. From
 * momentum to adam g is that of a mini-batch where the objective has sample_gradient, else of the
 * whole loss. An epoch takes its samples without replacement; all methods draw the same batches
 * from the same seed.
 *
 * To the methods that follow a gradient a loss that is not finite is the end of the run, and so it
 * is at once if x begins with one; the searches pass over it, and line searches step back from it.
 * Results do not depend on the number of threads. `options` and `result` may be NULL; `result` is
 * written on TW_OK alone. TW_ERR_UNSUPPORTED if the objective lacks what the method needs,
 * TW_ERR_ARGUMENT for options out of range. */
TW_API tw_status tw_optim_run(const tw_optimizer *optimizer, tw_objective *objective, double *x,
                              const tw_optim_options *options, tw_optim_result *result);

/* ---- a descent step by step ----
 *
 * The same walk as a handle: it goes on as far as it is told to, its state can be taken out, and
 * another handle, in another process, goes on from it.
 *
 *     tw_descent *d;
 *     tw_descent_open(tw_optimizer_find("adam"), f, x, &options, &d);
 *     while (!tw_descent_ended(d)) {
 *         tw_descent_run(d, 10);        x is the point after ten more iterations
 *         tw_descent_state(d, &count, &parts);            ... and write them to a file
 *     }
 *     tw_descent_result(d, &result);
 *     tw_descent_close(d);
 *
 * Whatever it is cut into, it is the walk of tw_optim_run to the bit, reports included: a run of a
 * iterations and one of b are one of a + b, and a state that is put into a new handle of the same
 * method, objective and options goes on as the handle that it came from. That holds for every
 * method. */
typedef struct tw_descent tw_descent;

/* Prepares a walk from x, n numbers which are replaced by the point reached as it goes on and must
 * stay until close, as must the objective, options->user and options->report_at; the rest of
 * `options` (NULL: all defaults) is copied. Nothing is evaluated yet. *out is owned by the caller.
 * Fails as tw_optim_run. */
TW_API tw_status tw_descent_open(const tw_optimizer *optimizer, tw_objective *objective, double *x,
                                 const tw_optim_options *options, tw_descent **out);

/* Does `iterations` more, or fewer if the walk ends before: after options->iterations in all, or
 * for a reason of tw_stop. With the last report it has ended, and further calls do nothing; but one
 * that was cancelled goes on from where it was, with x as it was then. The very first call reports
 * the start, with 0 iterations too. Fails where an evaluation does; x is the last point accepted
 * then, and the next call tries anew. */
TW_API tw_status tw_descent_run(tw_descent *descent, size_t iterations);

/* Whether there is nothing left to do. */
TW_API int tw_descent_ended(const tw_descent *descent);

/* What there is to say so far: as tw_optim_run would have it where it has ended; before, the loss
 * may be NaN, which is not known then, `why` says so and `stop` says nothing. Evaluations include
 * those before the state that it was restored from; seconds do not. */
TW_API void tw_descent_result(const tw_descent *descent, tw_optim_result *result);

/* A named array of doubles. */
typedef struct tw_descent_part {
    const char *name; /* static storage */
    size_t count;
    const double *values;
} tw_descent_part;

/* All that is needed to go on from the last iteration that is complete: the point and the one
 * before, the lowest one met, the method's own (velocities, mean squares, the step of a line
 * search, points and gradients of L-BFGS's history, ...), and what was counted. The order of
 * samples and all draws follow from options->seed by counter. The parts are the descent's, for
 * reading until the next call with it; their names differ, and the last one, which may be of no
 * numbers, has the method's name; "counters" begins with the iterations done. It may be asked for
 * from within options->cancelled, too, while the descent runs. For restore alone: what they hold
 * may change from one version of the library to the next. TW_ERR_UNSUPPORTED after a run that
 * failed in a report: the state taken before is good. */
TW_API tw_status tw_descent_state(tw_descent *descent, size_t *count,
                                  const tw_descent_part **parts);

/* Puts a state into a descent that has not begun: x becomes the point reached then, and the next
 * run goes on. Parts may be given in any order, and are copied. TW_ERR_FORMAT, with nothing
 * changed but x, unless they are those of the same method on an objective of the same shape, with
 * options of the same meaning. */
TW_API tw_status tw_descent_restore(tw_descent *descent, size_t count,
                                    const tw_descent_part *parts);

/* NULL is allowed. x stays where it is. */
TW_API void tw_descent_close(tw_descent *descent);

TW_END_DECLS

#endif
