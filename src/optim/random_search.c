/* random_search.c: draws from N(0, step^2), the best one kept (CS231n, optimisation notes, strategy
 * 1). Buffers stay as they are at the start. Draw k of entry i is number k n + i of the stream
 * "random-search". */
#include <string.h>

#include "optim/optimizer.h"
#include "thalweg/rng.h"

/* Draws that are evaluated together where the objective has an operation for it. They do not depend
 * on one another, so the result is the same. */
enum { GROUP = 16 };

static int gains_by_groups(const tw_descent *d) {
    return (tw_objective_capabilities(d->objective) & TW_CAN_BATCH) != 0;
}

/* The metrics of GROUP points, which are kept, then the points, which are drawn again. */
static size_t kept_size(const tw_descent *d) {
    return gains_by_groups(d) ? GROUP * d->metrics : 0;
}

static size_t state_size(const tw_descent *d) {
    return kept_size(d) + (gains_by_groups(d) ? GROUP * d->n : 0);
}

static void draw(const tw_descent *d, size_t iteration, double *out) {
    const tw_optim_options *o = d->options;
    double step = tw_schedule_step(o->schedule, o->step, o->decay, o->period, iteration);
    tw_rng_fill_normal(o->seed, tw_rng_stream("random-search"), (uint64_t)iteration * d->n, d->n,
                       out);
    for (size_t i = 0; i < d->n; i++)
        out[i] *= step;
    tw_space_keep_still(tw_objective_space(d->objective), d->x, out);
}

/* The points of the group that begins with `iteration`; how many they are. */
static size_t draw_group(tw_descent *d, size_t iteration) {
    size_t left = d->options->iterations - iteration, count = left < GROUP ? left : GROUP;
    for (size_t k = 0; k < count; k++)
        draw(d, iteration + k, d->state + kept_size(d) + k * d->n);
    return count;
}

static tw_status restored(tw_descent *d, size_t kept) {
    if (kept != kept_size(d))
        return tw_fail(TW_ERR_FORMAT,
                       "the state of 'random-search' has %zu numbers for its draws "
                       "where %zu are expected: another model",
                       kept, kept_size(d));
    if (kept > 0)
        draw_group(d, d->done - d->done % GROUP);
    return TW_OK;
}

/* The trial point of this iteration and its metrics, from the group that holds it. */
static tw_status take_from_group(tw_descent *d, size_t iteration) {
    double *values = d->state, *points = d->state + kept_size(d);
    size_t place = iteration % GROUP;
    if (place == 0) {
        size_t count = draw_group(d, iteration);
        tw_status status = tw_objective_batch(d->objective, count, points, values);
        if (status != TW_OK)
            return status;
    }
    memcpy(d->trial, points + place * d->n, d->n * sizeof *points);
    memcpy(d->trial_values, values + place * d->metrics, d->metrics * sizeof *values);
    return TW_OK;
}

static tw_status step_once(tw_descent *d, size_t iteration, double step) {
    tw_status status;
    if (gains_by_groups(d)) {
        status = take_from_group(d, iteration);
    } else {
        draw(d, iteration, d->trial);
        status = tw_objective_value(d->objective, d->trial, d->trial_values);
    }
    if (status != TW_OK)
        return status;
    if (iteration == 0)
        tw_descent_accept(d); /* whatever x was */
    else
        tw_descent_accept_lower(d);
    return status;
}

const tw_optimizer tw_optimizer_random_search = {
    .name = "random-search",
    .summary = "draws from N(0, step^2), keeps the best",
    .defaults = {.iterations = 1000, .step = 1e-4},
    .state_size = state_size,
    .kept_size = kept_size,
    .restored = restored,
    .step_once = step_once,
};
