/* gradient_descent.c: x <- x - step * gradient of the whole loss. */
#include "optim/optimizer.h"

static size_t state_size(const tw_descent *d) {
    return d->n; /* the gradient */
}

static tw_status step_once(tw_descent *d, size_t iteration, double step) {
    tw_status status = tw_objective_gradient(d->objective, d->x, d->values, d->state);
    if (status == TW_OK)
        tw_descent_move(d, d->state, step);
    return status;
}

const tw_optimizer tw_optimizer_gd = {
    .name = "gd",
    .summary = "gradient descent on the whole loss",
    .needs = TW_CAN_GRADIENT,
    .iterations = 200,
    .step = 1e-6,
    .state_size = state_size,
    .step_once = step_once,
};
