/* Dense Jacobians against closed forms: bars, bounds, threads, and functions that misbehave. */
#include <math.h>
#include <stdatomic.h>

#include "support.h"

/* Broyden's tridiagonal function and its Jacobian; `user` counts calls. */
static tw_status tridiagonal(void *user, size_t n, const double *x, size_t m, double *r) {
    if (user != NULL)
        atomic_fetch_add((atomic_int *)user, 1);
    for (size_t i = 0; i < n; i++)
        r[i] = (3 - 2 * x[i]) * x[i] - (i > 0 ? x[i - 1] : 0) - (i + 1 < n ? 2 * x[i + 1] : 0) + 1;
    return TW_OK;
}

static double tridiagonal_entry(const double *x, size_t i, size_t j) {
    return i == j ? 3 - 4 * x[i] : i == j + 1 ? -1 : j == i + 1 ? -2 : 0;
}

/* A rectangular one with all kinds of entries: r_i = sin(a_i . x) + x_{i mod n}^3 exp(x_0). */
enum { COLUMNS = 7, ROWS = 11 };

static double coefficient(size_t i, size_t j) {
    return tw_rng_normal(3, 1, i * COLUMNS + j);
}

static double along_row(const double *x, size_t i) {
    double sum = 0;
    for (size_t j = 0; j < COLUMNS; j++)
        sum += coefficient(i, j) * x[j];
    return sum;
}

static tw_status rectangle(void *user, size_t n, const double *x, size_t m, double *r) {
    for (size_t i = 0; i < m; i++)
        r[i] = sin(along_row(x, i)) + pow(x[i % n], 3) * exp(x[0]);
    return TW_OK;
}

static double rectangle_entry(const double *x, size_t i, size_t j) {
    double c = x[i % COLUMNS], value = cos(along_row(x, i)) * coefficient(i, j);
    if (j == i % COLUMNS)
        value += 3 * c * c * exp(x[0]);
    return value + (j == 0 ? c * c * c * exp(x[0]) : 0);
}

static const double wanted[] = {1e-6, 3e-9, 1e-11, 1e-11}; /* of the largest entry, by method */

static void closed_forms(void **state) {
    double x[COLUMNS], kept[COLUMNS], truth[ROWS * COLUMNS], j[ROWS * COLUMNS],
        again[ROWS * COLUMNS], bars[ROWS * COLUMNS];
    tw_residuals r = {sizeof r, rectangle, NULL, COLUMNS, ROWS, 1, 0};
    tw_jacobian_report report;
    tw_rng_fill_normal(1, 1, 0, COLUMNS, x);
    memcpy(kept, x, sizeof x);
    for (size_t k = 0; k < ROWS * COLUMNS; k++)
        truth[k] = rectangle_entry(x, k / COLUMNS, k % COLUMNS);
    for (int method = TW_DIFF_FORWARD; method <= TW_DIFF_ROBUST; method++) {
        tw_jacobian_options options = {.method = method};
        assert_ok(tw_diff_jacobian(&r, x, &options, again, &report));
        assert_true(isnan(report.bar) && report.groups == COLUMNS && report.without == 0);
        if (method == TW_DIFF_FORWARD)
            assert_int_equal(report.evaluations, 1 + COLUMNS);
        if (method == TW_DIFF_CENTRAL)
            assert_int_equal(report.evaluations, 1 + 2 * COLUMNS);
        options.bars = bars;
        assert_ok(tw_diff_jacobian(&r, x, &options, j, &report));
        if (method == TW_DIFF_CENTRAL)
            assert_int_equal(report.evaluations, 1 + 4 + 4 * COLUMNS);
        assert_memory_equal(j, again, sizeof j); /* bars are an observer */
        assert_memory_equal(x, kept, sizeof x);
        int covered = 0;
        double most = 0;
        for (size_t k = 0; k < ROWS * COLUMNS; k++) {
            covered += fabs(j[k] - truth[k]) <= bars[k];
            most = fmax(most, bars[k]);
            assert_true(bars[k] < 1e4 * wanted[method]);
        }
        double error = relative_distance(j, truth, ROWS * COLUMNS);
        print_message("%s: off %.2g, %d of %d within bars, %llu evaluations\n",
                      tw_diff_method_name(method), error, covered, ROWS * COLUMNS,
                      report.evaluations);
        assert_true(error < wanted[method] && covered >= ROWS * COLUMNS - 2);
        assert_true(report.bar == most);
    }
    assert_ok(tw_diff_jacobian(&r, x, NULL, j, NULL)); /* all defaults: forward */
    assert_true(relative_distance(j, truth, ROWS * COLUMNS) < wanted[0]);
}

