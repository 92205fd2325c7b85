/* sgd.c: mini-batch gradient descent; the batches are drawn in descent.c. */
#include "optim/optimizer.h"

static void update(const tw_update *u, size_t first, size_t end) {
    for (size_t i = first; i < end; i++)
        u->x[i] -= u->step * u->gradient[i];
}

const tw_optimizer tw_optimizer_sgd = {
    .name = "sgd",
    .summary = "gradient descent on mini-batches",
    .needs = TW_CAN_SAMPLE_GRADIENT,
    .defaults = {.iterations = 2000, .step = 3e-7},
    .update = update,
};
