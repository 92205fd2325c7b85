/* gradient_descent.c: x <- x - step * gradient of the whole loss. */
#include "optim/optimizer.h"

static void update(const tw_update *u, size_t first, size_t end) {
    for (size_t i = first; i < end; i++)
        u->x[i] -= u->step * u->gradient[i];
}

const tw_optimizer tw_optimizer_gd = {
    .name = "gd",
    .summary = "gradient descent on the whole loss",
    .needs = TW_CAN_GRADIENT,
    .defaults = {.iterations = 200, .step = 1e-6},
    .update = update,
};
