/* products.c: X W and X^T R with X as stored, bytes or doubles, centred on the way. */
#include "kernel/vector.h"

/* A tile of IMAGES x COLUMNS dot products, its sums in registers. Both are compile-time constants
 * of every use. */
enum { IMAGES = 4, COLUMNS = 5 };

INLINE void score_tile(const tw_samples *samples, int is_bytes, const size_t *rows, size_t images,
                       const double *weights, size_t padded, size_t columns, double *sums) {
    vec total[IMAGES][COLUMNS] = {{{0}}};
    size_t features = samples->features, d = 0;
    for (; d + LANES <= features; d += LANES) {
        vec x[IMAGES];
        for (size_t i = 0; i < images; i++)
            x[i] = load_features(samples, is_bytes, rows[i], d);
        for (size_t k = 0; k < columns; k++) {
            vec w = load(weights + k * padded + d);
            for (size_t i = 0; i < images; i++)
                total[i][k] += x[i] * w;
        }
    }
    if (d < features)
        for (size_t i = 0; i < images; i++) {
            vec x = load_features_end(samples, is_bytes, rows[i], d, 0.0);
            for (size_t k = 0; k < columns; k++)
                total[i][k] += x * load(weights + k * padded + d);
        }
    for (size_t i = 0; i < images; i++)
        for (size_t k = 0; k < columns; k++)
            sums[i * COLUMNS + k] = lane_sum(total[i][k]);
}

INLINE void score_columns(const tw_samples *samples, int is_bytes, const size_t *rows,
                          size_t images, const double *weights, size_t padded, size_t columns,
                          double *sums) {
    switch (columns) {
    case 5:
        score_tile(samples, is_bytes, rows, images, weights, padded, 5, sums);
        break;
    case 4:
        score_tile(samples, is_bytes, rows, images, weights, padded, 4, sums);
        break;
    case 3:
        score_tile(samples, is_bytes, rows, images, weights, padded, 3, sums);
        break;
    case 2:
        score_tile(samples, is_bytes, rows, images, weights, padded, 2, sums);
        break;
    default:
        score_tile(samples, is_bytes, rows, images, weights, padded, 1, sums);
    }
}

/* An image's scores must not depend on its neighbours in the tile: a short tile repeats an image
 * instead of taking another code path. */
INLINE void score_block(const tw_samples *samples, int is_bytes, const size_t *rows, size_t count,
                        size_t columns, const double *weights, size_t padded, const double *bias,
                        double *scores) {
    for (size_t i = 0; i < count; i += IMAGES) {
        size_t tile_rows[IMAGES], images = count - i < IMAGES ? count - i : IMAGES;
        for (size_t j = 0; j < IMAGES; j++)
            tile_rows[j] = rows[i + (j < images ? j : 0)];
        for (size_t k = 0; k < columns; k += COLUMNS) {
            size_t width = columns - k < COLUMNS ? columns - k : COLUMNS;
            double sums[IMAGES * COLUMNS];
            score_columns(samples, is_bytes, tile_rows, IMAGES, weights + k * padded, padded, width,
                          sums);
            for (size_t j = 0; j < images; j++)
                for (size_t c = 0; c < width; c++)
                    scores[(k + c) * TW_BLOCK + i + j] = sums[j * COLUMNS + c] + bias[k + c];
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
 * and up to COLUMNS columns stay in registers over all images. */
enum { TILE_VECTORS = TW_FEATURE_PAD / LANES };

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
    vec total[COLUMNS][TILE_VECTORS];
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
    for (size_t k = 0; k < columns; k += COLUMNS) {
        const double *r = residual + k;
        double *at = out + k * TW_FEATURE_PAD;
        switch (columns - k) {
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
        default:
            accumulate_tile(samples, is_bytes, list, tile, columns, 5, r, at);
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
