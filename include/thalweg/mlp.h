/* mlp.h: the multilayer perceptron, a network of fully connected layers, as an objective.
 *
 * With a_0 = (x_i - mean) * scale for sample i, hidden layers k = 1 ... K and the output layer K+1:
 *
 *   z_k = W_k a_(k-1) + b_k,   a_k = relu(z_k) = max(0, z_k) or tanh(z_k) for k <= K
 *   L   = (1/N) sum_i log(sum_c exp(s_ic - s_iy)) + reg * sum(W^2),   s_i = z_(K+1)
 *
 * The regulariser has the weights, not the biases, as is usual for networks (the linear classifiers
 * of linear.h follow the note and have the bias row in it). No hidden layer (K = 0) is softmax
 * regression.
 *
 * The parameters are blocks in PyTorch's order and shapes: fc1.weight (H1, features), fc1.bias
 * (H1), fc2.weight (H2, H1), ..., the last layer having one row a class; role weight or bias.
 * Metrics as in linear.h: loss, data_loss, regularizer, accuracy and, on demand, loss_se (in
 * sample_gradient that of the batch).
 *
 * Everything optional is provided, all sums in double:
 *   gradient, sample_gradient  back-propagation; relu has slope 0 at 0
 *   hessian_products           exact, by Pearlmutter's R operator ("Fast exact multiplication by
 *                              the Hessian", Neural Computation 6, 1994); at a kink of relu it is
 *                              the Hessian of the side where the unit is off; a block
 *                              of vectors shares the forward pass: four take 0.8 of four alone
 *   span (rank 1 and 2)        the first layer's products X D_k once, kept up to `memory`; a point
 *                              then costs the layers after them, and with one hidden layer of relu
 *                              (at most 4,096 units) far less where many points share their second
 *                              coefficient; agrees with single values to about 1e-12
 *   coordinate_differences     moves one unit and what follows from it, by differences that do not
 *                              cancel: sum_i log1p(sum_(c != y) p_ic expm1(d_ic - d_iy)), d being
 *                              the exact change of the scores
 * Results are the same bits for any number of threads; those of the structured operations agree
 * with the general way to rounding.
 */
#ifndef THALWEG_MLP_H
#define THALWEG_MLP_H

#include <stdint.h>

#include "dataset.h"
#include "objective.h"

TW_BEGIN_DECLS

enum {
    TW_MLP_MOST_HIDDEN = 16,    /* hidden layers */
    TW_MLP_MOST_UNITS = 1 << 20 /* units of a layer */
};

typedef enum tw_mlp_activation { TW_MLP_RELU, TW_MLP_TANH } tw_mlp_activation;

/* "relu", "tanh"; NULL past the end. */
TW_API const char *tw_mlp_activation_name(size_t index);

typedef struct tw_mlp_options {
    size_t bytes;         /* sizeof(tw_mlp_options), or 0 (thalweg.h) */
    const size_t *hidden; /* units of each hidden layer, 1 ... TW_MLP_MOST_UNITS */
    size_t hidden_count;  /* 0 ... TW_MLP_MOST_HIDDEN */
    tw_mlp_activation activation;
    double reg;         /* factor of sum(W^2); >= 0 */
    const double *mean; /* subtracted from the features (features doubles, copied); NULL: zeros */
    double scale;       /* factor of the centred features; 0 means 1. With 1 / their root mean
                           square (tw_dataset_deviation) the draw below keeps its promise */
    size_t first;       /* first sample to use, */
    size_t count;       /* number of samples from there; 0: all that follow */
    uint64_t seed;      /* of the start */
    size_t memory;      /* bytes that a span may keep of the first layer's products; what does not
                           fit is computed again in each call; 0 means 1 GiB */
    /* What follows needs `bytes`. */
    size_t errors; /* 1: the metric loss_se as well */
} tw_mlp_options;

/* Makes the objective. `data` is not owned and must outlive it; `runner` likewise (NULL: one
 * thread). The objective's start (tw_objective_start) is tw_mlp_draw's. *out is owned by the
 * caller. TW_ERR_ARGUMENT for options out of range, more than 2^35 parameters, an empty data set,
 * fewer than 2 classes. */
TW_API tw_status tw_mlp_new(const tw_dataset *data, const tw_mlp_options *options,
                            tw_runner *runner, tw_objective **out);

/* Draws a point of such a space into x (tw_space_size doubles): weights from N(0, g / inputs), g =
 * 2 for relu (He et al., "Delving deep into rectifiers", 2015: the size of a signal is kept from
 * layer to layer where half of the units are off) and 1 for tanh, and biases 0. Weight j of a block
 * is number j of the stream "init NAME" of `seed`. TW_ERR_ARGUMENT if a block is neither a bias nor
 * a matrix of weights. */
TW_API tw_status tw_mlp_draw(const tw_space *space, tw_mlp_activation activation, uint64_t seed,
                             double *x);

TW_END_DECLS

#endif
