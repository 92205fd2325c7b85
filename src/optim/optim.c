#include "thalweg/optim.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "optim/optimizer.h"

static const tw_optimizer *const optimizers[] = {
    &tw_optimizer_random_search,
    &tw_optimizer_local_search,
    &tw_optimizer_gd,
    &tw_optimizer_sgd,
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
    return optimizer->iterations;
}

double tw_optimizer_default_step(const tw_optimizer *optimizer) {
    return optimizer->step;
}

const char *tw_stop_name(tw_stop stop) {
    static const char *const names[] = {"iterations", "cancelled", "diverged"};
    return (unsigned)stop < 3 ? names[stop] : "unknown";
}

/* ---- what methods share ---- */

void tw_descent_accept(tw_descent *d) {
    memcpy(d->x, d->trial, d->n * sizeof *d->x);
    memcpy(d->values, d->trial_values, d->metrics * sizeof *d->values);
    d->known = 1;
}

void tw_descent_accept_lower(tw_descent *d) {
    if (d->trial_values[0] < d->values[0] || (isnan(d->values[0]) && !isnan(d->trial_values[0])))
        tw_descent_accept(d);
}

static void give_up(tw_descent *d) {
    d->diverged = 1;
    d->known = 0;
    memcpy(d->x, d->before, d->n * sizeof *d->x);
}

void tw_descent_move(tw_descent *d, const double *direction, double step) {
    d->known = 0;
    if (!isfinite(d->values[0])) {
        give_up(d);
        return;
    }
    d->moved = 1;
    memcpy(d->before, d->x, d->n * sizeof *d->x);
    for (size_t i = 0; i < d->n; i++)
        d->x[i] -= step * direction[i];
}

/* ---- one run ---- */

static tw_status check_needs(const tw_optimizer *optimizer, const tw_objective *objective) {
    unsigned lacking = optimizer->needs & ~tw_objective_capabilities(objective);
    if (lacking == 0 && (optimizer->needs & TW_CAN_SAMPLE_GRADIENT) &&
        tw_objective_samples(objective) == 0)
        return tw_fail(TW_ERR_UNSUPPORTED, "'%s' needs samples, of which objective '%s' has none",
                       optimizer->name, tw_objective_name(objective));
    if (lacking == 0)
        return TW_OK;
    const char *what = lacking & TW_CAN_GRADIENT ? "a gradient" : "a gradient over chosen samples";
    return tw_fail(
        TW_ERR_UNSUPPORTED,
        "'%s' needs %s, which objective '%s' has not; random-search and local-search need "
        "none",
        optimizer->name, what, tw_objective_name(objective));
}

static tw_status complete_options(const tw_optimizer *optimizer, const tw_optim_options *given,
                                  tw_optim_options *options) {
    *options = given != NULL ? *given : (tw_optim_options){0};
    if (options->iterations == 0)
        options->iterations = optimizer->iterations;
    if (options->step == 0)
        options->step = optimizer->step;
    if (options->batch == 0)
        options->batch = 256;
    if (options->period == 0)
        options->period = options->iterations > 10 ? (double)options->iterations / 10 : 1;
    if (options->decay == 0)
        options->decay = options->schedule == TW_SCHEDULE_STEP          ? 0.5
                         : options->schedule == TW_SCHEDULE_EXPONENTIAL ? 0.95
                                                                        : 1;
    if (!(options->step > 0) || isinf(options->step))
        return tw_fail(TW_ERR_ARGUMENT, "step %g: give a positive number", options->step);
    if (!(options->decay > 0) || isinf(options->decay) || !(options->period > 0) ||
        isinf(options->period))
        return tw_fail(TW_ERR_ARGUMENT, "decay %g, period %g: give positive numbers",
                       options->decay, options->period);
    if (tw_schedule_name(options->schedule) == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "no schedule number %d", (int)options->schedule);
    return TW_OK;
}

static void release_descent(tw_descent *d) {
    free(d->values);
    free(d->before);
    free(d->trial);
    free(d->trial_values);
    free(d->state);
    free(d->order);
}

