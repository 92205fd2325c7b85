/* local_search.c: random local search: a step from N(0, step^2) is taken if the loss is lower after
 * it (CS231n, optimisation notes, strategy 2). */
#include "optim/optimizer.h"
#include "thalweg/rng.h"

static tw_status start(tw_descent *d) {
    tw_status status = tw_objective_value(d->objective, d->x, d->values);
    d->known = status == TW_OK;
    return status;
}

static tw_status step_once(tw_descent *d, size_t iteration, double step) {
    tw_rng_fill_normal(d->options->seed, tw_rng_stream("local-search"), (uint64_t)iteration * d->n,
                       d->n, d->trial);
    for (size_t i = 0; i < d->n; i++)
        d->trial[i] = d->x[i] + step * d->trial[i];
    tw_space_keep_still(tw_objective_space(d->objective), d->x, d->trial);
    tw_status status = tw_objective_value(d->objective, d->trial, d->trial_values);
    if (status == TW_OK)
        tw_descent_accept_lower(d);
    return status;
}

const tw_optimizer tw_optimizer_local_search = {
    .name = "local-search",
    .summary = "takes a random step from N(0, step^2) if the loss falls",
    .defaults = {.iterations = 1000, .step = 1e-4},
    .start = start,
    .step_once = step_once,
};
