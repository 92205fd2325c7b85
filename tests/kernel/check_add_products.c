/* add_products and add_products_single: c += a b for matrices by strides. */
#include "kernel_check.h"

typedef struct sizes {
    size_t m, n, k, gap; /* gap: between rows of c */
    int across;          /* 1: a is stored by columns, 2: b is */
} sizes;

/* Entry (i, j) of a or b, by strides. */
typedef struct strides {
    size_t row, column;
} strides;

static strides strides_of(size_t rows, size_t columns, int across) {
    return across ? (strides){1, rows} : (strides){columns, 1};
}

/* Sums in the order of the depth: no rounding is larger than that of all terms. */
static void expect_product(sizes s, strides a_by, strides b_by, const double *a, const double *b,
                           const double *before, const double *got, double epsilon) {
    for (size_t i = 0; i < s.m; i++)
        for (size_t j = 0; j < s.n + s.gap; j++) {
            size_t at = i * (s.n + s.gap) + j;
            if (j >= s.n) {
                expect_bits("between rows", at, got[at], before[at]);
                continue;
            }
            long double sum = before[at], size = fabsl(sum);
            for (size_t l = 0; l < s.k; l++) {
                long double term = (long double)a[i * a_by.row + l * a_by.column] *
                                   b[l * b_by.row + j * b_by.column];
                sum += term;
                size += fabsl(term);
            }
            expect_near("entry", at, got[at], sum, epsilon * (double)(s.k + 4) * (double)size);
        }
}

static float *in_single(size_t count, double *numbers) {
    float *single = guarded_bytes(count * sizeof *single);
    for (size_t i = 0; i < count; i++)
        numbers[i] = single[i] = (float)numbers[i];
    return single;
}

static void products_at(const tw_kernels *kernels, sizes s, int single) {
    strides a_by = strides_of(s.m, s.k, s.across & 1), b_by = strides_of(s.k, s.n, s.across & 2);
    size_t count = s.m * (s.n + s.gap);
    double *a = guarded_doubles(s.m * s.k), *b = guarded_doubles(s.k * s.n),
           *c = guarded_doubles(count), *before = guarded_doubles(count);
    fill_numbers(a, s.m * s.k, 1, 41);
    fill_numbers(b, s.k * s.n, 1, 42);
    fill_numbers(c, count, 1, 43);
    float *a32 = in_single(s.m * s.k, a), *b32 = in_single(s.k * s.n, b),
          *c32 = in_single(count, c);
    memcpy(before, c, count * sizeof *c);
    if (single)
        kernels->add_products_single(s.m, s.n, s.k, (tw_matrix_single){a32, a_by.row, a_by.column},
                                     (tw_matrix_single){b32, b_by.row, b_by.column}, c32,
                                     s.n + s.gap);
    else
        kernels->add_products(s.m, s.n, s.k, (tw_matrix){a, a_by.row, a_by.column},
                              (tw_matrix){b, b_by.row, b_by.column}, c, s.n + s.gap);
    for (size_t i = 0; single && i < count; i++)
        c[i] = c32[i];
    expect_product(s, a_by, b_by, a, b, before, c, single ? FLT_EPSILON : DBL_EPSILON);
    guards_check();
    guards_release();
}

static void check_all(const tw_kernels *kernels, int single) {
    for (int across = 0; across < 4; across++) {
        for (size_t m = 0; m <= 9; m++)
            for (size_t k = 0; k <= 5; k++)
                products_at(kernels, (sizes){m, 11, k, m % 3, across}, single);
        for (size_t n = 0; n <= 40; n += 3)
            products_at(kernels, (sizes){5, n, 7, 0, across}, single);
        products_at(kernels, (sizes){6, 259, 67, 1, across}, single); /* past a block */
    }
}

void check_add_products(const tw_kernels *kernels) {
    check_all(kernels, 0);
}

void check_add_products_single(const tw_kernels *kernels) {
    check_all(kernels, 1);
}

enum { ROWS = 64, DEPTH = 64, COLUMNS = 256 };

void measure_add_products(const tw_kernels *kernels, kernel_timer *timer) {
    double *a = guarded_doubles(ROWS * DEPTH), *b = guarded_doubles(DEPTH * COLUMNS),
           *c = guarded_doubles(ROWS * COLUMNS);
    fill_numbers(a, ROWS * DEPTH, 1, 41);
    fill_numbers(b, DEPTH * COLUMNS, 1, 42);
    fill_numbers(c, ROWS * COLUMNS, 1, 43);
    TIMED(timer, (double)ROWS * DEPTH * COLUMNS)
    kernels->add_products(ROWS, COLUMNS, DEPTH, (tw_matrix){a, DEPTH, 1},
                          (tw_matrix){b, COLUMNS, 1}, c, COLUMNS);
}

void measure_add_products_single(const tw_kernels *kernels, kernel_timer *timer) {
    double *a = guarded_doubles(ROWS * DEPTH), *b = guarded_doubles(DEPTH * COLUMNS),
           *c = guarded_doubles(ROWS * COLUMNS);
    fill_numbers(a, ROWS * DEPTH, 1, 41);
    fill_numbers(b, DEPTH * COLUMNS, 1, 42);
    fill_numbers(c, ROWS * COLUMNS, 1, 43);
    float *a32 = in_single(ROWS * DEPTH, a), *b32 = in_single(DEPTH * COLUMNS, b),
          *c32 = in_single(ROWS * COLUMNS, c);
    TIMED(timer, (double)ROWS * DEPTH * COLUMNS)
    kernels->add_products_single(ROWS, COLUMNS, DEPTH, (tw_matrix_single){a32, DEPTH, 1},
                                 (tw_matrix_single){b32, COLUMNS, 1}, c32, COLUMNS);
}
