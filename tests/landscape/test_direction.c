/* Directions entry by entry against the formulas of landscape.h, written out index by index. */
#include <math.h>

#include "support.h"
#include "thalweg/rng.h"

/* A convolution (filters first), a (inputs, outputs) matrix whose filters are columns, a bias, a
 * scale, a scalar. */
static const tw_block blocks[] = {
    {.name = "conv", .rank = 4, .shape = {3, 2, 2, 2}},
    {.name = "W", .rank = 2, .shape = {5, 4}, .filter_axis = 1},
    {.name = "bias", .rank = 1, .shape = {4}, .role = TW_ROLE_BIAS},
    {.name = "scale", .rank = 1, .shape = {3}, .role = TW_ROLE_NORM},
    {.name = "temperature", .rank = 0},
};
enum { BLOCKS = sizeof blocks / sizeof blocks[0], SIZE = 24 + 20 + 4 + 3 + 1 };

static tw_space *make_space(void) {
    tw_space *space = NULL;
    assert_ok(tw_space_new(&space));
    for (size_t k = 0; k < BLOCKS; k++)
        assert_ok(tw_space_add(space, &blocks[k]));
    assert_int_equal(tw_space_size(space), SIZE);
    return space;
}

/* Number of the filter of entry k of the block: 8 entries a filter, or its column. */
static size_t filter_of(size_t block, size_t k) {
    return block == 0 ? k / 8 : k % 4;
}

static double length_of(const double *x, size_t count) {
    long double sum = 0;
    for (size_t k = 0; k < count; k++)
        sum += (long double)x[k] * x[k];
    return (double)sqrtl(sum);
}

static double filter_length(size_t block, const double *x, size_t count, size_t filter) {
    long double sum = 0;
    for (size_t k = 0; k < count; k++)
        if (filter_of(block, k) == filter)
            sum += (long double)x[k] * x[k];
    return (double)sqrtl(sum);
}

static double expected(tw_norm norm, size_t b, const tw_block *block, size_t k, const double *w,
                       const double *d) {
    const double *wb = w + block->offset, *db = d + block->offset;
    size_t count = block->count, j = b < 2 ? filter_of(b, k) : 0;
    switch (norm) {
    case TW_NORM_FILTER:
        return b < 2 ? db[k] * filter_length(b, wb, count, j) /
                           (filter_length(b, db, count, j) + 1e-10)
                     : db[k];
    case TW_NORM_DFILTER:
        return b < 2 ? db[k] / (filter_length(b, db, count, j) + 1e-10) : db[k];
    case TW_NORM_LAYER:
        return db[k] * length_of(wb, count) / length_of(db, count);
    case TW_NORM_DLAYER:
        return db[k] / length_of(db, count);
    case TW_NORM_WEIGHT:
        return db[k] * wb[k];
    case TW_NORM_MODEL:
        return db[k] * length_of(w, SIZE) / length_of(d, SIZE);
    default:
        return db[k];
    }
}

static void test_formulas(void **state) {
    tw_space *space = make_space();
    double w[SIZE], d[SIZE], out[SIZE];
    tw_rng_fill_normal(1, 1, 0, SIZE, w);
    tw_rng_fill_normal(1, 2, 0, SIZE, d);
    for (int norm = TW_NORM_NONE; norm <= TW_NORM_MODEL; norm++) {
        memcpy(out, d, sizeof d);
        tw_direction_normalize(space, (tw_norm)norm, w, out);
        for (size_t b = 0; b < BLOCKS; b++) {
            const tw_block *block = tw_space_block(space, b);
            for (size_t k = 0; k < block->count; k++)
                assert_close(out[block->offset + k], expected((tw_norm)norm, b, block, k, w, d),
                             1e-14, 0);
        }
    }
    tw_space_free(space);
}

