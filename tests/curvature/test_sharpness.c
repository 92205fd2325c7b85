/* Rises within balls: against closed forms of quadratic forms, and every direction of the plane. */
#include <math.h>

#include "quadratic.h"
#include "thalweg/sharpness.h"

static const double values[] = {9, 4, 4, 1, 0.5, 0.25, -0.5, -2};
enum { N = sizeof values / sizeof values[0] };

static double trace(void) {
    double sum = 0;
    for (size_t i = 0; i < N; i++)
        sum += values[i];
    return sum;
}

/* At 0: A(r) = r^2 tr / 2n, W(r) = r^2 / 2 times the largest eigenvalue. */
static void test_quadratic(void **state) {
    quadratic q = {.n = N, .values = values};
    tw_objective *f = quadratic_objective(&q);
    const double radii[] = {0.01, 0.5, 3}, x[N] = {0};
    tw_sharpness_result r;
    const tw_sharpness_options options = {
        .radii = radii, .radius_count = 3, .rise = 0.75, .draws = 200, .steps = 60};
    assert_ok(tw_sharpness(f, x, &options, &r));
    assert_close(r.loss, 0, 0, 1e-15);
    assert_int_equal(r.dimension, N);
    for (size_t k = 0; k < 3; k++) {
        double square = radii[k] * radii[k] / 2;
        assert_close(r.rises[k].worst, 9 * square, 1e-3, 0);
        assert_true(r.rises[k].worst <= 9 * square * (1 + 1e-12));
        assert_true(fabs(r.rises[k].average - square * trace() / N) <=
                    3 * r.rises[k].average_error);
        assert_true(r.rises[k].average_error > 0.01 * square &&
                    r.rises[k].average_error < 0.4 * square);
    }
    assert_close(r.worst_radius, sqrt(2 * 0.75 / 9), 2e-3, 0);
    assert_true(fabs(r.worst_radius - sqrt(2 * 0.75 / 9)) <=
                r.worst_radius_error + 1e-4 * r.worst_radius);
    assert_true(r.worst_radius_error < 1e-2 * r.worst_radius); /* not the whole rise */
    assert_true(fabs(r.average_radius - sqrt(2 * 0.75 * N / trace())) <=
                3 * r.average_radius_error);
    tw_sharpness_result_release(&r);
    tw_objective_free(f);
}

/* Along a parabola beside its minimum, where the slope changes on the way: the bars hold. */
static void test_bars_of_radii(void **state) {
    const double at[] = {1, 0.1, 20};
    tw_objective *f;
    assert_ok(tw_function_new("sphere:1", NULL, &f));
    for (size_t k = 0; k < 3; k++)
        for (double rise = 1e-4; rise < 1e3; rise *= 2.7) {
            tw_sharpness_result r;
            assert_ok(tw_sharpness(f, &at[k], &(tw_sharpness_options){.rise = rise}, &r));
            double wanted = sqrt(at[k] * at[k] + rise) - at[k];
            if (!(fabs(r.worst_radius - wanted) <= r.worst_radius_error + 1e-12 * wanted))
                fail_msg("from %g, rise %g: %.12g +- %g, not %.12g", at[k], rise, r.worst_radius,
                         r.worst_radius_error, wanted);
            assert_true(r.worst_radius_error < 1e-2 * wanted);
            tw_sharpness_result_release(&r);
        }
    tw_objective_free(f);
}

/* The single step of SAM. */
static void test_step_along_the_gradient(void **state) {
    quadratic q = {.n = N, .values = values};
    tw_objective *f = quadratic_objective(&q);
    double x[N], g[N], y[N], size = 0, radius = 0.3, at[1], there[1];
    tw_rng_fill_normal(1, 1, 0, N, x);
    assert_ok(tw_objective_gradient(f, x, at, g));
    for (size_t i = 0; i < N; i++)
        size += g[i] * g[i];
    for (size_t i = 0; i < N; i++)
        y[i] = x[i] + radius * g[i] / sqrt(size);
    assert_ok(tw_objective_value(f, y, there));
    tw_sharpness_result r;
    assert_ok(tw_sharpness(f, x, &(tw_sharpness_options){.radii = &radius, .radius_count = 1}, &r));
    assert_close(r.rises[0].sam, there[0] - at[0], 1e-12, 0);
    assert_true(r.rises[0].worst >= r.rises[0].sam);
    /* the gradient at x is taken once for all radii */
    tw_sharpness_result thrice;
    const double same[] = {radius, radius, radius};
    assert_ok(
        tw_sharpness(f, x, &(tw_sharpness_options){.radii = same, .radius_count = 3}, &thrice));
    assert_int_equal(thrice.gradients, 3 * (r.gradients - 1) + 1);
    assert_true(thrice.rises[2].worst == r.rises[0].worst);
    tw_sharpness_result_release(&thrice);
    /* what the gradient does cancels in pairs: the errors are those at 0 */
    const double zero[N] = {0}, error = r.rises[0].average_error;
    tw_sharpness_result_release(&r);
    assert_ok(
        tw_sharpness(f, zero, &(tw_sharpness_options){.radii = &radius, .radius_count = 1}, &r));
    assert_close(error, r.rises[0].average_error, 1e-9, 0);
    tw_sharpness_result_release(&r);
    tw_objective_free(f);
}

/* ---- two parameters: every direction ---- */

