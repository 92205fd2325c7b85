/* Gradients by complex steps: against formulas, what they promise, and what they refuse. */
#include <complex.h>
#include <math.h>

#include "slope_problems.h"
#include "support.h"

enum { MOST = 64 };

static void gradients_of_functions(void **state) {
    for (size_t k = 0; tw_function_name(k) != NULL; k++) {
        double x[MOST], kept[MOST], g[MOST], truth[MOST], bars[MOST], values[1];
        tw_objective *f = NULL;
        if (strcmp(tw_function_name(k), "mgh") == 0)
            continue;
        assert_ok(tw_function_new(tw_function_name(k), NULL, &f));
        size_t n = tw_objective_size(f);
        assert_ok(tw_function_start(tw_function_name(k), n, x));
        for (size_t i = 0; i < n; i++)
            x[i] = kept[i] = x[i] + 0.01 * (double)(i + 1);
        assert_ok(tw_objective_gradient(f, x, values, truth));
        tw_diff_options options = {.method = TW_DIFF_COMPLEX, .bars = bars};
        tw_diff_report report;
        assert_ok(tw_diff_gradient(f, x, &options, g, &report));
        double most = 0;
        for (size_t i = 0; i < n; i++) {
            assert_true(fabs(g[i] - truth[i]) <= 2 * bars[i]); /* the formula rounds, too */
            most = fmax(most, bars[i]);
        }
        assert_true(relative_distance(g, truth, n) < 1e-14);
        assert_memory_equal(x, kept, n * sizeof *x);
        assert_true(report.bar == most && report.value == values[0] && report.step < 1e-18);
        assert_true(report.evaluations > n && report.evaluations < n + 100);
        tw_objective_free(f);
    }
}

static tw_status slope(void *ctx, size_t n, const double *x, double *values) {
    values[0] = tw_slope_value(*(const int *)ctx, x[0]);
    return TW_OK;
}

static tw_status complex_slope(void *ctx, size_t n, const double *x, const double *y,
                               double *result) {
    double _Complex z = tw_slope_value_complex(*(const int *)ctx, __builtin_complex(x[0], y[0]));
    result[0] = creal(z);
    result[1] = cimag(z);
    return TW_OK;
}

static void known_slopes(void **state) {
    static const tw_objective_ops ops = {
        .value = slope, .complex_value = complex_slope, .concurrent = 1};
    int exact = 0;
    for (int k = 0; k < SLOPE_PROBLEMS; k++) {
        const slope_problem *p = &slope_problems[k];
        tw_objective *f = NULL;
        double g;
        assert_ok(tw_objective_new(&ops, &k, 1, NULL, &f));
        assert_ok(
            tw_diff_gradient(f, &p->x, &(tw_diff_options){.method = TW_DIFF_COMPLEX}, &g, NULL));
        assert_close(g, p->slope, 1e-11, 0);
        exact += fabs(g - p->slope) <= 1e-14 * fabs(p->slope);
        tw_objective_free(f);
    }
    print_message("%d of %d to 1e-14\n", exact, SLOPE_PROBLEMS);
    assert_true(exact >= 25); /* differences of large terms are not complex steps' to mend */
}

static void the_same_bits_on_any_threads(void **state) {
    double x[MOST], one[MOST], many[MOST], one_bars[MOST], many_bars[MOST];
    tw_rng_fill_normal(1, 1, 0, MOST, x);
    for (int threads = 1; threads <= 4; threads++) {
        tw_runner *runner = NULL;
        tw_objective *f = NULL;
        assert_ok(tw_runner_new(threads, &runner));
        assert_ok(tw_function_new("rastrigin:64", runner, &f));
        tw_diff_options options = {.method = TW_DIFF_COMPLEX,
                                   .bars = threads == 1 ? one_bars : many_bars};
        assert_ok(tw_diff_gradient(f, x, &options, threads == 1 ? one : many, NULL));
        if (threads > 1) {
            assert_memory_equal(one, many, sizeof one);
            assert_memory_equal(one_bars, many_bars, sizeof one_bars);
        }
        tw_objective_free(f);
        tw_runner_free(runner);
    }
}

