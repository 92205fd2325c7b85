/* mlp_gradient.c: gradient, gradient over chosen samples, Hessian product.
 *
 *   r_(K+1) = p - [c = y],  r_k = act'(z_k) W_(k+1)^T r_(k+1),  dL/dW_k = (1/N) sum_i r_k a_(k-1)^T
 *
 * and with R{.} the derivative along a vector with weights V (Pearlmutter 1994):
 *
 *   R{z_k} = V_k a_(k-1) + b'_k + W_k R{a_(k-1)},   R{a_k} = act'(z_k) R{z_k}
 *   R{r_(K+1)} = p (R{s} - sum_j p_j R{s_j})
 *   R{r_k} = act'(z_k) (V^T r_(k+1) + W^T R{r_(k+1)}) + act''(z_k) R{z_k} W^T r_(k+1)
 *   (H v)_k = (1/N) sum_i R{r_k} a_(k-1)^T + r_k R{a_(k-1)}^T
 *
 * Both go in rounds of blocks. First every block goes forward and back by itself, then every piece
 * of a weight matrix takes up the images of the round in order. Each entry of the gradient is thus
 * one sum over the images in order, whatever the rounds and the threads.
 */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "model/mlp/mlp_private.h"

/* Of every layer and all blocks of a round: a_k, r_k and their R{.}, and the sums behind the
 * gradient as panels, [strip of inputs][unit][TW_STRIP inputs]. */
typedef struct gradient_pass {
    const tw_mlp *mlp;
    const tw_mlp_weights *weights, *vector; /* NULL: the gradient */
    const double *x;                        /* 2 reg x joins in: the point, or the vector */
    const size_t *rows;
    size_t count; /* images in all */
    tw_mlp_rounds round;
    double *a[MLP_LAYERS + 1], *r[MLP_LAYERS + 1], *ra[MLP_LAYERS + 1], *rr[MLP_LAYERS + 1];
    double *sums[MLP_LAYERS + 1], *bias_sums[MLP_LAYERS + 1];
    double *losses, *corrects; /* one a block */
    double *panels;            /* one a worker */
    double *out;
} gradient_pass;

static size_t layer_size(const tw_mlp *mlp, size_t k) {
    return mlp->units[k] * MLP_BLOCK;
}

/* ---- forward and back ---- */

static void forward(const gradient_pass *pass, const tw_mlp_images *images, size_t b,
                    double *panel) {
    const tw_mlp *mlp = pass->mlp;
    const double *blocked[2] = {pass->weights->blocked[1],
                                pass->vector != NULL ? pass->vector->blocked[1] : NULL};
    for (size_t k = 1; k <= mlp->layers; k++) {
        double *z = k < mlp->layers ? pass->a[k] : pass->r[k], *rz = NULL;
        z += b * layer_size(mlp, k);
        tw_mlp_begin(mlp, k, pass->weights->bias[k], images->strips, z);
        if (pass->vector != NULL) {
            rz = (k < mlp->layers ? pass->ra[k] : pass->rr[k]) + b * layer_size(mlp, k);
            tw_mlp_begin(mlp, k, pass->vector->bias[k], images->strips, rz);
        }
        if (k == 1) {
            double *const out[2] = {z, rz};
            tw_mlp_first_layer(mlp, images, rz != NULL ? 2 : 1, blocked, out, panel);
        } else {
            const double *in = pass->a[k - 1] + b * layer_size(mlp, k - 1);
            tw_mlp_layer(mlp, k, pass->weights->blocked[k], images->strips, in, z);
            if (rz != NULL) {
                tw_mlp_layer(mlp, k, pass->vector->blocked[k], images->strips, in, rz);
                tw_mlp_layer(mlp, k, pass->weights->blocked[k], images->strips,
                             pass->ra[k - 1] + b * layer_size(mlp, k - 1), rz);
            }
        }
        if (k == mlp->layers)
            return;
        size_t size = images->strips * mlp->units[k] * TW_STRIP;
        mlp->base.kernels->units(mlp->unit, size, z, 0, NULL, z);
        for (size_t i = 0; rz != NULL && i < size; i++)
            rz[i] = mlp->unit == TW_UNIT_TANH ? (1 - z[i] * z[i]) * rz[i] : z[i] <= 0 ? 0 : rz[i];
    }
}

/* From the probabilities p in r to the residuals, and from R{s} in rr (NULL: none) to theirs. */
static void residuals(const tw_mlp_images *images, size_t s, size_t classes, double *r,
                      double *rr) {
    size_t count = tw_mlp_strip_count(images, s);
    for (size_t i = 0; i < count; i++) {
        if (rr != NULL)
            tw_softmax_residual_change(classes, r + i, TW_STRIP, rr + i, TW_STRIP, rr + i,
                                       TW_STRIP);
        tw_softmax_residual(classes, (size_t)images->labels[s * TW_STRIP + i], TW_STRIP, r + i);
    }
    for (size_t c = 0; c < classes; c++)
        for (size_t i = count; i < TW_STRIP; i++) {
            r[c * TW_STRIP + i] = 0;
            if (rr != NULL)
                rr[c * TW_STRIP + i] = 0;
        }
}

