/* linear_value.c: the loss at one point, with its metrics. */
#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "model/linear/linear_private.h"

typedef struct value_job {
    const tw_linear *linear;
    tw_classifier_sums sums; /* one a block */
} value_job;

static void softmax_block(const value_job *job, const tw_block_view *view) {
    const tw_linear *linear = job->linear;
    tw_softmax_out out = {.losses = view->scratch};
    linear->base.kernels->softmax(view->scores, view->labels, view->count, linear->base.classes,
                                  &job->sums.losses[view->block], &job->sums.corrects[view->block],
                                  linear->base.errors ? &out : NULL);
    for (size_t i = 0; linear->base.errors && i < view->count; i++)
        job->sums.squares[view->block] += tw_classifier_square(&linear->base, out.losses[i]);
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
        job->sums.losses[view->block] += image_loss;
        job->sums.corrects[view->block] += image_correct;
        job->sums.squares[view->block] += tw_classifier_square(&linear->base, image_loss);
    }
}

tw_status tw_linear_value(void *ctx, size_t n, const double *x, double *values) {
    const tw_linear *linear = ctx;
    tw_columns columns;
    tw_status status = tw_columns_init(&columns, linear, 1, &x);
    if (status != TW_OK)
        return status;
    size_t blocks = tw_linear_blocks(linear->base.count);
    double *sums = tw_alloc(3 * blocks, sizeof *sums);
    value_job job = {linear, {sums, sums + blocks, sums + 2 * blocks}};
    if (sums == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu blocks", blocks);
    else
        status = tw_linear_pass(linear, &columns, NULL, linear->base.count, value_block, &job);
    if (status == TW_OK)
        tw_classifier_block_values(&linear->base, linear->base.count, blocks, &job.sums,
                                   tw_linear_regularizer(linear, x), values);
    free(sums);
    tw_columns_release(&columns);
    return status;
}
