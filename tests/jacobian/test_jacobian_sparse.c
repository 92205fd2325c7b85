/* Sparse Jacobians: closed forms, random patterns against the dense one, counts of evaluations,
 * wrong patterns. */
#include <math.h>
#include <stdatomic.h>

#include "support.h"

/* A band: residual i depends on columns i - below ... i + above. Broyden's tridiagonal function
 * for 1, 1, his banded one for 5, 1. */
typedef struct band {
    size_t below, above;
    atomic_int calls;
    size_t extra_row, extra_column; /* one entry more, if extra_row is less than m */
} band;

static size_t first_of(const band *b, size_t i) {
    return i > b->below ? i - b->below : 0;
}

static size_t end_of(const band *b, size_t i, size_t n) {
    return i + b->above + 1 < n ? i + b->above + 1 : n;
}

static tw_status broyden(void *user, size_t n, const double *x, size_t m, double *r) {
    band *b = user;
    atomic_fetch_add(&b->calls, 1);
    for (size_t i = 0; i < m; i++) {
        if (b->below == 1) {
            r[i] =
                (3 - 2 * x[i]) * x[i] - (i > 0 ? x[i - 1] : 0) - (i + 1 < n ? 2 * x[i + 1] : 0) + 1;
        } else {
            r[i] = x[i] * (2 + 5 * x[i] * x[i]) + 1;
            for (size_t j = first_of(b, i); j < end_of(b, i, n); j++)
                r[i] -= j != i ? x[j] * (1 + x[j]) : 0;
        }
        if (i == b->extra_row)
            r[i] += 0.01 * sin(x[b->extra_column]);
    }
    return TW_OK;
}

static double broyden_entry(const band *b, const double *x, size_t i, size_t j) {
    if (b->below == 1)
        return i == j ? 3 - 4 * x[i] : j < i ? -1 : -2;
    return i == j ? 2 + 15 * x[i] * x[i] : -1 - 2 * x[j];
}

static tw_pattern *band_pattern(const band *b, size_t n) {
    size_t *starts = calloc(n + 1, sizeof *starts), count = 0;
    size_t *indices = calloc(n * (b->below + b->above + 1), sizeof *indices);
    for (size_t i = 0; i < n; i++) {
        for (size_t j = first_of(b, i); j < end_of(b, i, n); j++)
            indices[count++] = j;
        starts[i + 1] = count;
    }
    tw_pattern *pattern = NULL;
    assert_ok(tw_pattern_new(n, n, starts, indices, &pattern));
    free(starts);
    free(indices);
    return pattern;
}

static const double wanted[] = {3e-6, 3e-9, 1e-12, 1e-12};

static void broyden_by_colors(void **state) {
    enum { N = 300 };
    for (int kind = 0; kind <= 1; kind++) {
        band b = {kind ? 5 : 1, 1, .extra_row = N};
        size_t colors = b.below + b.above + 1;
        tw_pattern *pattern = band_pattern(&b, N);
        size_t count = tw_pattern_nonzeros(pattern);
        double *x = malloc(N * sizeof *x), *values = malloc(count * sizeof *values);
        double *bars = malloc(count * sizeof *bars), *truth = malloc(count * sizeof *truth);
        double *trusted = malloc(count * sizeof *trusted);
        tw_rng_fill_normal(1, 1, 0, N, x);
        for (size_t i = 0, k = 0; i < N; i++)
            for (; k < tw_pattern_starts(pattern)[i + 1]; k++)
                truth[k] = broyden_entry(&b, x, i, tw_pattern_indices(pattern)[k]);
        tw_residuals r = {sizeof r, broyden, &b, N, N, 1, 0};
        for (int method = TW_DIFF_FORWARD; method <= TW_DIFF_ROBUST; method++) {
            tw_jacobian_report report;
            tw_jacobian_options options = {.method = method, .trust = 1};
            b.calls = 0;
            assert_ok(tw_diff_jacobian_sparse(&r, pattern, x, &options, trusted, &report));
            assert_int_equal(report.groups, colors);
            assert_int_equal(report.evaluations, b.calls);
            if (method <= TW_DIFF_CENTRAL) /* x, and one or two a colour */
                assert_int_equal(report.evaluations, 1 + (1 + (unsigned)method) * colors);
            options.trust = 0;
            assert_ok(tw_diff_jacobian_sparse(&r, pattern, x, &options, values, &report));
            if (method <= TW_DIFF_CENTRAL)
                assert_int_equal(report.evaluations, 5 + (1 + (unsigned)method) * colors);
            assert_memory_equal(values, trusted, count * sizeof *values);
            assert_true(report.row_off <= report.row_allowed && report.row < N);
            options.bars = bars;
            assert_ok(tw_diff_jacobian_sparse(&r, pattern, x, &options, values, &report));
            assert_memory_equal(values, trusted, count * sizeof *values);
            size_t covered = 0;
            for (size_t k = 0; k < count; k++)
                covered += fabs(values[k] - truth[k]) <= bars[k];
            print_message("%s: off %.2g, %zu of %zu covered, %llu evaluations, worst row %.2g of "
                          "%.2g\n",
                          tw_diff_method_name(method), relative_distance(values, truth, count),
                          covered, count, report.evaluations, report.row_off, report.row_allowed);
            assert_true(relative_distance(values, truth, count) < wanted[method]);
            assert_true(covered >= count - count / 50);
        }
        tw_pattern_free(pattern);
        free(x);
        free(values);
        free(bars);
        free(truth);
        free(trusted);
    }
}

