/* momentum.c: the gradient changes a velocity, the velocity the point. */
#include "optim/optimizer.h"

static size_t state_size(const tw_descent *d) {
    return d->n;
}

static void update(const tw_update *u, size_t first, size_t end) {
    const double mu = u->options->momentum;
    double *v = u->state;
    for (size_t i = first; i < end; i++) {
        v[i] = mu * v[i] - u->step * u->gradient[i];
        u->x[i] += v[i];
    }
}

const tw_optimizer tw_optimizer_momentum = {
    .name = "momentum",
    .summary = "gradient descent with a velocity: v = mu v - step g",
    .needs = TW_CAN_GRADIENT | TW_CAN_SAMPLE_GRADIENT,
    .defaults = {.iterations = 2000, .step = 3e-8, .momentum = 0.9},
    .state_size = state_size,
    .update = update,
};