/* One row is a gradient: the ladder here and the scalar ladder agree within both bars. */
static tw_status one_value(void *user, size_t n, const double *x, size_t m, double *r) {
    return rectangle(NULL, n, x, m, r);
}

static double one_loss(size_t n, const double *x, void *user) {
    double r;
    rectangle(NULL, n, x, 1, &r);
    return r;
}

static void one_row_is_a_gradient(void **state) {
    double x[COLUMNS], j[COLUMNS], g[COLUMNS], bars[COLUMNS], other[COLUMNS];
    tw_rng_fill_normal(5, 1, 0, COLUMNS, x);
    tw_residuals r = {sizeof r, one_value, NULL, COLUMNS, 1, 1, 0};
    tw_objective *f = NULL;
    assert_ok(tw_objective_from_function(one_loss, NULL, COLUMNS, &f));
    tw_jacobian_options options = {.method = TW_DIFF_LADDER, .bars = bars};
    tw_diff_options plain = {.method = TW_DIFF_LADDER, .bars = other};
    assert_ok(tw_diff_jacobian(&r, x, &options, j, NULL));
    assert_ok(tw_diff_gradient(f, x, &plain, g, NULL));
    for (int k = 0; k < COLUMNS; k++)
        assert_true(fabs(j[k] - g[k]) <= bars[k] + other[k]);
    tw_objective_free(f);
}

/* Residuals next to a solution are small because terms cancel: bars know of the terms. */
static tw_status cancelling(void *user, size_t n, const double *x, size_t m, double *r) {
    double offset = *(double *)user;
    for (size_t i = 0; i < m; i++)
        r[i] = (1e6 * sin(x[i]) + offset * x[(i + 1) % n]) - (1e6 * sin(x[i] + 1e-3) - 3);
    return TW_OK;
}

static void bars_know_what_cancels(void **state) {
    enum { N = 20 };
    double x[N], j[N * N], bars[N * N], offset = 1e3;
    tw_residuals r = {sizeof r, cancelling, &offset, N, N, 1, 0};
    tw_rng_fill_normal(2, 1, 0, N, x);
    for (int method = TW_DIFF_CENTRAL; method <= TW_DIFF_ROBUST; method++) {
        tw_jacobian_options options = {.method = method, .bars = bars};
        assert_ok(tw_diff_jacobian(&r, x, &options, j, NULL));
        int missed = 0;
        for (size_t i = 0; i < N; i++)
            for (size_t k = 0; k < N; k++) {
                double truth = k == i             ? 1e6 * (cos(x[i]) - cos(x[i] + 1e-3))
                               : k == (i + 1) % N ? offset
                                                  : 0;
                missed += !(fabs(j[i * N + k] - truth) <= 3 * bars[i * N + k]);
                assert_true(bars[i * N + k] < 0.1);
            }
        print_message("%s: %d of %d not within 3 bars\n", tw_diff_method_name(method), missed,
                      N * N);
        assert_true(missed <= N * N / 50);
    }
}

static void any_number_of_threads(void **state) {
    enum { N = 60 };
    static double x[N], first[N * N], first_bars[N * N], j[N * N], bars[N * N];
    atomic_int calls = 0;
    tw_rng_fill_normal(2, 1, 0, N, x);
    for (int method = TW_DIFF_FORWARD; method <= TW_DIFF_ROBUST; method++)
        for (int threads = 1; threads <= 4; threads++)
            for (int concurrent = 0; concurrent <= 1; concurrent++) {
                tw_residuals r = {sizeof r, tridiagonal, &calls, N, N, concurrent, 0};
                tw_runner *runner = NULL;
                tw_jacobian_report report;
                assert_ok(tw_runner_new(threads, &runner));
                int reference = threads == 1 && !concurrent;
                tw_jacobian_options options = {
                    .method = method, .bars = reference ? first_bars : bars, .runner = runner};
                calls = 0;
                assert_ok(tw_diff_jacobian(&r, x, &options, reference ? first : j, &report));
                assert_int_equal(report.evaluations, calls);
                if (!reference) {
                    assert_memory_equal(j, first, sizeof j);
                    assert_memory_equal(bars, first_bars, sizeof bars);
                } else
                    for (size_t k = 0; k < N * N; k++)
                        assert_true(fabs(first[k] - tridiagonal_entry(x, k / N, k % N)) <=
                                    3 * first_bars[k]);
                tw_runner_free(runner);
            }
}

