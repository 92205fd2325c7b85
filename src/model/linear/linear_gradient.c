/* linear_gradient.c: gradient, gradient over chosen samples, Hessian product.
 *
 *   dL/dW = (1/N) X^T R + 2 reg W
 *   softmax  R_ic = p_ic - [c = y_i]
 *   svm      R_ic = [s_ic - s_iy + margin > 0] for c != y_i, R_iy = - sum of the others
 *   softmax Hessian times V, with T = X V: R_ic = p_ic (t_ic - sum_j p_ij t_ij)
 */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "model/linear/linear_private.h"

/* Features that one piece of the pull-back takes: a cache line of bytes of each image. */
enum { SLICE = 4 * TW_FEATURE_PAD };

typedef struct pull_job {
    const tw_linear *linear;
    const size_t *rows;
    size_t count;
    const double *residual, *x;
    double *out;
    double *scratch;
} pull_job;

static void write_entry(const pull_job *job, size_t at, double sum) {
    job->out[at] = sum / (double)job->count;
    if (job->x != NULL)
        job->out[at] += 2 * job->linear->base.reg * job->x[at];
}

static void write_tile(const pull_job *job, size_t tile, const double *sums) {
    const tw_linear *linear = job->linear;
    size_t classes = linear->base.classes;
    for (size_t j = 0; j < TW_FEATURE_PAD && tile + j < linear->base.features; j++)
        for (size_t c = 0; c < classes; c++)
            write_entry(job, (tile + j) * classes + c, sums[c * TW_FEATURE_PAD + j]);
}

static void pull_bias(const pull_job *job) {
    const tw_linear *linear = job->linear;
    size_t classes = linear->base.classes;
    for (size_t c = 0; c < classes; c++) {
        double sum = 0;
        for (size_t i = 0; i < job->count; i++)
            sum += job->residual[i * classes + c];
        write_entry(job, linear->base.features * classes + c, sum);
    }
}

static tw_status pull_piece(void *argument, size_t piece, int worker) {
    const pull_job *job = argument;
    const tw_linear *linear = job->linear;
    size_t classes = linear->base.classes, first = piece * SLICE;
    if (first >= linear->base.features) {
        pull_bias(job);
        return TW_OK;
    }
    double *sums = job->scratch + (size_t)worker * SLICE * classes;
    memset(sums, 0, SLICE * classes * sizeof *sums);
    for (size_t i = 0; i < job->count; i += TW_BLOCK) {
        size_t count = job->count - i < TW_BLOCK ? job->count - i : TW_BLOCK;
        for (size_t t = 0; t < SLICE && first + t < linear->base.features; t += TW_FEATURE_PAD)
            linear->base.kernels->accumulate(
                &linear->base.samples, job->rows != NULL ? job->rows + i : NULL, i, count,
                first + t, classes, job->residual + i * classes, sums + t * classes);
    }
    for (size_t t = 0; t < SLICE && first + t < linear->base.features; t += TW_FEATURE_PAD)
        write_tile(job, first + t, sums + t * classes);
    return TW_OK;
}

/* out (D + 1) x C = (1/count) X^T residual + 2 reg x, residual being count x C (rows as in the
 * pass). x = NULL leaves the second term out. */