static tw_status prepare(tw_descent *d, const tw_optimizer *optimizer, tw_objective *objective,
                         double *x, const tw_optim_options *options) {
    size_t n = tw_objective_size(objective), metrics = tw_objective_metrics(objective);
    size_t samples =
        optimizer->needs & TW_CAN_SAMPLE_GRADIENT ? tw_objective_samples(objective) : 0;
    *d = (tw_descent){
        .objective = objective, .options = options, .n = n, .metrics = metrics, .x = x};
    d->values = tw_alloc(metrics, sizeof(double));
    d->before = tw_alloc_raw(n, sizeof(double));
    d->trial = tw_alloc(n, sizeof(double));
    d->trial_values = tw_alloc(metrics, sizeof(double));
    d->state =
        tw_alloc(optimizer->state_size != NULL ? optimizer->state_size(d) : 0, sizeof(double));
    d->order = tw_alloc(samples, sizeof *d->order);
    if (d->values == NULL || d->trial == NULL || d->trial_values == NULL || d->state == NULL ||
        d->order == NULL || d->before == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for '%s' over %zu parameters",
                       optimizer->name, n);
    memcpy(d->before, x, n * sizeof *x);
    return optimizer->start != NULL ? optimizer->start(d) : TW_OK;
}

/* Metrics at x. Where a move led out of the finite, the point before it takes x's place. */
static tw_status know_values(tw_descent *d) {
    tw_status status = TW_OK;
    while (status == TW_OK && !d->known) {
        status = tw_objective_value(d->objective, d->x, d->values);
        d->known = status == TW_OK;
        if (d->known && d->moved && !d->diverged && !isfinite(d->values[0]))
            give_up(d);
    }
    return status;
}

/* One call of the callback, unless this iteration has had its own. */
static tw_status report(tw_descent *d, size_t iteration, tw_stop *stop) {
    const tw_optim_options *o = d->options;
    if (o->report == NULL || d->reports_up_to > iteration)
        return TW_OK;
    int was_diverged = d->diverged;
    tw_status status = know_values(d);
    if (status != TW_OK || d->diverged != was_diverged)
        return status;
    d->reports_up_to = iteration + 1;
    double step = tw_schedule_step(o->schedule, o->step, o->decay, o->period,
                                   iteration > 0 ? iteration - 1 : 0);
    if (o->report(o->user, iteration, step, d->x, d->values) != 0 && *stop == TW_STOP_ITERATIONS)
        *stop = TW_STOP_CANCELLED;
    return TW_OK;
}

static tw_status iterate(tw_descent *d, const tw_optimizer *optimizer, size_t *done,
                         tw_stop *stop) {
    const tw_optim_options *o = d->options;
    tw_status status = report(d, 0, stop);
    while (status == TW_OK && *done < o->iterations && *stop == TW_STOP_ITERATIONS &&
           !d->diverged) {
        double step = tw_schedule_step(o->schedule, o->step, o->decay, o->period, *done);
        status = optimizer->step_once(d, *done, step);
        if (status != TW_OK || d->diverged)
            continue;
        ++*done;
        if (o->report_every > 0 && *done % o->report_every == 0)
            status = report(d, *done, stop);
    }
    if (status == TW_OK)
        status = know_values(d);
    if (d->diverged) {
        *stop = TW_STOP_DIVERGED;
        *done -= d->moved ? 1 : 0; /* the move that was taken back */
    }
    if (status == TW_OK && *stop != TW_STOP_CANCELLED)
        status = report(d, *done, stop);
    return status;
}

tw_status tw_optim_run(const tw_optimizer *optimizer, tw_objective *objective, double *x,
                       const tw_optim_options *given, tw_optim_result *result) {
    double started = tw_clock_seconds();
    unsigned long long before = tw_objective_evaluations(objective);
    tw_optim_options options;
    tw_descent descent = {0};
    size_t done = 0;
    tw_stop stop = TW_STOP_ITERATIONS;
    tw_status status = check_needs(optimizer, objective);
    if (status == TW_OK)
        status = complete_options(optimizer, given, &options);
    if (status == TW_OK)
        status = prepare(&descent, optimizer, objective, x, &options);
    if (status == TW_OK)
        status = iterate(&descent, optimizer, &done, &stop);
    if (status == TW_OK && result != NULL)
        *result = (tw_optim_result){.loss = descent.values[0],
                                    .iterations = done,
                                    .evaluations = tw_objective_evaluations(objective) - before,
                                    .stop = stop,
                                    .seconds = tw_clock_seconds() - started};
    release_descent(&descent);
    return status;
}
