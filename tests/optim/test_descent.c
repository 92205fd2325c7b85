/* Gradient descent where its every step is known, and the loop that all methods share: reports,
 * stopping, divergence, failures. */
#include <math.h>

#include "support.h"

enum { N = 4 };
static const double curvature[N] = {1, 2, 5, 0.25}, centre[N] = {1, -2, 0.5, 10};
static const tw_metric two_metrics[] = {{"loss"}, {"doubled"}, {NULL}};

/* f = 1/2 sum_i curvature_i (x_i - centre_i)^2, or sum_i x_i^4 where `steep`; call `fail_at` of the
 * gradient fails; beyond x_0 = `cliff` the gradient is NaN. */
typedef struct slope {
    int steep, declines;
    size_t gradients, fail_at;
    double cliff;
} slope;

static tw_status slope_value(void *ctx, size_t n, const double *x, double *values) {
    const slope *s = ctx;
    values[0] = 0;
    for (size_t i = 0; i < n; i++) {
        double r = x[i] - centre[i];
        values[0] += s->steep ? x[i] * x[i] * x[i] * x[i] : curvature[i] / 2 * r * r;
    }
    values[1] = 2 * values[0];
    return TW_OK;
}

static tw_status slope_gradient(void *ctx, size_t n, const double *x, double *values,
                                double *gradient) {
    slope *s = ctx;
    if (s->declines)
        return TW_DECLINED;
    if (++s->gradients == s->fail_at)
        return tw_fail(TW_ERR_CALLBACK, "gradient %zu is lost", s->gradients);
    for (size_t i = 0; i < n; i++)
        gradient[i] = s->cliff != 0 && x[0] > s->cliff ? NAN
                      : s->steep                       ? 4 * x[i] * x[i] * x[i]
                                                       : curvature[i] * (x[i] - centre[i]);
    return values != NULL ? slope_value(ctx, n, x, values) : TW_OK;
}

static tw_objective *make_slope(slope *s) {
    static const tw_objective_ops ops = {.value = slope_value, .gradient = slope_gradient};
    tw_objective *f = NULL;
    const tw_objective_traits traits = {.name = "slope", .metrics = two_metrics};
    assert_ok(tw_objective_new(&ops, s, N, &traits, &f));
    return f;
}

/* What the callback saw. */
typedef struct diary {
    size_t count, cancel_at;
    size_t iterations[64];
    double steps[64], epochs[64], x[64][N], before[64][N], values[64][2];
    int has_before[64];
} diary;

static int write_down(void *user, const tw_optim_report *report) {
    diary *d = user;
    assert_true(d->count < 64);
    d->iterations[d->count] = report->iteration;
    d->steps[d->count] = report->step;
    d->epochs[d->count] = report->epoch;
    memcpy(d->x[d->count], report->x, sizeof d->x[0]);
    memcpy(d->values[d->count], report->values, sizeof d->values[0]);
    d->has_before[d->count] = report->before != NULL;
    if (report->before != NULL)
        memcpy(d->before[d->count], report->before, sizeof d->x[0]);
    d->count++;
    return report->iteration == d->cancel_at;
}

static const tw_optimizer *gd(void) {
    return tw_optimizer_find("gd");
}

