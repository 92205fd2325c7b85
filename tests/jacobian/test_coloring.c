/* Patterns and their colourings: what is refused, known numbers of colours, validity by brute
 * force. */
#include "support.h"

static tw_pattern *pattern_from(size_t rows, size_t columns, const unsigned char *full) {
    size_t *starts = calloc(rows + 1, sizeof *starts), count = 0;
    size_t *indices = calloc(rows * columns + 1, sizeof *indices);
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < columns; j++)
            if (full[i * columns + j])
                indices[count++] = j;
        starts[i + 1] = count;
    }
    tw_pattern *pattern = NULL;
    assert_ok(tw_pattern_new(rows, columns, starts, indices, &pattern));
    free(starts);
    free(indices);
    return pattern;
}

static void patterns_refuse_what_is_wrong(void **state) {
    const size_t starts[] = {0, 2, 3}, good[] = {0, 2, 1};
    tw_pattern *pattern = NULL;
    assert_ok(tw_pattern_new(2, 3, starts, good, &pattern));
    assert_int_equal(tw_pattern_rows(pattern), 2);
    assert_int_equal(tw_pattern_columns(pattern), 3);
    assert_int_equal(tw_pattern_nonzeros(pattern), 3);
    assert_memory_equal(tw_pattern_starts(pattern), starts, sizeof starts);
    assert_memory_equal(tw_pattern_indices(pattern), good, sizeof good);
    tw_pattern_free(pattern);
    tw_pattern_free(NULL);
    pattern = NULL;
    const size_t twice[] = {1, 1, 0}, unsorted[] = {2, 0, 1}, outside[] = {0, 3, 1};
    assert_fails(TW_ERR_ARGUMENT, "row 0 of the pattern has column 1 twice",
                 tw_pattern_new(2, 3, starts, twice, &pattern));
    assert_fails(TW_ERR_ARGUMENT, "column 0 follows 2",
                 tw_pattern_new(2, 3, starts, unsorted, &pattern));
    assert_fails(TW_ERR_ARGUMENT, "column 3, there are 3",
                 tw_pattern_new(2, 3, starts, outside, &pattern));
    const size_t falling[] = {0, 2, 1}, late[] = {1, 2, 3}, huge[] = {0, (size_t)-1, (size_t)-1};
    assert_fails(TW_ERR_ARGUMENT, "before its start",
                 tw_pattern_new(2, 3, falling, good, &pattern));
    assert_fails(TW_ERR_ARGUMENT, "begin with 0", tw_pattern_new(2, 3, late, good, &pattern));
    assert_fails(TW_ERR_ARGUMENT, "in 3 columns", tw_pattern_new(2, 3, huge, good, &pattern));
    assert_fails(TW_ERR_ARGUMENT, "0 rows", tw_pattern_new(0, 3, starts, good, &pattern));
    assert_fails(TW_ERR_ARGUMENT, "0 columns", tw_pattern_new(2, 0, starts, good, &pattern));
    assert_fails(TW_ERR_ARGUMENT, "no columns for them",
                 tw_pattern_new(2, 3, starts, NULL, &pattern));
    assert_null(pattern);
    const size_t nothing[] = {0, 0, 0};
    size_t groups[3];
    tw_coloring report;
    assert_ok(tw_pattern_new(2, 3, nothing, NULL, &pattern));
    assert_ok(tw_color_columns(pattern, TW_COLOR_NATURAL, groups, &report));
    assert_int_equal(report.colors, 1);
    assert_fails(TW_ERR_SHAPE, "2 rows and 3 columns",
                 tw_color_symmetric(pattern, TW_COLOR_NATURAL, groups, NULL));
    assert_fails(TW_ERR_ARGUMENT, "order", tw_color_columns(pattern, 4, groups, NULL));
    tw_pattern_free(pattern);
    const unsigned char lopsided[] = {1, 1, 0, 0, 1, 0, 0, 0, 1};
    pattern = pattern_from(3, 3, lopsided);
    assert_fails(TW_ERR_SHAPE, "it has (0, 1), not (1, 0)",
                 tw_color_symmetric(pattern, TW_COLOR_NATURAL, groups, NULL));
    tw_pattern_free(pattern);
}

static size_t colors_of(const tw_pattern *pattern, tw_color_order order, size_t *groups,
                        size_t *lower_bound) {
    tw_coloring report;
    assert_ok(tw_color_columns(pattern, order, groups, &report));
    size_t n = tw_pattern_columns(pattern);
    unsigned char *used = calloc(n, 1);
    size_t distinct = 0;
    for (size_t j = 0; j < n; j++) {
        assert_true(groups[j] < report.colors);
        distinct += !used[groups[j]];
        used[groups[j]] = 1;
    }
    assert_int_equal(distinct, report.colors);
    free(used);
    *lower_bound = report.lower_bound;
    return report.colors;
}

/* Bands of any width need as many colours as their widest row has entries, in every order. */
static void bands(void **state) {
    enum { N = 40 };
    static unsigned char full[N * N];
    size_t groups[N], bound;
    for (int below = 0; below <= 5; below++)
        for (int above = 0; above <= 2; above++) {
            for (int i = 0; i < N; i++)
                for (int j = 0; j < N; j++)
                    full[i * N + j] = j >= i - below && j <= i + above;
            tw_pattern *pattern = pattern_from(N, N, full);
            assert_int_equal(colors_of(pattern, TW_COLOR_NATURAL, groups, &bound),
                             below + above + 1);
            assert_int_equal(bound, below + above + 1);
            assert_int_equal(colors_of(pattern, TW_COLOR_SMALLEST_LAST, groups, &bound),
                             below + above + 1);
            assert_int_equal(colors_of(pattern, TW_COLOR_INCIDENCE_DEGREE, groups, &bound),
                             below + above + 1);
            assert_true(colors_of(pattern, TW_COLOR_LARGEST_FIRST, groups, &bound) >= bound);
            tw_pattern_free(pattern);
        }
}