/* The largest move of each parameter. */
typedef struct recorder {
    const double *x;
    double most[3];
} recorder;

static tw_status records(void *user, size_t n, const double *x, size_t m, double *r) {
    recorder *moves = user;
    for (size_t j = 0; j < n; j++)
        moves->most[j] = fmax(moves->most[j], fabs(x[j] - moves->x[j]));
    r[0] = x[0] + x[1] + x[2];
    return TW_OK;
}

/* h is a power of two next below noise^(1/3) times the scale: the one given, else |x_j| or what is
 * usual for x; float functions have longer steps. */
static void steps_follow_the_scales(void **state) {
    const double x[3] = {1e-7, 3e5, 0}, given[3] = {1e-7, 0, 1e-4}, own[3] = {1, 3e5, 1};
    double j[3];
    for (int which = 0; which < 3; which++) {
        recorder moves = {.x = x};
        tw_residuals r = {sizeof r, records, &moves, 3, 1, 0, which == 2 ? 0x1p-23 : 0};
        tw_jacobian_options options = {.method = TW_DIFF_CENTRAL,
                                       .scales = which == 1 ? given : NULL};
        assert_ok(tw_diff_jacobian(&r, x, &options, j, NULL));
        for (int k = 0; k < 3; k++) {
            double scale = which == 1 && given[k] != 0 ? given[k] : own[k];
            double most = cbrt(which == 2 ? 0x1p-23 : 0x1p-52) * scale;
            assert_true(moves.most[k] <= most && moves.most[k] > most / 2.01);
        }
    }
    recorder moves = {.x = x};
    tw_residuals r = {sizeof r, records, &moves, 3, 1, 0, 0};
    tw_jacobian_options options = {.step = 0.25};
    assert_ok(tw_diff_jacobian(&r, x, &options, j, NULL));
    for (int k = 0; k < 3; k++)
        assert_close(moves.most[k], 0.25, 0, 1e-9);
}

/* ---- bounds ---- */

typedef struct box {
    double lower[6], upper[6];
    int left; /* how often x was outside */
} box;

static tw_status inside_only(void *user, size_t n, const double *x, size_t m, double *r) {
    box *b = user;
    for (size_t j = 0; j < n; j++)
        b->left += !(x[j] >= b->lower[j] && x[j] <= b->upper[j]);
    for (size_t i = 0; i < m; i++)
        r[i] = log(x[i]) * x[(i + 1) % n] + sqrt(x[i] - b->lower[i] + 1e-3 * (double)i);
    return TW_OK;
}