/* x_i(t) - c_i = (x_i(0) - c_i) prod_k (1 - s_k curvature_i), for each schedule. */
static void contraction_is_the_known_one(void **state) {
    for (int schedule = TW_SCHEDULE_CONSTANT; schedule <= TW_SCHEDULE_COSINE; schedule++) {
        slope s = {0};
        diary seen = {.cancel_at = SIZE_MAX};
        tw_objective *f = make_slope(&s);
        tw_optim_result result;
        double x[N] = {3, 3, 3, 3};
        assert_ok(tw_optim_run(gd(), f, x,
                               &(tw_optim_options){.iterations = 30,
                                                   .step = 0.3,
                                                   .schedule = (tw_schedule)schedule,
                                                   .decay = 0.7,
                                                   .period = 4,
                                                   .report_every = 1,
                                                   .report = write_down,
                                                   .user = &seen},
                               &result));
        assert_int_equal(seen.count, 31);
        double factor[N] = {1, 1, 1, 1};
        for (size_t t = 0; t <= 30; t++) {
            double loss = 0;
            size_t before = t > 0 ? t - 1 : 0;
            double step = tw_schedule_step((tw_schedule)schedule, 0.3, 0.7, 4, before);
            for (int i = 0; i < N; i++) {
                factor[i] *= t > 0 ? 1 - step * curvature[i] : 1;
                double expected = centre[i] + (3 - centre[i]) * factor[i];
                loss += curvature[i] / 2 * (expected - centre[i]) * (expected - centre[i]);
                assert_close(seen.x[t][i], expected, 1e-13, 1e-14);
            }
            assert_int_equal(seen.iterations[t], t);
            assert_true(seen.steps[t] == step);
            assert_close(seen.values[t][0], loss, 1e-11, 1e-14);
            assert_true(seen.values[t][1] == 2 * seen.values[t][0]);
        }
        assert_memory_equal(seen.x[30], x, sizeof x);
        assert_true(result.loss == seen.values[30][0]);
        assert_int_equal(result.iterations, 30);
        assert_int_equal(result.stop, TW_STOP_ITERATIONS);
        assert_true(result.seconds >= 0 && result.seconds < 10);
        tw_objective_free(f);
    }
}

/* decay 0 and period 0 take what the header says. */
static void defaults_of_schedules(void **state) {
    static const double decays[] = {1, 0.5, 0.95, 1, 1}, periods[] = {4, 4, 4, 4, 40};
    for (int schedule = TW_SCHEDULE_CONSTANT; schedule <= TW_SCHEDULE_COSINE; schedule++) {
        slope s = {0};
        diary seen = {.cancel_at = SIZE_MAX};
        tw_objective *f = make_slope(&s);
        double x[N] = {0};
        assert_ok(tw_optim_run(gd(), f, x,
                               &(tw_optim_options){.iterations = 40,
                                                   .step = 0.1,
                                                   .schedule = (tw_schedule)schedule,
                                                   .report_every = 1,
                                                   .report = write_down,
                                                   .user = &seen},
                               NULL));
        for (size_t t = 1; t <= 40; t++)
            assert_true(seen.steps[t] == tw_schedule_step((tw_schedule)schedule, 0.1,
                                                          decays[schedule], periods[schedule],
                                                          t - 1));
        tw_objective_free(f);
    }
}

static void methods_have_defaults(void **state) {
    slope s = {0};
    tw_objective *f = make_slope(&s);
    double x[N] = {3, 3, 3, 3}, again[N] = {3, 3, 3, 3};
    tw_optim_result result;
    assert_ok(tw_optim_run(gd(), f, x, NULL, &result));
    assert_int_equal(result.iterations, tw_optimizer_default_iterations(gd()));
    assert_int_equal(result.evaluations, result.iterations + 1); /* and the loss at the end */
    tw_optim_options options = {.iterations = tw_optimizer_default_iterations(gd()),
                                .step = tw_optimizer_default_step(gd())};
    assert_ok(tw_optim_run(gd(), f, again, &options, NULL));
    assert_memory_equal(x, again, sizeof x);
    tw_objective_free(f);
}

static void reports_come_when_due(void **state) {
    static const struct {
        size_t iterations, every, count, at[8];
    } table[] = {{10, 3, 5, {0, 3, 6, 9, 10}}, {10, 5, 3, {0, 5, 10}}, {10, 0, 2, {0, 10}},
                 {10, 99, 2, {0, 10}},         {1, 1, 2, {0, 1}},      {10, 10, 2, {0, 10}}};
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++)
        for (size_t method = 0; tw_optimizer_at(method) != NULL; method++) {
            slope s = {0};
            diary seen = {.cancel_at = SIZE_MAX};
            tw_objective *f = make_slope(&s);
            double x[N] = {0};
            unsigned needs = tw_optimizer_needs(tw_optimizer_at(method));
            int is_lbfgs = tw_optimizer_default_step(tw_optimizer_at(method)) == 0;
            if (is_lbfgs || (needs != 0 && !(needs & TW_CAN_GRADIENT))) {
                tw_objective_free(f);
                continue;
            }
            assert_ok(tw_optim_run(tw_optimizer_at(method), f, x,
                                   &(tw_optim_options){.iterations = table[k].iterations,
                                                       .step = 0.1,
                                                       .report_every = table[k].every,
                                                       .report = write_down,
                                                       .user = &seen},
                                   NULL));
            assert_int_equal(seen.count, table[k].count);
            for (size_t r = 0; r < seen.count; r++) {
                double values[2];
                assert_int_equal(seen.iterations[r], table[k].at[r]);
                assert_ok(slope_value(&s, N, seen.x[r], values));
                assert_memory_equal(values, seen.values[r], sizeof values);
            }
            tw_objective_free(f);
        }
}

