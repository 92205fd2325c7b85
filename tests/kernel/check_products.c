/* scores, scores_of, accumulate and dots: sums of products. */
#include "kernel_check.h"

/* Longest chains of roundings: one a term, and a few for the centring. */
static double sum_tolerance(size_t terms, long double magnitude) {
    return DBL_EPSILON * (double)(terms + 8) * (double)magnitude + 1e-310;
}

/* ---- scores ---- */

typedef struct score_case {
    tw_samples samples;
    size_t columns, padded;
    const double *weights, *bias;
} score_case;

static score_case make_scores(int bytes, size_t images, size_t features, size_t columns) {
    score_case made = {.samples = make_samples(bytes, images, features, features),
                       .columns = columns,
                       .padded = padded_to(features, TW_FEATURE_PAD)};
    double *weights = guarded_doubles(columns * made.padded), *bias = guarded_doubles(columns);
    for (size_t k = 0; k < columns * made.padded; k++)
        weights[k] = k % made.padded < features ? number(7, k) : 0;
    fill_numbers(bias, columns, 10, 8);
    made.weights = guarded_input(weights);
    made.bias = guarded_input(bias);
    return made;
}

static void expect_scores(const score_case *made, const size_t *rows, size_t count,
                          const double *scores) {
    size_t features = made->samples.features;
    for (size_t k = 0; k < made->columns; k++) {
        for (size_t i = 0; i < count; i++) {
            long double sum = made->bias[k], size = fabsl(sum);
            for (size_t d = 0; d < features; d++) {
                long double term =
                    centred(&made->samples, rows[i], d) * made->weights[k * made->padded + d];
                sum += term;
                size += fabsl(term);
            }
            expect_near("score", k * TW_BLOCK + i, scores[k * TW_BLOCK + i], sum,
                        sum_tolerance(features, size));
        }
        expect_untouched("past the images", scores + k * TW_BLOCK + count, TW_BLOCK - count);
    }
}

/* An image's scores do not depend on the others: the same bits when it comes alone. */
static void expect_alone(const tw_kernels *kernels, const score_case *made, const size_t *rows,
                         size_t count, const double *scores) {
    double *one = guarded_doubles(made->columns * TW_BLOCK);
    for (size_t i = 0; i < count; i += i % 3 + 1) {
        kernels->scores_of(&made->samples, rows + i, 1, made->columns, made->weights, made->padded,
                           made->bias, one);
        for (size_t k = 0; k < made->columns; k++)
            expect_bits("an image alone", i, one[k * TW_BLOCK], scores[k * TW_BLOCK + i]);
    }
}

static void scores_at(const tw_kernels *kernels, int bytes, size_t count, size_t features,
                      size_t columns) {
    size_t first = 3, rows[TW_BLOCK];
    score_case made = make_scores(bytes, first + count, features, columns);
    double *scores = guarded_doubles(columns * TW_BLOCK);
    for (size_t i = 0; i < count; i++)
        rows[i] = first + i;
    kernels->scores(&made.samples, first, count, columns, made.weights, made.padded, made.bias,
                    scores);
    expect_scores(&made, rows, count, scores);
    expect_alone(kernels, &made, rows, count, scores);
    guards_check();
    guards_release();
}

static void scores_of_at(const tw_kernels *kernels, int bytes, size_t count, size_t features,
                         size_t columns) {
    enum { IMAGES = 11 };
    score_case made = make_scores(bytes, IMAGES, features, columns);
    double *scores = guarded_doubles(columns * TW_BLOCK);
    size_t *rows = guarded_bytes(count * sizeof *rows);
    for (size_t i = 0; i < count; i++)
        rows[i] = tw_rng_below(1, count, i, IMAGES);
    guarded_input(rows);
    kernels->scores_of(&made.samples, rows, count, columns, made.weights, made.padded, made.bias,
                       scores);
    expect_scores(&made, rows, count, scores);
    expect_alone(kernels, &made, rows, count, scores);
    guards_check();
    guards_release();
}

