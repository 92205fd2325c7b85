/* dots.c: inner products of the rows of one matrix with those of another. */
#include "kernel/vector.h"

/* ROWS x COLUMNS sums fill the vector registers: of each 4 + 3 vectors loaded come 12 products. */
enum { DOT_ROWS = 4, DOT_COLUMNS = 3 };

INLINE void dot_tile(const double *const *a, const double *const *b, size_t count,
                     vec (*sums)[DOT_COLUMNS]) {
    for (size_t i = 0; i < DOT_ROWS; i++)
        for (size_t j = 0; j < DOT_COLUMNS; j++)
            sums[i][j] = splat(0.0);
    for (size_t d = 0; d < count; d += LANES) {
        vec y[DOT_COLUMNS];
        for (size_t j = 0; j < DOT_COLUMNS; j++)
            y[j] = load(b[j] + d);
        for (size_t i = 0; i < DOT_ROWS; i++) {
            vec x = load(a[i] + d);
            for (size_t j = 0; j < DOT_COLUMNS; j++)
                sums[i][j] += x * y[j];
        }
    }
}

/* A product must not depend on its neighbours in the tile: a short tile repeats its last row
 * instead of taking another code path. */
void KERNEL(dots)(size_t rows, const double *a, size_t columns, const double *b, size_t stride,
                  size_t count, double *sums) {
    for (size_t j = 0; j < columns; j += DOT_COLUMNS) {
        const double *right[DOT_COLUMNS], *left[DOT_ROWS];
        size_t width = columns - j < DOT_COLUMNS ? columns - j : DOT_COLUMNS;
        for (size_t k = 0; k < DOT_COLUMNS; k++)
            right[k] = b + (j + (k < width ? k : width - 1)) * stride;
        for (size_t i = 0; i < rows; i += DOT_ROWS) {
            size_t height = rows - i < DOT_ROWS ? rows - i : DOT_ROWS;
            vec total[DOT_ROWS][DOT_COLUMNS];
            for (size_t k = 0; k < DOT_ROWS; k++)
                left[k] = a + (i + (k < height ? k : height - 1)) * stride;
            dot_tile(left, right, count, total);
            for (size_t r = 0; r < height; r++)
                for (size_t c = 0; c < width; c++)
                    sums[(i + r) * columns + j + c] += lane_sum(total[r][c]);
        }
    }
}
