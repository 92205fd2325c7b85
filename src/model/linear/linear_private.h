/* linear_private.h: the linear classifiers' context and the passes that its operations share. */
#ifndef TW_MODEL_LINEAR_LINEAR_PRIVATE_H
#define TW_MODEL_LINEAR_LINEAR_PRIVATE_H

#include "kernel/kernels.h"
#include "thalweg/linear.h"

enum { METRIC_LOSS, METRIC_DATA_LOSS, METRIC_REGULARIZER, METRIC_ACCURACY, METRIC_ERROR };

typedef struct tw_linear {
    tw_linear_loss loss;
    double reg, margin;
    tw_samples samples; /* starts at the first sample used */
    const int32_t *labels;
    size_t count;    /* samples, N */
    size_t features; /* D, without the constant 1 */
    size_t classes;  /* C */
    size_t padded;   /* D rounded up to TW_FEATURE_PAD */
    double *mean;    /* padded */
    int errors;      /* METRIC_ERROR as well */
    size_t metrics;  /* METRIC_ERROR of them, or one more */
    double typical;  /* a loss from which squares are taken, against cancellation: at chance */
    const tw_kernels *kernels;
    tw_runner *runner;
} tw_linear;

/* Matrices in the kernels' order: column k of all `columns` = matrices * C columns is `padded`
 * doubles at weights + k * padded; bias[k] is its last entry. */
typedef struct tw_columns {
    size_t columns;
    double *weights, *bias;
} tw_columns;
tw_status tw_columns_init(tw_columns *columns, const tw_linear *linear, size_t matrices,
                          const double *const *matrix);
void tw_columns_release(tw_columns *columns);

/* Called for each block of images with their scores, scores[k * TW_BLOCK + i]. `scratch` is
 * 3 * C * TW_BLOCK doubles of the worker. rows = NULL: images first ... first + count - 1. */
typedef struct tw_block_view {
    size_t block, first, count;
    const double *scores;
    const int32_t *labels; /* of these images */
    double *scratch;
} tw_block_view;
typedef void (*tw_block_fn)(void *argument, const tw_block_view *view);

/* Runs over all images, or over those of `rows`, block by block on the runner. Blocks are the same
 * whatever the number of threads. */
tw_status tw_linear_pass(const tw_linear *linear, const tw_columns *columns, const size_t *rows,
                         size_t count, tw_block_fn function, void *argument);

/* Number of blocks of a pass over `count` images. */
size_t tw_linear_blocks(size_t count);

/* The metrics from the sums over `count` images, */
void tw_linear_fill_metrics(size_t count, double loss, double correct, double regularizer,
                            double *values);
/* METRIC_ERROR, from the sums of L_i and of (L_i - linear->typical)^2, */
void tw_linear_fill_error(const tw_linear *linear, double loss, double squares, double *values);
/* and the first four from the sums of the blocks, added in order. */
void tw_linear_metrics(size_t count, const double *block_losses, const double *block_corrects,
                       double regularizer, double *values);

/* reg * sum(x^2) */
double tw_linear_regularizer(const tw_linear *linear, const double *x);

/* Hinge loss of image i of a block, whether its label wins (argmax, the first among equals), and
 * where not NULL the residual dL_i/ds: 1 for margins that are violated, less their number for the
 * label. */
void tw_linear_hinge(const tw_linear *linear, const double *scores, size_t i, int32_t label,
                     double *loss, double *correct, double *residual);

/* The operations, one file each. */
tw_status tw_linear_value(void *ctx, size_t n, const double *x, double *values);
tw_status tw_linear_gradient(void *ctx, size_t n, const double *x, double *values,
                             double *gradient);
tw_status tw_linear_sample_gradient(void *ctx, size_t n, const double *x, const tw_batch *batch,
                                    double *values, double *gradient);
tw_status tw_linear_hessian_products(void *ctx, size_t n, const double *x, size_t count,
                                     const double *vectors, double *products);
tw_status tw_linear_complex_value(void *ctx, size_t n, const double *x, const double *y,
                                  double *value);
tw_status tw_linear_span_open(void *ctx, size_t n, const double *origin, size_t rank,
                              const double *const *directions, tw_span_how how, void **span);
tw_status tw_linear_span_values(void *ctx, void *span, size_t count, const double *coefficients,
                                double *values);
void tw_linear_span_close(void *ctx, void *span);
tw_status tw_linear_coordinate_differences(void *ctx, size_t n, const double *x, size_t count,
                                           const size_t *indices, const double *steps,
                                           double *differences);

/* out (D + 1) x C = (1/count) X^T residual + 2 reg x, residual being count x C (rows as in the
 * pass). x = NULL leaves the second term out. */
tw_status tw_linear_pull_back(const tw_linear *linear, const size_t *rows, size_t count,
                              const double *residual, const double *x, double *out);

#endif