static void steps_stay_within_bounds(void **state) {
    /* at the lower bound, at the upper, next to both, between far ones, in a narrow box, unbounded
     * above */
    box b = {{1, 0.1, 2, -1e9, 0.9999999, 0.5}, {2, 0.3, 2 + 1e-7, 1e9, 1.0000001, INFINITY}, 0};
    double x[6] = {1, 0.3, 2 + 3e-8, 4, 1, 0.7}, j[36], bars[36];
    for (size_t i = 0; i < 6; i++)
        if (x[i] - b.lower[i] + 1e-3 * (double)i == 0)
            b.lower[i] = x[i];
    tw_residuals r = {sizeof r, inside_only, &b, 6, 6, 1, 0};
    static const double allowed[] = {1e-4, 1e-4, 1e-5, 1e-5};
    for (int method = TW_DIFF_FORWARD; method <= TW_DIFF_ROBUST; method++) {
        tw_jacobian_options options = {
            .method = method, .bars = bars, .lower = b.lower, .upper = b.upper};
        assert_ok(tw_diff_jacobian(&r, x, &options, j, NULL));
        assert_int_equal(b.left, 0);
        for (size_t i = 1; i < 6; i++) /* row 0 is sqrt at 0: infinite slope */
            for (size_t k = 0; k < 6; k++) {
                double root = sqrt(x[i] - b.lower[i] + 1e-3 * (double)i);
                double truth = k == i             ? x[(i + 1) % 6] / x[i] + 0.5 / root
                               : k == (i + 1) % 6 ? log(x[i])
                                                  : 0;
                if (fabs(j[i * 6 + k] - truth) > 4 * bars[i * 6 + k])
                    print_message("%s (%zu, %zu): %g, truth %g, bar %g\n",
                                  tw_diff_method_name(method), i, k, j[i * 6 + k], truth,
                                  bars[i * 6 + k]);
                assert_true(fabs(j[i * 6 + k] - truth) <= 4 * bars[i * 6 + k]);
                assert_true(k == 2 || k == 4 || fabs(j[i * 6 + k] - truth) < allowed[method] * 10);
            }
    }
    tw_jacobian_options options = {.method = TW_DIFF_CENTRAL, .lower = b.lower, .upper = b.upper};
    options.step = 0.5; /* far more than there is room */
    assert_ok(tw_diff_jacobian(&r, x, &options, j, NULL));
    assert_int_equal(b.left, 0);
    x[3] = 2e9;
    assert_fails(TW_ERR_ARGUMENT, "x_3 = 2e+09 is not within its bounds",
                 tw_diff_jacobian(&r, x, &options, j, NULL));
    x[3] = b.lower[3] = b.upper[3] = 4;
    assert_fails(TW_ERR_ARGUMENT, "x_3 = 4 no room", tw_diff_jacobian(&r, x, &options, j, NULL));
    b.lower[3] = NAN;
    assert_fails(TW_ERR_ARGUMENT, "not within its bounds",
                 tw_diff_jacobian(&r, x, &options, j, NULL));
}

/* What steps are taken next to a bound: as wide as there is room, on both sides if they are alike,
 * and of second order where they are not. */
typedef struct walls {
    double least, most;
} walls;

static tw_status between_walls(void *user, size_t n, const double *x, size_t m, double *r) {
    walls *w = user;
    w->least = fmin(w->least, x[0]);
    w->most = fmax(w->most, x[0]);
    r[0] = exp(3 * x[0]);
    return TW_OK;
}

static void steps_next_to_a_bound(void **state) {
    const double h = 0x1p-18, x = 1, truth = 3 * exp(3);
    /* room below and above; how far central differences go */
    static const double cases[][4] = {{1, 1, 1, 1},         /* the usual step */
                                      {0.5, 0.7, 0.5, 0.5}, /* smaller, still on both sides */
                                      {0, 8, 0, 2},         /* x, x + h, x + 2h */
                                      {0, 1.5, 0, 1},
                                      {9, 0.01, 2, 0}};
    for (size_t k = 0; k < sizeof cases / sizeof cases[0]; k++) {
        walls w = {x, x};
        double lower = x - cases[k][0] * h, upper = x + cases[k][1] * h, j;
        tw_residuals r = {sizeof r, between_walls, &w, 1, 1, 1, 0};
        tw_jacobian_options options = {.method = TW_DIFF_CENTRAL, .lower = &lower, .upper = &upper};
        tw_jacobian_report report;
        assert_ok(tw_diff_jacobian(&r, &x, &options, &j, &report));
        assert_int_equal(report.evaluations, 3); /* the first choice will do */
        assert_close(x - w.least, cases[k][2] * h, 1e-9, 0);
        assert_close(w.most - x, cases[k][3] * h, 1e-9, 0);
        assert_close(j, truth, 1e-8, 0);
    }
}

/* A saw whose teeth the wide steps of the ladder hit at the same height: it is not flat. */
static tw_status saw(void *user, size_t n, const double *x, size_t m, double *r) {
    r[0] = 16 * x[0] + 0.5 - floor(16 * x[0] + 0.5);
    return TW_OK;
}

