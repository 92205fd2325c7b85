/* convergence.c: when a gradient is small. The test knows no unit of x and none of the loss, and is
 * not moved by a number added to the loss: an absolute one takes a fit of data of size 1e-8 for
 * done before it begins. What the loss has fallen by so far is a scale that always fits at the
 * start but is far too coarse where it falls by many orders; |f| is one that fits unless something
 * was added. The smaller of the two is taken, with a floor for losses that go to 0; the larger
 * where nothing lower can be found, which is the better evidence. */
#include <math.h>

#include "optim/optimizer.h"

double tw_optim_norm(size_t n, const double *x) {
    double sum = 0, largest = 0;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, fabs(x[i]));
    for (size_t i = 0; i < n && largest > 0; i++)
        sum += x[i] / largest * (x[i] / largest);
    return largest * sqrt(sum);
}

/* What the loss would change by, to first order, if each entry changed by its own size. */
static double change_by_size(const tw_descent *d, const double *gradient) {
    double usual = tw_optim_norm(d->n, d->x) / sqrt((double)d->n), sum = 0;
    for (size_t i = 0; i < d->n; i++) {
        double begun = fabs(d->start[i]), size = fmax(fabs(d->x[i]), begun > 0 ? begun : usual);
        sum += gradient[i] == 0 ? 0 : fabs(gradient[i]) * size;
    }
    return sum;
}

static int is_zero(size_t n, const double *x) {
    for (size_t i = 0; i < n; i++)
        if (x[i] != 0)
            return 0;
    return 1;
}

int tw_descent_is_flat(const tw_descent *d, const double *gradient, double start_loss, double loss,
                       int stuck) {
    double tolerance = d->options->tolerance, fallen = start_loss - loss;
    double scale =
        stuck ? fmax(fallen, fabs(loss)) : fmax(fmin(fallen, fabs(loss)), tolerance * fallen);
    if (is_zero(d->n, gradient))
        return 1;
    /* x and its start are 0: the entries have no size, and anything would do */
    double change = change_by_size(d, gradient);
    return change > 0 && change <= tolerance * scale;
}

void tw_descent_get_stuck(tw_descent *d, const double *gradient, double start_loss, double loss,
                          const char *why) {
    int flat = tw_descent_is_flat(d, gradient, start_loss, loss, 1);
    d->stop = flat ? TW_STOP_CONVERGED : TW_STOP_STALLED;
    d->why = flat ? "the gradient is small and nothing lower is found: a minimum, as far as the "
                    "rounding of the loss lets it be seen"
                  : why;
}
