/* Philox against the published known answers, normal numbers against the distribution's own. */
#include <math.h>

#include "support.h"

/* The first two: Random123's kat_vectors, philox4x32 10, all zero. The others from a second program
 * that gives all three of its vectors; they reach the high words of counter and key. */
static void philox_known_answers(void **state) {
    assert_true(tw_rng_bits(0, 0, 0) == 0xe169c58d6627e8d5u);
    assert_true(tw_rng_bits(0, 0, 1) == 0x9b00dbd8bc57ac4cu);
    uint64_t seed = 0x299f31d0a4093822u, stream = 0x0370734413198a2eu;
    assert_true(tw_rng_bits(seed, stream, 0x0b4611a6487ed510u) == 0x572a2f272fe11a02u);
    assert_true(tw_rng_bits(seed, stream, 0x0b4611a6487ed511u) == 0x78d5e3252f88763bu);
    assert_true(tw_rng_bits(UINT64_MAX, UINT64_MAX, UINT64_MAX) == 0x71e0a347b949da37u);
}

static void one_number_at_a_time_or_many(void **state) {
    double uniform[37], normal[37];
    for (uint64_t first = 0; first < 3; first++) {
        tw_rng_fill_uniform(5, 6, first, 37, uniform);
        tw_rng_fill_normal(5, 6, first, 37, normal);
        for (uint64_t k = 0; k < 37; k++) {
            assert_true(uniform[k] == tw_rng_uniform(5, 6, first + k));
            assert_true(normal[k] == tw_rng_normal(5, 6, first + k));
        }
    }
}

static void normal_moments(void **state) {
    double sum = 0, square = 0, fourth = 0, above = 0;
    enum { COUNT = 200000 };
    for (uint64_t k = 0; k < COUNT; k++) {
        double z = tw_rng_normal(1, tw_rng_stream("moments"), k);
        sum += z;
        square += z * z;
        fourth += z * z * z * z;
        above += z > 1.959963984540054;
    }
    assert_close(sum / COUNT, 0, 0, 4 / sqrt(COUNT));
    assert_close(square / COUNT, 1, 0, 4 * sqrt(2.0 / COUNT));
    assert_close(fourth / COUNT, 3, 0, 4 * sqrt(96.0 / COUNT));
    assert_close(above / COUNT, 0.025, 0, 4 * sqrt(0.025 / COUNT));
}

/* erfc is independent of the rational functions inside: the quantile must invert it. */
static void normal_inverts_the_distribution(void **state) {
    for (uint64_t k = 0; k < 20000; k++) {
        double u = tw_rng_uniform(2, 3, k), z = tw_rng_normal(2, 3, k);
        double p = u < 0.5 ? u : 1 - u, tail = 0.5 * erfc(fabs(z) / sqrt(2));
        assert_close(tail, p, 2e-14, 0);
    }
}

static void integers_and_permutations(void **state) {
    size_t count[7] = {0}, order[100], seen[100] = {0};
    for (uint64_t k = 0; k < 70000; k++)
        count[tw_rng_below(4, 4, k, 7)]++;
    for (int k = 0; k < 7; k++)
        assert_in_range(count[k], 9600, 10400);
    tw_rng_permutation(9, 1, 100, order);
    for (int k = 0; k < 100; k++)
        seen[order[k]]++;
    for (int k = 0; k < 100; k++)
        assert_int_equal(seen[k], 1);
}

static void streams_differ(void **state) {
    assert_int_equal(tw_rng_stream(""), 0xcbf29ce484222325u);
    assert_int_equal(tw_rng_stream("a"), 0xaf63dc4c8601ec8cu); /* FNV-1a's published values */
    assert_true(tw_rng_bits(0, tw_rng_stream("x"), 0) != tw_rng_bits(0, tw_rng_stream("y"), 0));
    assert_true(tw_rng_bits(0, 1, 0) != tw_rng_bits(1, 1, 0));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_known_answers),
        cmocka_unit_test(one_number_at_a_time_or_many),
        cmocka_unit_test(normal_moments),
        cmocka_unit_test(normal_inverts_the_distribution),
        cmocka_unit_test(integers_and_permutations),
        cmocka_unit_test(streams_differ),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
