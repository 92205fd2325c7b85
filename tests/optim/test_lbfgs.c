/* L-BFGS: the minima of the literature, and everything that can come between. */
#include <math.h>

#include "support.h"

static const tw_optimizer *lbfgs(void) {
    return tw_optimizer_find("lbfgs");
}

static double norm(size_t n, const double *x) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    return sqrt(sum);
}

static void functions_with_a_known_minimum(void **state) {
    static const char *const specs[] = {
        "rosenbrock:2", "rosenbrock:10", "rosenbrock:100", "beale",   "booth", "himmelblau",
        "matyas",       "quadratic:50",  "sphere:7",       "trid:10", "branin"};
    for (size_t k = 0; k < sizeof specs / sizeof specs[0]; k++) {
        double x[100], least, gradient[100];
        tw_objective *f = NULL;
        tw_optim_result result;
        assert_ok(tw_function_new(specs[k], NULL, &f));
        size_t n = tw_objective_size(f);
        memcpy(x, tw_objective_start(f), n * sizeof *x);
        assert_ok(tw_function_minimum(specs[k], n, NULL, &least));
        assert_ok(tw_optim_run(
            lbfgs(), f, x, &(tw_optim_options){.iterations = 1000, .tolerance = 1e-9}, &result));
        assert_int_equal(result.stop, TW_STOP_CONVERGED);
        assert_close(result.loss, least, 1e-12, 1e-15);
        assert_ok(tw_objective_gradient(f, x, NULL, gradient));
        assert_true(norm(n, gradient) <= 1e-9 * fmax(1, norm(n, x)));
        assert_true(result.evaluations >= result.iterations);
        tw_objective_free(f);
    }
}

/* ---- the fitting problems, with gradients by the complex step ---- */

static tw_status inner_value(void *ctx, size_t n, const double *x, double *values) {
    return tw_objective_value(ctx, x, values);
}

static tw_status inner_gradient(void *ctx, size_t n, const double *x, double *values,
                                double *gradient) {
    double along[40] = {0}, both[2];
    tw_status status = values != NULL ? tw_objective_value(ctx, x, values) : TW_OK;
    for (size_t i = 0; i < n && status == TW_OK; i++) {
        along[i] = 1e-40;
        status = tw_objective_complex_value(ctx, x, along, both);
        along[i] = 0;
        gradient[i] = both[1] / 1e-40;
    }
    return status;
}

/* Least sums of squares as Moré, Garbow and Hillstrom give them. */
static void fitting_problems(void **state) {
    static const struct {
        const char *spec;
        double least;
    } table[] = {
        {"mgh:1", 0},           {"mgh:2", 48.98425},    {"mgh:5", 0},
        {"mgh:7", 0},           {"mgh:8", 8.214877e-3}, {"mgh:9", 1.127933e-8},
        {"mgh:12", 0},          {"mgh:13", 0},          {"mgh:14", 0},
        {"mgh:15", 3.07506e-4}, {"mgh:16", 85822.20},   {"mgh:19", 4.013774e-2},
        {"mgh:21:20", 0},       {"mgh:22:20", 0},       {"mgh:26:10", 2.79506e-5},
        {"mgh:32:10", 10},
    };
    static const tw_objective_ops ops = {.value = inner_value, .gradient = inner_gradient};
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
        tw_objective *inner = NULL, *f = NULL;
        tw_optim_result result;
        double x[40];
        assert_ok(tw_function_new(table[k].spec, NULL, &inner));
        size_t n = tw_objective_size(inner);
        memcpy(x, tw_objective_start(inner), n * sizeof *x);
        assert_ok(tw_objective_new(&ops, inner, n, NULL, &f));
        assert_ok(tw_optim_run(
            lbfgs(), f, x, &(tw_optim_options){.iterations = 3000, .tolerance = 1e-10}, &result));
        assert_close(result.loss, table[k].least, 2e-6, 1e-12);
        tw_objective_free(f);
        tw_objective_free(inner);
    }
}

/* ---- losses that end ---- */

/* -log x - log(1 - x), a number between 0 and 1 only, so that a first step of length 1 leads out.
 * Call `fail_at` fails. */
typedef struct valley {
    size_t calls, fail_at;
    double trials[3];        /* where it was asked first */
    int no_gradient_outside; /* outside the loss is a number, and the gradient is none */
} valley;

