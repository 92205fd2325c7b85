/* Matrices whose squares are too large or too small for a double: the same numbers, multiplied. */
#include <math.h>

#include "quadratic.h"

enum { N = 150, PAIRS = 5 };

typedef struct found {
    double values[PAIRS], residual, trace, trace_error, frobenius, frobenius_error, diagonal;
    double density_trace, density_norm, density_error;
} found;

static void search(tw_curvature *m, found *out) {
    tw_spectrum *s;
    tw_spectrum_result r;
    assert_ok(tw_spectrum_open(
        m, &(tw_spectrum_options){.largest = 3, .smallest = 2, .tolerance = 1e-9}, &s));
    while (!tw_spectrum_ended(s))
        assert_ok(tw_spectrum_run(s, 10));
    assert_ok(tw_spectrum_result_of(s, &r));
    assert_int_equal(r.stop, TW_SPECTRUM_CONVERGED);
    for (size_t k = 0; k < PAIRS; k++)
        out->values[k] = (k < 3 ? r.largest[k] : r.smallest[k - 3]).value;
    out->residual = r.largest[0].residual;
    assert_true(out->residual <= r.tolerance);
    tw_spectrum_close(s);
}

static found find(double size, tw_product_source source) {
    double values[N], diagonal[N], x[N] = {0};
    found out;
    for (size_t i = 0; i < N; i++)
        values[i] = size * (i == 0 ? 3 : i == 1 ? 1 : i == 2 ? -2 : 0.5 * sin((double)i));
    quadratic q = {.n = N, .values = values};
    tw_objective *f = quadratic_objective(&q);
    tw_curvature *m;
    tw_trace_result trace = {0};
    tw_density density = {0};
    assert_ok(tw_curvature_open(f, x, &(tw_curvature_options){.source = source}, &m));
    search(m, &out);
    const tw_trace_options options = {
        .method = TW_TRACE_HUTCHINSON, .draws = 40, .diagonal = diagonal};
    assert_ok(tw_trace_run(m, &options, &trace));
    assert_ok(tw_density_run(m, &(tw_density_options){.probes = 2, .steps = 30}, &density));
    out.trace = trace.trace;
    out.trace_error = trace.standard_error;
    out.frobenius = trace.frobenius;
    out.frobenius_error = trace.frobenius_error;
    out.diagonal = diagonal[7];
    out.density_trace = density.trace;
    out.density_norm = tw_density_frobenius(&density, &out.density_error);
    tw_trace_release(&trace);
    tw_density_release(&density);
    tw_curvature_close(m);
    tw_objective_free(f);
    return out;
}

/* Relative, of the numbers of `size` times those of 1. */
static void compare(const found *a, const found *b, double size, double tolerance) {
    const double *of_a = (const double *)a, *of_b = (const double *)b;
    for (size_t k = 0; k < sizeof *a / sizeof *of_a; k++) {
        if (&of_b[k] == &b->residual) /* of the rounding */
            continue;
        double off = fabs(of_a[k] / size - of_b[k]);
        if (!(off <= tolerance * fabs(of_b[k])))
            fail_msg("at %g number %zu is %.12g, not %.12g times that", size, k, of_a[k] / size,
                     of_b[k]);
    }
}

/* Of products with a few digits the matrix is as symmetric as these are; one that is skew is
 * refused as ever. */
static void test_few_digits(void **state) {
    for (int skew = 0; skew < 2; skew++) {
        double values[N], x[N] = {0};
        for (size_t i = 0; i < N; i++)
            values[i] = 1e-318 * cos((double)i);
        quadratic q = {.n = N, .values = values, .skew = skew * 1e-317};
        tw_objective *f = quadratic_objective(&q);
        tw_curvature *m;
        if (skew) {
            assert_fails(TW_ERR_CALLBACK, "not symmetric", tw_curvature_open(f, x, NULL, &m));
        } else {
            tw_spectrum *s;
            tw_spectrum_result r;
            assert_ok(tw_curvature_open(f, x, NULL, &m));
            assert_ok(tw_spectrum_open(m, NULL, &s));
            while (!tw_spectrum_ended(s))
                assert_ok(tw_spectrum_run(s, 10));
            assert_ok(tw_spectrum_result_of(s, &r));
            assert_close(r.largest[0].value, 1e-318, 0, 1e-321);
            assert_true(r.stop == TW_SPECTRUM_ROUNDING && r.products < 10 * N);
            tw_spectrum_close(s);
            tw_curvature_close(m);
        }
        tw_objective_free(f);
    }
}

static void test_sizes(void **state) {
    static const double sizes[] = {1e-300, 1e-162, 1e-150, 1e-100, 1e-60, 1e150, 1e155, 1e300};
    const found one = find(1, TW_PRODUCT_EXACT);
    for (size_t k = 0; k < sizeof sizes / sizeof sizes[0]; k++) {
        const found here = find(sizes[k], TW_PRODUCT_EXACT);
        compare(&here, &one, sizes[k], 1e-8);
    }
}

/* At x = 0 gradients are as small as products. */
static void test_differences(void **state) {
    const found one = find(1, TW_PRODUCT_DIFFERENCES);
    static const double sizes[] = {1e-290, 1e-170, 1e170, 1e290};
    for (size_t k = 0; k < 4; k++) {
        const found here = find(sizes[k], TW_PRODUCT_DIFFERENCES);
        compare(&here, &one, sizes[k], 1e-5);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_few_digits),
        cmocka_unit_test(test_sizes),
        cmocka_unit_test(test_differences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
