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
/* TW_CAN_... bits that an objective must have for it. */
TW_API unsigned tw_optimizer_needs(const tw_optimizer *optimizer);
/* Default number of iterations and default step. */
TW_API size_t tw_optimizer_default_iterations(const tw_optimizer *optimizer);
TW_API double tw_optimizer_default_step(const tw_optimizer *optimizer);

/* How the step s_t of iteration t (from 0, of T) follows from the first, s:
 *   constant     s
 *   step         s * decay^floor(t / period)
 *   exponential  s * decay^(t / period)
 *   inverse      s / (1 + decay * t / period)
 * period > 0.
 */
typedef enum tw_schedule {
    TW_SCHEDULE_CONSTANT,
    TW_SCHEDULE_STEP,
    TW_SCHEDULE_EXPONENTIAL,
    TW_SCHEDULE_INVERSE
} tw_schedule;
TW_API const char *tw_schedule_name(tw_schedule schedule);
TW_API int tw_schedule_find(const char *name);
TW_API double tw_schedule_step(tw_schedule schedule, double step, double decay, double period,
                               size_t iteration);

/* Why a run ended. Not an error. */
typedef enum tw_stop {
    TW_STOP_ITERATIONS, /* all iterations done */
    TW_STOP_CANCELLED,  /* the report callback asked for it */
    TW_STOP_DIVERGED    /* the loss was not finite any more; x is the last point before */
} tw_stop;
TW_API const char *tw_stop_name(tw_stop stop);

/* Called before the first iteration, after every `report_every` iterations, and after the last that
 * counts, once for each of them. step: the one that led to x (the first one for iteration 0).
 * values: the metrics of the whole objective at x. Return non-zero to end the run. */
typedef int (*tw_optim_report_fn)(void *user, size_t iteration, double step, const double *x,
                                  const double *values);

/* All zero means the method's defaults. */
typedef struct tw_optim_options {
    size_t iterations;
    double step; /* learning rate; for random-search the scale of the draws, for local-search the
                    scale of the perturbation */
    tw_schedule schedule;
    double decay;        /* 0: 0.5 (step), 0.95 (exponential), 1 (inverse) */
    double period;       /* iterations; 0: a tenth of them */
    size_t batch;        /* samples of a mini-batch; 0: 256 */
    uint64_t seed;       /* of draws and of the order of samples */
    size_t report_every; /* 0: never but first and last */
    tw_optim_report_fn report;
    void *user;
} tw_optim_options;

typedef struct tw_optim_result {
    double loss;       /* at the x returned */
    size_t iterations; /* done; a diverged run leaves out the one that was taken back */
    unsigned long long evaluations;
    tw_stop stop;
    double seconds;
} tw_optim_result;

/* Walks from x, which is replaced by the point reached (on failure x is the last point that was
 * accepted). random-search ignores x and returns the best of N(0, step^2) draws; local-search
 * accepts a normal perturbation of x if the loss is lower; gd follows the gradient of the whole
 * loss; sgd the gradient of mini-batches, samples without replacement in an epoch. To these two a
 * loss that is not finite is the end of the run, and so it is at once if x begins with one; the
 * searches pass over it. `options` and `result` may be NULL; `result` is written on TW_OK alone.
 * TW_ERR_UNSUPPORTED if the objective lacks what the method needs. */
TW_API tw_status tw_optim_run(const tw_optimizer *optimizer, tw_objective *objective, double *x,
                              const tw_optim_options *options, tw_optim_result *result);

TW_END_DECLS

#endif