typedef void (*score_check)(const tw_kernels *kernels, int bytes, size_t count, size_t features,
                            size_t columns);

static void score_shapes(const tw_kernels *kernels, score_check check) {
    static const size_t counts[] = {0, 1, 2, 3, 4, 5, 7, 8, 9, 17};
    static const size_t features[] = {1,  2,  3,  4,  5,   7,   8,   9,  15,
                                      16, 17, 31, 33, 255, 256, 257, 530};
    static const size_t columns[] = {0, 1, 2, 3, 4, 5, 47, 48, 49, 51};
    for (int bytes = 0; bytes <= 1; bytes++) {
        for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
            check(kernels, bytes, counts[k], 19, 4);
        for (size_t k = 0; k < sizeof features / sizeof *features; k++)
            check(kernels, bytes, 5, features[k], 3);
        for (size_t k = 0; k < sizeof columns / sizeof *columns; k++)
            check(kernels, bytes, 3, 10, columns[k]);
        check(kernels, bytes, TW_BLOCK - 1, 20, 2);
        check(kernels, bytes, TW_BLOCK, 20, 2);
    }
}

/* A special number in one image reaches that image's scores, and no other's. */
static void special_scores(const tw_kernels *kernels) {
    enum { IMAGES = 9, FEATURES = 21, COLUMNS = 4 };
    for (size_t k = 0; k < SPECIALS; k++) {
        score_case made = make_scores(0, IMAGES, FEATURES, COLUMNS);
        double *before = guarded_doubles(COLUMNS * TW_BLOCK);
        double *after = guarded_doubles(COLUMNS * TW_BLOCK), x[IMAGES * FEATURES];
        kernels->scores(&made.samples, 0, IMAGES, COLUMNS, made.weights, made.padded, made.bias,
                        before);
        memcpy(x, made.samples.doubles, sizeof x);
        size_t image = k % IMAGES, at = (5 * k + 3) % FEATURES;
        x[image * FEATURES + at] = special_numbers[k];
        made.samples.doubles = guarded_copy(x, IMAGES * FEATURES);
        kernels->scores(&made.samples, 0, IMAGES, COLUMNS, made.weights, made.padded, made.bias,
                        after);
        expect_scores(&made, (const size_t[]){0, 1, 2, 3, 4, 5, 6, 7, 8}, IMAGES, after);
        for (size_t c = 0; c < COLUMNS; c++)
            for (size_t i = 0; i < IMAGES; i++)
                if (i != image)
                    expect_bits("beside a special number", i, after[c * TW_BLOCK + i],
                                before[c * TW_BLOCK + i]);
        guards_check();
        guards_release();
    }
}

void check_scores(const tw_kernels *kernels) {
    score_shapes(kernels, scores_at);
    special_scores(kernels);
}

void check_scores_of(const tw_kernels *kernels) {
    score_shapes(kernels, scores_of_at);
}

static void measure_block(const tw_kernels *kernels, kernel_timer *timer, int bytes, int chosen) {
    enum { FEATURES = 3072, COLUMNS = 10 };
    score_case made = make_scores(bytes, TW_BLOCK, FEATURES, COLUMNS);
    double *scores = guarded_doubles(COLUMNS * TW_BLOCK);
    size_t rows[TW_BLOCK];
    for (size_t i = 0; i < TW_BLOCK; i++)
        rows[i] = TW_BLOCK - 1 - i;
    TIMED(timer, (double)TW_BLOCK * FEATURES * COLUMNS)
    if (chosen)
        kernels->scores_of(&made.samples, rows, TW_BLOCK, COLUMNS, made.weights, made.padded,
                           made.bias, scores);
    else
        kernels->scores(&made.samples, 0, TW_BLOCK, COLUMNS, made.weights, made.padded, made.bias,
                        scores);
}

