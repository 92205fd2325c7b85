/* descent_run.c: the handle of a descent, and its loop. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "optim/optimizer.h"

const char *tw_stop_name(size_t stop) {
    static const char *const names[] = {"iterations", "cancelled", "diverged",
                                        "converged",  "stalled",   "unbounded"};
    return stop < sizeof names / sizeof names[0] ? names[stop] : NULL;
}

/* Where the method does not know more. */
static const char *usual_reason(tw_stop stop) {
    static const char *const reasons[] = {
        "all iterations are done",      "it was asked to stop",
        "the loss is no longer finite", "the gradient is as small as the tolerance asks",
        "nothing lower is found",       "the loss goes to minus infinity",
    };
    return reasons[stop];
}

/* ---- opening and closing ---- */

void tw_descent_close(tw_descent *d) {
    if (d == NULL)
        return;
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
    free(d->kept);
    free(d);
}

static tw_status allocate(tw_descent *d) {
    const tw_optimizer *optimizer = d->optimizer;
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
        d->best = tw_alloc(n, sizeof(double));
    if (d->values == NULL || d->trial == NULL || d->trial_values == NULL || d->state == NULL ||
        d->order == NULL || d->before == NULL || d->gradient == NULL || d->start == NULL ||
        d->best_values == NULL || (follows && d->best == NULL))
        return tw_fail(TW_ERR_MEMORY, "not enough memory for '%s' over %zu parameters",
                       optimizer->name, n);
    return TW_OK;
}

static tw_status prepare(tw_descent *d, tw_objective *objective, double *x) {
    d->options = &d->given;
    d->objective = objective;
    d->n = tw_objective_size(objective);
    d->metrics = tw_objective_metrics(objective);
    d->x = x;
    d->order_epoch = SIZE_MAX;
    if (tw_optim_takes_batches(d->optimizer, objective))
        d->samples = tw_objective_samples(objective);
    tw_status status = allocate(d);
    if (status != TW_OK)
        return status;
    memcpy(d->before, x, d->n * sizeof *x);
    if (d->options->tolerance > 0)
        memcpy(d->start, x, d->n * sizeof *x);
    d->best_values[0] = INFINITY;
    return TW_OK;
}

tw_status tw_descent_open(const tw_optimizer *optimizer, tw_objective *objective, double *x,
                          const tw_optim_options *options, tw_descent **out) {
    *out = NULL;
    tw_optim_options complete;
    tw_status status = tw_optim_check_needs(optimizer, objective);
    if (status == TW_OK)
        status = tw_optim_complete(optimizer, options, &complete);
    if (status != TW_OK)
        return status;
    tw_descent *d = tw_alloc(1, sizeof *d);
    if (d == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for '%s'", optimizer->name);
    d->optimizer = optimizer;
    d->given = complete;
    status = prepare(d, objective, x);
    if (status == TW_OK)
        *out = d;
    else
        tw_descent_close(d);
    return status;
}

/* ---- going on ---- */

static tw_status begin(tw_descent *d) {
    tw_status status = d->optimizer->start != NULL ? d->optimizer->start(d) : TW_OK;
    if (status == TW_OK)
        status = tw_descent_report(d, 0);
    if (status == TW_OK) {
        d->begun = 1;
        tw_descent_mark(d);
    }
    return status;
}

static tw_status one_iteration(tw_descent *d) {
    const tw_optimizer *optimizer = d->optimizer;
    const tw_optim_options *o = d->options;
    double step = tw_schedule_step(o->schedule, o->step, o->decay, o->period, d->done);
    tw_status status;
    if (o->line_search)
        return optimizer->search_once(d, d->done);
    if (optimizer->update != NULL) {
        status = tw_descent_step(d, optimizer, d->done, step);
    } else {
        d->seen++;
        status = optimizer->step_once(d, d->done, step);
    }
    return status == TW_OK && !d->diverged ? tw_descent_count(d) : status;
}

static tw_status go_on(tw_descent *d) {
    tw_status status = d->begun ? TW_OK : begin(d);
    if (status == TW_OK && d->optimizer->run != NULL && d->stop == TW_STOP_ITERATIONS)
        status = d->optimizer->run(d);
    while (status == TW_OK && d->optimizer->run == NULL && d->done < d->limit &&
           d->stop == TW_STOP_ITERATIONS && !d->diverged)
        status = one_iteration(d);
    return status;
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

static tw_status end(tw_descent *d) {
    tw_status status = TW_OK;
    if (d->stop != TW_STOP_CANCELLED || d->diverged)
        tw_descent_mark(d);
    else
        status = tw_descent_keep(d);
    if (status == TW_OK)
        status = tw_descent_know(d);
    if (status != TW_OK)
        return status;
    conclude(d);
    if (d->reports_up_to == 0 || d->told != d->reached)
        tw_descent_tell(d, d->reached);
    tw_descent_mark(d);
    d->ended = 1;
    return TW_OK;
}

tw_status tw_descent_run(tw_descent *d, size_t iterations) {
    double began = tw_clock_seconds();
    if (d->ended && d->kept == NULL)
        return TW_OK;
    d->counter = tw_objective_evaluations(d->objective);
    tw_status status = tw_descent_take_up(d);
    if (status != TW_OK)
        return status;
    size_t left = d->options->iterations - d->done;
    d->limit = d->done + (iterations < left ? iterations : left);
    status = go_on(d);
    if (status == TW_OK &&
        (d->done >= d->options->iterations || d->stop != TW_STOP_ITERATIONS || d->diverged))
        status = end(d);
    d->evaluated += tw_objective_evaluations(d->objective) - d->counter;
    d->counter = tw_objective_evaluations(d->objective);
    d->seconds += tw_clock_seconds() - began;
    return status;
}

int tw_descent_ended(const tw_descent *d) {
    return d->ended;
}

void tw_descent_result(const tw_descent *d, tw_optim_result *result) {
    *result = (tw_optim_result){.loss = d->ended || d->known ? d->values[0] : NAN,
                                .iterations = d->done,
                                .evaluations = d->evaluated,
                                .stop = d->stop,
                                .seconds = d->seconds,
                                .reached = d->ended ? d->reached : d->done,
                                .why = !d->ended        ? "it has not ended yet"
                                       : d->why != NULL ? d->why
                                                        : usual_reason(d->stop)};
}
