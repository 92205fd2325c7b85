/* add_products.h: the product of matrices in the number type `real`, for `matrix`: what
 * add_products.c and add_products_single.c have in common. The inner loop runs along rows of b and
 * c, so that vectors are whole at any width. */
#ifndef TW_KERNEL_ADD_PRODUCTS_H
#define TW_KERNEL_ADD_PRODUCTS_H

#include "kernel/vector.h"

/* A block of b, COLUMNS x DEPTH, stays in the second cache; the rows at hand in the first. */
enum { DEPTH = 64, COLUMNS = 256 };

typedef struct block {
    size_t rows, columns, depth;
} block;

/* Rows of c at once: as many as keep the factors, four for each, in registers. */
enum { ROWS = TW_VECTOR_BYTES == 64 ? 4 : 2 };

/* ROWS rows of c and four of b. */
INLINE void add_rows(size_t n, const real *restrict a, const real *restrict b, size_t row,
                     real *restrict c, size_t c_row) {
    const real *restrict b0 = b, *restrict b1 = b + row, *restrict b2 = b1 + row,
                         *restrict b3 = b2 + row;
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < ROWS; i++) {
            real sum = c[i * c_row + j] + a[4 * i] * b0[j];
            sum += a[4 * i + 1] * b1[j];
            sum += a[4 * i + 2] * b2[j];
            c[i * c_row + j] = sum + a[4 * i + 3] * b3[j];
        }
}

/* One row of c and one of b. */
static void add_one(size_t n, real a, const real *restrict b, real *restrict c) {
    for (size_t j = 0; j < n; j++)
        c[j] += a * b[j];
}

/* Rows of b after each other, as the loops above want them. */
static void pack(block size, matrix b, real *restrict packed) {
    for (size_t k = 0; k < size.depth; k++)
        for (size_t j = 0; j < size.columns; j++)
            packed[k * COLUMNS + j] = b.at[k * b.row + j * b.column];
}

/* The last rows of b, fewer than four, and the last rows of c, fewer than ROWS. */
static void multiply_rest(block size, matrix a, matrix b, real *c, size_t row) {
    size_t groups = size.rows / ROWS * ROWS, fours = size.depth / 4 * 4;
    for (size_t i = 0; i < size.rows; i++)
        for (size_t k = i < groups ? fours : 0; k < size.depth; k++)
            add_one(size.columns, a.at[i * a.row + k * a.column], b.at + k * b.row, c + i * row);
}

static void multiply_block(block size, matrix a, matrix b, real *c, size_t row) {
    for (size_t i = 0; i + ROWS <= size.rows; i += ROWS)
        for (size_t k = 0; k + 3 < size.depth; k += 4) {
            real part[4 * ROWS];
            for (size_t p = 0; p < 4 * ROWS; p++)
                part[p] = a.at[(i + p / 4) * a.row + (k + p % 4) * a.column];
            add_rows(size.columns, part, b.at + k * b.row, b.row, c + i * row, row);
        }
    multiply_rest(size, a, b, c, row);
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

static void add_product(size_t m, size_t n, size_t k, matrix a, matrix b, real *c, size_t row) {
    real packed[DEPTH * COLUMNS];
    for (size_t j = 0; j < n; j += COLUMNS)
        for (size_t l = 0; l < k; l += DEPTH) {
            block size = {m, least(n - j, COLUMNS), least(k - l, DEPTH)};
            matrix left = {a.at + l * a.column, a.row, a.column},
                   right = {b.at + l * b.row + j * b.column, b.row, b.column};
            if (b.column != 1) {
                pack(size, right, packed);
                right = (matrix){packed, COLUMNS, 1};
            }
            multiply_block(size, left, right, c + j, row);
        }
}

#endif