/* ---- random rectangular patterns ---- */

enum { MOST = 40 };

typedef struct scattered {
    unsigned seed;
    unsigned char full[MOST * MOST];
} scattered;

/* Entry (i, j) comes in through sin(c x_j) and a product with the next of the row. */
static tw_status scattered_values(void *user, size_t n, const double *x, size_t m, double *r) {
    const scattered *s = user;
    for (size_t i = 0; i < m; i++) {
        double last = 1;
        r[i] = 0.5;
        for (size_t j = 0; j < n; j++)
            if (s->full[i * n + j]) {
                r[i] += sin((1 + tw_rng_uniform(s->seed, 9, i * n + j)) * x[j]) * last;
                last = x[j];
            }
    }
    return TW_OK;
}

static tw_pattern *scattered_pattern(const scattered *s, size_t m, size_t n, size_t without) {
    size_t starts[MOST + 1] = {0}, indices[MOST * MOST], count = 0, seen = 0;
    for (size_t i = 0; i < m; i++) {
        for (size_t j = 0; j < n; j++)
            if (s->full[i * n + j] && seen++ != without)
                indices[count++] = j;
        starts[i + 1] = count;
    }
    tw_pattern *pattern = NULL;
    assert_ok(tw_pattern_new(m, n, starts, indices, &pattern));
    return pattern;
}

