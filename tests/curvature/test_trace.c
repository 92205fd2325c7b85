/* Traces, diagonals and sums of squares against forms that are known, and whether the bars hold. */
#include <math.h>

#include "quadratic.h"

enum { N = 60 };

typedef struct truth {
    double trace, squares, diagonal[N];
} truth;

static truth truth_of(const quadratic *q) {
    truth t = {0};
    double unit[N], column[N];
    for (size_t i = 0; i < q->n; i++) {
        memset(unit, 0, sizeof unit);
        unit[i] = 1;
        quadratic_product(q, unit, column);
        t.diagonal[i] = column[i];
        t.trace += column[i];
        for (size_t j = 0; j < q->n; j++)
            t.squares += column[j] * column[j];
    }
    return t;
}

static void open_form(quadratic *q, tw_objective **f, tw_curvature **m) {
    static const double x[20000];
    *f = quadratic_objective(q);
    assert_ok(tw_curvature_open(*f, x, NULL, m));
}

static void spectrum_like(double *values, size_t n) {
    for (size_t i = 0; i < n; i++)
        values[i] = i < 3 ? 10.0 - 3 * (double)i : sin((double)i) / 2;
}

/* Over many seeds two standard errors hold the truth, of the trace and of every entry. */
static void check_bars(tw_trace_method method) {
    enum { SEEDS = 1000 };
    double values[N], diagonal[N], errors[N];
    size_t holds = 0, holds_squares = 0, holds_entries = 0;
    spectrum_like(values, N);
    quadratic q = {.n = N, .values = values};
    truth t = truth_of(&q);
    tw_objective *f;
    tw_curvature *m;
    open_form(&q, &f, &m);
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        tw_trace_result r = {0};
        const tw_trace_options options = {.method = method,
                                          .draws = 40,
                                          .sketch = 2,
                                          .seed = seed,
                                          .diagonal = diagonal,
                                          .diagonal_error = errors};
        assert_ok(tw_trace_run(m, &options, &r));
        assert_int_equal(r.draws, 40);
        assert_int_equal(r.method, method);
        assert_int_equal(r.products, method == TW_TRACE_HUTCHPP ? 44 : 40);
        assert_close(r.blocks[0].trace, r.trace, 1e-12, 0);
        holds += fabs(r.trace - t.trace) <= 2 * r.standard_error;
        holds_squares += fabs(r.squares - t.squares) <= 2 * r.squares_error;
        double sum = 0;
        for (size_t i = 0; i < N; i++) {
            holds_entries += fabs(diagonal[i] - t.diagonal[i]) <= 2 * errors[i];
            sum += diagonal[i];
        }
        assert_close(sum, r.trace, 1e-11, 0);
        tw_trace_release(&r);
    }
    if (holds < SEEDS * 93 / 100 || holds_squares < SEEDS * 90 / 100 ||
        holds_entries < N * SEEDS * 93 / 100)
        fail_msg("%s: of %d bars %zu hold the trace, %zu the squares, of %d %zu the diagonal",
                 tw_trace_method_name(method), SEEDS, holds, holds_squares, N * SEEDS,
                 holds_entries);
    tw_curvature_close(m);
    tw_objective_free(f);
}

static void test_bars(void **state) {
    check_bars(TW_TRACE_HUTCHINSON);
    check_bars(TW_TRACE_HUTCHPP);
}

/* A matrix of rank 2 is in a sketch of 3 columns in full. */
static void test_sketch(void **state) {
    double values[N] = {0};
    values[4] = 7;
    values[9] = -2;
    quadratic q = {.n = N, .values = values};
    tw_objective *f;
    tw_curvature *m;
    tw_trace_result r = {0};
    open_form(&q, &f, &m);
    assert_ok(tw_trace_run(
        m, &(tw_trace_options){.method = TW_TRACE_HUTCHPP, .draws = 20, .sketch = 3}, &r));
    assert_close(r.trace, 5, 1e-12, 0);
    assert_true(r.standard_error < 1e-12);
    assert_close(r.squares, 53, 1e-12, 0);
    assert_close(r.frobenius, sqrt(53), 1e-12, 0);
    assert_true(r.sketch < 4);
    tw_trace_release(&r);
    tw_curvature_close(m);
    tw_objective_free(f);
}

static int stop_at(void *user, size_t done, size_t total) {
    return done >= *(size_t *)user;
}

static int stop_after(void *user, size_t done, size_t total) {
    return --*(size_t *)user == 0;
}

