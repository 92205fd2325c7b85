/* sgd.c: mini-batch gradient descent. In every epoch each sample comes once, in an order drawn
 * anew; the last batch of an epoch is what is left. */
#include <stdio.h>

#include "optim/optimizer.h"
#include "thalweg/rng.h"

static size_t state_size(const tw_descent *d) {
    return d->n; /* the gradient */
}

static tw_status step_once(tw_descent *d, size_t iteration, double step) {
    size_t samples = tw_objective_samples(d->objective);
    size_t batch = d->options->batch < samples ? d->options->batch : samples;
    size_t batches = (samples + batch - 1) / batch, first = iteration % batches * batch;
    if (first == 0) {
        char name[64];
        snprintf(name, sizeof name, "sgd epoch %zu", iteration / batches);
        tw_rng_permutation(d->options->seed, tw_rng_stream(name), samples, d->order);
    }
    size_t count = samples - first < batch ? samples - first : batch;
    tw_status status = tw_objective_sample_gradient(d->objective, d->x, count, d->order + first,
                                                    d->values, d->state);
    if (status == TW_OK)
        tw_descent_move(d, d->state, step);
    return status;
}

const tw_optimizer tw_optimizer_sgd = {
    .name = "sgd",
    .summary = "gradient descent on mini-batches",
    .needs = TW_CAN_SAMPLE_GRADIENT,
    .iterations = 2000,
    .step = 3e-7,
    .state_size = state_size,
    .step_once = step_once,
};
