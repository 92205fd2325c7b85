/* random_search.c: draws from N(0, step^2), the best one kept (CS231n, optimisation notes, strategy
 * 1). Draw k of entry i is number k n + i of the stream "random-search". */
#include "optim/optimizer.h"
#include "thalweg/rng.h"

static tw_status step_once(tw_descent *d, size_t iteration, double step) {
    tw_rng_fill_normal(d->options->seed, tw_rng_stream("random-search"), (uint64_t)iteration * d->n,
                       d->n, d->trial);
    for (size_t i = 0; i < d->n; i++)
        d->trial[i] *= step;
    tw_status status = tw_objective_value(d->objective, d->trial, d->trial_values);
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
    .iterations = 1000,
    .step = 1e-4,
    .step_once = step_once,
};
