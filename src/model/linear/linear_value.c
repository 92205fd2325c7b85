/* linear_value.c: the loss at one point, with its metrics. */
#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "model/linear/linear_private.h"

typedef struct value_job {
    const tw_linear *linear;
    double *losses, *corrects, *squares; /* one a block */
} value_job;

static double square_from_typical(const tw_linear *linear, double loss) {
    return (loss - linear->base.typical) * (loss - linear->base.typical);
}

static void softmax_block(const value_job *job, const tw_block_view *view) {
    const tw_linear *linear = job->linear;
    size_t size = linear->base.classes * TW_BLOCK;
    tw_softmax_out out = {view->scratch, view->scratch + size, view->scratch + 2 * size};
    linear->base.kernels->softmax(view->scores, view->labels, view->count, linear->base.classes,
                                  &job->losses[view->block], &job->corrects[view->block],
                                  linear->base.errors ? &out : NULL);
    for (size_t i = 0; linear->base.errors && i < view->count; i++)
        job->squares[view->block] +=
            square_from_typical(linear, -out.log_p[(size_t)view->labels[i] * TW_BLOCK + i]);
}

static void value_block(void *argument, const tw_block_view *view) {
    const value_job *job = argument;
    const tw_linear *linear = job->linear;
    if (linear->loss == TW_LINEAR_SOFTMAX) {
        softmax_block(job, view);
        return;
    }
    for (size_t i = 0; i < view->count; i++) {
        double image_loss, image_correct;
        tw_linear_hinge(linear, view->scores, i, view->labels[i], &image_loss, &image_correct,
                        NULL);
        job->losses[view->block] += image_loss;
        job->corrects[view->block] += image_correct;
        job->squares[view->block] += square_from_typical(linear, image_loss);
    }
}

tw_status tw_linear_value(void *ctx, size_t n, const double *x, double *values) {
    const tw_linear *linear = ctx;
    tw_columns columns;
    tw_status status = tw_columns_init(&columns, linear, 1, &x);
    if (status != TW_OK)
        return status;
    size_t blocks = tw_linear_blocks(linear->base.count);
    double *sums = tw_alloc(3 * blocks, sizeof *sums), loss = 0, squares = 0;
    value_job job = {linear, sums, sums + blocks, sums + 2 * blocks};
    if (sums == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu blocks", blocks);
    else
        status = tw_linear_pass(linear, &columns, NULL, linear->base.count, value_block, &job);
    if (status == TW_OK)
        tw_classifier_block_values(linear->base.count, blocks, job.losses, job.corrects,
                                   tw_linear_regularizer(linear, x), values);
    for (size_t k = 0; status == TW_OK && linear->base.errors && k < blocks; k++) {
        loss += job.losses[k];
        squares += job.squares[k];
    }
    if (status == TW_OK && linear->base.errors)
        tw_classifier_error(&linear->base, loss, squares, values);
    free(sums);
    tw_columns_release(&columns);
    return status;
}
