#include "thalweg/optim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "optim/optimizer.h"

static const tw_optimizer *const optimizers[] = {
    &tw_optimizer_random_search, &tw_optimizer_local_search, &tw_optimizer_gd,
    &tw_optimizer_sgd,           &tw_optimizer_momentum,     &tw_optimizer_nesterov,
    &tw_optimizer_adagrad,       &tw_optimizer_rmsprop,      &tw_optimizer_adam,
#ifdef TW_HAVE_LBFGS
    &tw_optimizer_lbfgs,
#endif
};
enum { OPTIMIZERS = sizeof optimizers / sizeof optimizers[0] };

const tw_optimizer *tw_optimizer_at(size_t index) {
    return index < OPTIMIZERS ? optimizers[index] : NULL;
}

const tw_optimizer *tw_optimizer_find(const char *name) {
    for (size_t k = 0; k < OPTIMIZERS; k++)
        if (strcmp(optimizers[k]->name, name) == 0)
            return optimizers[k];
    return NULL;
}

const char *tw_optimizer_name(const tw_optimizer *optimizer) {
    return optimizer->name;
}

const char *tw_optimizer_summary(const tw_optimizer *optimizer) {
    return optimizer->summary;
}

unsigned tw_optimizer_needs(const tw_optimizer *optimizer) {
    return optimizer->needs;
}

size_t tw_optimizer_default_iterations(const tw_optimizer *optimizer) {
    return optimizer->defaults.iterations;
}

double tw_optimizer_default_step(const tw_optimizer *optimizer) {
    return optimizer->defaults.step;
}

const tw_optim_options *tw_optimizer_defaults(const tw_optimizer *optimizer) {
    return &optimizer->defaults;
}

const char *tw_stop_name(tw_stop stop) {
    static const char *const names[] = {"iterations", "cancelled", "diverged",
                                        "converged",  "stalled",   "unbounded"};
    return (unsigned)stop < sizeof names / sizeof names[0] ? names[stop] : "unknown";
}

/* Where the method does not know more. */
static const char *usual_reason(tw_stop stop) {
    static const char *const reasons[] = {
        "all iterations are done",         "it was asked to end",
        "the loss is not finite any more", "the gradient is as small as the tolerance asks",
        "nothing lower is found",          "the loss goes to minus infinity",
    };
    return reasons[stop];
}

/* ---- one run ---- */

static void release_descent(tw_descent *d) {
    free(d->values);
    free(d->before);
    free(d->gradient);
    free(d->trial);
    free(d->trial_values);
    free(d->state);
    free(d->order);
    free(d->start);
    free(d->best);
    free(d->best_values);
}

static tw_status allocate(tw_descent *d, const tw_optimizer *optimizer) {
    size_t n = d->n, metrics = d->metrics, follows = optimizer->needs != 0;
    int by_update = optimizer->update != NULL && !d->options->line_search;
    d->values = tw_alloc(metrics, sizeof(double));
    d->before = tw_alloc_raw(n, sizeof(double));
    d->gradient = tw_alloc(follows ? n : 0, sizeof(double));
    d->trial = tw_alloc(by_update ? 0 : n, sizeof(double));
    d->trial_values = tw_alloc(metrics, sizeof(double));
    d->state =
        tw_alloc(optimizer->state_size != NULL ? optimizer->state_size(d) : 0, sizeof(double));
    d->order = tw_alloc(d->samples, sizeof *d->order);
    d->start = tw_alloc(d->options->tolerance > 0 ? n : 0, sizeof(double));
    d->best_values = tw_alloc(metrics, sizeof(double));
    if (follows)
        d->best = tw_alloc_raw(n, sizeof(double));
    if (d->values == NULL || d->trial == NULL || d->trial_values == NULL || d->state == NULL ||
        d->order == NULL || d->before == NULL || d->gradient == NULL || d->start == NULL ||
        d->best_values == NULL || (follows && d->best == NULL))
        return tw_fail(TW_ERR_MEMORY, "not enough memory for '%s' over %zu parameters",
                       optimizer->name, n);
    return TW_OK;
}

static tw_status prepare(tw_descent *d, const tw_optimizer *optimizer, tw_objective *objective,
                         double *x, const tw_optim_options *options) {
    size_t n = tw_objective_size(objective), metrics = tw_objective_metrics(objective);
    *d = (tw_descent){.objective = objective,
                      .options = options,
                      .n = n,
                      .metrics = metrics,
                      .x = x,
                      .samples = tw_optim_takes_batches(optimizer, objective)
                                     ? tw_objective_samples(objective)
                                     : 0};
    tw_status status = allocate(d, optimizer);
    if (status != TW_OK)
        return status;
    memcpy(d->before, x, n * sizeof *x);
    if (options->tolerance > 0)
        memcpy(d->start, x, n * sizeof *x);
    d->best_values[0] = INFINITY;
    return optimizer->start != NULL ? optimizer->start(d) : TW_OK;
}

/* Metrics at x. Where a move led out of the finite, the point before it takes x's place. */
static tw_status know_values(tw_descent *d) {
    tw_status status = TW_OK;
    while (status == TW_OK && !d->known) {
        status = tw_objective_value(d->objective, d->x, d->values);
        d->known = status == TW_OK;
        if (d->known && d->moved && !d->diverged && !isfinite(d->values[0]))
            tw_descent_give_up(d);
    }
    if (status == TW_OK && !d->diverged)
        tw_descent_consider(d, d->x, d->values);
    return status;
}

