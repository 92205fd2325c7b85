/* adagrad.c: each entry's step is divided by the root of the sum of its squared gradients (Duchi,
 * Hazan and Singer, JMLR 12, 2011). */
#include <math.h>

#include "optim/optimizer.h"

static size_t state_size(const tw_descent *d) {
    return d->n;
}

static void update(const tw_update *u, size_t first, size_t end) {
    const double epsilon = u->options->epsilon;
    double *squares = u->state;
    for (size_t i = first; i < end; i++) {
        double g = u->gradient[i];
        squares[i] += g * g;
        u->x[i] -= u->step * g / (sqrt(squares[i]) + epsilon);
    }
}

const tw_optimizer tw_optimizer_adagrad = {
    .name = "adagrad",
    .summary = "steps shrink with the sum of squared gradients, entry by entry",
    .needs = TW_CAN_GRADIENT | TW_CAN_SAMPLE_GRADIENT,
    .defaults = {.iterations = 2000, .step = 1e-5, .epsilon = 1e-8},
    .state_size = state_size,
    .update = update,
};
