/* products.c: X W and X^T R with X as stored, bytes or doubles, centred on the way. */
#include "kernel/vector.h"

/* X W by tiles of IMAGES x COLUMNS dot products, whose sums fill the vector registers. The features
 * of the images are converted and centred a chunk at a time, into a buffer that stays in the first
 * cache while all columns use it; between chunks the sums wait in memory as vectors. */
enum { IMAGES = LANES == 8 ? 8 : 4, COLUMNS = 3, CHUNK = 256, MOST_COLUMNS = 48 };

typedef struct score_work {
    double features[IMAGES][CHUNK];
    vec sums[MOST_COLUMNS][IMAGES];
} score_work;

/* One tile over `steps` vectors of features. */
INLINE void score_tile(const score_work *work, size_t steps, const double *weights, size_t padded,
                       size_t columns, vec (*sums)[IMAGES]) {
    vec total[COLUMNS][IMAGES];
    for (size_t k = 0; k < columns; k++)
        for (size_t i = 0; i < IMAGES; i++)
            total[k][i] = sums[k][i];
    for (size_t d = 0; d < steps * LANES; d += LANES) {
        vec w[COLUMNS];
        for (size_t k = 0; k < columns; k++)
            w[k] = load(weights + k * padded + d);
        for (size_t i = 0; i < IMAGES; i++) {
            vec x = load(&work->features[i][d]);
            for (size_t k = 0; k < columns; k++)
                total[k][i] += x * w[k];
        }
    }
    for (size_t k = 0; k < columns; k++)
        for (size_t i = 0; i < IMAGES; i++)
            sums[k][i] = total[k][i];
}

/* Features chunk ... chunk + CHUNK of the tile's images; past the end they are 0. */
INLINE size_t fill_chunk(const tw_samples *samples, int is_bytes, const size_t *rows, size_t chunk,
                         score_work *work) {
    size_t left = samples->features - chunk, whole = (left < CHUNK ? left : CHUNK) / LANES;
    size_t steps = left < CHUNK ? (left + LANES - 1) / LANES : CHUNK / LANES;
    for (size_t i = 0; i < IMAGES; i++) {
        for (size_t v = 0; v < whole; v++)
            store(&work->features[i][v * LANES],
                  load_features(samples, is_bytes, rows[i], chunk + v * LANES));
        if (whole < steps)
            store(&work->features[i][whole * LANES],
                  load_features_end(samples, is_bytes, rows[i], chunk + whole * LANES, 0.0));
    }
    return steps;
}

INLINE void score_images(const tw_samples *samples, int is_bytes, const size_t *rows,
                         size_t columns, const double *weights, size_t padded, score_work *work) {
    for (size_t k = 0; k < columns; k++)
        for (size_t i = 0; i < IMAGES; i++)
            work->sums[k][i] = splat(0.0);
    for (size_t chunk = 0; chunk < samples->features; chunk += CHUNK) {
        size_t steps = fill_chunk(samples, is_bytes, rows, chunk, work);
        for (size_t k = 0; k < columns; k += COLUMNS) {
            const double *w = weights + k * padded + chunk;
            if (columns - k >= 3)
                score_tile(work, steps, w, padded, 3, work->sums + k);
            else if (columns - k == 2)
                score_tile(work, steps, w, padded, 2, work->sums + k);
            else
                score_tile(work, steps, w, padded, 1, work->sums + k);
        }
    }
}

/* An image's scores must not depend on its neighbours in the tile: a short tile repeats an image
 * instead of taking another code path. */
INLINE void score_block(const tw_samples *samples, int is_bytes, const size_t *rows, size_t count,
                        size_t columns, const double *weights, size_t padded, const double *bias,
                        double *scores) {
    score_work work;
    for (size_t i = 0; i < count; i += IMAGES) {
        size_t tile_rows[IMAGES], images = count - i < IMAGES ? count - i : IMAGES;
        for (size_t j = 0; j < IMAGES; j++)
            tile_rows[j] = rows[i + (j < images ? j : 0)];
        for (size_t k = 0; k < columns; k += MOST_COLUMNS) {
            size_t width = columns - k < MOST_COLUMNS ? columns - k : MOST_COLUMNS;
            score_images(samples, is_bytes, tile_rows, width, weights + k * padded, padded, &work);
            for (size_t c = 0; c < width; c++)
                for (size_t j = 0; j < images; j++)
                    scores[(k + c) * TW_BLOCK + i + j] = lane_sum(work.sums[c][j]) + bias[k + c];
        }
    }
}

static void scores_of(const tw_samples *samples, const size_t *rows, size_t count, size_t columns,
                      const double *weights, size_t padded, const double *bias, double *scores) {
    if (samples->bytes != NULL)
        score_block(samples, 1, rows, count, columns, weights, padded, bias, scores);
    else
        score_block(samples, 0, rows, count, columns, weights, padded, bias, scores);
}