/* Random rectangles: no row has a colour twice, and the order is what its name says. */
static void random_rectangles(void **state) {
    enum { MOST = 30 };
    static unsigned char full[MOST * MOST];
    for (unsigned seed = 0; seed < 40; seed++) {
        size_t rows = 1 + tw_rng_below(seed, 1, 0, MOST),
               columns = 1 + tw_rng_below(seed, 1, 1, MOST);
        double density = tw_rng_uniform(seed, 1, 2) * 0.5;
        for (size_t k = 0; k < rows * columns; k++)
            full[k] = tw_rng_uniform(seed, 2, k) < density;
        tw_pattern *pattern = pattern_from(rows, columns, full);
        for (int order = 0; order < 4; order++) {
            size_t groups[MOST], bound, colors = colors_of(pattern, order, groups, &bound);
            assert_true(colors >= bound && colors <= columns);
            for (size_t i = 0; i < rows; i++)
                for (size_t j = 0; j < columns; j++)
                    for (size_t k = 0; k < j; k++)
                        assert_false(full[i * columns + j] && full[i * columns + k] &&
                                     groups[j] == groups[k]);
        }
        tw_pattern_free(pattern);
    }
}

/* The crown graph, column pairs (2k, 2k + 1) apart: in the natural order greedy takes n / 2
 * colours where two are enough; the orders of Coleman and Moré find two. Row (a, b) joins columns
 * 2a and 2b + 1, a != b. */
static void orders_matter(void **state) {
    enum { PAIRS = 8, N = 2 * PAIRS, ROWS = PAIRS * (PAIRS - 1) };
    static unsigned char full[ROWS * N];
    size_t row = 0, groups[N], bound;
    memset(full, 0, sizeof full);
    for (size_t a = 0; a < PAIRS; a++)
        for (size_t b = 0; b < PAIRS; b++)
            if (a != b) {
                full[row * N + 2 * a] = full[row * N + 2 * b + 1] = 1;
                row++;
            }
    tw_pattern *pattern = pattern_from(ROWS, N, full);
    assert_int_equal(colors_of(pattern, TW_COLOR_NATURAL, groups, &bound), PAIRS);
    assert_int_equal(bound, 2);
    assert_int_equal(colors_of(pattern, TW_COLOR_INCIDENCE_DEGREE, groups, &bound), 2);
    assert_string_equal(tw_color_order_name(TW_COLOR_SMALLEST_LAST), "smallest-last");
    assert_null(tw_color_order_name(99));
    tw_pattern_free(pattern);
}

/* By definition, over all paths of four vertices. */
static void check_star(size_t n, const unsigned char *full, const size_t *groups) {
    for (size_t a = 0; a < n; a++)
        for (size_t b = 0; b < n; b++) {
            if (a == b || !full[a * n + b])
                continue;
            assert_true(groups[a] != groups[b]);
            for (size_t c = 0; c < n; c++)
                for (size_t d = 0; c != a && c != b && full[b * n + c] && d < n; d++)
                    if (d != a && d != b && d != c && full[c * n + d])
                        assert_false(groups[a] == groups[c] && groups[b] == groups[d]);
        }
}

static void stars(void **state) {
    enum { MOST = 25 };
    static unsigned char full[MOST * MOST];
    size_t groups[MOST];
    tw_coloring report;
    for (unsigned seed = 0; seed < 40; seed++) {
        size_t n = 1 + tw_rng_below(seed, 1, 0, MOST);
        double density = tw_rng_uniform(seed, 1, 2) * 0.4;
        for (size_t i = 0; i < n; i++)
            for (size_t j = i; j < n; j++)
                full[i * n + j] = full[j * n + i] = tw_rng_uniform(seed, 2, i * n + j) < density;
        tw_pattern *pattern = pattern_from(n, n, full);
        for (int order = 0; order < 4; order++) {
            assert_ok(tw_color_symmetric(pattern, order, groups, &report));
            assert_true(report.colors >= report.lower_bound && report.colors <= n);
            check_star(n, full, groups);
        }
        tw_pattern_free(pattern);
    }
    /* an arrow needs two colours, a path of five three, whatever the number of columns */
    for (int path = 0; path <= 1; path++) {
        for (size_t i = 0; i < MOST; i++)
            for (size_t j = 0; j < MOST; j++)
                full[i * MOST + j] =
                    i == j || (path ? i + 1 == j || j + 1 == i : i == MOST - 1 || j == MOST - 1);
        tw_pattern *pattern = pattern_from(MOST, MOST, full);
        for (int order = path ? 2 : 1; order < 4; order++) {
            assert_ok(tw_color_symmetric(pattern, order, groups, &report));
            assert_int_equal(report.colors, path ? 3 : 2);
            assert_int_equal(report.lower_bound, 2);
            check_star(MOST, full, groups);
        }
        tw_pattern_free(pattern);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(patterns_refuse_what_is_wrong),
        cmocka_unit_test(bands),
        cmocka_unit_test(random_rectangles),
        cmocka_unit_test(orders_matter),
        cmocka_unit_test(stars),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