/* A sketch of as many columns as parameters, or more, is all of the matrix: nothing is drawn. */
static void test_whole_sketch(void **state) {
    double values[N];
    spectrum_like(values, N);
    for (size_t sketch = N - 1; sketch <= N + 1; sketch++)
        for (size_t stop = 0; stop < 12; stop += 11) {
            quadratic q = {.n = N, .values = values};
            truth t = truth_of(&q);
            tw_objective *f;
            tw_curvature *m;
            tw_trace_result r = {0};
            size_t left = stop;
            tw_trace_options options = {.method = TW_TRACE_HUTCHPP,
                                        .draws = 20,
                                        .sketch = sketch,
                                        .progress = stop > 0 ? stop_after : NULL,
                                        .progress_user = &left};
            open_form(&q, &f, &m);
            if (stop > 0)
                assert_fails(TW_ERR_CANCELLED, "cancelled", tw_trace_run(m, &options, &r));
            assert_ok(tw_trace_run(m, &options, &r));
            if (sketch < N) {
                assert_int_equal(r.method, TW_TRACE_HUTCHPP);
                assert_true(r.standard_error > 0);
            } else {
                assert_int_equal(r.method, TW_TRACE_EXACT);
                assert_int_equal(r.draws, 0);
                assert_int_equal(r.products, N);
                assert_close(r.trace, t.trace, 1e-12, 0);
                assert_close(r.frobenius, sqrt(t.squares), 1e-12, 0);
                assert_true(r.standard_error == 0 && r.blocks[0].standard_error == 0 &&
                            r.frobenius_error == 0);
            }
            tw_trace_release(&r);
            tw_curvature_close(m);
            tw_objective_free(f);
        }
}

/* Columns by differences have no chance in them, but errors. */
static void test_columns_by_differences(void **state) {
    double x[30], diagonal[30], errors[30], trace = 0;
    tw_objective *f;
    tw_curvature *exact, *m;
    tw_trace_result want = {0}, r = {0};
    assert_ok(tw_function_new("ackley:30", NULL, &f));
    for (size_t i = 0; i < 30; i++)
        x[i] = sin((double)i);
    assert_ok(tw_curvature_open(f, x, NULL, &exact));
    assert_ok(tw_trace_run(exact, NULL, &want));
    assert_true(want.standard_error == 0);
    for (double step = 1e-8; step < 0.2; step *= 100) {
        assert_ok(tw_curvature_open(
            f, x, &(tw_curvature_options){.source = TW_PRODUCT_DIFFERENCES, .step = step}, &m));
        assert_ok(tw_trace_run(
            m, &(tw_trace_options){.diagonal = diagonal, .diagonal_error = errors}, &r));
        assert_int_equal(r.method, TW_TRACE_EXACT);
        assert_true(r.standard_error > 0 && r.frobenius_error > 0 && errors[3] > 0);
        assert_true(fabs(r.trace - want.trace) <= r.standard_error);
        assert_true(fabs(r.frobenius - want.frobenius) <= r.frobenius_error);
        assert_close(r.blocks[0].standard_error, r.standard_error, 1e-12, 0);
        trace = r.trace;
        tw_trace_release(&r);
        tw_curvature_close(m);
    }
    assert_true(trace != want.trace);
    tw_trace_release(&want);
    tw_curvature_close(exact);
    tw_objective_free(f);
}

/* Threads, a tolerance, and being interrupted change nothing but where it stops. */
static void test_bits(void **state) {
    enum { MANY = 20000 }; /* ten pieces: fewer are not spread */
    double *values = malloc(MANY * sizeof *values);
    spectrum_like(values, MANY);
    tw_trace_result whole = {0};
    for (int threads = 1; threads <= 3; threads++) {
        quadratic q = {.n = MANY, .values = values};
        assert_ok(tw_runner_new(threads, &q.runner));
        tw_objective *f;
        tw_curvature *m;
        tw_trace_result r = {0};
        size_t limit = 12;
        open_form(&q, &f, &m);
        tw_trace_options options = {.draws = 40, .progress = stop_at, .progress_user = &limit};
        assert_fails(TW_ERR_CANCELLED, "after 12 of 40", tw_trace_run(m, &options, &r));
        assert_int_equal(r.draws, 12);
        limit = 100;
        assert_ok(tw_trace_run(m, &options, &r));
        assert_int_equal(q.products, 42);
        if (threads == 1)
            assert_ok(tw_trace_run(m, &options, &whole));
        assert_memory_equal(whole.values, r.values, 80 * sizeof(double));
        assert_true(whole.trace == r.trace && whole.standard_error == r.standard_error);
        tw_trace_release(&r);
        options.tolerance = 0.5;
        assert_ok(tw_trace_run(m, &options, &r));
        assert_true(r.draws >= 16 && r.draws < 40);
        assert_true(r.standard_error <= 0.5 * fabs(r.trace));
        assert_memory_equal(whole.values, r.values, 2 * r.draws * sizeof(double));
        tw_trace_release(&r);
        tw_curvature_close(m);
        tw_objective_free(f);
        tw_runner_free(q.runner);
    }
    tw_trace_release(&whole);
    free(values);
}

