/* The numerical gradient: orders of accuracy, steps, threads, refusals. */
#include <math.h>

#include "support.h"

static double waves(size_t n, const double *x, void *user) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += sin((double)(i + 1) * x[i]) + exp(0.1 * x[i]) * x[(i + 1) % n];
    return sum;
}

static void waves_gradient(size_t n, const double *x, double *g) {
    for (size_t i = 0; i < n; i++) {
        size_t before = (i + n - 1) % n;
        double k = (double)(i + 1);
        g[i] = k * cos(k * x[i]) + 0.1 * exp(0.1 * x[i]) * x[(i + 1) % n] + exp(0.1 * x[before]);
    }
}

static double bowl(size_t n, const double *p, void *user) {
    return p[0] * p[0] + 4 * p[1] * p[1];
}

static double twice(size_t n, const double *p, void *user) {
    return 2 * p[0];
}

enum { N = 30 };

static void errors_are_as_the_orders_say(void **state) {
    double x[N], truth[N], g[N];
    tw_objective *f = NULL;
    tw_rng_fill_normal(1, 1, 0, N, x);
    waves_gradient(N, x, truth);
    assert_ok(tw_objective_from_function(waves, NULL, N, &f));
    tw_diff_report report;
    assert_ok(tw_diff_gradient(f, x, NULL, g, &report));
    assert_true(relative_distance(g, truth, N) < 1e-6);
    assert_int_equal(report.evaluations, N + 1); /* the base value and one a coordinate */
    assert_true(report.value == waves(N, x, NULL));
    tw_diff_options central = {.method = TW_DIFF_CENTRAL};
    assert_ok(tw_diff_gradient(f, x, &central, g, &report));
    assert_true(relative_distance(g, truth, N) < 1e-8);
    /* halving h divides the error by 2 (forward), 4 (central) */
    for (int method = 0; method <= 1; method++) {
        double error[2];
        for (int k = 0; k <= 1; k++) {
            tw_diff_options options = {.method = method, .step = k ? 0x1p-11 : 0x1p-10};
            assert_ok(tw_diff_gradient(f, x, &options, g, NULL));
            error[k] = relative_distance(g, truth, N);
        }
        assert_close(error[0] / error[1], method ? 4 : 2, 0.02, 0);
    }
    tw_objective_free(f);
}

static void a_quadratic_is_exact_by_central_differences(void **state) {
    tw_objective *f = NULL;
    double x[2] = {3, -1}, g[2];
    assert_ok(tw_objective_from_function(bowl, NULL, 2, &f));
    tw_diff_options options = {.method = TW_DIFF_CENTRAL, .step = 0.25};
    assert_ok(tw_diff_gradient(f, x, &options, g, NULL));
    assert_true(g[0] == 6 && g[1] == -8);
    options.method = TW_DIFF_FORWARD; /* off by h f''/2 */
    assert_ok(tw_diff_gradient(f, x, &options, g, NULL));
    assert_true(g[0] == 6.25 && g[1] == -7);
    tw_objective_free(f);
}

/* (x + h) - x is divided by, not h: at x = 1e5 they differ by a part in 1e6 for h = 1e-5. */
static void the_stored_step_is_divided_by(void **state) {
    tw_objective *f = NULL;
    double x = 1e5, g;
    assert_ok(tw_objective_from_function(twice, NULL, 1, &f));
    assert_ok(tw_diff_gradient(f, &x, &(tw_diff_options){.step = 1e-5}, &g, NULL));
    assert_true(g == 2);
    assert_fails(TW_ERR_ARGUMENT, "does not change",
                 tw_diff_gradient(f, &x, &(tw_diff_options){.step = 1e-13}, &g, NULL));
    assert_fails(TW_ERR_ARGUMENT, "step -1",
                 tw_diff_gradient(f, &x, &(tw_diff_options){.step = -1}, &g, NULL));
    tw_objective_free(f);
}

static int stop_at_half(void *user, size_t done, size_t total) {
    ++*(int *)user;
    return done * 2 > total;
}

static void threads_progress_and_x(void **state) {
    enum { MANY = 1000 };
    static double x[MANY], before[MANY], one[MANY], many[MANY];
    tw_rng_fill_normal(1, 1, 0, MANY, x);
    memcpy(before, x, sizeof x);
    for (int threads = 1; threads <= 4; threads++) {
        tw_runner *runner = NULL;
        tw_objective *f = NULL;
        assert_ok(tw_runner_new(threads, &runner));
        assert_ok(tw_objective_from_function(waves, NULL, MANY, &f));
        tw_objective_set_runner(f, runner);
        assert_ok(tw_diff_gradient(f, x, NULL, threads == 1 ? one : many, NULL));
        if (threads > 1)
            assert_memory_equal(one, many, sizeof one);
        int calls = 0;
        tw_diff_options options = {.progress = stop_at_half, .progress_user = &calls};
        assert_fails(TW_ERR_CANCELLED, "cancelled at coordinate",
                     tw_diff_gradient(f, x, &options, many, NULL));
        assert_true(calls > 1);
        tw_objective_free(f);
        tw_runner_free(runner);
    }
    assert_memory_equal(before, x, sizeof x);
}

/* The central and forward methods through an objective's own differences: by the general way. */
static void fast_differences_agree_with_the_general_way(void **state) {
    tw_dataset *data = random_dataset(1, 300, 40, 10, 2);
    static double mean[40], w[410], fast[410], slow[410];
    tw_dataset_mean(data, mean);
    tw_rng_fill_normal(1, 1, 0, 410, w);
    for (int k = 0; k < 410; k++)
        w[k] *= 0.01;
    for (int loss = 0; loss <= 1; loss++)
        for (int method = 0; method <= 1; method++) {
            tw_objective *f = NULL, *plain = NULL;
            tw_linear_options model = {.loss = loss, .reg = 0.1, .mean = mean};
            assert_ok(tw_linear_new(data, &model, NULL, &f));
            assert_ok(tw_objective_plain(f, 0, &plain));
            tw_diff_options options = {.method = method, .step = 1e-5};
            assert_ok(tw_diff_gradient(f, w, &options, fast, NULL));
            assert_ok(tw_diff_gradient(plain, w, &options, slow, NULL));
            assert_true(relative_distance(slow, fast, 410) < 1e-9);
            tw_objective_free(plain);
            tw_objective_free(f);
        }
    tw_dataset_free(data);
}

static void methods_by_name(void **state) {
    assert_int_equal(tw_diff_method_find("central"), TW_DIFF_CENTRAL);
    assert_int_equal(tw_diff_method_find("sideways"), -1);
    assert_string_equal(tw_diff_method_name(TW_DIFF_FORWARD), "forward");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_are_as_the_orders_say),
        cmocka_unit_test(a_quadratic_is_exact_by_central_differences),
        cmocka_unit_test(the_stored_step_is_divided_by),
        cmocka_unit_test(threads_progress_and_x),
        cmocka_unit_test(fast_differences_agree_with_the_general_way),
        cmocka_unit_test(methods_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
