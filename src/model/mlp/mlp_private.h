/* mlp_private.h: the network's context, its weights as the kernels take them, and the passes that
 * its operations share.
 *
 * Images go in blocks of two strips (kernels.h: panels). The values of a layer's units for a block
 * are two panels, `units * TW_STRIP` numbers apart; columns past the images hold numbers of no
 * meaning, and 0 in whatever is pulled back.
 */
#ifndef TW_MODEL_MLP_MLP_PRIVATE_H
#define TW_MODEL_MLP_MLP_PRIVATE_H

#include "model/classifier/classifier.h"
#include "thalweg/mlp.h"

enum {
    MLP_LAYERS = TW_MLP_MOST_HIDDEN + 1,
    MLP_STRIPS = 2, /* of a block: a row of weights that comes from far serves both */
    MLP_BLOCK = MLP_STRIPS * TW_STRIP
};

typedef struct tw_mlp {
    tw_classifier base;
    size_t layers;                 /* K + 1 */
    size_t units[MLP_LAYERS + 1];  /* units[0] = features, units[k] those of layer k */
    size_t weight[MLP_LAYERS + 1]; /* offsets of W_k and b_k in the parameters, k = 1 ... layers */
    size_t bias[MLP_LAYERS + 1];
    size_t n, most_units; /* parameters; the largest of units[1 ...] */
    tw_unit unit;
    double scale;
    size_t memory;
} tw_mlp;

/* ---- weights ---- */

/* Weights of the layers `first` ... of a point, cut along their inputs: TW_DEPTH inputs of all
 * units, then the next. W_k[j, h] is at blocked[k][(h - h % TW_DEPTH) * units + j * width + h %
 * TW_DEPTH], width being TW_DEPTH or what is left. Biases are a plain copy. */
typedef struct tw_mlp_weights {
    double *memory;
    double *blocked[MLP_LAYERS + 1], *bias[MLP_LAYERS + 1];
} tw_mlp_weights;

/* Numbers that layers first ... last take. */
size_t tw_mlp_weights_size(const tw_mlp *mlp, size_t first, size_t last);
/* Points into `memory` of that many numbers, which stays the caller's. */
void tw_mlp_weights_place(const tw_mlp *mlp, size_t first, size_t last, double *memory,
                          tw_mlp_weights *weights);
/* Fills them with the sum of `count` parameter vectors times their coefficients. */
void tw_mlp_weights_fill(const tw_mlp *mlp, size_t first, size_t last, size_t count,
                         const double *const *vectors, const double *coefficients,
                         tw_mlp_weights *weights);
/* The same sum for the entries first ... first + size. */
void tw_mlp_combine(size_t count, const double *const *vectors, const double *coefficients,
                    size_t first, size_t size, double *out);
/* All layers of one vector, in memory of its own, filled on the runner. */
tw_status tw_mlp_weights_init(tw_mlp_weights *weights, const tw_mlp *mlp, const double *x);
void tw_mlp_weights_release(tw_mlp_weights *weights);

/* ---- layers ---- */

/* The images of a block: samples rows[0 ... count). */
typedef struct tw_mlp_images {
    size_t rows[MLP_BLOCK];
    int32_t labels[MLP_BLOCK];
    size_t count, strips;
} tw_mlp_images;

/* Block `block` of `count` images, those of `rows` (NULL: 0, 1, ...). */
void tw_mlp_images_at(const tw_mlp *mlp, const size_t *rows, size_t count, size_t block,
                      tw_mlp_images *images);
size_t tw_mlp_blocks(size_t count);
/* Images of strip s of the block. */
size_t tw_mlp_strip_count(const tw_mlp_images *images, size_t s);

/* Sets out (units[k]) to the bias of layer k, or to 0 where bias is NULL. */
void tw_mlp_begin(const tw_mlp *mlp, size_t k, const double *bias, size_t strips, double *out);
/* out += W_1 a_0, for each of `count` sets of weights and outputs; `panel` is MLP_BLOCK * TW_DEPTH
 * numbers of scratch. */
void tw_mlp_first_layer(const tw_mlp *mlp, const tw_mlp_images *images, size_t count,
                        const double *const *blocked, double *const *out, double *panel);
/* out += W_k in for k > 1, and out += W_k^T in (units[k] to units[k - 1]). */
void tw_mlp_layer(const tw_mlp *mlp, size_t k, const double *blocked, size_t strips,
                  const double *in, double *out);
void tw_mlp_layer_back(const tw_mlp *mlp, size_t k, const double *blocked, size_t strips,
                       const double *in, double *out);

/* ---- sums ---- */

/* sum of x y over the weights, not the biases */
double tw_mlp_weight_product(const tw_mlp *mlp, const double *x, const double *y);
/* reg times that of x with itself */
double tw_mlp_regularizer(const tw_mlp *mlp, const double *x);

/* ---- the operations ---- */

tw_status tw_mlp_gradient(void *ctx, size_t n, const double *x, double *values, double *gradient);
tw_status tw_mlp_sample_gradient(void *ctx, size_t n, const double *x, const tw_batch *batch,
                                 double *values, double *gradient);
tw_status tw_mlp_hessian_products(void *ctx, size_t n, const double *x, size_t count,
                                  const double *vectors, double *products);
tw_status tw_mlp_gauss_newton_products(void *ctx, size_t n, const double *x, size_t count,
                                       const double *vectors, double *products);
tw_status tw_mlp_curvature_diagonal(void *ctx, size_t n, const double *x,
                                    tw_curvature_matrix matrix, double *diagonal);
/* Whether points go row by row (mlp_span_rows.c). */
int tw_mlp_goes_in_rows(const tw_mlp *mlp);
tw_status tw_mlp_span_open(void *ctx, size_t n, const double *origin, size_t rank,
                           const double *const *directions, tw_span_how how, void **span);
tw_status tw_mlp_span_values(void *ctx, void *span, size_t count, const double *coefficients,
                             double *values);
void tw_mlp_span_close(void *ctx, void *span);
tw_status tw_mlp_coordinate_differences(void *ctx, size_t n, const double *x, size_t count,
                                        const size_t *indices, const double *steps,
                                        double *differences);

/* ---- rounds ---- */

/* A gradient or differences take so many blocks at a time, so that what is kept of every image
 * stays bounded; results do not depend on it. */
typedef struct tw_mlp_rounds {
    size_t all, most;     /* blocks in all, and of a round at the most */
    size_t first, blocks; /* of the round at hand */
} tw_mlp_rounds;

/* The rounds over `count` images; then, while there is one more, the next. */
tw_mlp_rounds tw_mlp_rounds_of(const tw_mlp *mlp, size_t count);
int tw_mlp_next_round(tw_mlp_rounds *rounds);

#endif
