/* nesterov.c: momentum whose gradient is taken where the velocity leads. x is that point, y + mu v,
 * so that the gradient at x is all that is needed (CS231n; Sutskever's thesis, section 7.2). */
#include "optim/optimizer.h"

static size_t state_size(const tw_descent *d) {
    return d->n;
}

static void update(const tw_update *u, size_t first, size_t end) {
    const double mu = u->options->momentum;
    double *v = u->state;
    for (size_t i = first; i < end; i++) {
        double before = v[i];
        v[i] = mu * before - u->step * u->gradient[i];
        u->x[i] += (1 + mu) * v[i] - mu * before;
    }
}

const tw_optimizer tw_optimizer_nesterov = {
    .name = "nesterov",
    .summary = "momentum with the gradient at the point ahead",
    .needs = TW_CAN_GRADIENT | TW_CAN_SAMPLE_GRADIENT,
    .defaults = {.iterations = 2000, .step = 3e-8, .momentum = 0.9},
    .state_size = state_size,
    .update = update,
};
