/* Directions: every normalisation entry by entry against its formula, and where the draws come
 * from. */
#include <math.h>

#include "support.h"

enum { BLOCKS = 6, SIZE = 12 + 20 + 48 + 5 + 1 + 7 };

static const tw_block blocks[BLOCKS] = {
    {.name = "fc.weight", .rank = 2, .shape = {3, 4}},
    {.name = "linear", .rank = 2, .shape = {4, 5}, .filter_axis = 1},
    {.name = "conv.weight", .rank = 4, .shape = {4, 3, 2, 2}},
    {.name = "fc.bias", .rank = 1, .shape = {5}, .role = TW_ROLE_BIAS},
    {.name = "temperature", .rank = 0},
    {.name = "norm.weight", .rank = 1, .shape = {7}, .role = TW_ROLE_NORM},
};

static tw_space *make_space(void) {
    tw_space *space = NULL;
    assert_ok(tw_space_new(&space));
    for (int k = 0; k < BLOCKS; k++)
        assert_ok(tw_space_add(space, &blocks[k]));
    assert_int_equal(tw_space_size(space), SIZE);
    return space;
}

static void draw(double *w, double *d) {
    tw_rng_fill_normal(5, 1, 0, SIZE, w);
    tw_rng_fill_normal(5, 2, 0, SIZE, d);
    for (int i = 0; i < SIZE; i++)
        w[i] *= 0.1 * (i + 1);
}

/* Filter of entry `entry` of a block, by writing the index out. */
static size_t filter_of(const tw_block *block, size_t entry) {
    size_t index[TW_MAX_RANK] = {0};
    for (int axis = block->rank - 1; axis >= 0; axis--) {
        index[axis] = entry % block->shape[axis];
        entry /= block->shape[axis];
    }
    return index[block->filter_axis];
}

/* sqrt of the squares of the entries of x that are in the same filter as `entry`, or in the block
 * where `whole`. */
static double norm_around(const tw_block *block, size_t entry, int whole, const double *x) {
    long double sum = 0;
    whole = whole || block->rank < 2;
    for (size_t i = 0; i < block->count; i++)
        if (whole || filter_of(block, i) == filter_of(block, entry))
            sum += (long double)x[block->offset + i] * x[block->offset + i];
    return (double)sqrtl(sum);
}

static double model_norm(const double *x) {
    long double sum = 0;
    for (int i = 0; i < SIZE; i++)
        sum += (long double)x[i] * x[i];
    return (double)sqrtl(sum);
}

/* The header's formulas, one entry at a time. */
static double expected(const tw_block *block, tw_norm norm, const double *w, const double *d,
                       size_t entry) {
    double value = d[block->offset + entry], weight = w[block->offset + entry];
    switch (norm) {
    case TW_NORM_FILTER:
        return value * norm_around(block, entry, 0, w) / (norm_around(block, entry, 0, d) + 1e-10);
    case TW_NORM_DFILTER:
        return value / (norm_around(block, entry, 0, d) + 1e-10);
    case TW_NORM_LAYER:
        return value * norm_around(block, entry, 1, w) / norm_around(block, entry, 1, d);
    case TW_NORM_DLAYER:
        return value / norm_around(block, entry, 1, d);
    case TW_NORM_WEIGHT:
        return value * weight;
    case TW_NORM_MODEL:
        return value * model_norm(w) / model_norm(d);
    case TW_NORM_NONE:
        break;
    }
    return value;
}

static void every_norm_by_its_formula(void **state) {
    tw_space *space = make_space();
    double w[SIZE], d[SIZE], w_before[SIZE], out[SIZE];
    for (int norm = TW_NORM_NONE; norm <= TW_NORM_MODEL; norm++) {
        draw(w, d);
        memcpy(w_before, w, sizeof w);
        memcpy(out, d, sizeof d);
        tw_direction_normalize(space, (tw_norm)norm, w, out);
        assert_memory_equal(w, w_before, sizeof w);
        for (size_t k = 0; k < BLOCKS; k++) {
            const tw_block *block = tw_space_block(space, k);
            for (size_t i = 0; i < block->count; i++)
                assert_close(out[block->offset + i], expected(block, (tw_norm)norm, w, d, i), 1e-14,
                             0);
        }
    }
    tw_space_free(space);
}