static tw_status valley_value(void *ctx, size_t n, const double *x, double *values) {
    const valley *v = ctx;
    int outside = !(x[0] > 0 && x[0] < 1);
    values[0] = outside && v->no_gradient_outside ? -1e9 : -log(x[0]) - log(1 - x[0]);
    values[1] = x[0];
    return TW_OK;
}

static tw_status valley_gradient(void *ctx, size_t n, const double *x, double *values, double *g) {
    valley *v = ctx;
    if (v->calls < 3)
        v->trials[v->calls] = x[0];
    if (++v->calls == v->fail_at)
        return tw_fail(TW_ERR_CALLBACK, "gradient %zu is lost", v->calls);
    g[0] = x[0] > 0 && x[0] < 1 ? 1 / (1 - x[0]) - 1 / x[0] : NAN;
    return values != NULL ? valley_value(ctx, n, x, values) : TW_OK;
}

static tw_objective *make_valley(valley *v) {
    static const tw_metric metrics[] = {{"loss"}, {"place"}, {NULL}};
    static const tw_objective_ops ops = {.value = valley_value, .gradient = valley_gradient};
    tw_objective *f = NULL;
    assert_ok(tw_objective_new(&ops, v, 1,
                               &(tw_objective_traits){.name = "valley", .metrics = metrics}, &f));
    return f;
}

static void it_steps_back_from_walls(void **state) {
    static const double starts[] = {0.9, 0.999, 1e-6, 0.1};
    for (int kind = 0; kind <= 1; kind++)
        for (size_t k = 0; k < 4; k++) {
            valley v = {.no_gradient_outside = kind};
            tw_objective *f = make_valley(&v);
            tw_optim_result result;
            double x = starts[k];
            assert_ok(
                tw_optim_run(lbfgs(), f, &x, &(tw_optim_options){.tolerance = 1e-9}, &result));
            assert_close(x, 0.5, 1e-9, 0);
            double there = v.trials[1] - v.trials[0], next = v.trials[2] - v.trials[0];
            assert_close(fabs(there), 1, 1e-12, 0);
            if (v.trials[1] <= 0 || v.trials[1] >= 1) /* a twentieth of the way */
                assert_close(next, there / 20, 1e-9, 0);
            assert_close(result.loss, log(4), 1e-14, 0);
            assert_int_equal(result.stop, TW_STOP_CONVERGED);
            tw_objective_free(f);
        }
}

static void a_start_that_is_no_number(void **state) {
    valley v = {0};
    tw_objective *f = make_valley(&v);
    tw_optim_result result;
    double x = 2;
    assert_ok(tw_optim_run(lbfgs(), f, &x, NULL, &result));
    assert_int_equal(result.stop, TW_STOP_DIVERGED);
    assert_int_equal(result.iterations, 0);
    assert_true(x == 2 && isnan(result.loss));
    tw_objective_free(f);
}

static void a_start_at_the_minimum(void **state) {
    valley v = {0};
    tw_objective *f = make_valley(&v);
    tw_optim_result result;
    double x = 0.5;
    assert_ok(tw_optim_run(lbfgs(), f, &x, NULL, &result));
    assert_int_equal(result.stop, TW_STOP_CONVERGED);
    assert_int_equal(result.iterations, 0);
    assert_true(x == 0.5);
    tw_objective_free(f);
}

static void failures_leave_an_accepted_point(void **state) {
    for (size_t at = 1; at <= 6; at++) {
        valley v = {.fail_at = at};
        tw_objective *f = make_valley(&v);
        tw_optim_result result = {.loss = -7};
        double x = 0.9, before = -log(x) - log(1 - x);
        assert_fails(TW_ERR_CALLBACK, "is lost", tw_optim_run(lbfgs(), f, &x, NULL, &result));
        assert_int_equal(v.calls, at); /* not asked again */
        assert_true(x > 0 && x < 1 && -log(x) - log(1 - x) <= before);
        assert_true(result.loss == -7);
        tw_objective_free(f);
    }
}

static double corner(size_t n, const double *x, void *user) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += fabs(x[i]) * (double)(i + 1);
    return sum;
}

static void corner_gradient(size_t n, const double *x, double *gradient, void *user) {
    for (size_t i = 0; i < n; i++)
        gradient[i] = (x[i] < 0 ? -1 : 1) * (double)(i + 1);
}