static void random_patterns_against_dense(void **state) {
    static scattered s;
    double x[MOST], values[MOST * MOST], bars[MOST * MOST];
    static double dense[MOST * MOST], dense_bars[MOST * MOST];
    int found = 0, named = 0, tried = 0;
    for (s.seed = 0; s.seed < 25; s.seed++) {
        size_t m = 1 + tw_rng_below(s.seed, 1, 0, MOST), n = 1 + tw_rng_below(s.seed, 1, 1, MOST);
        size_t count = 0;
        for (size_t k = 0; k < m * n; k++)
            count += s.full[k] = tw_rng_uniform(s.seed, 2, k) < 0.12;
        tw_rng_fill_normal(s.seed, 3, 0, n, x);
        tw_residuals r = {sizeof r, scattered_values, &s, n, m, 1, 0};
        tw_pattern *pattern = scattered_pattern(&s, m, n, (size_t)-1);
        size_t groups[MOST];
        for (int method = TW_DIFF_CENTRAL; method <= TW_DIFF_LADDER; method++) {
            tw_jacobian_options options = {.method = method, .bars = dense_bars};
            assert_ok(tw_diff_jacobian(&r, x, &options, dense, NULL));
            options.bars = bars;
            options.seed = s.seed;
            assert_ok(tw_color_columns(pattern, (tw_color_order)(s.seed % 4), groups, NULL));
            options.groups = s.seed % 2 ? groups : NULL;
            assert_ok(tw_diff_jacobian_sparse(&r, pattern, x, &options, values, NULL));
            for (size_t i = 0; i < m; i++)
                for (size_t k = tw_pattern_starts(pattern)[i];
                     k < tw_pattern_starts(pattern)[i + 1]; k++) {
                    size_t at = i * n + tw_pattern_indices(pattern)[k];
                    assert_true(fabs(values[k] - dense[at]) <=
                                2 * (bars[k] + dense_bars[at]) + 1e-12);
                }
            /* one entry less: which one is told */
            if (count < 2)
                continue;
            size_t without = tw_rng_below(s.seed, 4, 0, count), row = 0, column = 0;
            for (size_t k = 0, seen = 0; k < m * n; k++)
                if (s.full[k] && seen++ == without) {
                    row = k / n;
                    column = k % n;
                }
            tw_pattern *wrong = scattered_pattern(&s, m, n, without);
            options.groups = NULL;
            for (int has_bars = 0; has_bars <= 1; has_bars++) {
                options.bars = has_bars ? bars : NULL;
                tw_status status = tw_diff_jacobian_sparse(&r, wrong, x, &options, values, NULL);
                char words[100];
                snprintf(words, sizeof words, "row %zu changes with column %zu,", row, column);
                tried++;
                found += status == TW_ERR_ARGUMENT;
                named += strstr(tw_message(), words) != NULL;
                options.trust = 1;
                assert_ok(tw_diff_jacobian_sparse(&r, wrong, x, &options, values, NULL));
                options.trust = 0;
            }
            tw_pattern_free(wrong);
        }
        tw_pattern_free(pattern);
    }
    print_message("%d of %d wrong patterns found, %d entries named\n", found, tried, named);
    assert_true(found == tried && named == found);
}

/* ---- ---- */

static void threads_give_the_same_bits(void **state) {
    enum { N = 200 };
    band b = {5, 1, .extra_row = N};
    tw_pattern *pattern = band_pattern(&b, N);
    size_t count = tw_pattern_nonzeros(pattern);
    double x[N], *first = malloc(count * sizeof *first), *values = malloc(count * sizeof *values);
    double *first_bars = malloc(count * sizeof *first), *bars = malloc(count * sizeof *values);
    tw_rng_fill_normal(1, 1, 0, N, x);
    for (int method = TW_DIFF_FORWARD; method <= TW_DIFF_ROBUST; method++)
        for (int threads = 1; threads <= 4; threads++) {
            tw_runner *runner = NULL;
            tw_jacobian_report report;
            tw_residuals r = {sizeof r, broyden, &b, N, N, 1, 0};
            assert_ok(tw_runner_new(threads, &runner));
            tw_jacobian_options options = {
                .method = method, .runner = runner, .bars = threads == 1 ? first_bars : bars};
            b.calls = 0;
            assert_ok(tw_diff_jacobian_sparse(&r, pattern, x, &options,
                                              threads == 1 ? first : values, &report));
            assert_int_equal(report.evaluations, b.calls);
            if (threads > 1) {
                assert_memory_equal(first, values, count * sizeof *values);
                assert_memory_equal(first_bars, bars, count * sizeof *values);
            }
            tw_runner_free(runner);
        }
    free(first);
    free(values);
    free(first_bars);
    free(bars);
    tw_pattern_free(pattern);
}

