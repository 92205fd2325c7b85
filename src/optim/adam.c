/* adam.c: running means of the gradient and of its square, both corrected for having begun with 0
 * (Kingma and Ba, arXiv:1412.6980). */
#include <math.h>

#include "optim/optimizer.h"

static size_t state_size(const tw_descent *d) {
    return 2 * d->n;
}

static void update(const tw_update *u, size_t first, size_t end) {
    const double b1 = u->options->momentum, b2 = u->options->square_decay;
    const double epsilon = u->options->epsilon, t = (double)u->iteration + 1;
    const double step = u->step / (1 - pow(b1, t)), whole = 1 / (1 - pow(b2, t));
    double *means = u->state, *squares = u->state + u->n;
    for (size_t i = first; i < end; i++) {
        double g = u->gradient[i];
        means[i] = b1 * means[i] + (1 - b1) * g;
        squares[i] = b2 * squares[i] + (1 - b2) * g * g;
        u->x[i] -= step * means[i] / (sqrt(squares[i] * whole) + epsilon);
    }
}

const tw_optimizer tw_optimizer_adam = {
    .name = "adam",
    .summary = "rmsprop with a velocity, both corrected for their start",
    .needs = TW_CAN_GRADIENT | TW_CAN_SAMPLE_GRADIENT,
    .defaults =
        {.iterations = 2000, .step = 1e-6, .momentum = 0.9, .square_decay = 0.999, .epsilon = 1e-8},
    .state_size = state_size,
    .update = update,
};
