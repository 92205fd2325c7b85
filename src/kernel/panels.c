/* panels.c: the matrix products of networks, on panels of TW_STRIP columns, and the panels made of
 * samples as they are stored. */
#include "kernel/vector.h"

/* A tile of ROWS x VECTORS sums fills the vector registers; every step of the depth takes one row
 * of the panel, and one number a row of the tile, which is spread over the lanes. */
enum { ROWS = 6, VECTORS = LANES == 8 ? 4 : 2 };

INLINE void product_tile(size_t rows, size_t depth, const double *w, size_t row_step,
                         size_t depth_step, const double *panel, double *out) {
    vec total[ROWS][VECTORS];
    for (size_t r = 0; r < rows; r++)
        for (size_t v = 0; v < VECTORS; v++)
            total[r][v] = load(out + r * TW_STRIP + v * LANES);
    for (size_t k = 0; k < depth; k++) {
        vec x[VECTORS];
        for (size_t v = 0; v < VECTORS; v++)
            x[v] = load(panel + k * TW_STRIP + v * LANES);
        for (size_t r = 0; r < rows; r++) {
            vec factor = splat(w[r * row_step + k * depth_step]);
            for (size_t v = 0; v < VECTORS; v++)
                total[r][v] += x[v] * factor;
        }
    }
    for (size_t r = 0; r < rows; r++)
        for (size_t v = 0; v < VECTORS; v++)
            store(out + r * TW_STRIP + v * LANES, total[r][v]);
}

INLINE void product_strip(size_t rows, size_t depth, const double *w, size_t row_step,
                          size_t depth_step, const double *panel, double *out) {
    for (size_t at = 0; at < TW_STRIP; at += VECTORS * LANES)
        product_tile(rows, depth, w, row_step, depth_step, panel + at, out + at);
}

static void product_rows(size_t rows, size_t depth, const double *w, size_t row_step,
                         size_t depth_step, const double *panel, double *out) {
    switch (rows) {
    case 1:
        product_strip(1, depth, w, row_step, depth_step, panel, out);
        break;
    case 2:
        product_strip(2, depth, w, row_step, depth_step, panel, out);
        break;
    case 3:
        product_strip(3, depth, w, row_step, depth_step, panel, out);
        break;
    case 4:
        product_strip(4, depth, w, row_step, depth_step, panel, out);
        break;
    case 5:
        product_strip(5, depth, w, row_step, depth_step, panel, out);
        break;
    default:
        product_strip(ROWS, depth, w, row_step, depth_step, panel, out);
    }
}

/* The numbers of the next tile are short pieces of rows far apart, which no processor foresees.
 * Past the last row they are those of the next call, where matrices lie one behind the other. */
INLINE void fetch_rows(size_t rows, size_t depth, const double *w, size_t row_step) {
    for (size_t r = 0; r < rows; r++)
        for (size_t k = 0; k < depth; k += 8)
            __builtin_prefetch(w + r * row_step + k);
}

/* Tiles of equal height, so that 10 rows are 5 + 5 and not 6 + 4: fewer loads in all. */
void KERNEL(multiply)(size_t rows, size_t depth, const double *w, size_t row_step,
                      size_t depth_step, size_t strips, const double *panel, size_t panel_step,
                      double *out, size_t out_step) {
    for (size_t tiles = (rows + ROWS - 1) / ROWS, r = 0, height; r < rows; r += height, tiles--) {
        height = (rows - r + tiles - 1) / tiles;
        if (depth_step == 1)
            fetch_rows(height, depth, w + (r + height) * row_step, row_step);
        for (size_t s = 0; s < strips; s++)
            product_rows(height, depth, w + r * row_step, row_step, depth_step,
                         panel + s * panel_step, out + s * out_step + r * TW_STRIP);
    }
}

INLINE void sample_column(const tw_samples *samples, int is_bytes, size_t row, size_t feature,
                          size_t depth, double scale, double *panel) {
    size_t at = row * samples->features + feature;
    for (size_t k = 0; k < depth; k++) {
        double x = is_bytes ? (double)samples->bytes[at + k] : samples->doubles[at + k];
        panel[k * TW_STRIP] = (x - samples->mean[feature + k]) * scale;
    }
}

void KERNEL(sample_panel)(const tw_samples *samples, const size_t *rows, size_t count,
                          size_t feature, size_t depth, double scale, double *panel) {
    if (count < TW_STRIP)
        memset(panel, 0, depth * TW_STRIP * sizeof *panel);
    for (size_t i = 0; i < count; i++)
        if (samples->bytes != NULL)
            sample_column(samples, 1, rows[i], feature, depth, scale, panel + i);
        else
            sample_column(samples, 0, rows[i], feature, depth, scale, panel + i);
}

void KERNEL(feature_panel)(const tw_samples *samples, const size_t *rows, size_t count,
                           size_t feature, double scale, double *panel) {
    int bytes = samples->bytes != NULL;
    for (size_t i = 0; i < count; i++)
        for (size_t v = 0; v < TW_STRIP; v += LANES) {
            vec x = feature + v + LANES <= samples->features
                        ? load_features(samples, bytes, rows[i], feature + v)
                        : load_features_end(samples, bytes, rows[i], feature + v, 0.0);
            store(panel + i * TW_STRIP + v, x * scale);
        }
}