static void a_saw_is_not_flat(void **state) {
    const double x = 0;
    double j, bar;
    tw_residuals r = {sizeof r, saw, NULL, 1, 1, 1, 0};
    tw_jacobian_options options = {.method = TW_DIFF_LADDER, .bars = &bar};
    assert_ok(tw_diff_jacobian(&r, &x, &options, &j, NULL));
    assert_close(j, 16, 1e-6, 0);
    assert_close(j, 16, 0, bar);
}

/* ---- functions that misbehave ---- */

static tw_status half_defined(void *user, size_t n, const double *x, size_t m, double *r) {
    r[0] = sqrt(x[0]) * x[0] * x[1];                 /* finite to the right of 0 only */
    r[1] = x[1] == 1 ? 5 : NAN;                      /* finite at x alone */
    r[2] = NAN;                                      /* nowhere */
    r[3] = x[0] > 1e-3 ? INFINITY : 2 * x[0] + x[1]; /* finite nearby */
    r[4] = fabs(x[0]) + x[1];                        /* a kink */
    return TW_OK;
}

static void values_that_are_not_finite(void **state) {
    const double x[2] = {0, 1}, scales[2] = {1, 1};
    double j[10], bars[10];
    tw_residuals r = {sizeof r, half_defined, NULL, 2, 5, 1, 0};
    tw_jacobian_report report;
    for (int method = TW_DIFF_FORWARD; method <= TW_DIFF_ROBUST; method++) {
        tw_jacobian_options options = {.method = method, .bars = bars, .scales = scales};
        assert_ok(tw_diff_jacobian(&r, x, &options, j, &report));
        assert_true(fabs(j[0]) < 3e-3);
        assert_true(j[1] == 0);
        assert_close(j[2], 0, 0, bars[2]); /* r[1] does not change with x[0] */
        for (int k = 3; k <= 5; k++)
            assert_true(isnan(j[k]) && isinf(bars[k]));
        assert_close(j[6], 2, 1e-6, 0);
        assert_close(j[7], 1, 1e-6, 0);
        assert_close(j[9], 1, 1e-6, 0);
        if (method >= TW_DIFF_LADDER) /* the mean of both sides, and half their distance */
            assert_true(fabs(j[8]) < 1e-9 && bars[8] > 0.999);
        assert_int_equal(report.without, 3);
        assert_true(isfinite(report.bar));
    }
}

typedef struct failing {
    int after;
    atomic_int calls;
} failing;

static tw_status fails_after(void *user, size_t n, const double *x, size_t m, double *r) {
    failing *f = user;
    if (atomic_fetch_add(&f->calls, 1) == f->after)
        return tw_fail(TW_ERR_IO, "the disk of the simulation is full");
    return tridiagonal(NULL, n, x, m, r);
}

static tw_status silent(void *user, size_t n, const double *x, size_t m, double *r) {
    return *(tw_status *)user;
}

static tw_status writes(void *user, size_t n, const double *x, size_t m, double *r) {
    ((double *)(uintptr_t)x)[*(size_t *)user] += 1;
    return tridiagonal(NULL, n, x, m, r);
}

/* Writes to what has been moved, which is put back anyway: told all the same. */
static tw_status writes_moved(void *user, size_t n, const double *x, size_t m, double *r) {
    const double *start = user;
    for (size_t j = 0; j < n; j++)
        if (x[j] != start[j])
            ((double *)(uintptr_t)x)[j] = 0;
    return tridiagonal(NULL, n, x, m, r);
}

