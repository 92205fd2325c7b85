/* mlp_gradient.c: gradient, gradient over chosen samples, Hessian products.
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
 * For the Gauss-Newton matrix G the terms with r_k are left out: J' (diag p - p p') J v. Of G the
 * diagonal is, with r_k^c what R{r_(K+1)} = sqrt(p_c) (e_c - p) becomes on its way back,
 *
 *   G_jh,jh = (1/N) sum_i sum_c (r_k^c)_j^2 a_(k-1),h^2 + 2 reg
 *
 * which for relu is that of H, too: scores are piecewise linear in every single parameter.
 *
 * All go in rounds of blocks. First every block goes forward and back by itself, then every piece
 * of a weight matrix takes up the images of the round in order. Each entry of the gradient is thus
 * one sum over the images in order, whatever the rounds and the threads. The vectors of a block of
 * products share the packed weights and the way forward and back: R{.} of each comes after it.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "model/mlp/mlp_private.h"

/* What is summed: the gradient, or one product. The sums are panels, [strip of inputs][unit][
 * TW_STRIP inputs]. */
typedef struct target {
    const double *x; /* 2 reg x joins in: the point, or the vector */
    double *out;
    tw_mlp_weights vector; /* of a product */
    double *sums[MLP_LAYERS + 1], *bias_sums[MLP_LAYERS + 1];
} target;

/* Of every layer and all blocks of a round: a_k, r_k and, for products, their R{.}, r_k before
 * act' and the probabilities p. */
typedef struct gradient_pass {
    const tw_mlp *mlp;
    const tw_mlp_weights *weights;
    int products;               /* 0: the gradient */
    int gauss_newton, diagonal; /* products: with G; no products, but the diagonal of G */
    size_t seed;                /* of a diagonal: the class c */
    target *targets, *now;
    size_t target_count;
    const size_t *rows;
    size_t count; /* images in all */
    tw_mlp_rounds round;
    double *a[MLP_LAYERS + 1], *r[MLP_LAYERS + 1], *ra[MLP_LAYERS + 1], *rr[MLP_LAYERS + 1];
    double *before[MLP_LAYERS + 1], *p;
    tw_classifier_sums sums; /* one a block */
    double *panels;          /* one a worker */
} gradient_pass;

static size_t layer_size(const tw_mlp *mlp, size_t k) {
    return mlp->units[k] * MLP_BLOCK;
}

/* ---- forward and back ---- */

static double *at_block(const gradient_pass *pass, double *const *arrays, size_t k, size_t b) {
    return arrays[k] + b * layer_size(pass->mlp, k);
}

/* R{z_k}, of which the last one becomes R{r}. */
static double *change_at(const gradient_pass *pass, size_t k, size_t b) {
    return at_block(pass, k < pass->mlp->layers ? pass->ra : pass->rr, k, b);
}

/* The first layer, of the first vector as well: images are unpacked once for both. */
static void first_layer(const gradient_pass *pass, const tw_mlp_images *images, size_t b, double *z,
                        double *panel) {
    const tw_mlp *mlp = pass->mlp;
    const tw_mlp_weights *vector = &pass->targets[0].vector;
    int both = pass->products && !pass->diagonal;
    const double *const blocked[2] = {pass->weights->blocked[1], both ? vector->blocked[1] : NULL};
    double *const out[2] = {z, both ? change_at(pass, 1, b) : NULL};
    if (both)
        tw_mlp_begin(mlp, 1, vector->bias[1], images->strips, out[1]);
    tw_mlp_first_layer(mlp, images, both ? 2 : 1, blocked, out, panel);
}

static void forward(const gradient_pass *pass, const tw_mlp_images *images, size_t b,
                    double *panel) {
    const tw_mlp *mlp = pass->mlp;
    for (size_t k = 1; k <= mlp->layers; k++) {
        double *z = at_block(pass, k < mlp->layers ? pass->a : pass->r, k, b);
        tw_mlp_begin(mlp, k, pass->weights->bias[k], images->strips, z);
        if (k == 1)
            first_layer(pass, images, b, z, panel);
        else
            tw_mlp_layer(mlp, k, pass->weights->blocked[k], images->strips,
                         at_block(pass, pass->a, k - 1, b), z);
        if (k < mlp->layers)
            mlp->base.kernels->units(mlp->unit, images->strips * mlp->units[k] * TW_STRIP, z, 0,
                                     NULL, z);
    }
}

