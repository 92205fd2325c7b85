/* linear_private.h: the linear classifiers' context and the passes that its operations share. */
#ifndef TW_MODEL_LINEAR_LINEAR_PRIVATE_H
#define TW_MODEL_LINEAR_LINEAR_PRIVATE_H

#include "model/classifier/classifier.h"
#include "thalweg/linear.h"

typedef struct tw_linear {
    tw_classifier base;
    tw_linear_loss loss;
    double margin;
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
/* Scores are linear in x: both matrices are one. */
tw_status tw_linear_curvature_diagonal(void *ctx, size_t n, const double *x,
                                       tw_curvature_matrix matrix, double *diagonal);
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

#endif