static void score_residuals(const gradient_pass *pass, const tw_mlp_images *images, size_t b) {
    const tw_mlp *mlp = pass->mlp;
    size_t classes = mlp->units[mlp->layers], block = pass->round.first + b;
    pass->losses[block] = pass->corrects[block] = 0;
    for (size_t s = 0; s < images->strips; s++) {
        size_t at = (b * MLP_STRIPS + s) * classes * TW_STRIP;
        double *r = pass->r[mlp->layers] + at, loss, correct;
        double *rr = pass->vector != NULL ? pass->rr[mlp->layers] + at : NULL;
        mlp->base.kernels->softmax_panel(r, images->labels + s * TW_STRIP,
                                         tw_mlp_strip_count(images, s), classes, &loss, &correct,
                                         &(tw_softmax_out){.p = r});
        residuals(images, s, classes, r, rr);
        pass->losses[block] += loss;
        pass->corrects[block] += correct;
    }
}

/* r = act' r and, along with it, rr = act' rr + act'' R{z} r; for tanh act'' R{z} = -2 a R{a}. */
static void through_units(tw_unit unit, size_t count, const double *a, double *r, const double *ra,
                          double *rr) {
    for (size_t i = 0; i < count; i++) {
        if (unit != TW_UNIT_TANH) {
            r[i] = a[i] <= 0 ? 0 : r[i];
            if (rr != NULL)
                rr[i] = a[i] <= 0 ? 0 : rr[i];
            continue;
        }
        double slope = 1 - a[i] * a[i];
        if (rr != NULL)
            rr[i] = slope * rr[i] - 2 * a[i] * ra[i] * r[i];
        r[i] = slope * r[i];
    }
}

static void back(const gradient_pass *pass, const tw_mlp_images *images, size_t b) {
    const tw_mlp *mlp = pass->mlp;
    size_t strips = images->strips;
    for (size_t k = mlp->layers; k-- > 1;) {
        size_t at = b * layer_size(mlp, k), above = b * layer_size(mlp, k + 1);
        const double *from = pass->r[k + 1] + above;
        double *r = pass->r[k] + at, *rr = NULL;
        tw_mlp_begin(mlp, k, NULL, strips, r);
        tw_mlp_layer_back(mlp, k + 1, pass->weights->blocked[k + 1], strips, from, r);
        if (pass->vector != NULL) {
            rr = pass->rr[k] + at;
            tw_mlp_begin(mlp, k, NULL, strips, rr);
            tw_mlp_layer_back(mlp, k + 1, pass->vector->blocked[k + 1], strips, from, rr);
            tw_mlp_layer_back(mlp, k + 1, pass->weights->blocked[k + 1], strips,
                              pass->rr[k + 1] + above, rr);
        }
        through_units(mlp->unit, strips * mlp->units[k] * TW_STRIP, pass->a[k] + at, r,
                      rr != NULL ? pass->ra[k] + at : NULL, rr);
    }
}

static tw_status block_piece(void *argument, size_t piece, int worker) {
    const gradient_pass *pass = argument;
    tw_mlp_images images;
    tw_mlp_images_at(pass->mlp, pass->rows, pass->count, pass->round.first + piece, &images);
    forward(pass, &images, piece, pass->panels + (size_t)worker * MLP_BLOCK * TW_DEPTH);
    score_residuals(pass, &images, piece);
    back(pass, &images, piece);
    return TW_OK;
}

/* ---- sums over the images of the round ---- */

/* A piece: two strips of inputs of one layer, whose bytes in a row of pixels are one cache line;
 * and, after those, the biases of a layer. */
enum { PIECE_STRIPS = 2 };

static size_t input_strips(const tw_mlp *mlp, size_t k) {
    return (mlp->units[k - 1] + TW_STRIP - 1) / TW_STRIP;
}

static size_t layer_pieces(const tw_mlp *mlp, size_t k) {
    return (input_strips(mlp, k) + PIECE_STRIPS - 1) / PIECE_STRIPS + 1;
}

/* `count` images of the units first ... of a strip, with rows being images. */
static void transpose(const double *a, size_t units, size_t first, size_t count, double *panel) {
    size_t width = units - first < TW_STRIP ? units - first : TW_STRIP;
    for (size_t i = 0; i < count; i++)
        for (size_t h = 0; h < TW_STRIP; h++)
            panel[i * TW_STRIP + h] = h < width ? a[(first + h) * TW_STRIP + i] : 0;
}

