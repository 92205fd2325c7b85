/* Every allocation of the derivatives of matrices fails once: an error, no crash, no leak (the
 * sanitized build looks for those), x as it was. Linked with the allocators wrapped. */
#include <math.h>

#include "failing_alloc.h"
#include "support.h"

enum { N = 6 };

static tw_status chain(void *user, size_t n, const double *x, size_t m, double *r) {
    for (size_t i = 0; i < m; i++)
        r[i] = exp(x[i]) - (i > 0 ? x[i - 1] * x[i] : 0) + (i + 1 < n ? x[i + 1] : 0);
    return TW_OK;
}

typedef struct fixture {
    double x[N], v[N], values[N * N], bars[N * N];
    size_t groups[N], starts[N + 1], indices[3 * N];
    tw_pattern *pattern;
    tw_objective *objective;
    tw_residuals residuals;
    int variant;
} fixture;

static tw_status make_pattern(fixture *f) {
    tw_pattern *made = NULL;
    tw_status status = tw_pattern_new(N, N, f->starts, f->indices, &made);
    assert_true((status == TW_OK) == (made != NULL));
    tw_pattern_free(made);
    return status;
}

static tw_status color(fixture *f) {
    return tw_color_columns(f->pattern, (tw_color_order)f->variant, f->groups, NULL);
}

static tw_status color_star(fixture *f) {
    return tw_color_symmetric(f->pattern, (tw_color_order)f->variant, f->groups, NULL);
}

static tw_status dense(fixture *f) {
    tw_jacobian_options o = {.method = (tw_diff_method)f->variant, .bars = f->bars};
    return tw_diff_jacobian(&f->residuals, f->x, &o, f->values, NULL);
}

static tw_status sparse(fixture *f) {
    tw_jacobian_options o = {.method = (tw_diff_method)f->variant};
    return tw_diff_jacobian_sparse(&f->residuals, f->pattern, f->x, &o, f->values, NULL);
}

/* The search for a missing column allocates as well. */
static tw_status sparse_wrong(fixture *f) {
    static const size_t nothing[N + 1];
    tw_pattern *wrong = NULL;
    tw_jacobian_options o = {.method = (tw_diff_method)f->variant};
    tw_status status = tw_pattern_new(N, N, nothing, NULL, &wrong);
    if (status == TW_OK)
        status = tw_diff_jacobian_sparse(&f->residuals, wrong, f->x, &o, f->values, NULL);
    tw_pattern_free(wrong);
    return status == TW_ERR_ARGUMENT ? TW_OK : status;
}

static tw_status hessian(fixture *f) {
    tw_hessian_options o = {.source = (tw_hessian_source)(f->variant % 3), .bars = f->bars};
    return tw_diff_hessian(f->objective, f->x, &o, f->values, NULL);
}

static tw_status hessian_sparse(fixture *f) {
    tw_hessian_options o = {.source = (tw_hessian_source)(f->variant % 2)};
    return tw_diff_hessian_sparse(f->objective, f->pattern, f->x, &o, f->values, NULL);
}

static tw_status product(fixture *f) {
    return tw_diff_hessian_product(f->objective, f->x, f->v, f->values, f->bars, NULL);
}

static tw_status curvature(fixture *f) {
    tw_line_curvature out;
    return tw_diff_curvature(f->objective, f->x, f->v, &out);
}

/* Runs with allocation number `which` failing; gives how many there were. */
static size_t run_failing(tw_status (*call)(fixture *), fixture *f, size_t which,
                          tw_status *status) {
    double kept[N];
    memcpy(kept, f->x, sizeof kept);
    failing_alloc_arm(which);
    *status = call(f);
    size_t allocations = failing_alloc_disarm();
    assert_memory_equal(kept, f->x, sizeof kept);
    return allocations;
}

static void every_allocation(void **state) {
    static tw_status (*const calls[])(fixture *) = {
        make_pattern, color,   color_star, dense,          sparse,
        sparse_wrong, hessian, product,    hessian_sparse, curvature};
    fixture f = {.residuals = {.function = chain, .n = N, .m = N}};
    for (size_t i = 0; i < N; i++) {
        f.x[i] = 0.3 + 0.1 * (double)i;
        f.v[i] = 1 - 0.4 * (double)i;
        f.starts[i + 1] = f.starts[i];
        for (size_t j = i > 0 ? i - 1 : 0; j < N && j <= i + 1; j++)
            f.indices[f.starts[i + 1]++] = j;
    }
    assert_ok(tw_pattern_new(N, N, f.starts, f.indices, &f.pattern));
    assert_ok(tw_function_new("rosenbrock:6", NULL, &f.objective));
    for (size_t c = 0; c < sizeof calls / sizeof *calls; c++)
        for (f.variant = 0; f.variant < 4; f.variant++) {
            tw_status status;
            size_t count = run_failing(calls[c], &f, 0, &status);
            assert_ok(status);
            assert_true(count > 0);
            for (size_t which = 1; which <= count; which++) {
                run_failing(calls[c], &f, which, &status);
                assert_int_equal(status, TW_ERR_MEMORY);
                assert_non_null(strstr(tw_message(), "not enough memory"));
            }
        }
    tw_pattern_free(f.pattern);
    tw_objective_free(f.objective);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_allocation)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