static double step_that_led_to(const tw_descent *d, size_t iteration) {
    const tw_optim_options *o = d->options;
    if (o->step == 0 || o->line_search)
        return d->own_step;
    return tw_schedule_step(o->schedule, o->step, o->decay, o->period,
                            iteration > 0 ? iteration - 1 : 0);
}

/* One call of the callback. */
static void tell(tw_descent *d, size_t iteration) {
    const tw_optim_options *o = d->options;
    const tw_optim_report told = {
        .iteration = iteration,
        .epoch = (double)d->seen / (double)(d->samples > 0 ? d->samples : 1),
        .step = step_that_led_to(d, iteration),
        .x = d->x,
        .before = d->moved && !d->diverged ? d->before : NULL,
        .values = d->values,
    };
    d->told = iteration;
    if (o->report(o->user, &told) != 0 && d->stop == TW_STOP_ITERATIONS)
        d->stop = TW_STOP_CANCELLED;
}

/* The same, unless this iteration has had its own. */
static tw_status report(tw_descent *d, size_t iteration) {
    if (d->options->report == NULL || d->reports_up_to > iteration)
        return TW_OK;
    int was_diverged = d->diverged;
    tw_status status = know_values(d);
    if (status != TW_OK || d->diverged != was_diverged)
        return status;
    d->reports_up_to = iteration + 1;
    tell(d, iteration);
    return TW_OK;
}

/* Whether a report is due after `d->done` iterations. */
static int is_due(tw_descent *d) {
    const tw_optim_options *o = d->options;
    while (d->next_at < o->report_at_count && o->report_at[d->next_at] < d->done)
        d->next_at++;
    return (o->report_every > 0 && d->done % o->report_every == 0) ||
           (d->next_at < o->report_at_count && o->report_at[d->next_at] == d->done);
}

int tw_descent_cancelled(tw_descent *d) {
    const tw_optim_options *o = d->options;
    if (d->stop == TW_STOP_ITERATIONS && o->cancelled != NULL && o->cancelled(o->user) != 0)
        d->stop = TW_STOP_CANCELLED;
    return d->stop == TW_STOP_CANCELLED;
}

tw_status tw_descent_count(tw_descent *d) {
    d->done++;
    tw_status status = is_due(d) ? report(d, d->done) : TW_OK;
    if (status == TW_OK)
        tw_descent_cancelled(d);
    return status;
}

static tw_status one_iteration(tw_descent *d, const tw_optimizer *optimizer) {
    const tw_optim_options *o = d->options;
    double step = tw_schedule_step(o->schedule, o->step, o->decay, o->period, d->done);
    if (o->line_search)
        return optimizer->search_once(d, d->done);
    if (optimizer->update != NULL)
        return tw_descent_step(d, optimizer, d->done, step);
    d->seen++;
    return optimizer->step_once(d, d->done, step);
}

/* Names what the end is, and goes back to the lowest point where it is a bad one. */
static void conclude(tw_descent *d) {
    d->reached = d->done;
    if (d->diverged) {
        d->stop = d->unbounded ? TW_STOP_UNBOUNDED : TW_STOP_DIVERGED;
        if (d->moved)
            d->reached = --d->done; /* without the move that was taken back */
        else if (d->why == NULL)
            d->why = "the loss is not finite at the start";
    }
    if ((d->diverged || d->stop == TW_STOP_UNBOUNDED) && d->best != NULL &&
        isfinite(d->best_values[0]) && !(d->values[0] <= d->best_values[0])) {
        memcpy(d->x, d->best, d->n * sizeof *d->x);
        memcpy(d->values, d->best_values, d->metrics * sizeof *d->values);
        d->reached = d->best_at;
        d->seen = d->best_seen;
        d->moved = 0;
    }
}

static tw_status iterate(tw_descent *d, const tw_optimizer *optimizer) {
    tw_status status = report(d, 0);
    if (status == TW_OK && optimizer->run != NULL && d->stop == TW_STOP_ITERATIONS)
        status = optimizer->run(d);
    while (status == TW_OK && optimizer->run == NULL && d->done < d->options->iterations &&
           d->stop == TW_STOP_ITERATIONS && !d->diverged) {
        status = one_iteration(d, optimizer);
        if (status == TW_OK && !d->diverged && !d->options->line_search)
            status = tw_descent_count(d);
    }
    if (status == TW_OK)
        status = know_values(d);
    if (status != TW_OK)
        return status;
    conclude(d);
    if (d->options->report != NULL && (d->reports_up_to == 0 || d->told != d->reached))
        tell(d, d->reached);
    return TW_OK;
}

tw_status tw_optim_run(const tw_optimizer *optimizer, tw_objective *objective, double *x,
                       const tw_optim_options *given, tw_optim_result *result) {
    double started = tw_clock_seconds();
    unsigned long long before = tw_objective_evaluations(objective);
    tw_optim_options options;
    tw_descent descent = {0};
    tw_status status = tw_optim_check_needs(optimizer, objective);
    if (status == TW_OK)
        status = tw_optim_complete(optimizer, given, &options);
    if (status == TW_OK)
        status = prepare(&descent, optimizer, objective, x, &options);
    if (status == TW_OK)
        status = iterate(&descent, optimizer);
    if (status == TW_OK && result != NULL)
        *result = (tw_optim_result){.loss = descent.values[0],
                                    .iterations = descent.done,
                                    .evaluations = tw_objective_evaluations(objective) - before,
                                    .stop = descent.stop,
                                    .seconds = tw_clock_seconds() - started,
                                    .reached = descent.reached,
                                    .why = descent.why != NULL ? descent.why
                                                               : usual_reason(descent.stop)};
    release_descent(&descent);
    return status;
}