/* Adds residuals times `inputs` (a or ra of the layer below; NULL: the features) of one strip. */
static void add_strip(const gradient_pass *pass, size_t k, const tw_mlp_images *images, size_t b,
                      size_t s, size_t first, size_t strips, const double *inputs,
                      const double *residual) {
    const tw_mlp *mlp = pass->mlp;
    double panel[PIECE_STRIPS * TW_STRIP * TW_STRIP];
    size_t count = tw_mlp_strip_count(images, s), units = mlp->units[k], below = mlp->units[k - 1];
    for (size_t q = 0; q < strips; q++) {
        size_t h = (first + q) * TW_STRIP;
        double *to = panel + q * TW_STRIP * TW_STRIP;
        if (inputs == NULL)
            mlp->base.kernels->feature_panel(&mlp->base.samples, images->rows + s * TW_STRIP, count,
                                             h, mlp->scale, to);
        else
            transpose(inputs + (b * MLP_STRIPS + s) * below * TW_STRIP, below, h, count, to);
    }
    mlp->base.kernels->multiply(units, count, residual + (b * MLP_STRIPS + s) * units * TW_STRIP,
                                TW_STRIP, 1, strips, panel, TW_STRIP * TW_STRIP,
                                pass->sums[k] + first * units * TW_STRIP, units * TW_STRIP);
}

static int is_last(const tw_mlp_rounds *round) {
    return round->first + round->blocks == round->all;
}

static void write_weights(const gradient_pass *pass, size_t k, size_t first, size_t strips) {
    const tw_mlp *mlp = pass->mlp;
    size_t units = mlp->units[k], below = mlp->units[k - 1];
    for (size_t j = 0; j < units; j++)
        for (size_t h = first * TW_STRIP; h < below && h < (first + strips) * TW_STRIP; h++) {
            size_t at = mlp->weight[k] + j * below + h;
            double sum = pass->sums[k][(h / TW_STRIP * units + j) * TW_STRIP + h % TW_STRIP];
            pass->out[at] = sum / (double)pass->count + 2 * mlp->base.reg * pass->x[at];
        }
}

static void weight_piece(const gradient_pass *pass, size_t k, size_t first) {
    const tw_mlp *mlp = pass->mlp;
    size_t strips = input_strips(mlp, k) - first;
    if (strips > PIECE_STRIPS)
        strips = PIECE_STRIPS;
    if (pass->round.first == 0)
        memset(pass->sums[k] + first * mlp->units[k] * TW_STRIP, 0,
               strips * mlp->units[k] * TW_STRIP * sizeof(double));
    for (size_t b = 0; b < pass->round.blocks; b++) {
        tw_mlp_images images;
        tw_mlp_images_at(mlp, pass->rows, pass->count, pass->round.first + b, &images);
        for (size_t s = 0; s < images.strips; s++) {
            const double *inputs = k > 1 ? pass->a[k - 1] : NULL;
            add_strip(pass, k, &images, b, s, first, strips, inputs,
                      pass->vector != NULL ? pass->rr[k] : pass->r[k]);
            if (pass->vector != NULL && k > 1)
                add_strip(pass, k, &images, b, s, first, strips, pass->ra[k - 1], pass->r[k]);
        }
    }
    if (is_last(&pass->round))
        write_weights(pass, k, first, strips);
}

static void bias_piece(const gradient_pass *pass, size_t k) {
    const tw_mlp *mlp = pass->mlp;
    size_t units = mlp->units[k];
    const double *residual = pass->vector != NULL ? pass->rr[k] : pass->r[k];
    if (pass->round.first == 0)
        memset(pass->bias_sums[k], 0, units * sizeof(double));
    for (size_t b = 0; b < pass->round.blocks; b++) {
        size_t left = pass->count - (pass->round.first + b) * MLP_BLOCK;
        size_t count = left < MLP_BLOCK ? left : MLP_BLOCK;
        for (size_t j = 0; j < units; j++)
            for (size_t i = 0; i < count; i++)
                pass->bias_sums[k][j] +=
                    residual[((b * MLP_STRIPS + i / TW_STRIP) * units + j) * TW_STRIP +
                             i % TW_STRIP];
    }
    for (size_t j = 0; is_last(&pass->round) && j < units; j++)
        pass->out[mlp->bias[k] + j] = pass->bias_sums[k][j] / (double)pass->count;
}

static tw_status sum_piece(void *argument, size_t piece, int worker) {
    const gradient_pass *pass = argument;
    size_t k = 1;
    while (piece >= layer_pieces(pass->mlp, k))
        piece -= layer_pieces(pass->mlp, k++);
    if (piece + 1 == layer_pieces(pass->mlp, k))
        bias_piece(pass, k);
    else
        weight_piece(pass, k, piece * PIECE_STRIPS);
    return TW_OK;
}

