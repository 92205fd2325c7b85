/* mlp_layers.c: the weights of a network as the kernels take them, and its layers on blocks of
 * images. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "model/mlp/mlp_private.h"

/* ---- weights ---- */

static size_t padded(size_t count) {
    return (count + TW_FEATURE_PAD - 1) / TW_FEATURE_PAD * TW_FEATURE_PAD;
}

size_t tw_mlp_weights_size(const tw_mlp *mlp, size_t first, size_t last) {
    size_t size = 0;
    for (size_t k = first; k <= last; k++)
        size += padded(mlp->units[k] * mlp->units[k - 1]) + padded(mlp->units[k]);
    return size;
}

void tw_mlp_weights_place(const tw_mlp *mlp, size_t first, size_t last, double *memory,
                          tw_mlp_weights *weights) {
    memset(weights, 0, sizeof *weights);
    for (size_t k = first; k <= last; k++) {
        weights->blocked[k] = memory;
        weights->bias[k] = memory + padded(mlp->units[k] * mlp->units[k - 1]);
        memory = weights->bias[k] + padded(mlp->units[k]);
    }
}

void tw_mlp_combine(size_t count, const double *const *vectors, const double *coefficients,
                    size_t first, size_t size, double *out) {
    for (size_t i = 0; i < size; i++)
        out[i] = coefficients[0] * vectors[0][first + i];
    for (size_t m = 1; m < count; m++)
        for (size_t i = 0; i < size; i++)
            out[i] += coefficients[m] * vectors[m][first + i];
}

/* Inputs h ... h + TW_DEPTH of layer k. */
static void fill_chunk(const tw_mlp *mlp, size_t k, size_t h, size_t count,
                       const double *const *vectors, const double *coefficients, double *blocked) {
    size_t inputs = mlp->units[k - 1], units = mlp->units[k];
    size_t width = inputs - h < TW_DEPTH ? inputs - h : TW_DEPTH;
    for (size_t j = 0; j < units; j++)
        tw_mlp_combine(count, vectors, coefficients, mlp->weight[k] + j * inputs + h, width,
                       blocked + h * units + j * width);
}

void tw_mlp_weights_fill(const tw_mlp *mlp, size_t first, size_t last, size_t count,
                         const double *const *vectors, const double *coefficients,
                         tw_mlp_weights *weights) {
    for (size_t k = first; k <= last; k++) {
        for (size_t h = 0; h < mlp->units[k - 1]; h += TW_DEPTH)
            fill_chunk(mlp, k, h, count, vectors, coefficients, weights->blocked[k]);
        tw_mlp_combine(count, vectors, coefficients, mlp->bias[k], mlp->units[k], weights->bias[k]);
    }
}

typedef struct fill_job {
    const tw_mlp *mlp;
    const double *x;
    tw_mlp_weights *weights;
} fill_job;

static tw_status fill_piece(void *argument, size_t piece, int worker) {
    static const double one = 1;
    const fill_job *job = argument;
    for (size_t k = 1; k <= job->mlp->layers; k++) {
        size_t chunks = (job->mlp->units[k - 1] + TW_DEPTH - 1) / TW_DEPTH;
        if (piece < chunks) {
            fill_chunk(job->mlp, k, piece * TW_DEPTH, 1, &job->x, &one, job->weights->blocked[k]);
            return TW_OK;
        }
        piece -= chunks;
    }
    return TW_OK;
}

tw_status tw_mlp_weights_init(tw_mlp_weights *weights, const tw_mlp *mlp, const double *x) {
    size_t size = tw_mlp_weights_size(mlp, 1, mlp->layers), pieces = 0;
    double *memory = tw_alloc_raw(size, sizeof *memory);
    if (memory == NULL) {
        memset(weights, 0, sizeof *weights);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu weights", size);
    }
    tw_mlp_weights_place(mlp, 1, mlp->layers, memory, weights);
    weights->memory = memory;
    for (size_t k = 1; k <= mlp->layers; k++) {
        pieces += (mlp->units[k - 1] + TW_DEPTH - 1) / TW_DEPTH;
        memcpy(weights->bias[k], x + mlp->bias[k], mlp->units[k] * sizeof *x);
    }
    return tw_runner_map(mlp->base.runner, pieces, fill_piece, &(fill_job){mlp, x, weights});
}

void tw_mlp_weights_release(tw_mlp_weights *weights) {
    free(weights->memory);
    memset(weights, 0, sizeof *weights);
}

/* ---- images ---- */

size_t tw_mlp_blocks(size_t count) {
    return (count + MLP_BLOCK - 1) / MLP_BLOCK;
}

void tw_mlp_images_at(const tw_mlp *mlp, const size_t *rows, size_t count, size_t block,
                      tw_mlp_images *images) {
    size_t first = block * MLP_BLOCK;
    images->count = count - first < MLP_BLOCK ? count - first : MLP_BLOCK;
    images->strips = (images->count + TW_STRIP - 1) / TW_STRIP;
    for (size_t i = 0; i < images->count; i++) {
        images->rows[i] = rows != NULL ? rows[first + i] : first + i;
        images->labels[i] = mlp->base.labels[images->rows[i]];
    }
}

