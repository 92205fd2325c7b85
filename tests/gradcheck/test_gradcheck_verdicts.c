/* Verdicts that were once wrong: a gradient whose wrong entry a floor excused, a right one that the
 * ladder contradicted by many bars, and what is too small to judge. */
#include <math.h>

#include "float_losses.h"
#include "support.h"

typedef struct sample_case {
    double (*value)(size_t n, const double *x);
    size_t n;
    double x[3], gradient[3];
} sample_case;

static double case_value(size_t n, const double *x, void *user) {
    return ((const sample_case *)user)->value(n, x);
}

static void case_gradient(size_t n, const double *x, double *g, void *user) {
    memcpy(g, ((const sample_case *)user)->gradient, n * sizeof *g);
}

static tw_gradcheck *check_case(sample_case *c, const tw_gradcheck_options *options) {
    tw_objective *objective = NULL;
    tw_gradcheck *check = NULL;
    assert_ok(tw_objective_from_functions(case_value, case_gradient, c, c->n, &objective));
    assert_ok(tw_gradcheck_run(objective, c->x, options, &check));
    tw_objective_free(objective);
    return check;
}

static tw_verdict verdict_of(sample_case c, const tw_gradcheck_options *options) {
    tw_gradcheck *check = check_case(&c, options);
    tw_verdict verdict = check->verdict;
    tw_gradcheck_free(check);
    return verdict;
}

/* ---- floors ---- */

static double cross_entropy(size_t n, const double *x) {
    return -0.3 * log(x[0]) - 0.7 * log(x[1]);
}

/* At the lower bound the slope is 3e11. */
static void a_singular_bound_raises_no_floor(void **state) {
    static const double lower[2] = {1e-12, 1e-12}, upper[2] = {1, 1};
    for (uint64_t seed = 0; seed < 10; seed++) {
        const tw_gradcheck_options options = {.lower = lower, .upper = upper, .seed = seed};
        sample_case c = {cross_entropy, 2, {1e-3, 0.5}, {-300, -1.4}};
        assert_int_equal(verdict_of(c, &options), TW_VERDICT_PASS);
        c.gradient[1] = 1.4;
        assert_int_equal(verdict_of(c, &options), TW_VERDICT_FAIL);
    }
}

static double small_x(size_t n, const double *x) {
    return sin(x[0]) * x[1] * x[1] + exp(x[2]);
}

static double beside_large(size_t n, const double *x) {
    return 1e9 * x[0] * x[0] + x[1] * x[1];
}

static void a_difference_of_many_bars_is_not_excused(void **state) {
    sample_case tiny = {
        small_x, 3, {1.2e-5, -2.7e-5, 1e-4}, {7.3e-10, -2 * 1.2e-5 * -2.7e-5, 1.0001}};
    tiny.gradient[0] = cos(tiny.x[0]) * tiny.x[1] * tiny.x[1];
    tiny.gradient[1] = 2 * sin(tiny.x[0]) * tiny.x[1];
    tiny.gradient[2] = exp(tiny.x[2]);
    assert_int_equal(verdict_of(tiny, NULL), TW_VERDICT_PASS);
    tiny.gradient[1] *= -1;
    assert_int_equal(verdict_of(tiny, NULL), TW_VERDICT_FAIL);
    const sample_case zero = {beside_large, 2, {1, 1}, {2e9, 0}};
    assert_int_equal(verdict_of(zero, NULL), TW_VERDICT_FAIL);
    const sample_case right = {beside_large, 2, {1, 1}, {2e9, 2}};
    assert_int_equal(verdict_of(right, NULL), TW_VERDICT_PASS);
}

/* What agrees within a bar that is narrow beside the block, but not beside itself, is counted. */
static double far_smaller(size_t n, const double *x) {
    return 1e6 * sin(x[0]) + 1e-8 * sin(x[1]);
}