static void wrong_patterns_and_groups(void **state) {
    enum { N = 50 };
    band b = {1, 1, .extra_row = 17, .extra_column = 42};
    tw_pattern *pattern = band_pattern(&b, N);
    double x[N], kept[N], values[3 * N];
    size_t groups[N];
    tw_rng_fill_normal(1, 1, 0, N, x);
    memcpy(kept, x, sizeof x);
    tw_residuals r = {sizeof r, broyden, &b, N, N, 1, 0};
    tw_jacobian_report report = {0};
    for (int method = TW_DIFF_FORWARD; method <= TW_DIFF_ROBUST; method++) {
        tw_jacobian_options options = {.method = method};
        assert_fails(TW_ERR_ARGUMENT, "row 17 changes with column 42, which the pattern leaves out",
                     tw_diff_jacobian_sparse(&r, pattern, x, &options, values, &report));
        assert_int_equal(report.row, 17); /* the report is filled all the same */
        assert_true(report.row_off > report.row_allowed && report.groups == 3);
        assert_memory_equal(x, kept, sizeof x);
    }
    b.extra_row = N;
    assert_fails(
        TW_ERR_SHAPE, "the pattern is 50 x 50, the Jacobian 50 x 49",
        tw_diff_jacobian_sparse(&(tw_residuals){sizeof(tw_residuals), broyden, &b, N - 1, N, 1, 0},
                                pattern, x, NULL, values, NULL));
    tw_jacobian_options options = {.groups = groups};
    for (size_t j = 0; j < N; j++)
        groups[j] = j % 3;
    assert_ok(tw_diff_jacobian_sparse(&r, pattern, x, &options, values, &report));
    groups[20] = 0;
    assert_fails(TW_ERR_ARGUMENT, "columns 18 and 20 have the same colour 0 and share row 19",
                 tw_diff_jacobian_sparse(&r, pattern, x, &options, values, NULL));
    groups[20] = N;
    assert_fails(TW_ERR_ARGUMENT, "column 20 has colour 50",
                 tw_diff_jacobian_sparse(&r, pattern, x, &options, values, NULL));
    tw_pattern_free(pattern);
    /* without any entry: nothing may depend on anything */
    const size_t nothing[N + 1] = {0};
    assert_ok(tw_pattern_new(N, N, nothing, NULL, &pattern));
    assert_fails(TW_ERR_ARGUMENT, "which the pattern leaves out",
                 tw_diff_jacobian_sparse(&r, pattern, x, NULL, values, NULL));
    tw_pattern_free(pattern);
}

/* Kinks on the way, bounds, values that are not finite: no pattern is called wrong for them. */
static tw_status rough(void *user, size_t n, const double *x, size_t m, double *r) {
    for (size_t i = 0; i < m; i++) {
        double a = x[i], b = x[(i + 1) % n];
        if (user != NULL && (a < 0 || b < 0))
            return tw_fail(TW_ERR_ARGUMENT, "left the bounds");
        r[i] = i % 4 == 0   ? fmax(fmax(a, b), 0.5 * (a + b))
               : i % 4 == 1 ? fabs(a - b) * a + b
               : i % 4 == 2 ? (a > b ? NAN : a * b)
                            : exp(a) / (1 + b * b);
    }
    return TW_OK;
}

static void no_false_alarms(void **state) {
    enum { N = 24 };
    size_t starts[N + 1] = {0}, indices[2 * N];
    double x[N], lower[N], values[2 * N];
    for (size_t i = 0; i < N; i++) {
        indices[2 * i] = i + 1 < N ? i : 0;
        indices[2 * i + 1] = i + 1 < N ? i + 1 : i;
        starts[i + 1] = 2 * i + 2;
        lower[i] = 0;
    }
    tw_pattern *pattern = NULL;
    assert_ok(tw_pattern_new(N, N, starts, indices, &pattern));
    for (unsigned seed = 0; seed < 60; seed++)
        for (int method = TW_DIFF_FORWARD; method <= TW_DIFF_ROBUST; method++)
            for (int bounded = 0; bounded <= 1; bounded++) {
                tw_residuals r = {sizeof r, rough, bounded ? lower : NULL, N, N, 1, 0};
                for (size_t i = 0; i < N; i++)
                    x[i] = seed % 3 == 0   ? 1
                           : seed % 3 == 1 ? fabs(tw_rng_normal(seed, 1, i))
                                           : (double)tw_rng_below(seed, 1, i, 2);
                tw_jacobian_options options = {
                    .method = method, .seed = seed, .lower = bounded ? lower : NULL};
                assert_ok(tw_diff_jacobian_sparse(&r, pattern, x, &options, values, NULL));
            }
    tw_pattern_free(pattern);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(broyden_by_colors),
        cmocka_unit_test(random_patterns_against_dense),
        cmocka_unit_test(threads_give_the_same_bits),
        cmocka_unit_test(wrong_patterns_and_groups),
        cmocka_unit_test(no_false_alarms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
