/* float_losses.h: losses in single precision, as most training code computes them, with the
 * gradients of what they mean. */
#ifndef TW_TESTS_FLOAT_LOSSES_H
#define TW_TESTS_FLOAT_LOSSES_H

#include <stddef.h>

typedef struct float_loss {
    const char *name;
    /* `from` is where the sum begins, or is added to it. */
    double (*value)(size_t n, const double *x, float from);
    void (*gradient)(size_t n, const double *x, double *g);
} float_loss;

/* sum x_i^2, sum w_i x_i, log sum exp x_i, sum sin x_i; NULL past the last. */
enum { FLOAT_SQUARES, FLOAT_PRODUCT, FLOAT_LOG_SUM, FLOAT_SINES };
const float_loss *float_loss_at(size_t index);

/* A logistic loss of three parameters in single precision, and decay/2 |x|^2 in double. */
double float_data_loss(const double *x, double decay);
void float_data_gradient(const double *x, double decay, double *g);

#endif
