/* linear_diagonal.c: the diagonal of the Hessian, exactly:
 *
 *   H_jc,jc = (1/N) sum_i x_ij^2 p_ic (1 - p_ic) + 2 reg
 *
 * with 1 - p_ic to full relative accuracy. The hinge has the second term alone.
 */
#include <stdlib.h>

#include "core/alloc.h"
#include "model/linear/linear_private.h"

enum { SLICE = 64 }; /* features of a piece */

typedef struct diagonal_job {
    const tw_linear *linear;
    double *spread; /* count x C: p (1 - p) */
    double *losses, *corrects;
    double *diagonal;
} diagonal_job;

static void spread_block(void *argument, const tw_block_view *view) {
    const diagonal_job *job = argument;
    size_t classes = job->linear->base.classes;
    double *p = view->scratch, *q = p + classes * TW_BLOCK;
    job->linear->base.kernels->softmax(view->scores, view->labels, view->count, classes,
                                       &job->losses[view->block], &job->corrects[view->block],
                                       &(tw_softmax_out){.p = p, .q = q});
    for (size_t i = 0; i < view->count; i++)
        for (size_t c = 0; c < classes; c++)
            job->spread[(view->first + i) * classes + c] =
                p[c * TW_BLOCK + i] * q[c * TW_BLOCK + i];
}

static double feature(const tw_samples *samples, size_t i, size_t j) {
    size_t at = i * samples->features + j;
    return (samples->bytes != NULL ? samples->bytes[at] : samples->doubles[at]) - samples->mean[j];
}

/* Features first ... of every class; the one past the last is the bias, x = 1. */
static tw_status slice_piece(void *argument, size_t piece, int worker) {
    const diagonal_job *job = argument;
    const tw_linear *linear = job->linear;
    size_t classes = linear->base.classes, all = linear->base.features + 1;
    size_t first = piece * SLICE, end = first + SLICE < all ? first + SLICE : all;
    double *out = job->diagonal;
    for (size_t k = first * classes; k < end * classes; k++)
        out[k] = 0;
    for (size_t i = 0; i < linear->base.count; i++)
        for (size_t j = first; j < end; j++) {
            double x = j + 1 < all ? feature(&linear->base.samples, i, j) : 1;
            for (size_t c = 0; c < classes; c++)
                out[j * classes + c] += x * x * job->spread[i * classes + c];
        }
    for (size_t k = first * classes; k < end * classes; k++)
        out[k] = out[k] / (double)linear->base.count + 2 * linear->base.reg;
    return TW_OK;
}

static tw_status of_softmax(diagonal_job *job, const double *x) {
    const tw_linear *linear = job->linear;
    size_t count = linear->base.count, blocks = tw_linear_blocks(count);
    tw_columns columns;
    tw_status status = tw_columns_init(&columns, linear, 1, &x);
    if (status != TW_OK)
        return status;
    job->spread = tw_alloc_raw(count, linear->base.classes * sizeof(double));
    job->losses = tw_alloc(2 * blocks, sizeof(double));
    if (job->spread == NULL || job->losses == NULL) {
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for the scores of %zu images", count);
    } else {
        job->corrects = job->losses + blocks;
        status = tw_linear_pass(linear, &columns, NULL, count, spread_block, job);
    }
    if (status == TW_OK)
        status =
            tw_runner_map(linear->base.runner, linear->base.features / SLICE + 1, slice_piece, job);
    free(job->spread);
    free(job->losses);
    tw_columns_release(&columns);
    return status;
}

tw_status tw_linear_curvature_diagonal(void *ctx, size_t n, const double *x,
                                       tw_curvature_matrix matrix, double *diagonal) {
    const tw_linear *linear = ctx;
    diagonal_job job = {.linear = linear, .diagonal = diagonal};
    if (linear->loss == TW_LINEAR_SOFTMAX)
        return of_softmax(&job, x);
    for (size_t i = 0; i < n; i++)
        diagonal[i] = 2 * linear->base.reg;
    return TW_OK;
}