/* A filter as short as the guard is long shows that the guard is there, and where. */
static void filters_have_a_guard_and_layers_none(void **state) {
    tw_space *space = NULL;
    const double w[4] = {3, 4, 6, 8};
    assert_ok(tw_space_new(&space));
    assert_ok(tw_space_add(space, &(tw_block){.name = "m", .rank = 2, .shape = {2, 2}}));
    double d[4] = {6e-11, 8e-11, 0.6, 0.8};
    tw_direction_normalize(space, TW_NORM_FILTER, w, d);
    assert_close(d[0], 1.5, 1e-14, 0);
    assert_close(d[1], 2, 1e-14, 0);
    assert_close(d[2], 6, 1e-9, 0);
    double unit[4] = {6e-11, 8e-11, 0.6, 0.8};
    tw_direction_normalize(space, TW_NORM_DFILTER, w, unit);
    assert_close(unit[0], 0.3, 1e-14, 0);
    assert_close(unit[3], 0.8, 1e-9, 0);
    double layer[4] = {1e-11, 0, 0, 0};
    tw_direction_normalize(space, TW_NORM_LAYER, w, layer);
    assert_close(layer[0], sqrt(125), 1e-14, 0);
    double dlayer[4] = {0, 1e-11, 0, 0};
    tw_direction_normalize(space, TW_NORM_DLAYER, w, dlayer);
    assert_close(dlayer[1], 1, 1e-14, 0);
    tw_space_free(space);
}

static void zeros_make_zeros(void **state) {
    tw_space *space = make_space();
    double w[SIZE] = {0}, d[SIZE], out[SIZE], zero[SIZE];
    for (int norm = TW_NORM_NONE; norm <= TW_NORM_MODEL; norm++) {
        memset(w, 0, sizeof w);
        tw_rng_fill_normal(5, 2, 0, SIZE, d);
        memcpy(out, d, sizeof d);
        tw_direction_normalize(space, (tw_norm)norm, w, out);
        for (size_t i = 0; i < SIZE; i++) {
            assert_true(isfinite(out[i]));
            if (norm == TW_NORM_LAYER || norm == TW_NORM_WEIGHT || norm == TW_NORM_FILTER)
                assert_true(out[i] == 0);
            if (norm == TW_NORM_MODEL || norm == TW_NORM_NONE)
                assert_true(out[i] == d[i]);
        }
        draw(w, d);
        memset(zero, 0, sizeof zero);
        tw_direction_normalize(space, (tw_norm)norm, w, zero);
        for (size_t i = 0; i < SIZE; i++)
            assert_true(zero[i] == 0);
    }
    tw_space_free(space);
}

/* One filter of w is zero, one of d: the others do not notice. */
static void one_zero_filter(void **state) {
    tw_space *space = NULL;
    assert_ok(tw_space_new(&space));
    assert_ok(tw_space_add(space,
                           &(tw_block){.name = "m", .rank = 2, .shape = {2, 3}, .filter_axis = 1}));
    const double w[6] = {3, 0, 1, 4, 0, 1};
    double d[6] = {1, 5, 0, 0, 5, 0};
    tw_direction_normalize(space, TW_NORM_FILTER, w, d);
    assert_close(d[0], 5, 1e-9, 0);
    for (int i = 1; i < 6; i++)
        assert_true(d[i] == 0);
    tw_space_free(space);
}

/* Squares of these entries are 0, or infinite. */
static void no_entry_is_too_small_or_too_large(void **state) {
    tw_space *space = NULL;
    assert_ok(tw_space_new(&space));
    assert_ok(tw_space_add(space, &(tw_block){.name = "b", .rank = 1, .shape = {2}}));
    static const double scales[] = {1e-310, 1e-200, 1e-160, 1, 1e160, 1e300};
    for (size_t a = 0; a < 6; a++)
        for (int norm = TW_NORM_DLAYER; norm <= TW_NORM_MODEL; norm++) {
            double d[2] = {3 * scales[a], 4 * scales[a]};
            const double w[2] = {0, 1};
            tw_direction_normalize(space, (tw_norm)norm, w, d);
            assert_close(d[0], 0.6, 1e-12, 0);
            assert_close(d[1], 0.8, 1e-12, 0);
        }
    double d[2] = {3, 4};
    const double w[2] = {6e200, 8e200};
    tw_direction_normalize(space, TW_NORM_LAYER, w, d);
    assert_close(d[0], 6e200, 1e-14, 0);
    tw_space_free(space);
}

/* Biases, scalars and scales become zero, the others as without the option, but for MODEL, whose
 * |w| and |d| are those of what is left. */
static void biases_are_left_out(void **state) {
    tw_space *space = make_space();
    double w[SIZE], d[SIZE], out[SIZE], kept_w[SIZE], kept_d[SIZE];
    draw(w, d);
    memcpy(kept_w, w, sizeof w);
    memcpy(kept_d, d, sizeof d);
    memset(kept_w + 80, 0, 13 * sizeof *w);
    memset(kept_d + 80, 0, 13 * sizeof *d);
    for (int norm = TW_NORM_NONE; norm <= TW_NORM_MODEL; norm++) {
        const tw_direction_rules rules = {.norm = (tw_norm)norm, .ignore_biasbn = 1};
        memcpy(out, d, sizeof d);
        assert_ok(tw_direction_apply(space, &rules, w, out));
        for (size_t i = 0; i < SIZE; i++) {
            const tw_block *block = tw_space_at(space, i);
            double wanted = expected(block, (tw_norm)norm, kept_w, kept_d, i - block->offset);
            if (block->rank < 2)
                assert_true(out[i] == 0);
            else
                assert_close(out[i], wanted, 1e-14, 0);
        }
    }
    tw_space_free(space);
}