/* A gradient that never gets small: it ends where nothing lowers the loss, and says so. */
static void kinks_stall_it(void **state) {
    tw_objective *f = NULL;
    tw_optim_result result;
    double x[3] = {0.3, -2, 5}, begun = corner(3, x, NULL);
    assert_ok(tw_objective_from_functions(corner, corner_gradient, NULL, 3, &f));
    assert_ok(tw_optim_run(lbfgs(), f, x, &(tw_optim_options){.iterations = 5000}, &result));
    assert_int_equal(result.stop, TW_STOP_STALLED);
    assert_true(result.loss < begun && result.loss == corner(3, x, NULL));
    tw_objective_free(f);
}

/* ---- the loop ---- */

typedef struct diary {
    size_t count, cancel_at, iterations[64];
    double x[64], loss[64], place[64], step[64], before[64];
} diary;

static int write_down(void *user, const tw_optim_report *report) {
    diary *d = user;
    d->iterations[d->count] = report->iteration;
    d->x[d->count] = report->x[0];
    d->loss[d->count] = report->values[0];
    d->place[d->count] = report->values[1];
    d->step[d->count] = report->step;
    d->before[d->count] = report->before != NULL ? report->before[0] : NAN;
    d->count++;
    return report->iteration == d->cancel_at;
}

static void reports_and_cancelling(void **state) {
    for (size_t cancel = 0; cancel <= 3; cancel++) {
        valley v = {0};
        tw_objective *f = make_valley(&v);
        diary seen = {.cancel_at = cancel == 3 ? SIZE_MAX : cancel};
        tw_optim_result result;
        double x = 0.9;
        assert_ok(tw_optim_run(lbfgs(), f, &x,
                               &(tw_optim_options){.iterations = 3,
                                                   .tolerance = 1e-30,
                                                   .report_every = 1,
                                                   .report = write_down,
                                                   .user = &seen},
                               &result));
        assert_int_equal(result.stop, cancel == 3 ? TW_STOP_ITERATIONS : TW_STOP_CANCELLED);
        assert_int_equal(result.iterations, cancel);
        assert_int_equal(seen.count, cancel + 1);
        assert_int_equal(result.evaluations, v.calls + 1); /* the first report's; no other twice */
        assert_true(x == seen.x[cancel] && result.loss == seen.loss[cancel]);
        for (size_t t = 0; t <= cancel; t++) {
            assert_int_equal(seen.iterations[t], t);
            assert_true(seen.place[t] == seen.x[t]);
            assert_close(seen.loss[t], -log(seen.x[t]) - log(1 - seen.x[t]), 1e-14, 0);
            if (t > 0) {
                assert_true(seen.before[t] == seen.x[t - 1] && seen.loss[t] < seen.loss[t - 1]);
                assert_true(seen.step[t] > 0);
            }
        }
        tw_objective_free(f);
    }
}

static void wrong_options(void **state) {
    static const struct {
        tw_optim_options options;
        const char *words;
    } table[] = {
        {{.step = 0.1}, "'lbfgs' chooses its steps itself"},
        {{.schedule = TW_SCHEDULE_COSINE}, "'lbfgs' chooses its steps itself"},
        {{.momentum = 0.9}, "momentum 0.9: 'lbfgs' does not use it"},
        {{.tolerance = -1}, "tolerance -1: give a positive number"},
        {{.tolerance = NAN}, "give a positive number"},
        {{.history = 1001}, "history 1001: give a number between 0 and 1001"},
    };
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
        valley v = {0};
        tw_objective *f = make_valley(&v);
        double x = 0.9;
        assert_fails(TW_ERR_ARGUMENT, table[k].words,
                     tw_optim_run(lbfgs(), f, &x, &table[k].options, NULL));
        assert_int_equal(v.calls, 0);
        tw_objective_free(f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_with_a_known_minimum),
        cmocka_unit_test(fitting_problems),
        cmocka_unit_test(it_steps_back_from_walls),
        cmocka_unit_test(a_start_that_is_no_number),
        cmocka_unit_test(a_start_at_the_minimum),
        cmocka_unit_test(failures_leave_an_accepted_point),
        cmocka_unit_test(kinks_stall_it),
        cmocka_unit_test(reports_and_cancelling),
        cmocka_unit_test(wrong_options),
    };
    if (lbfgs() == NULL) {
        print_message("skipped: a build without lbfgs\n");
        return 77;
    }
    return cmocka_run_group_tests_name("lbfgs", tests, NULL, NULL);
}