void KERNEL(scores_of)(const tw_samples *samples, const size_t *rows, size_t count, size_t columns,
                       const double *weights, size_t padded, const double *bias, double *scores) {
    scores_of(samples, rows, count, columns, weights, padded, bias, scores);
}

void KERNEL(scores)(const tw_samples *samples, size_t first, size_t count, size_t columns,
                    const double *weights, size_t padded, const double *bias, double *scores) {
    size_t rows[TW_BLOCK];
    for (size_t i = 0; i < count; i++)
        rows[i] = first + i;
    scores_of(samples, rows, count, columns, weights, padded, bias, scores);
}

/* Residuals of one image are broadcast against vectors of features; the sums of a tile of features
 * and up to WIDE columns stay in registers over all images. */
enum { TILE_VECTORS = TW_FEATURE_PAD / LANES, WIDE = LANES == 8 ? 10 : 5 };

typedef struct row_list {
    const size_t *rows; /* NULL: first, first + 1, ... */
    size_t first, count;
} row_list;

INLINE size_t row_at(const row_list *list, size_t i) {
    return list->rows != NULL ? list->rows[i] : list->first + i;
}

INLINE void accumulate_tile(const tw_samples *samples, int is_bytes, const row_list *list,
                            size_t tile, size_t all_columns, size_t columns, const double *residual,
                            double *out) {
    vec total[WIDE][TILE_VECTORS];
    for (size_t k = 0; k < columns; k++)
        for (size_t v = 0; v < TILE_VECTORS; v++)
            total[k][v] = load(out + k * TW_FEATURE_PAD + v * LANES);
    for (size_t i = 0; i < list->count; i++) {
        size_t row = row_at(list, i);
        vec x[TILE_VECTORS];
        for (size_t v = 0; v < TILE_VECTORS; v++)
            x[v] = load_features(samples, is_bytes, row, tile + v * LANES);
        for (size_t k = 0; k < columns; k++)
            for (size_t v = 0; v < TILE_VECTORS; v++)
                total[k][v] += x[v] * splat(residual[i * all_columns + k]);
    }
    for (size_t k = 0; k < columns; k++)
        for (size_t v = 0; v < TILE_VECTORS; v++)
            store(out + k * TW_FEATURE_PAD + v * LANES, total[k][v]);
}

static void accumulate_end(const tw_samples *samples, const row_list *list, size_t tile,
                           size_t columns, const double *residual, double *out) {
    int is_bytes = samples->bytes != NULL;
    for (size_t i = 0; i < list->count; i++)
        for (size_t v = 0; v < TW_FEATURE_PAD; v += LANES) {
            vec x = load_features_end(samples, is_bytes, row_at(list, i), tile + v, 0.0);
            for (size_t k = 0; k < columns; k++) {
                double *at = out + k * TW_FEATURE_PAD + v;
                store(at, load(at) + x * splat(residual[i * columns + k]));
            }
        }
}

INLINE void accumulate_columns(const tw_samples *samples, int is_bytes, const row_list *list,
                               size_t tile, size_t columns, const double *residual, double *out) {
    for (size_t k = 0, width; k < columns; k += width) {
        const double *r = residual + k;
        double *at = out + k * TW_FEATURE_PAD;
        width = columns - k >= WIDE ? WIDE : columns - k >= 5 ? 5 : columns - k;
        switch (width) {
        case 1:
            accumulate_tile(samples, is_bytes, list, tile, columns, 1, r, at);
            break;
        case 2:
            accumulate_tile(samples, is_bytes, list, tile, columns, 2, r, at);
            break;
        case 3:
            accumulate_tile(samples, is_bytes, list, tile, columns, 3, r, at);
            break;
        case 4:
            accumulate_tile(samples, is_bytes, list, tile, columns, 4, r, at);
            break;
        case 5:
            accumulate_tile(samples, is_bytes, list, tile, columns, 5, r, at);
            break;
        default:
            accumulate_tile(samples, is_bytes, list, tile, columns, WIDE, r, at);
        }
    }
}

void KERNEL(accumulate)(const tw_samples *samples, const size_t *rows, size_t first, size_t count,
                        size_t tile, size_t columns, const double *residual, double *out) {
    row_list list = {rows, first, count};
    if (tile + TW_FEATURE_PAD > samples->features)
        accumulate_end(samples, &list, tile, columns, residual, out);
    else if (samples->bytes != NULL)
        accumulate_columns(samples, 1, &list, tile, columns, residual, out);
    else
        accumulate_columns(samples, 0, &list, tile, columns, residual, out);
}
