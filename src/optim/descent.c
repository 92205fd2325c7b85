/* descent.c: what methods share: taking a trial point, going back, a step along a gradient. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "optim/optimizer.h"
#include "thalweg/rng.h"

void tw_descent_accept(tw_descent *d) {
    memcpy(d->x, d->trial, d->n * sizeof *d->x);
    memcpy(d->values, d->trial_values, d->metrics * sizeof *d->values);
    d->known = 1;
}

void tw_descent_accept_lower(tw_descent *d) {
    if (d->trial_values[0] < d->values[0] || (isnan(d->values[0]) && !isnan(d->trial_values[0])))
        tw_descent_accept(d);
}

void tw_descent_consider(tw_descent *d, const double *x, const double *values) {
    if (d->best == NULL || !(values[0] < d->best_values[0]) || !isfinite(values[0]))
        return;
    memcpy(d->best, x, d->n * sizeof *x);
    memcpy(d->best_values, values, d->metrics * sizeof *values);
    d->best_at = d->done;
    d->best_seen = d->seen;
}

void tw_descent_give_up(tw_descent *d) {
    d->diverged = 1;
    d->unbounded = d->values[0] == -INFINITY;
    d->known = 0;
    memcpy(d->x, d->before, d->n * sizeof *d->x);
}

/* Mini-batch `iteration`. In every epoch each sample comes once, in an order drawn anew; the last
 * batch of an epoch is what is left. The order does not depend on the method. */
static tw_batch batch_of(tw_descent *d, size_t iteration) {
    size_t batch = d->options->batch < d->samples ? d->options->batch : d->samples;
    size_t batches = (d->samples + batch - 1) / batch, first = iteration % batches * batch;
    if (d->order_epoch != iteration / batches) {
        char name[64];
        d->order_epoch = iteration / batches;
        snprintf(name, sizeof name, "sgd epoch %zu", d->order_epoch);
        tw_rng_permutation(d->options->seed, tw_rng_stream(name), d->samples, d->order);
    }
    size_t count = d->samples - first < batch ? d->samples - first : batch;
    return (tw_batch){.samples = d->order + first, .count = count, .draw = iteration};
}

static tw_status batch_gradient(tw_descent *d, const tw_batch *batch) {
    d->seen += batch->count;
    return tw_objective_sample_gradient(d->objective, d->x, batch, d->values, d->gradient);
}

/* The gradient of the whole loss is at buffers as they are: only batches bring theirs. */
static tw_status settle(tw_descent *d, const tw_batch *batch) {
    if (batch->count == 0 || !(tw_objective_capabilities(d->objective) & TW_CAN_SETTLE))
        return TW_OK;
    d->counting = 1; /* the move is made: it is not to be made again */
    tw_status status = tw_objective_settle(d->objective, d->x, batch);
    d->counting = status != TW_OK;
    return status;
}

tw_status tw_descent_gradient(tw_descent *d) {
    tw_status status = tw_objective_gradient(d->objective, d->x, d->values, d->gradient);
    if (status != TW_OK)
        return status;
    tw_descent_consider(d, d->x, d->values);
    d->seen++;
    return TW_OK;
}

/* Entries that one thread moves at a time: a few vectors of them stay in the cache. */
enum { PIECE = 1 << 14 };

typedef struct update_job {
    tw_update update;
    const tw_optimizer *optimizer;
    double *before;
} update_job;

static tw_status update_piece(void *argument, size_t piece, int worker) {
    const update_job *job = argument;
    const tw_update *u = &job->update;
    size_t first = piece * PIECE, end = first + PIECE < u->n ? first + PIECE : u->n;
    memcpy(job->before + first, u->x + first, (end - first) * sizeof *u->x);
    job->optimizer->update(u, first, end);
    return TW_OK;
}

tw_status tw_descent_step(tw_descent *d, const tw_optimizer *optimizer, size_t iteration,
                          double step) {
    const tw_batch batch = d->samples > 0 ? batch_of(d, iteration) : (tw_batch){.count = 0};
    tw_status status = d->samples > 0 ? batch_gradient(d, &batch) : tw_descent_gradient(d);
    if (status != TW_OK)
        return status;
    if (!isfinite(d->values[0])) {
        tw_descent_give_up(d);
        return TW_OK;
    }
    d->known = 0;
    d->moved = 1;
    update_job job = {.update = {.options = d->options,
                                 .n = d->n,
                                 .iteration = iteration,
                                 .step = step,
                                 .gradient = d->gradient,
                                 .x = d->x,
                                 .state = d->state},
                      .optimizer = optimizer,
                      .before = d->before};
    tw_runner *runner = d->n > PIECE ? tw_objective_runner(d->objective) : NULL;
    status = tw_runner_map(runner, (d->n + PIECE - 1) / PIECE, update_piece, &job);
    return status == TW_OK ? settle(d, &batch) : status;
}