void measure_scores(const tw_kernels *kernels, kernel_timer *timer) {
    measure_block(kernels, timer, 1, 0);
}

void measure_scores_of(const tw_kernels *kernels, kernel_timer *timer) {
    measure_block(kernels, timer, 0, 1);
}

/* ---- accumulate ---- */

typedef struct sum_case {
    int bytes, chosen; /* rows are given */
    size_t count, features, tile, columns;
} sum_case;

static void expect_sums(const sum_case *at, const tw_samples *samples, const size_t *rows,
                        const double *residual, const double *before, const double *out) {
    for (size_t k = 0; k < at->columns; k++)
        for (size_t j = 0; j < TW_FEATURE_PAD; j++) {
            size_t place = k * TW_FEATURE_PAD + j;
            long double sum = before[place], size = fabsl(sum);
            for (size_t i = 0; i < at->count; i++) {
                size_t d = at->tile + j;
                long double x = d < at->features ? centred(samples, rows[i], d) : 0;
                long double term = residual[i * at->columns + k] * x;
                sum += term;
                size += fabsl(term);
            }
            expect_near("sum", place, out[place], sum, sum_tolerance(at->count, size));
        }
}

static void accumulate_at(const tw_kernels *kernels, sum_case at, double special) {
    enum { IMAGES = 13, FIRST = 2 };
    size_t size = at.columns * TW_FEATURE_PAD, rows[TW_BLOCK];
    tw_samples samples =
        make_samples(at.bytes, at.chosen ? IMAGES : FIRST + at.count, at.features, at.count);
    double *residual = guarded_doubles(at.count * at.columns), *out = guarded_doubles(size);
    fill_numbers(residual, at.count * at.columns, 1, 11);
    if (special != 1 && at.count * at.columns > 0)
        residual[at.count * at.columns / 2] = special;
    guarded_input(residual);
    fill_numbers(out, size, 100, 12);
    const double *before = guarded_copy(out, size);
    for (size_t i = 0; i < at.count; i++)
        rows[i] = at.chosen ? tw_rng_below(2, 1, i, IMAGES) : FIRST + i;
    kernels->accumulate(&samples, at.chosen ? rows : NULL, FIRST, at.count, at.tile, at.columns,
                        residual, out);
    expect_sums(&at, &samples, rows, residual, before, out);
    guards_check();
    guards_release();
}

void check_accumulate(const tw_kernels *kernels) {
    for (int kind = 0; kind < 4; kind++) {
        int bytes = kind & 1, chosen = kind >> 1;
        for (size_t columns = 0; columns <= 26; columns++)
            accumulate_at(kernels, (sum_case){bytes, chosen, 7, 40, 16, columns}, 1);
        for (size_t features = 1; features <= 49; features++) /* the last tile, whole or not */
            accumulate_at(kernels,
                          (sum_case){bytes, chosen, 5, features, (features - 1) / 16 * 16, 3}, 1);
        for (size_t tile = 0; tile <= 9; tile++) /* one that begins anywhere */
            accumulate_at(kernels, (sum_case){bytes, chosen, 3, 25, tile, 6}, 1);
        for (size_t count = 0; count <= 3; count++)
            accumulate_at(kernels, (sum_case){bytes, chosen, count, 33, 0, 11}, 1);
        accumulate_at(kernels, (sum_case){bytes, chosen, TW_BLOCK, 33, 16, 10}, 1);
        for (size_t k = 0; k < SPECIALS; k++) {
            accumulate_at(kernels, (sum_case){bytes, chosen, 6, 33, 16, 10}, special_numbers[k]);
            accumulate_at(kernels, (sum_case){bytes, chosen, 6, 33, 32, 10}, special_numbers[k]);
        }
    }
}