static void test_refused(void **state) {
    double values[N] = {1};
    quadratic q = {.n = N, .values = values};
    tw_objective *f;
    tw_curvature *m;
    tw_trace_result r = {0};
    open_form(&q, &f, &m);
    assert_fails(TW_ERR_UNSUPPORTED, "no exact diagonal",
                 tw_trace_run(m, &(tw_trace_options){.method = TW_TRACE_EXACT}, &r));
    assert_fails(TW_ERR_ARGUMENT, "two or more",
                 tw_trace_run(m, &(tw_trace_options){.draws = 1}, &r));
    q.broken = q.products + 6;
    assert_fails(TW_ERR_NOT_FINITE, "entry 3",
                 tw_trace_run(m, &(tw_trace_options){.draws = 20}, &r));
    assert_int_equal(r.draws, 4);
    assert_ok(tw_trace_run(m, &(tw_trace_options){.draws = 20}, &r));
    assert_int_equal(r.draws, 20);
    tw_trace_release(&r);
    tw_curvature_close(m);
    tw_objective_free(f);
}

/* As many unit vectors as parameters leave nothing to chance. */
static void test_columns(void **state) {
    double values[N], diagonal[N], errors[N];
    spectrum_like(values, N);
    quadratic q = {.n = N, .values = values};
    truth t = truth_of(&q);
    tw_objective *f;
    tw_curvature *m;
    tw_trace_result r = {0};
    open_form(&q, &f, &m);
    assert_ok(
        tw_trace_run(m, &(tw_trace_options){.diagonal = diagonal, .diagonal_error = errors}, &r));
    assert_int_equal(r.method, TW_TRACE_EXACT);
    assert_int_equal(r.products, N);
    assert_close(r.trace, t.trace, 1e-12, 0);
    assert_close(r.squares, t.squares, 1e-12, 0);
    assert_true(r.standard_error == 0 && r.squares_error == 0 && r.frobenius_error == 0);
    for (size_t i = 0; i < N; i++) {
        assert_close(diagonal[i], t.diagonal[i], 1e-12, 1e-12);
        assert_true(errors[i] == 0);
    }
    tw_trace_release(&r);
    tw_curvature_close(m);
    tw_objective_free(f);
}

/* Sums of columns are no base for draws, nor draws for columns: with other numbers of draws a
 * result is that of a call of its own. */
static void test_other_draws(void **state) {
    static const size_t draws[] = {N, 20, N + 1};
    double values[N], diagonal[N], alone[N];
    spectrum_like(values, N);
    quadratic q = {.n = N, .values = values};
    tw_objective *f;
    tw_curvature *m;
    tw_trace_result r = {0};
    open_form(&q, &f, &m);
    for (int with = 0; with < 2; with++) {
        for (size_t k = 0; k < sizeof draws / sizeof draws[0]; k++) {
            tw_trace_result fresh = {0};
            tw_trace_options options = {.draws = draws[k], .diagonal = with ? diagonal : NULL};
            assert_ok(tw_trace_run(m, &options, &r));
            options.diagonal = with ? alone : NULL;
            assert_ok(tw_trace_run(m, &options, &fresh));
            assert_int_equal(r.method, fresh.method);
            assert_int_equal(r.draws, fresh.draws);
            assert_true(r.trace == fresh.trace && r.standard_error == fresh.standard_error);
            if (with)
                assert_memory_equal(diagonal, alone, sizeof alone);
            tw_trace_release(&fresh);
        }
        tw_trace_release(&r);
    }
    tw_curvature_close(m);
    tw_objective_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bars),         cmocka_unit_test(test_sketch),
        cmocka_unit_test(test_bits),         cmocka_unit_test(test_columns),
        cmocka_unit_test(test_refused),      cmocka_unit_test(test_other_draws),
        cmocka_unit_test(test_whole_sketch), cmocka_unit_test(test_columns_by_differences),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