static void the_callback_cancels(void **state) {
    for (size_t at = 0; at <= 12; at += 3) {
        slope s = {0};
        diary seen = {.cancel_at = at};
        tw_objective *f = make_slope(&s);
        tw_optim_result result;
        double x[N] = {0};
        assert_ok(tw_optim_run(gd(), f, x,
                               &(tw_optim_options){.iterations = 12,
                                                   .step = 0.1,
                                                   .report_every = 3,
                                                   .report = write_down,
                                                   .user = &seen},
                               &result));
        assert_int_equal(result.stop, TW_STOP_CANCELLED);
        assert_int_equal(result.iterations, at);
        assert_int_equal(s.gradients, at);
        assert_int_equal(seen.iterations[seen.count - 1], at);
        assert_int_equal(seen.count, at / 3 + 1);
        assert_memory_equal(x, seen.x[seen.count - 1], sizeof x);
        assert_true(result.loss == seen.values[seen.count - 1][0]);
        tw_objective_free(f);
    }
}

/* x^4 from 10 with step 1: 1e1, 4e3, 2.5e11, 6e34, 1e105; the fourth power of the last is infinite.
 * Three moves count, however far the run was to go and however often it reported; what comes back
 * is the best point, the start. */
static void divergence_goes_back_to_the_best_point(void **state) {
    for (size_t iterations = 3; iterations <= 6; iterations++)
        for (size_t every = 0; every <= 2; every++) {
            slope s = {.steep = 1};
            diary seen = {.cancel_at = SIZE_MAX};
            tw_objective *f = make_slope(&s);
            tw_optim_result result;
            int diverges = iterations > 3;
            double x[N] = {10, 0, 0, 0}, expected = 10;
            for (int t = 0; t < (diverges ? 0 : 3); t++)
                expected -= 4 * expected * expected * expected;
            assert_ok(tw_optim_run(gd(), f, x,
                                   &(tw_optim_options){.iterations = iterations,
                                                       .step = 1,
                                                       .report_every = every,
                                                       .report = write_down,
                                                       .user = &seen},
                                   &result));
            assert_int_equal(result.stop, diverges ? TW_STOP_DIVERGED : TW_STOP_ITERATIONS);
            assert_int_equal(result.iterations, 3);
            assert_int_equal(result.reached, diverges ? 0 : 3);
            assert_true(x[0] == expected && x[1] == 0);
            assert_true(result.loss == expected * expected * expected * expected);
            assert_string_equal(result.why, diverges ? "the loss is no longer finite"
                                                     : "all iterations are done");
            for (size_t r = 0; r < seen.count; r++)
                assert_true(isfinite(seen.values[r][0]));
            assert_int_equal(seen.iterations[seen.count - 1], result.reached);
            assert_memory_equal(seen.x[seen.count - 1], x, sizeof x);
            tw_objective_free(f);
        }
}

/* A gradient that is NaN where the loss is a number leads nowhere either. */
static void a_gradient_that_is_no_number(void **state) {
    slope s = {.cliff = 0.5};
    tw_objective *f = make_slope(&s);
    tw_optim_result result;
    double x[N] = {0};
    assert_ok(
        tw_optim_run(gd(), f, x, &(tw_optim_options){.iterations = 50, .step = 0.1}, &result));
    assert_int_equal(result.stop, TW_STOP_DIVERGED);
    assert_true(x[0] > 0.5 && x[0] < 0.6);
    assert_int_equal(result.iterations, 7); /* 1 - 0.9^7 = 0.52 */
    for (int i = 0; i < N; i++)
        assert_true(isfinite(x[i]));
    assert_true(isfinite(result.loss));
    tw_objective_free(f);
}

