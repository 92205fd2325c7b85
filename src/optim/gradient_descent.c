/* gradient_descent.c: x <- x - step * gradient of the whole loss, with steps as given or found by a
 * line search. */
#include "optim/optimizer.h"

static void update(const tw_update *u, size_t first, size_t end) {
    for (size_t i = first; i < end; i++)
        u->x[i] -= u->step * u->gradient[i];
}

/* What line_search.c keeps. */
static size_t state_size(const tw_descent *d) {
    return d->options->line_search ? 3 : 0;
}

const tw_optimizer tw_optimizer_gd = {
    .name = "gd",
    .summary = "gradient descent on the whole loss",
    .needs = TW_CAN_GRADIENT,
    .defaults = {.iterations = 200, .step = 1e-6, .tolerance = 1e-6},
    .state_size = state_size,
    .update = update,
    .search_once = tw_descent_line_search,
};
