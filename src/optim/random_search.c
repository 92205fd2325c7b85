/* random_search.c: draws from N(0, step^2), the best one kept (CS231n, optimisation notes, strategy
 * 1). Draw k of entry i is number k n + i of the stream "random-search". */
#include <math.h>
#include <string.h>

#include "optim/optimizer.h"
#include "thalweg/rng.h"

/* Draws that are evaluated together where the objective gains by it. They do not depend on one
 * another, so only the number of calls changes. */
enum { GROUP = 16 };

static int gains_by_groups(const tw_descent *d) {
    unsigned can = tw_objective_capabilities(d->objective);
    return (can & TW_CAN_BATCH) != 0 || ((can & TW_CAN_CONCURRENT) != 0 &&
                                         tw_runner_threads(tw_objective_runner(d->objective)) > 1);
}

/* state: GROUP points, then their metrics */
static size_t state_size(const tw_descent *d) {
    return gains_by_groups(d) ? GROUP * (d->n + d->metrics) : 0;
}

static void draw(const tw_descent *d, size_t iteration, double *out) {
    const tw_optim_options *o = d->options;
    tw_rng_fill_normal(o->seed, tw_rng_stream("random-search"), (uint64_t)iteration * d->n, d->n,
                       out);
    double step = tw_schedule_step(o->schedule, o->step, o->decay, o->period, iteration);
    for (size_t i = 0; i < d->n; i++)
        out[i] *= step;
}

/* The trial point of this iteration and its metrics, from the group that holds it. */
static tw_status take_from_group(tw_descent *d, size_t iteration) {
    double *points = d->state, *values = d->state + GROUP * d->n;
    size_t place = iteration % GROUP, left = d->options->iterations - iteration;
    if (place == 0) {
        size_t count = left < GROUP ? left : GROUP;
        for (size_t k = 0; k < count; k++)
            draw(d, iteration + k, points + k * d->n);
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
    /* the first draw replaces whatever x was; after it a lower loss does, and any number is better
     * than none */
    if (status == TW_OK && (iteration == 0 || d->trial_values[0] < d->values[0] ||
                            (isnan(d->values[0]) && !isnan(d->trial_values[0]))))
        tw_descent_accept(d);
    return status;
}

const tw_optimizer tw_optimizer_random_search = {
    .name = "random-search",
    .summary = "draws from N(0, step^2), keeps the best",
    .iterations = 1000,
    .step = 1e-4,
    .state_size = state_size,
    .step_once = step_once,
};