static void what_is_too_small_is_counted_and_named(void **state) {
    sample_case c = {far_smaller, 2, {1, 1}, {0}};
    c.gradient[0] = 1e6 * cos(1);
    c.gradient[1] = 1e-8 * cos(1);
    tw_gradcheck *check = check_case(&c, NULL);
    assert_int_equal(check->verdict, TW_VERDICT_PASS);
    assert_int_equal(check->blocks[0].small, 1);
    assert_int_equal(check->entries[1].reason, TW_REASON_SMALL);
    assert_int_equal(check->entries[0].reason, TW_REASON_NONE);
    char text[256] = "";
    FILE *file = fmemopen(text, sizeof text, "w");
    assert_ok(tw_gradcheck_write(check, TW_GRADCHECK_TEXT, 0, file));
    fclose(file);
    assert_int_equal(strncmp(text, "PASS, 1 of 2 entries too small to judge (x 1)  loss", 50), 0);
    tw_gradcheck_free(check);
}

static double huge_and_even(size_t n, const double *x) {
    return 1e16 * cos(x[0]) + sin(x[0]);
}

static void a_bar_that_swallows_the_entry_passes_nothing(void **state) {
    static const double claims[] = {1, -1, 0, 2};
    for (int k = 0; k < 4; k++) {
        const sample_case c = {huge_and_even, 1, {0}, {claims[k]}};
        assert_int_equal(verdict_of(c, NULL), TW_VERDICT_INCONCLUSIVE);
    }
}

/* ---- nothing at all ---- */

static double constant(size_t n, const double *x) {
    return 1;
}

static void both_zero_is_a_pass(void **state) {
    sample_case c = {constant, 2, {1.1, 2}, {0, 0}};
    assert_int_equal(verdict_of(c, NULL), TW_VERDICT_PASS);
    c.gradient[1] = 1e-3;
    assert_int_equal(verdict_of(c, NULL), TW_VERDICT_FAIL);
}

/* ---- right gradients that the ladder contradicts ---- */

static double cancels(size_t n, const double *x) {
    return (exp(x[0]) - 1 - x[0]) / x[0];
}

static double log_of(size_t n, const double *x) {
    return log(x[0]);
}

static double entropy(size_t n, const double *x) {
    return x[0] * log(x[0]);
}

static double arc(size_t n, const double *x) {
    return acos(x[0]);
}

/* The data's part in single precision, the regulariser's in double. */
static double float_data(size_t n, const double *x) {
    return float_data_loss(x, 0.1);
}

static sample_case float_data_case(void) {
    sample_case c = {float_data, 3, {0.7, -0.4, 1.3}, {0}};
    float_data_gradient(c.x, 0.1, c.gradient);
    return c;
}

static void no_right_gradient_fails(void **state) {
    const double edge = 1 - 1e-10;
    const sample_case cases[] = {
        {cancels, 1, {1e-5}, {0.5 + 1e-5 / 3 + 1e-10 / 8}},
        {log_of, 1, {1e-18}, {1e18}},
        {entropy, 1, {1e-10}, {log(1e-10) + 1}},
        {arc, 1, {edge}, {-1 / sqrt((1 - edge) * (1 + edge))}},
        float_data_case(),
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++)
        for (int robust = 0; robust < 2; robust++) {
            const tw_gradcheck_options options = {.robust = robust};
            sample_case wrong = cases[k];
            if (verdict_of(wrong, &options) == TW_VERDICT_FAIL)
                fail_msg("case %zu fails", k);
            for (size_t i = 0; i < wrong.n; i++)
                wrong.gradient[i] *= -1;
            if (verdict_of(wrong, &options) == TW_VERDICT_PASS)
                fail_msg("case %zu passes", k);
        }
}

/* ---- ties ---- */

static double larger(size_t n, const double *x) {
    return fmax(x[0], x[1]);
}

static double larger_twice(size_t n, const double *x) {
    return fmax(2 * x[0], x[1]) + x[2] * x[2];
}

/* Two kinks that are not one: (1, 0) is a limit of gradients. */
static double hinges_apart(size_t n, const double *x) {
    return fmax(x[0], 0) - fmax(x[1], 0);
}

static double unit_of_a_network(size_t n, const double *x) {
    return fmax(0, x[0] + 0.5 * x[1] - 2 * x[2]);
}