/* From the probabilities p in r to the residuals. */
static void residuals(const tw_mlp_images *images, size_t s, size_t classes, double *r) {
    size_t count = tw_mlp_strip_count(images, s);
    for (size_t i = 0; i < count; i++)
        tw_softmax_residual(classes, (size_t)images->labels[s * TW_STRIP + i], TW_STRIP, r + i);
    for (size_t c = 0; c < classes; c++)
        for (size_t i = count; i < TW_STRIP; i++)
            r[c * TW_STRIP + i] = 0;
}

static void score_residuals(const gradient_pass *pass, const tw_mlp_images *images, size_t b) {
    const tw_mlp *mlp = pass->mlp;
    size_t classes = mlp->units[mlp->layers], block = pass->round.first + b;
    pass->sums.losses[block] = pass->sums.corrects[block] = 0;
    if (mlp->base.errors)
        pass->sums.squares[block] = 0;
    for (size_t s = 0; s < images->strips; s++) {
        size_t at = (b * MLP_STRIPS + s) * classes * TW_STRIP;
        double *r = pass->r[mlp->layers] + at;
        tw_classifier_add_panel(&mlp->base, r, images->labels + s * TW_STRIP,
                                tw_mlp_strip_count(images, s), r, &pass->sums, block);
        if (pass->products)
            memcpy(pass->p + at, r, classes * TW_STRIP * sizeof *r);
        residuals(images, s, classes, r);
    }
}

