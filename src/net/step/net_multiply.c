/* The product of matrices. The inner loop runs along rows of b and c, two rows of c and four of b
 * at once: a compiler that knows no more than 128-bit vectors keeps all of that in its registers.
 */
#include "net/step/net_multiply.h"

#define tw_net_matrix TW_NET_REAL(tw_net_matrix)
typedef tw_net_matrix matrix;

/* A block of b, COLUMNS x DEPTH, stays in the second cache; the rows at hand in the first. */
enum { DEPTH = 64, COLUMNS = 256 };

typedef struct block {
    size_t rows, columns, depth;
} block;

/* Two rows of c and four of b. */
static void add_two(size_t n, const real *restrict a, const real *restrict b, size_t row,
                    real *restrict c0, real *restrict c1) {
    const real *restrict b0 = b, *restrict b1 = b + row, *restrict b2 = b1 + row,
                         *restrict b3 = b2 + row;
    real a00 = a[0], a01 = a[1], a02 = a[2], a03 = a[3];
    real a10 = a[4], a11 = a[5], a12 = a[6], a13 = a[7];
    for (size_t j = 0; j < n; j++) {
        real first = c0[j] + a00 * b0[j], second = c1[j] + a10 * b0[j];
        first += a01 * b1[j];
        second += a11 * b1[j];
        first += a02 * b2[j];
        second += a12 * b2[j];
        c0[j] = first + a03 * b3[j];
        c1[j] = second + a13 * b3[j];
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

/* The last rows of b, fewer than four, and a last row of c without a second. */
static void multiply_rest(block size, matrix a, matrix b, real *c, size_t row) {
    size_t pairs = size.rows / 2 * 2, fours = size.depth / 4 * 4;
    for (size_t i = 0; i < size.rows; i++)
        for (size_t k = i < pairs ? fours : 0; k < size.depth; k++)
            add_one(size.columns, a.at[i * a.row + k * a.column], b.at + k * b.row, c + i * row);
}

static void multiply_block(block size, matrix a, matrix b, real *c, size_t row) {
    for (size_t i = 0; i + 1 < size.rows; i += 2)
        for (size_t k = 0; k + 3 < size.depth; k += 4) {
            real part[8];
            for (size_t p = 0; p < 8; p++)
                part[p] = a.at[(i + p / 4) * a.row + (k + p % 4) * a.column];
            add_two(size.columns, part, b.at + k * b.row, b.row, c + i * row, c + (i + 1) * row);
        }
    multiply_rest(size, a, b, c, row);
}

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

void TW_NET_REAL(tw_net_multiply)(size_t m, size_t n, size_t k, matrix a, matrix b, real *c,
                                  size_t row) {
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