/* The published code copies biases from w, so that two drawn axes share them. */
static void the_peers_rules_copy_biases(void **state) {
    tw_space *space = make_space();
    double w[SIZE], d[SIZE], out[SIZE];
    for (int norm = TW_NORM_NONE; norm < TW_NORM_MODEL; norm++)
        for (int ignore = 0; ignore < 2; ignore++) {
            const tw_direction_rules rules = {sizeof rules, (tw_norm)norm, ignore, 1};
            draw(w, d);
            memcpy(out, d, sizeof d);
            assert_ok(tw_direction_apply(space, &rules, w, out));
            for (size_t i = 0; i < SIZE; i++) {
                const tw_block *block = tw_space_at(space, i);
                if (block->rank < 2)
                    assert_true(out[i] == (ignore ? 0 : w[i]));
                else
                    assert_close(out[i], expected(block, (tw_norm)norm, w, d, i - block->offset),
                                 1e-14, 0);
            }
        }
    memcpy(out, d, sizeof d);
    assert_fails(TW_ERR_ARGUMENT, "no norm 'model'",
                 tw_direction_apply(
                     space, &(tw_direction_rules){.norm = TW_NORM_MODEL, .peer_rules = 1}, w, out));
    assert_memory_equal(out, d, sizeof d);
    tw_space_free(space);
}

/* Lengths, cosines and angles by long double, over the whole range of doubles. */
static void angles_by_their_formula(void **state) {
    static const double scales[] = {1e-310, 1e-160, 1, 1e160, 1e300};
    for (size_t a = 0; a < 5; a++)
        for (size_t b = 0; b < 5; b++) {
            const double x[2] = {3 * scales[a], 4 * scales[a]}, y[2] = {5 * scales[b], 0};
            assert_close(tw_direction_length(2, x), 5 * scales[a], 1e-12, 0);
            assert_close(tw_direction_cosine(2, x, y), 0.6, 1e-12, 0);
            assert_close(tw_direction_angle(2, x, y), acos(0.6) * 180 / acos(-1), 1e-12, 0);
        }
    double w[SIZE], d[SIZE];
    draw(w, d);
    long double product = 0;
    for (int i = 0; i < SIZE; i++)
        product += (long double)w[i] * d[i];
    double cosine = (double)(product / model_norm(w) / model_norm(d));
    assert_close(tw_direction_cosine(SIZE, w, d), cosine, 1e-14, 1e-16);
    assert_close(tw_direction_angle(SIZE, w, d), acos(cosine) * 180 / acos(-1), 1e-13, 0);
    /* where acos of the cosine sees nothing */
    const double x[2] = {1, 0}, near[2] = {1, 1e-9}, far[2] = {-1, 1e-9}, zero[2] = {0};
    assert_close(tw_direction_angle(2, x, near), 1e-9 * 180 / acos(-1), 1e-12, 0);
    assert_close(180 - tw_direction_angle(2, x, far), 1e-9 * 180 / acos(-1), 1e-4, 0);
    assert_true(isnan(tw_direction_angle(2, x, zero)) && isnan(tw_direction_cosine(2, zero, x)));
}

static void orthogonal_axes(void **state) {
    double x[SIZE], y[SIZE], before[SIZE];
    draw(x, before);
    for (int parallel = 0; parallel < 7; parallel++) { /* ever nearer to x */
        double share = pow(10, -parallel);
        for (int i = 0; i < SIZE; i++)
            y[i] = 7 * x[i] + share * before[i];
        double length = model_norm(y), along = 0, left[SIZE];
        assert_ok(tw_direction_orthogonalize(SIZE, x, y));
        assert_close(model_norm(y), length, 1e-14, 0);
        long double product = 0;
        for (int i = 0; i < SIZE; i++)
            product += (long double)x[i] * y[i];
        assert_close((double)product, 0, 0, 1e-15 * model_norm(x) * length);
        /* in the plane of both: along what `before` has that x has not */
        for (int i = 0; i < SIZE; i++)
            along += before[i] * x[i] / (model_norm(x) * model_norm(x));
        for (int i = 0; i < SIZE; i++)
            left[i] = before[i] - along * x[i];
        for (int i = 0; i < SIZE; i++)
            assert_close(y[i] / length, left[i] / model_norm(left), 0, 1e-13 / share);
    }
    const double a[2] = {1e200, 0}, zero[2] = {0};
    double b[2] = {3e-200, 4e-200};
    assert_ok(tw_direction_orthogonalize(2, a, b));
    assert_close(b[1], 5e-200, 1e-14, 0);
    assert_true(b[0] == 0);
    double same[2] = {-5, 0}, nothing[2] = {0}, bad[2] = {1, NAN};
    assert_fails(TW_ERR_ARGUMENT, "parallel", tw_direction_orthogonalize(2, a, same));
    assert_fails(TW_ERR_ARGUMENT, "length", tw_direction_orthogonalize(2, a, nothing));
    assert_fails(TW_ERR_ARGUMENT, "length", tw_direction_orthogonalize(2, zero, b));
    assert_fails(TW_ERR_ARGUMENT, "length", tw_direction_orthogonalize(2, a, bad));
}