/* ---- the whole ---- */

/* Cuts `memory` into the arrays of the pass, or with memory = NULL says how much they take. */
static size_t place_arrays(gradient_pass *pass, double *memory) {
    const tw_mlp *mlp = pass->mlp;
    size_t at = 0, blocks = pass->round.most;
    int both = pass->vector != NULL;
    for (size_t k = 1; k <= mlp->layers; k++) {
        size_t size = blocks * layer_size(mlp, k), hidden = k < mlp->layers ? size : 0;
        double **const arrays[6] = {&pass->a[k],  &pass->r[k],    &pass->ra[k],
                                    &pass->rr[k], &pass->sums[k], &pass->bias_sums[k]};
        const size_t sizes[6] = {hidden,
                                 size,
                                 both ? hidden : 0,
                                 both ? size : 0,
                                 input_strips(mlp, k) * mlp->units[k] * TW_STRIP,
                                 (mlp->units[k] + TW_FEATURE_PAD - 1) / TW_FEATURE_PAD *
                                     TW_FEATURE_PAD};
        for (int m = 0; m < 6; m++) {
            *arrays[m] = memory != NULL ? memory + at : NULL;
            at += sizes[m];
        }
    }
    pass->panels = memory != NULL ? memory + at : NULL;
    at += (size_t)tw_runner_threads(mlp->base.runner) * MLP_BLOCK * TW_DEPTH;
    pass->losses = memory != NULL ? memory + at : NULL;
    pass->corrects = memory != NULL ? pass->losses + pass->round.all : NULL;
    return at + 2 * pass->round.all;
}

static tw_status run_rounds(gradient_pass *pass) {
    const tw_mlp *mlp = pass->mlp;
    size_t pieces = 0;
    for (size_t k = 1; k <= mlp->layers; k++)
        pieces += layer_pieces(mlp, k);
    tw_status status = TW_OK;
    while (status == TW_OK && tw_mlp_next_round(&pass->round)) {
        status = tw_runner_map(mlp->base.runner, pass->round.blocks, block_piece, pass);
        if (status == TW_OK)
            status = tw_runner_map(mlp->base.runner, pieces, sum_piece, pass);
    }
    return status;
}

/* The gradient over `count` images (rows as in the pass), or with `vector` the Hessian product. */
static tw_status gradient_over(const tw_mlp *mlp, const double *x, const double *vector,
                               const size_t *rows, size_t count, double *values, double *out) {
    tw_mlp_weights weights, along = {0};
    gradient_pass pass = {.mlp = mlp,
                          .weights = &weights,
                          .vector = vector != NULL ? &along : NULL,
                          .x = vector != NULL ? vector : x,
                          .rows = rows,
                          .count = count,
                          .round = tw_mlp_rounds_of(mlp, count),
                          .out = out};
    tw_status status = tw_mlp_weights_init(&weights, mlp, x);
    if (status == TW_OK && vector != NULL)
        status = tw_mlp_weights_init(&along, mlp, vector);
    size_t size = place_arrays(&pass, NULL);
    double *memory = status == TW_OK ? tw_alloc_raw(size, sizeof *memory) : NULL;
    if (status == TW_OK && memory == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a gradient");
    if (status == TW_OK) {
        place_arrays(&pass, memory);
        status = run_rounds(&pass);
    }
    if (status == TW_OK && values != NULL)
        tw_classifier_block_values(count, pass.round.all, pass.losses, pass.corrects,
                                   tw_mlp_regularizer(mlp, x), values);
    free(memory);
    tw_mlp_weights_release(&along);
    tw_mlp_weights_release(&weights);
    return status;
}

tw_status tw_mlp_gradient(void *ctx, size_t n, const double *x, double *values, double *gradient) {
    const tw_mlp *mlp = ctx;
    return gradient_over(mlp, x, NULL, NULL, mlp->base.count, values, gradient);
}

tw_status tw_mlp_sample_gradient(void *ctx, size_t n, const double *x, const tw_batch *batch,
                                 double *values, double *gradient) {
    return gradient_over(ctx, x, NULL, batch->samples, batch->count, values, gradient);
}

tw_status tw_mlp_hessian_products(void *ctx, size_t n, const double *x, size_t count,
                                  const double *vectors, double *products) {
    const tw_mlp *mlp = ctx;
    tw_status status = TW_OK;
    for (size_t k = 0; k < count && status == TW_OK; k++)
        status =
            gradient_over(mlp, x, vectors + k * n, NULL, mlp->base.count, NULL, products + k * n);
    return status;
}