static void functions_that_fail(void **state) {
    enum { N = 12 };
    double x[N], kept[N], j[N * N];
    tw_rng_fill_normal(2, 1, 0, N, x);
    memcpy(kept, x, sizeof x);
    for (int method = TW_DIFF_FORWARD; method <= TW_DIFF_ROBUST; method++)
        for (int threads = 1; threads <= 3; threads += 2) {
            tw_runner *runner = NULL;
            assert_ok(tw_runner_new(threads, &runner));
            tw_jacobian_options options = {.method = method, .runner = runner};
            for (int after = 0; after < N; after++) {
                failing f = {.after = after};
                tw_residuals r = {sizeof r, fails_after, &f, N, N, 1, 0};
                assert_fails(TW_ERR_IO, "the disk of the simulation is full",
                             tw_diff_jacobian(&r, x, &options, j, NULL));
                assert_memory_equal(x, kept, sizeof x);
            }
            tw_runner_free(runner);
        }
    tw_status odd = 7;
    tw_residuals r = {sizeof r, silent, &odd, N, N, 1, 0};
    assert_fails(TW_ERR_CALLBACK, "answered 7, which is not a status",
                 tw_diff_jacobian(&r, x, NULL, j, NULL));
    odd = TW_ERR_MEMORY;
    assert_fails(TW_ERR_MEMORY, "the function failed", tw_diff_jacobian(&r, x, NULL, j, NULL));
    size_t where = 5;
    r = (tw_residuals){sizeof(tw_residuals), writes, &where, N, N, 1, 0};
    assert_fails(TW_ERR_CALLBACK, "changed entry 5 of the x",
                 tw_diff_jacobian(&r, x, NULL, j, NULL));
    r = (tw_residuals){sizeof(tw_residuals), writes_moved, kept, N, N, 1, 0};
    assert_fails(TW_ERR_CALLBACK, "column 0: the function changed entry 0 of the x",
                 tw_diff_jacobian(&r, x, NULL, j, NULL));
    assert_memory_equal(x, kept, sizeof x);
}

static int stop(void *user, size_t done, size_t total) {
    return done >= 16;
}

static void refusals(void **state) {
    enum { N = 40 };
    static double x[N], j[N * N];
    tw_residuals r = {sizeof r, tridiagonal, NULL, N, N, 1, 0};
    tw_jacobian_options options = {.progress = stop};
    assert_fails(TW_ERR_CANCELLED, "cancelled at column 16 of 40",
                 tw_diff_jacobian(&r, x, &options, j, NULL));
    options = (tw_jacobian_options){.step = -1};
    assert_fails(TW_ERR_ARGUMENT, "step -1", tw_diff_jacobian(&r, x, &options, j, NULL));
    options = (tw_jacobian_options){.method = 77};
    assert_fails(TW_ERR_ARGUMENT, "use forward, central, ladder",
                 tw_diff_jacobian(&r, x, &options, j, NULL));
    x[3] = 1e300;
    options = (tw_jacobian_options){.step = 1};
    assert_fails(TW_ERR_ARGUMENT, "column 3: x = 1e+300 moved by h = 1 does not change",
                 tw_diff_jacobian(&r, x, &options, j, NULL));
    x[3] = INFINITY;
    assert_fails(TW_ERR_ARGUMENT, "x_3 is inf", tw_diff_jacobian(&r, x, NULL, j, NULL));
    x[3] = 0;
    double scales[N] = {[7] = -2};
    options = (tw_jacobian_options){.scales = scales};
    assert_fails(TW_ERR_ARGUMENT, "scale 7 is -2", tw_diff_jacobian(&r, x, &options, j, NULL));
    r.noise = NAN;
    assert_fails(TW_ERR_ARGUMENT, "noise nan", tw_diff_jacobian(&r, x, NULL, j, NULL));
    r = (tw_residuals){sizeof(tw_residuals), tridiagonal, NULL, 0, N, 1, 0};
    assert_fails(TW_ERR_ARGUMENT, "at least one", tw_diff_jacobian(&r, x, NULL, j, NULL));
    r = (tw_residuals){sizeof(tw_residuals), tridiagonal, NULL, N, 0, 1, 0};
    assert_fails(TW_ERR_ARGUMENT, "at least one", tw_diff_jacobian(&r, x, NULL, j, NULL));
    r = (tw_residuals){sizeof(tw_residuals), NULL, NULL, N, N, 1, 0};
    assert_fails(TW_ERR_ARGUMENT, "give a function", tw_diff_jacobian(&r, x, NULL, j, NULL));
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(closed_forms),
        cmocka_unit_test(one_row_is_a_gradient),
        cmocka_unit_test(bars_know_what_cancels),
        cmocka_unit_test(any_number_of_threads),
        cmocka_unit_test(steps_follow_the_scales),
        cmocka_unit_test(steps_stay_within_bounds),
        cmocka_unit_test(steps_next_to_a_bound),
        cmocka_unit_test(a_saw_is_not_flat),
        cmocka_unit_test(values_that_are_not_finite),
        cmocka_unit_test(functions_that_fail),
        cmocka_unit_test(refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
