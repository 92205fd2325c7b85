/* Leading eigenvectors: matrices whose answer is known, and residuals of others. */
#include <math.h>

#include "algebra/eigen_symmetric.h"
#include "support.h"

/* |A v - lambda v| and the products of the vectors, beside the largest eigenvalue. */
static void check(size_t n, const double *a, size_t wanted, const double *values,
                  const double *vectors, double size) {
    for (size_t k = 0; k < wanted; k++) {
        const double *v = vectors + k * n;
        for (size_t i = 0; i < n; i++) {
            long double sum = 0;
            for (size_t j = 0; j < n; j++)
                sum += (long double)a[i * n + j] * v[j];
            assert_close((double)(sum - (long double)values[k] * v[i]), 0, 0,
                         4e-16 * (double)(n + 8) * size);
        }
        for (size_t l = 0; l <= k; l++) {
            long double sum = 0;
            for (size_t i = 0; i < n; i++)
                sum += (long double)v[i] * vectors[l * n + i];
            assert_close((double)sum, k == l, 0, 4e-16 * (double)(n + 8));
        }
        if (k > 0)
            assert_true(values[k] <= values[k - 1]);
    }
}

static void solve(size_t n, const double *a, size_t wanted, double *values, double *vectors,
                  double size) {
    double *copy = malloc(n * n * sizeof *copy);
    memcpy(copy, a, n * n * sizeof *copy);
    assert_ok(tw_eigen_symmetric(n, copy, wanted, values, vectors));
    check(n, a, wanted, values, vectors, size);
    free(copy);
}

/* The second difference of n points: eigenvalues 2 - 2 cos(k pi / (n + 1)). */
static void second_difference(void **state) {
    static const size_t sizes[] = {1, 2, 3, 4, 17, 60, 150};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++) {
        size_t n = sizes[s];
        double *a = calloc(n * n, sizeof *a), *vectors = calloc(n * n, sizeof *vectors);
        double *values = calloc(n, sizeof *values);
        for (size_t i = 0; i < n; i++) {
            a[i * n + i] = 2;
            if (i > 0)
                a[i * n + i - 1] = a[(i - 1) * n + i] = -1;
        }
        solve(n, a, n, values, vectors, 4);
        for (size_t k = 0; k < n; k++)
            assert_close(values[k], 2 - 2 * cos((double)(n - k) * M_PI / (double)(n + 1)), 1e-14,
                         4e-15);
        free(a);
        free(vectors);
        free(values);
    }
}

/* Gram matrices of random rows: full, of rank 3, graded over 16 decades, with equal eigenvalues. */
static void gram_matrices(void **state) {
    enum { N = 40 };
    static double rows[N * N], a[N * N], values[N], vectors[N * N];
    for (int kind = 0; kind < 4; kind++) {
        size_t width = kind == 1 ? 3 : N;
        tw_rng_fill_normal(7, (uint64_t)kind, 0, N * N, rows);
        for (size_t i = 0; i < N; i++)
            for (size_t j = 0; j < N; j++) {
                if (kind == 2)
                    rows[i * N + j] *= pow(10, -(double)j / 5);
                if (kind == 3)
                    rows[i * N + j] = i == j;
            }
        double trace = 0;
        for (size_t i = 0; i < N; i++)
            for (size_t j = 0; j < N; j++) {
                a[i * N + j] = 0;
                for (size_t d = 0; d < width; d++)
                    a[i * N + j] += rows[i * N + d] * rows[j * N + d];
                trace += i == j ? a[i * N + j] : 0;
            }
        solve(N, a, N, values, vectors, trace);
        double sum = 0;
        for (size_t k = 0; k < N; k++)
            sum += values[k];
        assert_close(sum, trace, 1e-14, 0);
        if (kind == 1)
            assert_close(values[3], 0, 0, 1e-14 * trace);
    }
}

static void diagonal_and_ones(void **state) {
    double values[3], vectors[9];
    static const double diagonal[9] = {1, 0, 0, 0, 5, 0, 0, 0, 3}, zero[9] = {0},
                        ones[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
    solve(3, diagonal, 3, values, vectors, 5);
    assert_true(values[0] == 5 && values[1] == 3 && values[2] == 1);
    solve(3, zero, 3, values, vectors, 1);
    assert_true(values[0] == 0 && values[2] == 0);
    solve(3, ones, 2, values, vectors, 3);
    assert_close(values[0], 3, 1e-15, 0);
    assert_close(values[1], 0, 0, 1e-15);
}

/* What has no eigenvalues ends, and is no fault of an argument's. */
static void not_finite(void **state) {
    double values[3], vectors[9];
    for (size_t place = 0; place < 5; place += 4) {
        double a[9] = {2, 1, 0, 1, 3, 1, 0, 1, 4};
        a[place] = NAN;
        assert_fails(TW_ERR_NOT_FINITE, "do not settle",
                     tw_eigen_symmetric(3, a, 3, values, vectors));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(second_difference),
        cmocka_unit_test(gram_matrices),
        cmocka_unit_test(diagonal_and_ones),
        cmocka_unit_test(not_finite),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
