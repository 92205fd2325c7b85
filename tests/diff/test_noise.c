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
        cmocka_unit_test(injected_noise_is_found),
        cmocka_unit_test(rounding_is_found),
        cmocka_unit_test(bounds_and_failures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
