/* The gradients of the 35 problems of Moré, Garbow and Hillstrom at their standard starts, by every
 * method. Truth: the same formulas in long double, by complex steps. */
#include <complex.h>
#include <math.h>

#include "support.h"

typedef long double _Complex wide;
typedef wide (*wide_formula)(size_t n, const wide *x);

#define WIDE(name) wide tw_mgh_##name##_wide(size_t n, const wide *x);
#define ENTRY(name) tw_mgh_##name##_wide,
#define PROBLEMS(X)                                                                                \
    X(rosenbrock)                                                                                  \
    X(freudenstein_roth)                                                                           \
    X(powell_badly_scaled)                                                                         \
    X(brown_badly_scaled)                                                                          \
    X(beale)                                                                                       \
    X(jennrich_sampson)                                                                            \
    X(helical_valley)                                                                              \
    X(bard)                                                                                        \
    X(gaussian)                                                                                    \
    X(meyer)                                                                                       \
    X(gulf)                                                                                        \
    X(box)                                                                                         \
    X(powell_singular)                                                                             \
    X(wood)                                                                                        \
    X(kowalik_osborne)                                                                             \
    X(brown_dennis)                                                                                \
    X(osborne_1)                                                                                   \
    X(biggs)                                                                                       \
    X(osborne_2)                                                                                   \
    X(watson)                                                                                      \
    X(rosenbrock)                                                                                  \
    X(powell_singular)                                                                             \
    X(penalty_1)                                                                                   \
    X(penalty_2)                                                                                   \
    X(variably_dimensioned)                                                                        \
    X(trigonometric)                                                                               \
    X(brown_almost_linear)                                                                         \
    X(discrete_boundary)                                                                           \
    X(discrete_integral)                                                                           \
    X(broyden_tridiagonal)                                                                         \
    X(broyden_banded)                                                                              \
    X(linear_full_rank)                                                                            \
    X(linear_rank_1)                                                                               \
    X(linear_rank_1_zeros)                                                                         \
    X(chebyquad)
PROBLEMS(WIDE)
static const wide_formula formulas[] = {PROBLEMS(ENTRY)};

enum { MOST = 16, COUNT = sizeof formulas / sizeof formulas[0], ENTRIES = 220 };

static void wide_gradient(int p, size_t n, const double *x, double value, long double *g) {
    wide z[MOST], answer;
    for (size_t i = 0; i < n; i++)
        z[i] = x[i];
    for (size_t i = 0; i < n; i++) {
        z[i] = __builtin_complex((long double)x[i], 0x1p-100L);
        answer = formulas[p](n, z);
        g[i] = cimagl(answer) / 0x1p-100L;
        z[i] = x[i];
        assert_close(value, (double)creall(answer), 1e-12, 0);
    }
}

typedef struct score {
    int ten, twelve, entries, covered, worst_problem;
    double worst;
    unsigned long long evaluations;
} score;

static void one_problem(int p, int method, score *s) {
    char spec[16];
    double x[MOST], g[MOST], bars[MOST], off = 0, largest = 0;
    long double truth[MOST];
    tw_objective *f = NULL;
    snprintf(spec, sizeof spec, "mgh:%d", p + 1);
    assert_ok(tw_function_new(spec, NULL, &f));
    size_t n = tw_objective_size(f);
    assert_true(n <= MOST);
    assert_ok(tw_function_start(spec, n, x));
    tw_diff_options options = {.method = method, .bars = method >= TW_DIFF_LADDER ? bars : NULL};
    tw_diff_report report;
    assert_ok(tw_diff_gradient(f, x, &options, g, &report));
    wide_gradient(p, n, x, report.value, truth);
    for (size_t i = 0; i < n; i++) {
        double error = (double)fabsl(g[i] - truth[i]);
        off = fmax(off, error);
        largest = fmax(largest, (double)fabsl(truth[i]));
        if (options.bars != NULL && error > bars[i] && getenv("TW_TEST_VERBOSE") != NULL)
            print_message("%s %s[%zu]: %.17g, off %.2g, bar %.2g\n", tw_diff_method_name(method),
                          spec, i, g[i], error, bars[i]);
        s->covered += options.bars != NULL && error <= bars[i];
    }
    s->entries += (int)n;
    s->evaluations += report.evaluations;
    s->ten += off <= 1e-10 * largest;
    s->twelve += off <= 1e-12 * largest;
    if (!(off <= s->worst * largest)) {
        s->worst = off / largest;
        s->worst_problem = p + 1;
    }
    tw_objective_free(f);
}

static score all_problems(int method) {
    score s = {0};
    for (int p = 0; p < COUNT; p++)
        one_problem(p, method, &s);
    assert_int_equal(s.entries, ENTRIES);
    print_message("%s: below 1e-10: %d, 1e-12: %d of %d; worst %.2g (problem %d); bars cover %d of "
                  "%d; %.1f evaluations an entry\n",
                  tw_diff_method_name(method), s.ten, s.twelve, COUNT, s.worst, s.worst_problem,
                  s.covered, s.entries, (double)s.evaluations / s.entries);
    return s;
}

static void by_the_ladder(void **state) {
    score s = all_problems(TW_DIFF_LADDER);
    assert_true(s.twelve == COUNT && s.covered >= 216 && s.evaluations < 24 * ENTRIES);
}

static void by_the_ladder_with_measured_noise(void **state) {
    score s = all_problems(TW_DIFF_ROBUST);
    assert_true(s.twelve == COUNT && s.covered >= 217 && s.evaluations < 50 * ENTRIES);
}

static void by_complex_steps(void **state) {
    score s = all_problems(TW_DIFF_COMPLEX);
    assert_true(s.twelve == COUNT && s.worst < 1e-13 && s.covered >= 217 &&
                s.evaluations < 5 * ENTRIES);
}

/* No more than is said of it: the plain ones lose digits. */
static void by_fixed_steps(void **state) {
    score forward = all_problems(TW_DIFF_FORWARD), central = all_problems(TW_DIFF_CENTRAL);
    assert_true(forward.worst < 1e-2 && central.worst < 1e-4);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_the_ladder),
        cmocka_unit_test(by_the_ladder_with_measured_noise),
        cmocka_unit_test(by_complex_steps),
        cmocka_unit_test(by_fixed_steps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
