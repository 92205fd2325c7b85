/* rmsprop.c: adagrad with a mean of the squared gradients that forgets (Hinton, lecture 6e of his
 * course on neural networks, 2012). */
#include <math.h>

#include "optim/optimizer.h"

static size_t state_size(const tw_descent *d) {
    return d->n;
}

static void update(const tw_update *u, size_t first, size_t end) {
    const double decay = u->options->square_decay, epsilon = u->options->epsilon;
    double *squares = u->state;
    for (size_t i = first; i < end; i++) {
        double g = u->gradient[i];
        squares[i] = decay * squares[i] + (1 - decay) * g * g;
        u->x[i] -= u->step * g / (sqrt(squares[i]) + epsilon);
    }
}

const tw_optimizer tw_optimizer_rmsprop = {
    .name = "rmsprop",
    .summary = "steps over the running mean of squared gradients, entry by entry",
    .needs = TW_CAN_GRADIENT | TW_CAN_SAMPLE_GRADIENT,
    .defaults = {.iterations = 2000, .step = 1e-6, .square_decay = 0.99, .epsilon = 1e-8},
    .state_size = state_size,
    .update = update,
};