/* What the formulas promise: a filter of the direction is as long as that of the point. */
static void test_lengths(void **state) {
    tw_space *space = make_space();
    double w[SIZE], d[SIZE];
    tw_rng_fill_normal(5, 1, 0, SIZE, w);
    tw_rng_fill_normal(5, 2, 0, SIZE, d);
    tw_direction_normalize(space, TW_NORM_FILTER, w, d);
    for (size_t b = 0; b < 2; b++) {
        const tw_block *block = tw_space_block(space, b);
        for (size_t j = 0; j < (b == 0 ? 3 : 4); j++)
            assert_close(filter_length(b, d + block->offset, block->count, j),
                         filter_length(b, w + block->offset, block->count, j), 1e-9, 0);
    }
    tw_direction_normalize(space, TW_NORM_MODEL, w, d);
    assert_close(length_of(d, SIZE), length_of(w, SIZE), 1e-14, 0);
    tw_space_free(space);
}

static void test_zeros(void **state) {
    tw_space *space = make_space();
    double w[SIZE], d[SIZE], out[SIZE];
    memset(w, 0, sizeof w);
    tw_rng_fill_normal(6, 2, 0, SIZE, d);
    for (int norm = TW_NORM_NONE; norm <= TW_NORM_MODEL; norm++) {
        memcpy(out, d, sizeof d);
        tw_direction_normalize(space, (tw_norm)norm, w, out);
        int to_zero = norm == TW_NORM_LAYER || norm == TW_NORM_WEIGHT;
        for (size_t k = 0; k < SIZE; k++) {
            assert_true(isfinite(out[k]));
            if (to_zero || (norm == TW_NORM_FILTER && k < 44))
                assert_true(out[k] == 0);
            if (norm == TW_NORM_MODEL)
                assert_true(out[k] == d[k]);
        }
        /* a direction of zeros stays one */
        memset(out, 0, sizeof out);
        tw_direction_normalize(space, (tw_norm)norm, d, out);
        for (size_t k = 0; k < SIZE; k++)
            assert_true(out[k] == 0);
    }
    tw_space_free(space);
}

static void test_names(void **state) {
    static const char *const names[] = {"none",    "filter", "layer", "weight",
                                        "dfilter", "dlayer", "model"};
    for (int k = 0; k <= TW_NORM_MODEL; k++) {
        assert_string_equal(tw_norm_name((tw_norm)k), names[k]);
        assert_int_equal(tw_norm_find(names[k]), k);
    }
    assert_int_equal(tw_norm_find("Filter"), -1);
    assert_null(tw_norm_name((tw_norm)70));
}

/* The stream the header names, block by block; other seeds and axes draw other numbers (the peer
 * repeats one direction). */
static void test_random(void **state) {
    tw_space *space = make_space(), *alone = NULL;
    double x[SIZE], y[SIZE], other[SIZE], conv[24];
    tw_direction_random(space, 42, "x", x);
    tw_direction_random(space, 42, "y", y);
    tw_direction_random(space, 43, "x", other);
    for (size_t b = 0; b < BLOCKS; b++) {
        const tw_block *block = tw_space_block(space, b);
        char stream[64];
        snprintf(stream, sizeof stream, "direction x/%s", block->name);
        for (size_t k = 0; k < block->count; k++)
            assert_true(x[block->offset + k] == tw_rng_normal(42, tw_rng_stream(stream), k));
    }
    double cosine = 0;
    for (size_t k = 0; k < SIZE; k++) {
        assert_true(x[k] != y[k] && x[k] != other[k]);
        cosine += x[k] * y[k];
    }
    assert_true(fabs(cosine / (length_of(x, SIZE) * length_of(y, SIZE))) < 0.5);
    assert_ok(tw_space_new(&alone));
    assert_ok(tw_space_add(alone, &blocks[0]));
    tw_direction_random(alone, 42, "x", conv);
    assert_memory_equal(conv, x, sizeof conv);
    tw_space_free(alone);
    tw_space_free(space);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formulas), cmocka_unit_test(test_lengths),
        cmocka_unit_test(test_zeros),    cmocka_unit_test(test_names),
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