static void draws_come_from_named_streams(void **state) {
    tw_space *space = make_space();
    double d[SIZE];
    tw_direction_random(space, 42, "x", d);
    for (size_t k = 0; k < BLOCKS; k++) {
        const tw_block *block = tw_space_block(space, k);
        char name[100];
        snprintf(name, sizeof name, "direction x/%s", block->name);
        for (size_t i = 0; i < block->count; i++)
            assert_true(d[block->offset + i] == tw_rng_normal(42, tw_rng_stream(name), i));
    }
    tw_space_free(space);
}

/* The draws of a block are the same in another space, at another place; seeds, axes and blocks
 * differ from each other. */
static void draws_do_not_know_other_blocks(void **state) {
    tw_space *space = make_space(), *alone = NULL;
    double x[SIZE], again[SIZE], y[SIZE], seeded[SIZE], conv[48 + 5];
    assert_ok(tw_space_new(&alone));
    assert_ok(tw_space_add(alone, &blocks[3]));
    assert_ok(tw_space_add(alone, &blocks[2]));
    tw_direction_random(space, 1, "x", x);
    tw_direction_random(space, 1, "x", again);
    tw_direction_random(space, 1, "y", y);
    tw_direction_random(space, 2, "x", seeded);
    tw_direction_random(alone, 1, "x", conv);
    assert_memory_equal(x, again, sizeof x);
    assert_memory_equal(conv + 5, x + tw_space_find(space, "conv.weight")->offset,
                        48 * sizeof *conv);
    assert_memory_equal(conv, x + tw_space_find(space, "fc.bias")->offset, 5 * sizeof *conv);
    for (int i = 0; i < SIZE; i++) {
        assert_true(x[i] != y[i] && x[i] != seeded[i]);
        for (int j = 0; j < i; j++)
            assert_true(x[i] != x[j]);
    }
    tw_space_free(alone);
    tw_space_free(space);
}

/* Names that agree for a thousand characters are two names. */
static void long_names_differ(void **state) {
    char name[2][1024];
    double d[2];
    tw_space *space = NULL;
    assert_ok(tw_space_new(&space));
    for (int k = 0; k < 2; k++) {
        memset(name[k], 'a', sizeof name[k]);
        snprintf(name[k] + 1000, 20, "%d", k);
        assert_ok(tw_space_add(space, &(tw_block){.name = name[k], .rank = 0}));
    }
    tw_direction_random(space, 1, "x", d);
    assert_true(d[0] != d[1]);
    tw_space_free(space);
}

static void names_go_both_ways(void **state) {
    static const char *const names[] = {"none",    "filter", "layer", "weight",
                                        "dfilter", "dlayer", "model"};
    for (int k = 0; k < 7; k++) {
        assert_string_equal(tw_norm_name((size_t)k), names[k]);
        assert_int_equal(tw_norm_find(names[k]), k);
    }
    assert_null(tw_norm_name(7));
    assert_null(tw_norm_name((size_t)-1));
    assert_int_equal(tw_norm_find("fil"), -1);
    assert_int_equal(tw_norm_find(""), -1);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_norm_by_its_formula),
        cmocka_unit_test(filters_have_a_guard_and_layers_none),
        cmocka_unit_test(zeros_make_zeros),
        cmocka_unit_test(one_zero_filter),
        cmocka_unit_test(no_entry_is_too_small_or_too_large),
        cmocka_unit_test(biases_are_left_out),
        cmocka_unit_test(the_peers_rules_copy_biases),
        cmocka_unit_test(angles_by_their_formula),
        cmocka_unit_test(orthogonal_axes),
        cmocka_unit_test(draws_come_from_named_streams),
        cmocka_unit_test(draws_do_not_know_other_blocks),
        cmocka_unit_test(long_names_differ),
        cmocka_unit_test(names_go_both_ways),
    };
    return cmocka_run_group_tests_name("direction", tests, NULL, NULL);
}