static void back(const gradient_pass *pass, const tw_mlp_images *images, size_t b) {
    const tw_mlp *mlp = pass->mlp;
    for (size_t k = mlp->layers; k-- > 1;) {
        size_t size = images->strips * mlp->units[k] * TW_STRIP;
        const double *a = at_block(pass, pass->a, k, b);
        double *r = at_block(pass, pass->r, k, b);
        tw_mlp_begin(mlp, k, NULL, images->strips, r);
        tw_mlp_layer_back(mlp, k + 1, pass->weights->blocked[k + 1], images->strips,
                          at_block(pass, pass->r, k + 1, b), r);
        if (pass->products)
            memcpy(at_block(pass, pass->before, k, b), r, size * sizeof *r);
        for (size_t i = 0; i < size; i++)
            r[i] = mlp->unit == TW_UNIT_TANH ? (1 - a[i] * a[i]) * r[i] : a[i] <= 0 ? 0 : r[i];
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

/* ---- the same of R{.}, after it ---- */

static void forward_change(const gradient_pass *pass, const tw_mlp_images *images, size_t b,
                           double *panel) {
    const tw_mlp *mlp = pass->mlp;
    const tw_mlp_weights *vector = &pass->now->vector;
    const double *const blocked[1] = {vector->blocked[1]};
    for (size_t k = 1; k <= mlp->layers; k++) {
        double *rz = change_at(pass, k, b);
        if (k > 1 || pass->now > pass->targets)
            tw_mlp_begin(mlp, k, vector->bias[k], images->strips, rz);
        if (k == 1 && pass->now > pass->targets)
            tw_mlp_first_layer(mlp, images, 1, blocked, &rz, panel);
        if (k > 1) {
            tw_mlp_layer(mlp, k, vector->blocked[k], images->strips,
                         at_block(pass, pass->a, k - 1, b), rz);
            tw_mlp_layer(mlp, k, pass->weights->blocked[k], images->strips,
                         at_block(pass, pass->ra, k - 1, b), rz);
        }
        if (k == mlp->layers)
            return;
        const double *a = at_block(pass, pass->a, k, b);
        for (size_t i = 0; i < images->strips * mlp->units[k] * TW_STRIP; i++)
            rz[i] = mlp->unit == TW_UNIT_TANH ? (1 - a[i] * a[i]) * rz[i] : a[i] <= 0 ? 0 : rz[i];
    }
}

/* sqrt(p_c) (e_c - p) for c = seed, 1 - p_c as the sum of the others. */
static void seed_residuals(const gradient_pass *pass, size_t classes, const double *p, double *r) {
    double others = 0, root = sqrt(p[pass->seed * TW_STRIP]);
    for (size_t c = 0; c < classes; c++) {
        others += c != pass->seed ? p[c * TW_STRIP] : 0;
        r[c * TW_STRIP] = -root * p[c * TW_STRIP];
    }
    r[pass->seed * TW_STRIP] = root * others;
}

static void residual_changes(const gradient_pass *pass, const tw_mlp_images *images, size_t b) {
    size_t classes = pass->mlp->units[pass->mlp->layers];
    for (size_t s = 0; s < images->strips; s++) {
        size_t at = (b * MLP_STRIPS + s) * classes * TW_STRIP;
        size_t count = tw_mlp_strip_count(images, s);
        double *rr = pass->rr[pass->mlp->layers] + at;
        for (size_t i = 0; i < count; i++)
            if (pass->diagonal)
                seed_residuals(pass, classes, pass->p + at + i, rr + i);
            else
                tw_softmax_residual_change(classes, pass->p + at + i, TW_STRIP, rr + i, TW_STRIP,
                                           rr + i, TW_STRIP);
        for (size_t c = 0; c < classes; c++)
            for (size_t i = count; i < TW_STRIP; i++)
                rr[c * TW_STRIP + i] = 0;
    }
}

/* rr = act' rr + act'' R{z} r, r before act'; for tanh act'' R{z} = -2 a R{a}. */
static void back_change(const gradient_pass *pass, const tw_mlp_images *images, size_t b) {
    const tw_mlp *mlp = pass->mlp;
    for (size_t k = mlp->layers; k-- > 1;) {
        const double *a = at_block(pass, pass->a, k, b), *ra = at_block(pass, pass->ra, k, b);
        const double *r = at_block(pass, pass->before, k, b);
        double *rr = at_block(pass, pass->rr, k, b);
        tw_mlp_begin(mlp, k, NULL, images->strips, rr);
        if (!pass->gauss_newton)
            tw_mlp_layer_back(mlp, k + 1, pass->now->vector.blocked[k + 1], images->strips,
                              at_block(pass, pass->r, k + 1, b), rr);
        tw_mlp_layer_back(mlp, k + 1, pass->weights->blocked[k + 1], images->strips,
                          at_block(pass, pass->rr, k + 1, b), rr);
        for (size_t i = 0; i < images->strips * mlp->units[k] * TW_STRIP; i++)
            rr[i] = mlp->unit == TW_UNIT_TANH && pass->gauss_newton ? (1 - a[i] * a[i]) * rr[i]
                    : mlp->unit == TW_UNIT_TANH
                        ? (1 - a[i] * a[i]) * rr[i] - 2 * a[i] * ra[i] * r[i]
                    : a[i] <= 0 ? 0
                                : rr[i];
    }
}

static void square_residuals(const gradient_pass *pass, const tw_mlp_images *images, size_t b) {
    for (size_t k = 1; k <= pass->mlp->layers; k++) {
        double *rr = at_block(pass, pass->rr, k, b);
        for (size_t i = 0; i < images->strips * pass->mlp->units[k] * TW_STRIP; i++)
            rr[i] *= rr[i];
    }
}

static tw_status change_piece(void *argument, size_t piece, int worker) {
    const gradient_pass *pass = argument;
    tw_mlp_images images;
    tw_mlp_images_at(pass->mlp, pass->rows, pass->count, pass->round.first + piece, &images);
    if (!pass->diagonal)
        forward_change(pass, &images, piece, pass->panels + (size_t)worker * MLP_BLOCK * TW_DEPTH);
    residual_changes(pass, &images, piece);
    back_change(pass, &images, piece);
    if (pass->diagonal)
        square_residuals(pass, &images, piece);
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
        for (size_t i = 0; pass->diagonal && i < count * TW_STRIP; i++)
            to[i] *= to[i];
    }
    mlp->base.kernels->multiply(units, count, residual + (b * MLP_STRIPS + s) * units * TW_STRIP,
                                TW_STRIP, 1, strips, panel, TW_STRIP * TW_STRIP,
                                pass->now->sums[k] + first * units * TW_STRIP, units * TW_STRIP);
}

/* Of a diagonal, with the last class. */
static int is_last(const tw_mlp_rounds *round, const gradient_pass *pass) {
    if (pass->diagonal && pass->seed + 1 < pass->mlp->units[pass->mlp->layers])
        return 0;
    return round->first + round->blocks == round->all;
}

static void write_weights(const gradient_pass *pass, size_t k, size_t first, size_t strips) {
    const tw_mlp *mlp = pass->mlp;
    size_t units = mlp->units[k], below = mlp->units[k - 1];
    for (size_t j = 0; j < units; j++)
        for (size_t h = first * TW_STRIP; h < below && h < (first + strips) * TW_STRIP; h++) {
            size_t at = mlp->weight[k] + j * below + h;
            double sum = pass->now->sums[k][(h / TW_STRIP * units + j) * TW_STRIP + h % TW_STRIP];
            pass->now->out[at] = sum / (double)pass->count + 2 * mlp->base.reg * pass->now->x[at];
        }
}

static void weight_piece(const gradient_pass *pass, size_t k, size_t first) {
    const tw_mlp *mlp = pass->mlp;
    size_t strips = input_strips(mlp, k) - first;
    if (strips > PIECE_STRIPS)
        strips = PIECE_STRIPS;
    if (pass->round.first == 0 && pass->seed == 0)
        memset(pass->now->sums[k] + first * mlp->units[k] * TW_STRIP, 0,
               strips * mlp->units[k] * TW_STRIP * sizeof(double));
    for (size_t b = 0; b < pass->round.blocks; b++) {
        tw_mlp_images images;
        tw_mlp_images_at(mlp, pass->rows, pass->count, pass->round.first + b, &images);
        for (size_t s = 0; s < images.strips; s++) {
            const double *inputs = k > 1 ? pass->a[k - 1] : NULL;
            add_strip(pass, k, &images, b, s, first, strips, inputs,
                      pass->products ? pass->rr[k] : pass->r[k]);
            if (pass->products && !pass->gauss_newton && k > 1)
                add_strip(pass, k, &images, b, s, first, strips, pass->ra[k - 1], pass->r[k]);
        }
    }
    if (is_last(&pass->round, pass))
        write_weights(pass, k, first, strips);
}

static void bias_piece(const gradient_pass *pass, size_t k) {
    const tw_mlp *mlp = pass->mlp;
    size_t units = mlp->units[k];
    const double *residual = pass->products ? pass->rr[k] : pass->r[k];
    if (pass->round.first == 0 && pass->seed == 0)
        memset(pass->now->bias_sums[k], 0, units * sizeof(double));
    for (size_t b = 0; b < pass->round.blocks; b++) {
        size_t left = pass->count - (pass->round.first + b) * MLP_BLOCK;
        size_t count = left < MLP_BLOCK ? left : MLP_BLOCK;
        for (size_t j = 0; j < units; j++)
            for (size_t i = 0; i < count; i++)
                pass->now->bias_sums[k][j] +=
                    residual[((b * MLP_STRIPS + i / TW_STRIP) * units + j) * TW_STRIP +
                             i % TW_STRIP];
    }
    for (size_t j = 0; is_last(&pass->round, pass) && j < units; j++)
        pass->now->out[mlp->bias[k] + j] = pass->now->bias_sums[k][j] / (double)pass->count;
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

static double *cut(double *memory, size_t *at, size_t size) {
    double *from = memory != NULL ? memory + *at : NULL;
    *at += size;
    return from;
}

/* Cuts `memory` into the arrays of the pass, or with memory = NULL says how much they take. */
static size_t place_arrays(gradient_pass *pass, double *memory) {
    const tw_mlp *mlp = pass->mlp;
    size_t at = 0, blocks = pass->round.most, all = pass->round.all;
    for (size_t k = 1; k <= mlp->layers; k++) {
        size_t size = blocks * layer_size(mlp, k), hidden = k < mlp->layers ? size : 0;
        size_t biases = (mlp->units[k] + TW_FEATURE_PAD - 1) / TW_FEATURE_PAD * TW_FEATURE_PAD;
        pass->a[k] = cut(memory, &at, hidden);
        pass->r[k] = cut(memory, &at, size);
        pass->ra[k] = cut(memory, &at, pass->products ? hidden : 0);
        pass->before[k] = cut(memory, &at, pass->products ? hidden : 0);
        pass->rr[k] = cut(memory, &at, pass->products ? size : 0);
        for (size_t v = 0; v < pass->target_count; v++) {
            target *t = &pass->targets[v];
            t->sums[k] = cut(memory, &at, input_strips(mlp, k) * mlp->units[k] * TW_STRIP);
            t->bias_sums[k] = cut(memory, &at, biases);
        }
    }
    pass->p = cut(memory, &at, pass->products ? blocks * layer_size(mlp, mlp->layers) : 0);
    size_t workers = (size_t)tw_runner_threads(mlp->base.runner);
    pass->panels = cut(memory, &at, workers * MLP_BLOCK * TW_DEPTH);
    pass->sums.losses = cut(memory, &at, all);
    pass->sums.corrects = cut(memory, &at, all);
    pass->sums.squares = cut(memory, &at, mlp->base.errors ? all : 0);
    return at;
}

/* What is to be summed in this round for one target: of a diagonal class by class. */
static tw_status sum_target(gradient_pass *pass, size_t pieces) {
    const tw_mlp *mlp = pass->mlp;
    size_t seeds = pass->diagonal ? mlp->units[mlp->layers] : 1;
    tw_status status = TW_OK;
    for (pass->seed = 0; pass->seed < seeds && status == TW_OK; pass->seed++) {
        if (pass->products)
            status = tw_runner_map(mlp->base.runner, pass->round.blocks, change_piece, pass);
        if (status == TW_OK)
            status = tw_runner_map(mlp->base.runner, pieces, sum_piece, pass);
    }
    return status;
}

static tw_status run_rounds(gradient_pass *pass) {
    const tw_mlp *mlp = pass->mlp;
    size_t pieces = 0;
    for (size_t k = 1; k <= mlp->layers; k++)
        pieces += layer_pieces(mlp, k);
    tw_status status = TW_OK;
    while (status == TW_OK && tw_mlp_next_round(&pass->round)) {
        status = tw_runner_map(mlp->base.runner, pass->round.blocks, block_piece, pass);
        for (size_t v = 0; v < pass->target_count && status == TW_OK; v++) {
            pass->now = &pass->targets[v];
            status = sum_target(pass, pieces);
        }
    }
    return status;
}

/* At x, over the images of the pass; their metrics are left in `values`. */
static tw_status run_pass(gradient_pass *pass, const double *x, double *values) {
    const tw_mlp *mlp = pass->mlp;
    tw_mlp_weights weights;
    pass->weights = &weights;
    pass->round = tw_mlp_rounds_of(mlp, pass->count);
    tw_status status = tw_mlp_weights_init(&weights, mlp, x);
    size_t size = place_arrays(pass, NULL);
    double *memory = status == TW_OK ? tw_alloc_raw(size, sizeof *memory) : NULL;
    if (status == TW_OK && memory == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a gradient");
    if (status == TW_OK) {
        place_arrays(pass, memory);
        status = run_rounds(pass);
    }
    if (status == TW_OK && values != NULL)
        tw_classifier_block_values(&mlp->base, pass->count, pass->round.all, &pass->sums,
                                   tw_mlp_regularizer(mlp, x), values);
    free(memory);
    tw_mlp_weights_release(&weights);
    return status;
}

/* The gradient over `count` images (rows as in the pass). */
static tw_status gradient_over(const tw_mlp *mlp, const double *x, const size_t *rows, size_t count,
                               double *values, double *out) {
    target whole = {.x = x, .out = out};
    gradient_pass pass = {
        .mlp = mlp, .targets = &whole, .target_count = 1, .rows = rows, .count = count};
    return run_pass(&pass, x, values);
}

tw_status tw_mlp_gradient(void *ctx, size_t n, const double *x, double *values, double *gradient) {
    const tw_mlp *mlp = ctx;
    return gradient_over(mlp, x, NULL, mlp->base.count, values, gradient);
}

tw_status tw_mlp_sample_gradient(void *ctx, size_t n, const double *x, const tw_batch *batch,
                                 double *values, double *gradient) {
    return gradient_over(ctx, x, batch->samples, batch->count, values, gradient);
}

/* Vectors that go together: their weights and sums take no more memory than this, one at least. */
enum { MOST_TOGETHER = 16, MOST_BYTES = 1 << 28 };

static tw_status products_together(const tw_mlp *mlp, const double *x, int gauss_newton,
                                   size_t count, const double *vectors, double *products) {
    target targets[MOST_TOGETHER] = {{0}};
    gradient_pass pass = {.mlp = mlp,
                          .products = 1,
                          .gauss_newton = gauss_newton,
                          .targets = targets,
                          .target_count = count,
                          .count = mlp->base.count};
    tw_status status = TW_OK;
    for (size_t v = 0; v < count && status == TW_OK; v++) {
        targets[v].x = vectors + v * mlp->n;
        targets[v].out = products + v * mlp->n;
        status = tw_mlp_weights_init(&targets[v].vector, mlp, targets[v].x);
    }
    if (status == TW_OK)
        status = run_pass(&pass, x, NULL);
    for (size_t v = 0; v < count; v++)
        tw_mlp_weights_release(&targets[v].vector);
    return status;
}

static tw_status products_of(const tw_mlp *mlp, const double *x, int gauss_newton, size_t count,
                             const double *vectors, double *products) {
    size_t n = mlp->n, fit = MOST_BYTES / (2 * sizeof *x) / n, most = fit < 1 ? 1 : fit;
    most = most < MOST_TOGETHER ? most : MOST_TOGETHER;
    tw_status status = TW_OK;
    for (size_t k = 0; k < count && status == TW_OK; k += most)
        status = products_together(mlp, x, gauss_newton, count - k < most ? count - k : most,
                                   vectors + k * n, products + k * n);
    return status;
}

tw_status tw_mlp_hessian_products(void *ctx, size_t n, const double *x, size_t count,
                                  const double *vectors, double *products) {
    return products_of(ctx, x, 0, count, vectors, products);
}

tw_status tw_mlp_gauss_newton_products(void *ctx, size_t n, const double *x, size_t count,
                                       const double *vectors, double *products) {
    return products_of(ctx, x, 1, count, vectors, products);
}

tw_status tw_mlp_curvature_diagonal(void *ctx, size_t n, const double *x,
                                    tw_curvature_matrix matrix, double *diagonal) {
    const tw_mlp *mlp = ctx;
    if (matrix == TW_MATRIX_HESSIAN && mlp->layers > 1 && mlp->unit == TW_UNIT_TANH)
        return TW_DECLINED;
    double *ones = tw_alloc_raw(n, sizeof *ones);
    if (ones == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu parameters", n);
    for (size_t i = 0; i < n; i++)
        ones[i] = 1;
    target whole = {.x = ones, .out = diagonal};
    gradient_pass pass = {.mlp = mlp,
                          .products = 1,
                          .gauss_newton = 1,
                          .diagonal = 1,
                          .targets = &whole,
                          .target_count = 1,
                          .count = mlp->base.count};
    tw_status status = run_pass(&pass, x, NULL);
    free(ones);
    return status;
}
