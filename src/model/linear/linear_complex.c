/* linear_complex.c: the losses at complex weights W + i V: scores X W + i X V, and the same
 * formulas in complex arithmetic.
 *
 *   softmax  L_i = s_b - s_y + log(1 + sum_{c != b} exp(s_c - s_b)), b the class of largest real
 * part svm      L_i = sum of s_c - s_y + margin over the c != y where its real part is above 0
 */
#include <complex.h>
#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "model/linear/linear_private.h"

typedef struct complex_job {
    const tw_linear *linear;
    double _Complex *losses; /* one a block */
} complex_job;

static double _Complex score(const tw_linear *linear, const tw_block_view *view, size_t i,
                             size_t c) {
    const double *scores = view->scores + i;
    return __builtin_complex(scores[c * TW_BLOCK], scores[(linear->base.classes + c) * TW_BLOCK]);
}

/* log(1 + z) that keeps the digits of a small z, Re z > -1. */
static double _Complex log_of_1_and(double _Complex z) {
    double a = creal(z), b = cimag(z);
    return __builtin_complex(log1p(a * (2 + a) + b * b) / 2, atan2(b, 1 + a));
}

static double _Complex softmax_loss(const tw_linear *linear, const tw_block_view *view, size_t i) {
    size_t best = 0;
    double _Complex sum = 0;
    for (size_t c = 1; c < linear->base.classes; c++)
        if (creal(score(linear, view, i, c)) > creal(score(linear, view, i, best)))
            best = c;
    double _Complex highest = score(linear, view, i, best);
    for (size_t c = 0; c < linear->base.classes; c++)
        if (c != best)
            sum += cexp(score(linear, view, i, c) - highest);
    return highest - score(linear, view, i, (size_t)view->labels[i]) + log_of_1_and(sum);
}

static double _Complex hinge_loss(const tw_linear *linear, const tw_block_view *view, size_t i) {
    size_t label = (size_t)view->labels[i];
    double _Complex own = score(linear, view, i, label), sum = 0;
    for (size_t c = 0; c < linear->base.classes; c++) {
        double _Complex m = score(linear, view, i, c) - own + linear->margin;
        if (c != label && !(creal(m) <= 0)) /* as tw_linear_hinge */
            sum += m;
    }
    return sum;
}

static void complex_block(void *argument, const tw_block_view *view) {
    const complex_job *job = argument;
    double _Complex sum = 0;
    for (size_t i = 0; i < view->count; i++)
        sum += job->linear->loss == TW_LINEAR_SOFTMAX ? softmax_loss(job->linear, view, i)
                                                      : hinge_loss(job->linear, view, i);
    job->losses[view->block] = sum;
}

tw_status tw_linear_complex_value(void *ctx, size_t n, const double *x, const double *y,
                                  double *value) {
    const tw_linear *linear = ctx;
    const double *matrices[2] = {x, y};
    tw_columns columns;
    tw_status status = tw_columns_init(&columns, linear, 2, matrices);
    if (status != TW_OK)
        return status;
    size_t blocks = tw_linear_blocks(linear->base.count);
    complex_job job = {linear, tw_alloc_raw(blocks, sizeof *job.losses)};
    if (job.losses == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu blocks", blocks);
    else
        status = tw_linear_pass(linear, &columns, NULL, linear->base.count, complex_block, &job);
    double _Complex loss = 0, squares = 0;
    for (size_t k = 0; k < blocks && status == TW_OK; k++)
        loss += job.losses[k];
    for (size_t k = 0; k < n; k++)
        squares += __builtin_complex(x[k] * x[k] - y[k] * y[k], 2 * x[k] * y[k]);
    loss = loss / (double)linear->base.count;
    if (linear->base.reg > 0)
        loss += linear->base.reg * squares;
    value[0] = creal(loss);
    value[1] = cimag(loss);
    free(job.losses);
    tw_columns_release(&columns);
    return status;
}
