/* Step schedules against the formulas of the header, and the list of methods. */
#include <math.h>

#include "support.h"

static void test_formulas(void **state) {
    const double s = 0.3, decay = 0.5, period = 7;
    for (size_t t = 0; t < 100; t++) {
        double at = (double)t / period;
        assert_true(tw_schedule_step(TW_SCHEDULE_CONSTANT, s, decay, period, t) == s);
        assert_close(tw_schedule_step(TW_SCHEDULE_STEP, s, decay, period, t),
                     s / (double)(1 << (t / 7)), 1e-15, 0);
        assert_close(tw_schedule_step(TW_SCHEDULE_EXPONENTIAL, s, decay, period, t), s * exp2(-at),
                     1e-14, 0);
        assert_close(tw_schedule_step(TW_SCHEDULE_INVERSE, s, decay, period, t), s / (1 + 0.5 * at),
                     1e-15, 0);
    }
}

static void test_names(void **state) {
    for (int k = 0; k <= TW_SCHEDULE_INVERSE; k++)
        assert_int_equal(tw_schedule_find(tw_schedule_name((tw_schedule)k)), k);
    assert_int_equal(tw_schedule_find("cosine"), -1);
    assert_null(tw_schedule_name((tw_schedule)99));
    assert_string_equal(tw_stop_name(TW_STOP_DIVERGED), "diverged");
    size_t count = 0;
    for (const tw_optimizer *o; (o = tw_optimizer_at(count)) != NULL; count++) {
        assert_ptr_equal(tw_optimizer_find(tw_optimizer_name(o)), o);
        assert_true(strlen(tw_optimizer_summary(o)) > 0);
        assert_true(tw_optimizer_default_iterations(o) > 0);
        assert_true(tw_optimizer_default_step(o) > 0);
    }
    assert_true(count >= 4);
    assert_null(tw_optimizer_find("adam?"));
}

/* What a run uses, seen through its reports. */
typedef struct steps_seen {
    size_t count, at[64];
    double step[64];
} steps_seen;

static int see(void *user, size_t iteration, double step, const double *x, const double *values) {
    steps_seen *seen = user;
    seen->at[seen->count] = iteration;
    seen->step[seen->count++] = step;
    return 0;
}

static double zero(size_t n, const double *x, void *user) {
    return 0;
}

static void test_defaults_and_reports(void **state) {
    tw_objective *f = NULL;
    assert_ok(tw_objective_from_function(zero, NULL, 2, &f));
    double x[2] = {0, 0};
    steps_seen seen = {0};
    tw_optim_options options = {.iterations = 40,
                                .step = 2,
                                .schedule = TW_SCHEDULE_STEP,
                                .report_every = 5,
                                .report = see,
                                .user = &seen};
    tw_optim_result result;
    assert_ok(tw_optim_run(tw_optimizer_find("local-search"), f, x, &options, &result));
    assert_int_equal(seen.count, 9);
    assert_int_equal(result.iterations, 40);
    for (size_t k = 0; k < seen.count; k++) {
        assert_int_equal(seen.at[k], 5 * k);
        /* of the iteration that led here; halved every tenth of the run by default */
        size_t t = k > 0 ? 5 * k - 1 : 0;
        assert_true(seen.step[k] == 2 / (double)(1 << (t / 4)));
    }
    seen.count = 0;
    options.report_every = 0;
    assert_ok(tw_optim_run(tw_optimizer_find("local-search"), f, x, &options, NULL));
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.at[1], 40);
    tw_objective_free(f);
}

static void test_bad_options(void **state) {
    tw_objective *f = NULL;
    assert_ok(tw_objective_from_function(zero, NULL, 1, &f));
    double x = 5;
    const tw_optim_options bad[] = {{.step = -1},       {.step = NAN},
                                    {.step = INFINITY}, {.decay = -0.5},
                                    {.period = NAN},    {.schedule = (tw_schedule)17}};
    for (size_t k = 0; k < sizeof bad / sizeof bad[0]; k++) {
        assert_int_equal(tw_optim_run(tw_optimizer_find("local-search"), f, &x, &bad[k], NULL),
                         TW_ERR_ARGUMENT);
        assert_true(x == 5);
    }
    assert_fails(TW_ERR_UNSUPPORTED, "needs a gradient",
                 tw_optim_run(tw_optimizer_find("gd"), f, &x, NULL, NULL));
    tw_objective_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_formulas),
        cmocka_unit_test(test_names),
        cmocka_unit_test(test_defaults_and_reports),
        cmocka_unit_test(test_bad_options),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