static void entries_at_one_kink_belong_together(void **state) {
    static const struct {
        sample_case c;
        tw_verdict verdict;
    } cases[] = {
        {{larger, 2, {0.7, 0.7}, {1, 1}}, TW_VERDICT_FAIL},
        {{larger, 2, {0.7, 0.7}, {0, 0}}, TW_VERDICT_FAIL},
        {{larger, 2, {0.7, 0.7}, {1, 0}}, TW_VERDICT_PASS},
        {{larger, 2, {0.7, 0.7}, {0.5, 0.5}}, TW_VERDICT_PASS},
        {{larger_twice, 3, {0.7, 1.4, 1}, {2, 1, 2}}, TW_VERDICT_FAIL},
        {{larger_twice, 3, {0.7, 1.4, 1}, {0, 1, 2}}, TW_VERDICT_PASS},
        {{larger_twice, 3, {0.7, 1.4, 1}, {1, 0.5, 2}}, TW_VERDICT_PASS},
        {{hinges_apart, 2, {0, 0}, {1, 0}}, TW_VERDICT_PASS},
        {{hinges_apart, 2, {0, 0}, {0, -1}}, TW_VERDICT_PASS},
        {{unit_of_a_network, 3, {1, 2, 1}, {0, 0, 0}}, TW_VERDICT_PASS},
        {{unit_of_a_network, 3, {1, 2, 1}, {1, 0.5, -2}}, TW_VERDICT_PASS},
        {{unit_of_a_network, 3, {1, 2, 1}, {1, 0, 0}}, TW_VERDICT_FAIL},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        tw_verdict verdict = verdict_of(cases[k].c, NULL);
        if (verdict != cases[k].verdict)
            fail_msg("case %zu: %s", k, tw_verdict_name(verdict));
    }
}

/* ---- many entries ---- */

enum { MANY = 400 };

static double many_value(size_t n, const double *x, void *user) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += sin(x[i]) * (i + 1 < n ? x[i + 1] : 1);
    return sum;
}

static void many_gradient(size_t n, const double *x, double *g, void *user) {
    for (size_t i = 0; i < n; i++)
        g[i] = cos(x[i]) * (i + 1 < n ? x[i + 1] : 1) + (i > 0 ? sin(x[i - 1]) : 0);
    g[137] *= 1 + *(const double *)user;
}

static void many_entries_cost_a_few_evaluations_each(void **state) {
    double x[MANY], error = 0;
    tw_rng_fill_normal(31, 1, 0, MANY, x);
    for (int wrong = 0; wrong < 2; wrong++) {
        tw_objective *f = NULL;
        tw_gradcheck *check = NULL;
        error = wrong ? 1e-5 : 0;
        assert_ok(tw_objective_from_functions(many_value, many_gradient, &error, MANY, &f));
        assert_ok(tw_gradcheck_run(f, x, NULL, &check));
        assert_int_equal(check->verdict, wrong ? TW_VERDICT_FAIL : TW_VERDICT_PASS);
        assert_int_equal(check->blocks[0].failed, wrong);
        assert_true(check->evaluations < 8 * MANY);
        for (size_t k = 0; k < MANY; k++) {
            const tw_gradcheck_entry *e = &check->entries[k];
            assert_true(e->verdict == TW_VERDICT_FAIL || e->absolute <= 3 * e->bar + 1e-15);
        }
        tw_gradcheck_free(check);
        tw_objective_free(f);
    }
}

static void declared_noise_sets_what_is_expected(void **state) {
    const tw_gradcheck_options options = {.noise = 6e-8};
    sample_case c = float_data_case();
    assert_int_equal(verdict_of(c, &options), TW_VERDICT_PASS);
    c.gradient[1] *= 1.01;
    assert_int_equal(verdict_of(c, &options), TW_VERDICT_FAIL);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_singular_bound_raises_no_floor),
        cmocka_unit_test(a_difference_of_many_bars_is_not_excused),
        cmocka_unit_test(what_is_too_small_is_counted_and_named),
        cmocka_unit_test(a_bar_that_swallows_the_entry_passes_nothing),
        cmocka_unit_test(both_zero_is_a_pass),
        cmocka_unit_test(no_right_gradient_fails),
        cmocka_unit_test(entries_at_one_kink_belong_together),
        cmocka_unit_test(many_entries_cost_a_few_evaluations_each),
        cmocka_unit_test(declared_noise_sets_what_is_expected),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
