/* jacobian_sparse.c: the sparse Jacobian of a system of yours, at the cost of a few evaluations.
 *
 *     cc jacobian_sparse.c $(pkg-config --cflags --libs thalweg) -lm -o jacobian_sparse
 *
 * The system is a heated rod with a source that depends on its temperature, u'' + e^u = 0 on a grid
 * of N points (Bratu's problem): residual i depends on points i - 1, i and i + 1 only. Newton's
 * method solves it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <thalweg/thalweg.h>

enum { N = 1000 };

/* The residuals; `user` is what they need beside x. x is only read. */
static tw_status rod(void *user, size_t n, const double *x, size_t m, double *r) {
    double h2 = *(const double *)user;
    for (size_t i = 0; i < m; i++) {
        double left = i > 0 ? x[i - 1] : 0, right = i + 1 < n ? x[i + 1] : 0;
        r[i] = left - 2 * x[i] + right + h2 * exp(x[i]);
    }
    return TW_OK;
}

static void must(tw_status status) {
    if (status != TW_OK) {
        fprintf(stderr, "%s: %s\n", tw_status_text(status), tw_message());
        exit(1);
    }
}

/* Row by row, the columns in which J can differ from zero. */
static tw_pattern *three_diagonals(void) {
    static size_t starts[N + 1], indices[3 * N];
    tw_pattern *pattern = NULL;
    for (size_t i = 0; i < N; i++) {
        starts[i + 1] = starts[i];
        for (size_t j = i > 0 ? i - 1 : 0; j <= i + 1 && j < N; j++)
            indices[starts[i + 1]++] = j;
    }
    must(tw_pattern_new(N, N, starts, indices, &pattern));
    return pattern;
}

/* Solves J step = -r for three diagonals, whose values come row by row; returns the largest entry
 * of the step. */
static double newton_step(const size_t *starts, double *values, double *r, double *x) {
    double largest = 0;
    for (size_t i = 0; i + 1 < N; i++) {
        double *diagonal = &values[starts[i] + (i > 0)], *next = &values[starts[i + 1]];
        double factor = next[0] / diagonal[0];
        next[1] -= factor * diagonal[1];
        r[i + 1] -= factor * r[i];
    }
    for (size_t i = N; i-- > 0;) {
        double *diagonal = &values[starts[i] + (i > 0)];
        r[i] = (r[i] - (i + 1 < N ? diagonal[1] * r[i + 1] : 0)) / diagonal[0];
        x[i] -= r[i];
        largest = fmax(largest, fabs(r[i]));
    }
    return largest;
}

int main(void) {
    static double x[N], r[N], values[3 * N], bars[3 * N];
    double h2 = 1.0 / ((N + 1.0) * (N + 1.0));
    tw_pattern *pattern = three_diagonals();

    /* 1000 columns, three colours: columns of a colour share no row and are moved together */
    tw_residuals residuals = {.function = rod, .user = &h2, .n = N, .m = N};
    tw_jacobian_options options = {.method = TW_DIFF_CENTRAL, .bars = bars};
    tw_jacobian_report report;
    must(tw_diff_jacobian_sparse(&residuals, pattern, x, &options, values, &report));
    printf("%zu columns in %zu colours, %llu evaluations, largest error bar %.1g\n", (size_t)N,
           report.groups, report.evaluations, report.bar);
    double off = fabs(values[0] - (-2 + h2 * exp(x[0])));
    int good = off <= bars[0] && report.groups == 3;

    double step = INFINITY;
    for (int k = 0; k < 10 && step > 1e-9; k++) {
        must(tw_diff_jacobian_sparse(&residuals, pattern, x, NULL, values, NULL));
        must(rod(&h2, N, x, N, r));
        step = newton_step(tw_pattern_starts(pattern), values, r, x);
        printf("Newton step %d: %.2g\n", k + 1, step);
    }
    /* in closed form: u(1/2) = 2 log cosh q, where q = cosh(q) / sqrt(8) */
    double q = 0;
    for (int k = 0; k < 60; k++)
        q = cosh(q) / sqrt(8);
    double middle = 2 * log(cosh(q));
    printf("u in the middle: %.6f, in closed form %.6f\n", x[N / 2], middle);
    tw_pattern_free(pattern);
    return good && step <= 1e-9 && fabs(x[N / 2] - middle) < 1e-6 ? 0 : 1;
}