static tw_status pull_back(const tw_linear *linear, const size_t *rows, size_t count,
                           const double *residual, const double *x, double *out) {
    pull_job job = {linear, rows, count, residual, x, out, NULL};
    job.scratch = tw_alloc_raw((size_t)tw_runner_threads(linear->base.runner),
                               SLICE * linear->base.classes * sizeof(double));
    if (job.scratch == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a gradient");
    size_t slices = (linear->base.features + SLICE - 1) / SLICE;
    tw_status status = tw_runner_map(linear->base.runner, slices + 1, pull_piece, &job);
    free(job.scratch);
    return status;
}

/* ---- residuals ---- */

typedef struct residual_job {
    const tw_linear *linear;
    double *residual; /* count x C */
    double *losses, *corrects;
    int with_vector; /* Hessian product: the scores hold X W and X V */
} residual_job;

static void softmax_residuals(const residual_job *job, const tw_block_view *view) {
    const tw_linear *linear = job->linear;
    size_t classes = linear->base.classes;
    double *p = view->scratch;
    linear->base.kernels->softmax(view->scores, view->labels, view->count, classes,
                                  &job->losses[view->block], &job->corrects[view->block],
                                  &(tw_softmax_out){.p = p});
    const double *t = view->scores + classes * TW_BLOCK;
    for (size_t i = 0; i < view->count; i++) {
        double *r = job->residual + (view->first + i) * classes;
        if (job->with_vector) {
            tw_softmax_residual_change(classes, p + i, TW_BLOCK, t + i, TW_BLOCK, r, 1);
            continue;
        }
        for (size_t c = 0; c < classes; c++)
            r[c] = p[c * TW_BLOCK + i];
        tw_softmax_residual(classes, (size_t)view->labels[i], 1, r);
    }
}

static void residual_block(void *argument, const tw_block_view *view) {
    const residual_job *job = argument;
    const tw_linear *linear = job->linear;
    if (linear->loss == TW_LINEAR_SOFTMAX) {
        softmax_residuals(job, view);
        return;
    }
    double loss = 0, correct = 0;
    for (size_t i = 0; i < view->count; i++) {
        double image_loss, image_correct;
        tw_linear_hinge(linear, view->scores, i, view->labels[i], &image_loss, &image_correct,
                        job->residual + (view->first + i) * linear->base.classes);
        loss += image_loss;
        correct += image_correct;
    }
    job->losses[view->block] = loss;
    job->corrects[view->block] = correct;
}

/* The gradient over `count` images (rows as in the pass), or with `vector` the Hessian product. */
static tw_status gradient_over(const tw_linear *linear, const double *x, const double *vector,
                               const size_t *rows, size_t count, double *values, double *out) {
    const double *matrices[2] = {x, vector};
    tw_columns columns;
    tw_status status = tw_columns_init(&columns, linear, vector != NULL ? 2 : 1, matrices);
    if (status != TW_OK)
        return status;
    size_t blocks = tw_linear_blocks(count);
    double *residual = tw_alloc_raw(count, linear->base.classes * sizeof(double));
    double *sums = tw_alloc(2 * blocks, sizeof *sums);
    residual_job job = {linear, residual, sums, sums + blocks, vector != NULL};
    if (residual == NULL || sums == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for the scores of %zu images", count);
    else
        status = tw_linear_pass(linear, &columns, rows, count, residual_block, &job);
    if (status == TW_OK)
        status = pull_back(linear, rows, count, residual, vector != NULL ? vector : x, out);
    if (status == TW_OK && values != NULL)
        tw_classifier_block_values(&linear->base, count, blocks,
                                   &(tw_classifier_sums){job.losses, job.corrects, NULL},
                                   tw_linear_regularizer(linear, x), values);
    free(sums);
    free(residual);
    tw_columns_release(&columns);
    return status;
}

tw_status tw_linear_gradient(void *ctx, size_t n, const double *x, double *values,
                             double *gradient) {
    const tw_linear *linear = ctx;
    tw_status status = gradient_over(linear, x, NULL, NULL, linear->base.count, values, gradient);
    if (status == TW_OK && linear->base.errors && values != NULL)
        status = tw_linear_value(ctx, n, x, values);
    return status;
}

tw_status tw_linear_sample_gradient(void *ctx, size_t n, const double *x, const tw_batch *batch,
                                    double *values, double *gradient) {
    return gradient_over(ctx, x, NULL, batch->samples, batch->count, values, gradient);
}

/* The hinge is piecewise linear: away from its kinks only the regulariser is curved. */
tw_status tw_linear_hessian_products(void *ctx, size_t n, const double *x, size_t count,
                                     const double *vectors, double *products) {
    const tw_linear *linear = ctx;
    tw_status status = TW_OK;
    for (size_t k = 0; linear->loss == TW_LINEAR_SOFTMAX && k < count && status == TW_OK; k++)
        status = gradient_over(linear, x, vectors + k * n, NULL, linear->base.count, NULL,
                               products + k * n);
    for (size_t i = 0; linear->loss != TW_LINEAR_SOFTMAX && i < count * n; i++)
        products[i] = 2 * linear->base.reg * vectors[i];
    return status;
}
