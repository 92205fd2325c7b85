/* The noise estimate against noise that was put in. */
#include <math.h>

#include "support.h"

typedef struct noisy {
    double level; /* standard deviation */
    double (*function)(double);
    double at;
} noisy;

/* White noise: another draw for every bit pattern of t. */
static tw_status noisy_value(void *user, double t, double *value) {
    const noisy *f = user;
    uint64_t bits;
    double x = f->at + t;
    memcpy(&bits, &x, sizeof bits);
    *value = f->function(x) + f->level * sqrt(3) * (2 * tw_rng_uniform(7, 1, bits) - 1);
    return TW_OK;
}

static double constant(double x) {
    return 3;
}

static double in_float(double x) {
    return (double)expf((float)x);
}

static void injected_noise_is_found(void **state) {
    double (*functions[])(double) = {exp, cos, constant};
    for (int which = 0; which < 3; which++)
        for (double level = 1e-12; level < 1e-2; level *= 10) {
            noisy f = {level, functions[which], 0.7};
            tw_noise noise;
            assert_ok(tw_noise_estimate(noisy_value, &f, NULL, &noise));
            assert_int_equal(noise.code, TW_NOISE_FOUND);
            assert_int_equal(noise.evaluations, 25);
            assert_true(noise.noise > level / 3 && noise.noise < 3 * level);
        }
}

static void rounding_is_found(void **state) {
    noisy f = {0, exp, 0.7};
    tw_noise noise;
    assert_ok(tw_noise_estimate(noisy_value, &f, NULL, &noise));
    assert_true(noise.noise > 1e-17 && noise.noise < 1e-15);
    f.function = in_float;
    tw_derivative_options options = {.unit = 0x1p-23};
    assert_ok(tw_noise_estimate(noisy_value, &f, &options, &noise));
    assert_true(noise.noise > 1e-8 && noise.noise < 1e-6);
    f.function = constant; /* no noise at all: every difference is zero */
    assert_ok(tw_noise_estimate(noisy_value, &f, NULL, &noise));
    assert_int_equal(noise.code, TW_NOISE_STEP_SMALL);
    assert_true(noise.noise == 0);
}

/* sum |x - k_j| / n + x^2 / 2: kinks at x, next to it, and everywhere around. */
static double kinks_at[400];
static size_t kinks;

static double kinked(double x) {
    double sum = 0;
    for (size_t k = 0; k < kinks; k++)
        sum += fabs(x - kinks_at[k]);
    return sum / 400 + x * x / 2;
}

static void kinks_are_no_noise(void **state) {
    static const double distances[] = {0, 1e-12, 1e-9, 1e-7, 3e-6, 1e-4, 1};
    for (size_t which = 0; which < sizeof distances / sizeof distances[0]; which++)
        for (size_t count = 1; count <= 400; count *= 20) {
            kinks = count;
            for (size_t k = 0; k < count; k++)
                kinks_at[k] = 0.7 + distances[which] * tw_rng_normal(5, 1, k);
            noisy f = {0, kinked, 0.7};
            tw_noise noise;
            assert_ok(tw_noise_estimate(noisy_value, &f, NULL, &noise));
            if (noise.noise > 1e-13) /* 400 sums round by some 1e-15 */
                fail_msg("%d kinks within %g: %g at %g", (int)count, distances[which], noise.noise,
                         noise.step);
            for (int measured = 0; measured <= 1; measured++) { /* nor the ladder's */
                tw_derivative d;
                tw_derivative_options options = {.measure_noise = measured};
                assert_ok(tw_derivative_scalar(noisy_value, &f, &options, &d));
                if (d.noise > 1e-12)
                    fail_msg("ladder: %d kinks within %g: %g", (int)count, distances[which],
                             d.noise);
            }
        }
}

static void values_of_any_size(void **state) {
    static const double sizes[] = {0x1p-900, 1, 0x1p1000};
    double first = 0;
    for (int k = 0; k < 3; k++) {
        double values[7], level;
        for (size_t i = 0; i < 7; i++)
            values[i] = sizes[k] * (3 + 1e-9 * tw_rng_normal(3, 1, i));
        assert_int_equal(tw_noise_level(7, values, &level), TW_NOISE_FOUND);
        first = k == 0 ? level / sizes[k] : first;
        assert_true(level / sizes[k] == first && first > 3e-10 && first < 3e-9);
    }
}

static void bounds_and_failures(void **state) {
    noisy f = {1e-6, exp, 0.7};
    tw_noise noise;
    tw_derivative_options options = {.lower = 0, .upper = 1};
    assert_ok(tw_noise_estimate(noisy_value, &f, &options, &noise));
    assert_int_equal(noise.evaluations, 1); /* no room on the left */
    double level, values[] = {1, NAN, 1, 1};
    assert_int_equal(tw_noise_level(4, values, &level), TW_NOISE_STEP_LARGE);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(injected_noise_is_found), cmocka_unit_test(rounding_is_found),
        cmocka_unit_test(kinks_are_no_noise),      cmocka_unit_test(values_of_any_size),
        cmocka_unit_test(bounds_and_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