void measure_accumulate(const tw_kernels *kernels, kernel_timer *timer) {
    enum { FEATURES = 3072, COLUMNS = 10, TILE = 1600 };
    tw_samples samples = make_samples(1, TW_BLOCK, FEATURES, 1);
    double *residual = guarded_doubles(TW_BLOCK * COLUMNS);
    double *out = guarded_doubles(COLUMNS * TW_FEATURE_PAD);
    fill_numbers(residual, TW_BLOCK * COLUMNS, 1, 11);
    fill_numbers(out, COLUMNS * TW_FEATURE_PAD, 1, 12);
    TIMED(timer, (double)TW_BLOCK * TW_FEATURE_PAD * COLUMNS)
    kernels->accumulate(&samples, NULL, 0, TW_BLOCK, TILE, COLUMNS, residual, out);
}

/* ---- dots ---- */

static void expect_dots(size_t rows, const double *a, size_t columns, const double *b,
                        size_t stride, size_t count, const double *before, const double *sums) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) {
            long double sum = before[i * columns + j], size = fabsl(sum);
            for (size_t d = 0; d < count; d++) {
                long double term = (long double)a[i * stride + d] * b[j * stride + d];
                sum += term;
                size += fabsl(term);
            }
            expect_near("product", i * columns + j, sums[i * columns + j], sum,
                        sum_tolerance(count, size));
        }
}

static void dots_at(const tw_kernels *kernels, size_t rows, size_t columns, size_t count,
                    size_t gap, double special) {
    size_t stride = count + gap, a_size = rows > 0 ? (rows - 1) * stride + count : 0;
    size_t b_size = columns > 0 ? (columns - 1) * stride + count : 0;
    double *left = guarded_doubles(a_size), *b = guarded_doubles(b_size);
    double *sums = guarded_doubles(rows * columns), *one = guarded_doubles(1);
    fill_numbers(left, a_size, 1, 21);
    fill_numbers(b, b_size, 1, 22);
    if (special != 1)
        left[a_size / 2] = special;
    guarded_input(left);
    guarded_input(b);
    fill_numbers(sums, rows * columns, 3, 23);
    const double *before = guarded_copy(sums, rows * columns);
    kernels->dots(rows, left, columns, b, stride, count, sums);
    expect_dots(rows, left, columns, b, stride, count, before, sums);
    for (size_t k = 0; k < rows * columns; k++) { /* a product does not depend on the others */
        *one = before[k];
        kernels->dots(1, left + k / columns * stride, 1, b + k % columns * stride, stride, count,
                      one);
        expect_bits("a product alone", k, *one, sums[k]);
    }
    guards_check();
    guards_release();
}

void check_dots(const tw_kernels *kernels) {
    for (size_t rows = 0; rows <= 9; rows++)
        for (size_t columns = 0; columns <= 7; columns++)
            dots_at(kernels, rows, columns, 32, rows % 3, 1);
    for (size_t count = 0; count <= 96; count += TW_FEATURE_PAD)
        dots_at(kernels, 3, 4, count, 5, 1);
    dots_at(kernels, 5, 4, 4096, 0, 1);
    for (size_t k = 0; k < SPECIALS; k++)
        dots_at(kernels, 5, 4, 48, 1, special_numbers[k]);
}

void measure_dots(const tw_kernels *kernels, kernel_timer *timer) {
    enum { ROWS = 24, COUNT = 1024 };
    double *a = guarded_doubles((size_t)ROWS * COUNT), *b = guarded_doubles((size_t)ROWS * COUNT);
    double *sums = guarded_doubles((size_t)ROWS * ROWS);
    fill_numbers(a, (size_t)ROWS * COUNT, 1, 21);
    fill_numbers(b, (size_t)ROWS * COUNT, 1, 22);
    fill_numbers(sums, (size_t)ROWS * ROWS, 1, 23);
    TIMED(timer, (double)ROWS * ROWS * COUNT)
    kernels->dots(ROWS, a, ROWS, b, COUNT, COUNT, sums);
}
