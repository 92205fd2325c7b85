/* exp, log, log1p, expm1 and tanh of every level that this processor has, against long double. */
#include <float.h>
#include <math.h>

#include "kernel/kernels.h"
#include "support.h"

typedef void (*array_function)(size_t, const double *, double *);
typedef long double (*exact_function)(long double);

enum { COUNT = 4096 };

/* The largest error over x[0 ... COUNT-1], in units of the last place. */
static double worst_ulps(array_function function, exact_function exact, const double *x) {
    static double out[COUNT];
    double worst = 0;
    function(COUNT, x, out);
    for (int k = 0; k < COUNT; k++) {
        long double truth = exact(x[k]);
        double ulp = nextafter(fabs((double)truth), INFINITY) - fabs((double)truth);
        double error = (double)(fabsl(out[k] - truth) / ulp);
        if (!(error <= worst))
            worst = error;
    }
    return worst;
}

static void fill(double *x, double from, double to, int logarithmic) {
    for (int k = 0; k < COUNT; k++) {
        double u = tw_rng_uniform(1, 1, (uint64_t)k);
        x[k] = logarithmic ? exp(log(from) + u * (log(to) - log(from))) : from + u * (to - from);
    }
}

static void every_level_is_accurate(void **state) {
    static double x[COUNT];
    for (size_t level = 0; tw_kernels_at(level) != NULL; level++) {
        const tw_kernels *k = tw_kernels_at(level);
        if (!tw_cpu_level_supported(level))
            continue;
        fill(x, -700, 700, 0);
        assert_true(worst_ulps(k->exp, expl, x) < 2);
        fill(x, -1, 1, 0);
        assert_true(worst_ulps(k->exp, expl, x) < 2);
        assert_true(worst_ulps(k->expm1, expm1l, x) < 4);
        fill(x, -0.9, 3, 0);
        assert_true(worst_ulps(k->log1p, log1pl, x) < 3);
        for (int negative = 0; negative <= 1; negative++) {
            fill(x, 1e-300, 0.3, 1);
            for (int j = 0; negative && j < COUNT; j++)
                x[j] = -x[j];
            assert_true(worst_ulps(k->log1p, log1pl, x) < 3);
            assert_true(worst_ulps(k->expm1, expm1l, x) < 4);
            assert_true(worst_ulps(k->tanh, tanhl, x) < 5);
        }
        fill(x, -20, 20, 0);
        assert_true(worst_ulps(k->tanh, tanhl, x) < 5);
        fill(x, 1e-300, 1e300, 1);
        assert_true(worst_ulps(k->log, logl, x) < 2);
        fill(x, 0.5, 2, 0);
        assert_true(worst_ulps(k->log, logl, x) < 2);
    }
}

static void special_arguments(void **state) {
    double x[8] = {0, -INFINITY, INFINITY, NAN, -1000, 1000, 709.7, -708.5}, out[8];
    for (size_t level = 0; tw_kernels_at(level) != NULL; level++) {
        const tw_kernels *k = tw_kernels_at(level);
        if (!tw_cpu_level_supported(level))
            continue;
        k->exp(8, x, out);
        assert_true(out[0] == 1 && out[1] == 0 && isinf(out[2]) && isnan(out[3]));
        assert_true(out[4] == 0 && isinf(out[5]) && out[7] == 0);
        assert_close(out[6], exp(709.7), 1e-15, 0);
        k->log(8, (double[8]){0, -1, INFINITY, NAN, 1, 4, 0.25, DBL_MIN}, out);
        assert_true(isinf(out[0]) && out[0] < 0 && isnan(out[1]) && isinf(out[2]));
        assert_true(isnan(out[3]) && out[4] == 0);
        assert_close(out[7], log(DBL_MIN), 1e-15, 0);
        k->log1p(8, (double[8]){0, -1, INFINITY, NAN, -2, 1e300, 1e-320, -0.5}, out);
        assert_true(out[0] == 0 && isinf(out[1]) && out[1] < 0 && isinf(out[2]) && isnan(out[3]));
        assert_true(isnan(out[4]) && out[6] == 1e-320);
        k->tanh(8, (double[8]){0, -INFINITY, INFINITY, NAN, 800, -800, 1e-300, -1e-300}, out);
        assert_true(out[0] == 0 && out[1] == -1 && out[2] == 1 && isnan(out[3]));
        assert_true(out[4] == 1 && out[5] == -1 && out[6] == 1e-300 && out[7] == -1e-300);
    }
}

static void levels_by_name(void **state) {
    assert_string_equal(tw_cpu_level_name(0), "generic");
    assert_true(tw_cpu_level_supported(0));
    assert_ok(tw_cpu_level_set("generic"));
    assert_string_equal(tw_cpu_level(), "generic");
    assert_fails(TW_ERR_ARGUMENT, "'quantum'", tw_cpu_level_set("quantum"));
    assert_ok(tw_cpu_level_set("best"));
    for (size_t level = 0; tw_cpu_level_name(level) != NULL; level++)
        if (tw_cpu_level_supported(level))
            assert_ok(tw_cpu_level_set(tw_cpu_level_name(level)));
        else
            assert_fails(TW_ERR_ARGUMENT, "this processor",
                         tw_cpu_level_set(tw_cpu_level_name(level)));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_level_is_accurate),
        cmocka_unit_test(special_arguments),
        cmocka_unit_test(levels_by_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