static double bent(size_t n, const double *x, void *user) {
    return 3 * x[0] * x[0] + x[0] * x[1] + 0.5 * x[1] * x[1] + 0.1 * sin(3 * x[0]);
}

static void bent_gradient(size_t n, const double *x, double *g, void *user) {
    g[0] = 6 * x[0] + x[1] + 0.3 * cos(3 * x[0]);
    g[1] = x[0] + x[1];
}

static void check_bent(int has_gradient, tw_norm ball) {
    enum { ANGLES = 20000 };
    const double x[2] = {0.4, -2}, radius = 0.7;
    double d[2] = {1, 1}, most = -INFINITY, sum = 0;
    tw_objective *f;
    if (has_gradient)
        assert_ok(tw_objective_from_functions(bent, bent_gradient, NULL, 2, &f));
    else
        assert_ok(tw_objective_from_function(bent, NULL, 2, &f));
    for (int i = 0; i < 2; i++)
        d[i] = ball == TW_NORM_WEIGHT ? fabs(x[i]) : 1;
    for (int k = 0; k < ANGLES; k++) {
        double angle = 2 * M_PI * k / ANGLES;
        double y[2] = {x[0] + radius * d[0] * cos(angle), x[1] + radius * d[1] * sin(angle)};
        double rise = bent(2, y, NULL) - bent(2, x, NULL);
        most = rise > most ? rise : most;
        sum += rise / ANGLES;
    }
    tw_sharpness_result r;
    const tw_sharpness_options options = {
        .ball = ball, .radii = &radius, .radius_count = 1, .draws = 400};
    assert_ok(tw_sharpness(f, x, &options, &r));
    assert_close(r.rises[0].worst, most, 1e-3, 0);
    assert_true(fabs(r.rises[0].average - sum) <= 3 * r.rises[0].average_error);
    tw_sharpness_result_release(&r);
    tw_objective_free(f);
}

static void test_every_direction(void **state) {
    check_bent(1, TW_NORM_NONE);
    check_bent(1, TW_NORM_WEIGHT);
    check_bent(0, TW_NORM_NONE);
}

/* Two standard errors hold the mean in 19 of 20 seeds. */
static void test_bars(void **state) {
    enum { SEEDS = 200 };
    quadratic q = {.n = N, .values = values};
    tw_objective *f = quadratic_objective(&q);
    const double radius = 1, x[N] = {0};
    int held = 0;
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        tw_sharpness_result r;
        const tw_sharpness_options options = {
            .radii = &radius, .radius_count = 1, .seed = seed, .steps = 1};
        assert_ok(tw_sharpness(f, x, &options, &r));
        held += fabs(r.rises[0].average - trace() / N / 2) <= 2 * r.rises[0].average_error;
        tw_sharpness_result_release(&r);
    }
    assert_true(held >= 0.9 * SEEDS && held < SEEDS);
    tw_objective_free(f);
}

/* Of losses whose squares are 0, or infinite, the same numbers, multiplied. */
static void test_sizes(void **state) {
    const double sizes[] = {1, 1e-200, 1e200}, radius = 1, x[N] = {0};
    tw_rise rises[3];
    for (size_t k = 0; k < 3; k++) {
        double scaled[N];
        for (size_t i = 0; i < N; i++)
            scaled[i] = sizes[k] * values[i];
        quadratic q = {.n = N, .values = scaled};
        tw_objective *f = quadratic_objective(&q);
        tw_sharpness_result r;
        assert_ok(
            tw_sharpness(f, x, &(tw_sharpness_options){.radii = &radius, .radius_count = 1}, &r));
        rises[k] = r.rises[0];
        assert_close(rises[k].average / sizes[k], rises[0].average, 1e-9, 0);
        assert_close(rises[k].average_error / sizes[k], rises[0].average_error, 1e-9, 0);
        assert_close(rises[k].worst / sizes[k], rises[0].worst, 1e-9, 0);
        tw_sharpness_result_release(&r);
        tw_objective_free(f);
    }
    assert_true(rises[0].average_error > 0);
}

static void test_refused(void **state) {
    quadratic q = {.n = N, .values = values};
    tw_objective *f = quadratic_objective(&q);
    const double bad[] = {-1, 0, NAN, INFINITY}, good = 1, x[N] = {0};
    tw_sharpness_result r;
    tw_sharpness_options options = {.radius_count = 1};
    for (size_t k = 0; k < 4; k++) {
        options.radii = bad + k;
        assert_fails(TW_ERR_ARGUMENT, "above 0", tw_sharpness(f, x, &options, &r));
    }
    options.radii = &good;
    options.rise = -1;
    assert_fails(TW_ERR_ARGUMENT, "rise", tw_sharpness(f, x, &options, &r));
    options.rise = 0;
    options.ball = TW_NORM_WEIGHT; /* of weights that are 0 */
    assert_fails(TW_ERR_ARGUMENT, "may move", tw_sharpness(f, x, &options, &r));
    assert_fails(TW_ERR_ARGUMENT, "neither", tw_sharpness(f, x, NULL, &r));
    tw_objective_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_quadratic),       cmocka_unit_test(test_step_along_the_gradient),
        cmocka_unit_test(test_every_direction), cmocka_unit_test(test_bars),
        cmocka_unit_test(test_sizes),           cmocka_unit_test(test_refused),
        cmocka_unit_test(test_bars_of_radii),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