size_t tw_mlp_strip_count(const tw_mlp_images *images, size_t s) {
    size_t left = images->count - s * TW_STRIP;
    return left < TW_STRIP ? left : TW_STRIP;
}

tw_mlp_rounds tw_mlp_rounds_of(const tw_mlp *mlp, size_t count) {
    size_t threads = (size_t)tw_runner_threads(mlp->base.runner), all = tw_mlp_blocks(count);
    size_t most = threads > 8 ? 2 * threads : 16;
    return (tw_mlp_rounds){.all = all, .most = most < all ? most : all};
}

int tw_mlp_next_round(tw_mlp_rounds *rounds) {
    size_t left = rounds->all - (rounds->first += rounds->blocks);
    rounds->blocks = left < rounds->most ? left : rounds->most;
    return left > 0;
}

/* ---- layers ---- */

void tw_mlp_begin(const tw_mlp *mlp, size_t k, const double *bias, size_t strips, double *out) {
    size_t rows = mlp->units[k];
    for (size_t s = 0; s < strips; s++)
        for (size_t j = 0; j < rows; j++)
            for (size_t i = 0; i < TW_STRIP; i++)
                *out++ = bias != NULL ? bias[j] : 0;
}

void tw_mlp_first_layer(const tw_mlp *mlp, const tw_mlp_images *images, size_t count,
                        const double *const *blocked, double *const *out, double *panel) {
    size_t features = mlp->units[0], units = mlp->units[1];
    for (size_t d = 0; d < features; d += TW_DEPTH) {
        size_t width = features - d < TW_DEPTH ? features - d : TW_DEPTH;
        for (size_t s = 0; s < images->strips; s++)
            mlp->base.kernels->sample_panel(&mlp->base.samples, images->rows + s * TW_STRIP,
                                            tw_mlp_strip_count(images, s), d, width, mlp->scale,
                                            panel + s * TW_DEPTH * TW_STRIP);
        for (size_t m = 0; m < count; m++)
            mlp->base.kernels->multiply(units, width, blocked[m] + d * units, width, 1,
                                        images->strips, panel, TW_DEPTH * TW_STRIP, out[m],
                                        units * TW_STRIP);
    }
}

void tw_mlp_layer(const tw_mlp *mlp, size_t k, const double *blocked, size_t strips,
                  const double *in, double *out) {
    size_t inputs = mlp->units[k - 1], units = mlp->units[k];
    for (size_t h = 0; h < inputs; h += TW_DEPTH) {
        size_t width = inputs - h < TW_DEPTH ? inputs - h : TW_DEPTH;
        mlp->base.kernels->multiply(units, width, blocked + h * units, width, 1, strips,
                                    in + h * TW_STRIP, inputs * TW_STRIP, out, units * TW_STRIP);
    }
}

void tw_mlp_layer_back(const tw_mlp *mlp, size_t k, const double *blocked, size_t strips,
                       const double *in, double *out) {
    size_t inputs = mlp->units[k - 1], units = mlp->units[k];
    for (size_t h = 0; h < inputs; h += TW_DEPTH) {
        size_t width = inputs - h < TW_DEPTH ? inputs - h : TW_DEPTH;
        for (size_t j = 0; j < units; j += TW_DEPTH) {
            size_t depth = units - j < TW_DEPTH ? units - j : TW_DEPTH;
            mlp->base.kernels->multiply(width, depth, blocked + h * units + j * width, 1, width,
                                        strips, in + j * TW_STRIP, units * TW_STRIP,
                                        out + h * TW_STRIP, inputs * TW_STRIP);
        }
    }
}

/* ---- sums ---- */

/* In eight sums, so that the additions need not wait for each other. */
static double product_of(size_t count, const double *x, const double *y) {
    double sums[8] = {0};
    size_t whole = count / 8 * 8;
    for (size_t i = 0; i < whole; i += 8)
        for (size_t k = 0; k < 8; k++)
            sums[k] += x[i + k] * y[i + k];
    for (size_t i = whole; i < count; i++)
        sums[0] += x[i] * y[i];
    return ((sums[0] + sums[1]) + (sums[2] + sums[3])) +
           ((sums[4] + sums[5]) + (sums[6] + sums[7]));
}

double tw_mlp_weight_product(const tw_mlp *mlp, const double *x, const double *y) {
    double sum = 0;
    for (size_t k = 1; k <= mlp->layers; k++)
        sum +=
            product_of(mlp->units[k] * mlp->units[k - 1], x + mlp->weight[k], y + mlp->weight[k]);
    return sum;
}

double tw_mlp_regularizer(const tw_mlp *mlp, const double *x) {
    return mlp->base.reg > 0 ? mlp->base.reg * tw_mlp_weight_product(mlp, x, x) : 0;
}