static void a_start_that_is_not_finite(void **state) {
    slope s = {0};
    diary seen = {.cancel_at = SIZE_MAX};
    tw_objective *f = make_slope(&s);
    tw_optim_result result;
    double x[N] = {1, INFINITY, 2, 3};
    assert_ok(tw_optim_run(
        gd(), f, x, &(tw_optim_options){.step = 1, .report = write_down, .user = &seen}, &result));
    assert_int_equal(result.stop, TW_STOP_DIVERGED);
    assert_int_equal(result.iterations, 0);
    assert_int_equal(seen.count, 1);
    assert_true(result.loss == INFINITY);
    assert_true(x[0] == 1 && x[1] == INFINITY && x[2] == 2 && x[3] == 3);
    tw_objective_free(f);
}

static void failures_leave_the_last_point(void **state) {
    slope s = {.fail_at = 4}, whole = {0};
    tw_objective *f = make_slope(&s), *g = make_slope(&whole);
    double x[N] = {0}, three[N] = {0};
    tw_optim_result result = {.loss = -7};
    tw_optim_options options = {.iterations = 10, .step = 0.1};
    assert_fails(TW_ERR_CALLBACK, "gradient 4 is lost",
                 tw_optim_run(gd(), f, x, &options, &result));
    assert_true(result.loss == -7);
    options.iterations = 3;
    assert_ok(tw_optim_run(gd(), g, three, &options, NULL));
    assert_memory_equal(x, three, sizeof x);
    tw_objective_free(g);
    tw_objective_free(f);
}

static double plain(size_t n, const double *x, void *user) {
    return x[0];
}

static void what_a_method_needs(void **state) {
    slope s = {.declines = 1};
    tw_objective *f = NULL, *g = make_slope(&s);
    double x[N] = {1};
    assert_ok(tw_objective_from_function(plain, NULL, N, &f));
    assert_fails(TW_ERR_UNSUPPORTED,
                 "'gd' needs a gradient, which objective 'function' does not have",
                 tw_optim_run(gd(), f, x, NULL, NULL));
    assert_fails(TW_ERR_UNSUPPORTED, "random-search and local-search need none",
                 tw_optim_run(gd(), f, x, NULL, NULL));
    assert_fails(TW_ERR_UNSUPPORTED, "'sgd' needs a gradient over chosen samples",
                 tw_optim_run(tw_optimizer_find("sgd"), g, x, NULL, NULL));
    assert_fails(TW_ERR_UNSUPPORTED, "objective 'slope' has no gradient",
                 tw_optim_run(gd(), g, x, NULL, NULL)); /* it declines when asked */
    assert_true(x[0] == 1);
    tw_objective_free(g);
    tw_objective_free(f);
}

static void wrong_options(void **state) {
    slope s = {0};
    tw_objective *f = make_slope(&s);
    double x[N] = {0};
    static const struct {
        tw_optim_options options;
        const char *words;
    } table[] = {
        {{.step = -1}, "step -1: give a positive number"},
        {{.step = NAN}, "give a positive number"},
        {{.step = INFINITY}, "step inf"},
        {{.decay = -0.5}, "decay -0.5"},
        {{.decay = NAN}, "give positive numbers"},
        {{.period = -3}, "period -3"},
        {{.period = INFINITY}, "period inf"},
        {{.schedule = (tw_schedule)9}, "no schedule number 9"},
    };
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++)
        assert_fails(TW_ERR_ARGUMENT, table[k].words,
                     tw_optim_run(gd(), f, x, &table[k].options, NULL));
    assert_int_equal(s.gradients, 0);
    tw_objective_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contraction_is_the_known_one),
        cmocka_unit_test(defaults_of_schedules),
        cmocka_unit_test(methods_have_defaults),
        cmocka_unit_test(reports_come_when_due),
        cmocka_unit_test(the_callback_cancels),
        cmocka_unit_test(divergence_goes_back_to_the_best_point),
        cmocka_unit_test(a_gradient_that_is_no_number),
        cmocka_unit_test(a_start_that_is_not_finite),
        cmocka_unit_test(failures_leave_the_last_point),
        cmocka_unit_test(what_a_method_needs),
        cmocka_unit_test(wrong_options),
    };
    return cmocka_run_group_tests_name("descent", tests, NULL, NULL);
}