static void hidden_and_kept(void **state) {
    double x[10], y[10] = {1e-20}, g[10], direct[2], through[2];
    tw_objective *f = NULL, *plain = NULL;
    assert_ok(tw_function_new("rosenbrock:10", NULL, &f));
    assert_ok(tw_function_start("rosenbrock:10", 10, x));
    assert_true(tw_objective_capabilities(f) & TW_CAN_COMPLEX);
    assert_ok(tw_objective_plain(f, 0, &plain));
    assert_int_equal(tw_objective_capabilities(plain) & TW_CAN_COMPLEX, 0);
    assert_fails(TW_ERR_UNSUPPORTED, "use the method 'ladder', or provide",
                 tw_objective_complex_value(plain, x, y, through));
    assert_fails(
        TW_ERR_UNSUPPORTED, "'rosenbrock:10' has no value at complex points",
        tw_diff_gradient(plain, x, &(tw_diff_options){.method = TW_DIFF_COMPLEX}, g, NULL));
    assert_true(strncmp(tw_message(), "objective", 9) == 0); /* of no one coordinate */
    tw_objective_free(plain);
    assert_ok(tw_objective_plain(f, TW_CAN_COMPLEX, &plain));
    assert_ok(tw_objective_complex_value(f, x, y, direct));
    assert_ok(tw_objective_complex_value(plain, x, y, through));
    assert_memory_equal(direct, through, sizeof direct);
    tw_objective_free(plain);
    tw_objective_free(f);
}

/* f = sum of exp(x_i) - |x_i|, with one thing wrong in the complex operation. */
typedef enum fault {
    NONE,
    MODULUS, /* of the last term only */
    CONJUGATE,
    ANOTHER, /* function */
    NOT_FINITE,
    FAILS,
    SILENT_FAILURE
} fault;

static tw_status value(void *ctx, size_t n, const double *x, double *values) {
    values[0] = 0;
    for (size_t i = 0; i < n; i++)
        values[0] += exp(x[i]) - fabs(x[i]);
    return TW_OK;
}

static tw_status complex_value(void *ctx, size_t n, const double *x, const double *y,
                               double *result) {
    fault wrong = *(const fault *)ctx;
    result[0] = result[1] = 0;
    for (size_t i = 0; i < n; i++) {
        double sign = x[i] < 0 ? -1 : 1, factor = wrong == ANOTHER ? 1.0001 : 1;
        result[0] += exp(x[i]) * cos(y[i]) - fabs(x[i]);
        result[1] += exp(x[i]) * sin(y[i]) * factor - (wrong == CONJUGATE ? -sign : sign) * y[i];
        if (wrong == MODULUS && i + 1 == n)
            result[1] += sign * y[i];
    }
    if (wrong == NOT_FINITE)
        result[1] = NAN;
    if (wrong == FAILS)
        return tw_fail(TW_ERR_IO, "the disk is full");
    return wrong == SILENT_FAILURE ? TW_ERR_CALLBACK : TW_OK;
}

static int stop_at_once(void *user, size_t done, size_t total) {
    return 1;
}

static void another_function_is_refused(void **state) {
    static const struct {
        fault wrong;
        tw_status status;
        const char *words;
    } cases[] = {
        {MODULUS, TW_ERR_CALLBACK, "does not belong to this function"},
        {CONJUGATE, TW_ERR_CALLBACK, "does not belong to this function"},
        {ANOTHER, TW_ERR_CALLBACK, "does not belong to this function"},
        {NOT_FINITE, TW_ERR_CALLBACK, "does not belong to this function"},
        {FAILS, TW_ERR_IO, "coordinate 0: the disk is full"},
        {SILENT_FAILURE, TW_ERR_CALLBACK, "complex_value failed"},
    };
    static const tw_objective_ops ops = {
        .value = value, .complex_value = complex_value, .concurrent = 1};
    double x[MOST], g[MOST];
    tw_rng_fill_normal(2, 1, 0, MOST, x);
    fault wrong = NONE;
    tw_objective *f = NULL;
    assert_ok(tw_objective_new(&ops, &wrong, MOST, NULL, &f));
    tw_diff_options options = {.method = TW_DIFF_COMPLEX};
    assert_ok(tw_diff_gradient(f, x, &options, g, NULL));
    for (int i = 0; i < MOST; i++)
        assert_close(g[i], exp(x[i]) - copysign(1, x[i]), 1e-14, 1e-15);
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        wrong = cases[k].wrong;
        assert_fails(cases[k].status, cases[k].words, tw_diff_gradient(f, x, &options, g, NULL));
    }
    wrong = NONE;
    options.progress = stop_at_once;
    assert_fails(TW_ERR_CANCELLED, "cancelled at coordinate 16 of 64",
                 tw_diff_gradient(f, x, &options, g, NULL));
    x[3] = INFINITY;
    options.progress = NULL;
    assert_fails(TW_ERR_NOT_FINITE, "where its derivative is asked for",
                 tw_diff_gradient(f, x, &options, g, NULL));
    tw_objective_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gradients_of_functions),       cmocka_unit_test(known_slopes),
        cmocka_unit_test(the_same_bits_on_any_threads), cmocka_unit_test(hidden_and_kept),
        cmocka_unit_test(another_function_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
