/* How walks with a line search end: at a minimum in any units, at a kink, or not at all; and what
 * all methods hand back when they end badly. */
#include <math.h>

#include "support.h"

/* A function of a few numbers, and the lowest value that was ever asked for. */
typedef struct watched {
    double (*value)(const struct watched *w, const double *x);
    void (*gradient)(const struct watched *w, const double *x, double *g);
    double unit_x, unit_f, offset, lowest;
    size_t calls, samples;
} watched;

static tw_status watched_value(void *ctx, size_t n, const double *x, double *values) {
    watched *w = ctx;
    values[0] = w->value(w, x);
    w->lowest = fmin(w->lowest, values[0]);
    w->calls++;
    return TW_OK;
}

static tw_status watched_gradient(void *ctx, size_t n, const double *x, double *values, double *g) {
    watched *w = ctx;
    w->gradient(w, x, g);
    return values != NULL ? watched_value(ctx, n, x, values) : TW_OK;
}

static tw_status watched_sample_gradient(void *ctx, size_t n, const double *x,
                                         const tw_batch *batch, double *values, double *g) {
    watched *w = ctx;
    w->gradient(w, x, g);
    values[0] = w->value(w, x);
    return TW_OK;
}

static tw_objective *make(watched *w, size_t n) {
    static const tw_objective_ops ops = {.value = watched_value, .gradient = watched_gradient},
                                  by_samples = {.value = watched_value,
                                                .sample_gradient = watched_sample_gradient};
    tw_objective *f = NULL;
    w->lowest = INFINITY;
    assert_ok(tw_objective_new(w->samples > 0 ? &by_samples : &ops, w, n,
                               &(tw_objective_traits){.name = "watched", .samples = w->samples},
                               &f));
    return f;
}

/* The two methods that look for their steps; NULL where the build has not got it. */
static const char *const searching[] = {"lbfgs", "gd"};

static tw_optim_result walk(const char *method, watched *w, size_t n, double *x,
                            size_t iterations) {
    tw_objective *f = make(w, n);
    tw_optim_result result;
    assert_ok(tw_optim_run(
        tw_optimizer_find(method), f, x,
        &(tw_optim_options){.iterations = iterations, .line_search = strcmp(method, "gd") == 0},
        &result));
    double there = w->value(w, x);
    assert_true(result.loss == there || (isnan(result.loss) && isnan(there)));
    tw_objective_free(f);
    return result;
}

/* ---- minima, in any units ---- */

/* unit_f ((1 - a)^2 + 5 (b - a^2)^2) + offset, a and b being x over unit_x. */
static double valley(const watched *w, const double *x) {
    double a = x[0] / w->unit_x, b = x[1] / w->unit_x, c = b - a * a;
    return w->unit_f * ((1 - a) * (1 - a) + 5 * c * c) + w->offset;
}

static void valley_gradient(const watched *w, const double *x, double *g) {
    double a = x[0] / w->unit_x, b = x[1] / w->unit_x, c = b - a * a;
    g[0] = w->unit_f / w->unit_x * (-2 * (1 - a) - 20 * a * c);
    g[1] = w->unit_f / w->unit_x * 10 * c;
}

static void no_unit_matters(void **state) {
    static const double units[] = {1e-18, 1e-9, 1, 1e9, 1e18}, offsets[] = {0, 1, -1e3, 1e6};
    for (size_t m = 0; m < 2; m++)
        for (size_t i = 0; i < 25 * 4 && tw_optimizer_find(searching[m]) != NULL; i++) {
            watched w = {valley, valley_gradient, units[i % 5], units[i / 5 % 5]};
            w.offset = w.unit_f * offsets[i / 25];
            double x[2] = {-1.2 * w.unit_x, w.unit_x};
            tw_optim_result r = walk(searching[m], &w, 2, x, 4000);
            assert_int_equal(r.stop, TW_STOP_CONVERGED);
            double off = w.offset == 0 ? 1e-5 : 3e-3; /* the loss is rounded to 1e-10 there */
            assert_close(x[0], w.unit_x, off, 0);
            assert_close(x[1], w.unit_x, 2 * off, 0);
        }
}

/* Least squares of a peak of height 1e-8: the loss begins at 5e-15, and in two of three parameters
 * its gradient is 1e-8 of that in the third. */
static double peak(const watched *w, const double *x) {
    double sum = 0;
    for (int k = 0; k < 100; k++) {
        double at = 1 + k / 99., d = at - x[1], seen = at - 1.4;
        double off =
            1.2e-8 * exp(-0.5 * seen * seen / 0.0121) - x[0] * exp(-0.5 * d * d / (x[2] * x[2]));
        sum += off * off;
    }
    return sum;
}

static void peak_gradient(const watched *w, const double *x, double *g) {
    g[0] = g[1] = g[2] = 0;
    for (int k = 0; k < 100; k++) {
        double at = 1 + k / 99., d = at - x[1], seen = at - 1.4;
        double shape = exp(-0.5 * d * d / (x[2] * x[2]));
        double off = 2 * (x[0] * shape - 1.2e-8 * exp(-0.5 * seen * seen / 0.0121));
        g[0] += off * shape;
        g[1] += off * x[0] * shape * d / (x[2] * x[2]);
        g[2] += off * x[0] * shape * d * d / (x[2] * x[2] * x[2]);
    }
}

static void a_badly_scaled_fit(void **state) {
    watched w = {peak, peak_gradient};
    double x[3] = {1.5e-8, 1.6, 0.2};
    tw_optim_result r = walk("gd", &w, 3, x, 200);
    assert_int_equal(r.stop, TW_STOP_ITERATIONS); /* not there, and does not say so */
    if (tw_optimizer_find("lbfgs") == NULL)
        return;
    double y[3] = {1.5e-8, 1.6, 0.2};
    r = walk("lbfgs", &w, 3, y, 200);
    assert_int_equal(r.stop, TW_STOP_CONVERGED);
    assert_close(y[0], 1.2e-8, 1e-6, 0);
    assert_close(y[1], 1.4, 1e-6, 0);
    assert_close(fabs(y[2]), 0.11, 1e-6, 0);
}

/* Begun where it ended, it ends there, and well. */
static void begun_at_the_minimum(void **state) {
    for (size_t m = 0; m < 2; m++) {
        watched w = {valley, valley_gradient, 1, 1, 7};
        double x[2] = {-1.2, 1};
        if (tw_optimizer_find(searching[m]) == NULL)
            continue;
        walk(searching[m], &w, 2, x, 4000);
        double again[2] = {x[0], x[1]};
        assert_int_equal(walk(searching[m], &w, 2, again, 4000).stop, TW_STOP_CONVERGED);
        assert_close(again[0], x[0], 1e-3, 0);
    }
}

/* ---- kinks, and losses without an end ---- */

static double fold(const watched *w, const double *x) {
    return fabs(x[0] - 1);
}

static void fold_gradient(const watched *w, const double *x, double *g) {
    g[0] = x[0] < 1 ? -1 : 1;
}

static double two_folds(const watched *w, const double *x) {
    return fabs(x[0] - 1) + 100 * fabs(x[1] + 2);
}

static void two_folds_gradient(const watched *w, const double *x, double *g) {
    g[0] = x[0] < 1 ? -1 : 1;
    g[1] = x[1] < -2 ? -100 : 100;
}

static void kinks_give_back_the_lowest_point(void **state) {
    for (size_t m = 0; m < 2; m++) {
        watched w = {fold, fold_gradient}, v = {two_folds, two_folds_gradient};
        double x[1] = {3.3}, y[2] = {0, 0};
        if (tw_optimizer_find(searching[m]) == NULL)
            continue;
        tw_optim_result r = walk(searching[m], &w, 1, x, 200);
        assert_int_equal(r.stop, TW_STOP_STALLED);
        assert_true(r.loss == w.lowest && r.loss < 1e-9 && r.iterations > 0);
        r = walk(searching[m], &v, 2, y, 200);
        assert_int_equal(r.stop, TW_STOP_STALLED);
        assert_true(r.loss == v.lowest && r.loss <= 1 && r.iterations > 0);
        assert_non_null(strstr(r.why, "kink"));
    }
}

static double slope(const watched *w, const double *x) {
    return w->unit_f * x[0];
}

static void slope_gradient(const watched *w, const double *x, double *g) {
    g[0] = w->unit_f;
}

static double hill(const watched *w, const double *x) {
    return -x[0] * x[0] * x[0] * x[0];
}

static void hill_gradient(const watched *w, const double *x, double *g) {
    g[0] = -4 * x[0] * x[0] * x[0];
}

static void losses_without_an_end(void **state) {
    for (size_t m = 0; m < 2; m++)
        for (int kind = 0; kind < 4; kind++) {
            static const double units[] = {1, 1e-200, 1e200};
            watched w = {slope, slope_gradient, 1, units[kind % 3]};
            double x[1] = {kind == 3 ? 10 : 0};
            if (tw_optimizer_find(searching[m]) == NULL)
                continue;
            if (kind == 3)
                w.value = hill, w.gradient = hill_gradient;
            tw_optim_result r = walk(searching[m], &w, 1, x, 200);
            assert_int_equal(r.stop, TW_STOP_UNBOUNDED);
            assert_true(r.loss == w.lowest && r.loss < -1e15 * w.unit_f && isfinite(r.loss));
            assert_string_equal(tw_stop_name(r.stop), "unbounded");
        }
    /* steps of given length get to minus infinity, and back */
    watched w = {hill, hill_gradient};
    tw_objective *f = make(&w, 1);
    tw_optim_result r;
    double x = 10;
    assert_ok(tw_optim_run(tw_optimizer_find("gd"), f, &x,
                           &(tw_optim_options){.iterations = 50, .step = 0.01}, &r));
    assert_int_equal(r.stop, TW_STOP_UNBOUNDED);
    assert_true(isfinite(r.loss) && r.loss == hill(&w, &x) && r.loss < -1e100);
    tw_objective_free(f);
}

static void wrong_sign(const watched *w, const double *x, double *g) {
    valley_gradient(w, x, g);
    g[0] = -g[0];
    g[1] = -g[1];
}

static void a_wrong_gradient_leads_nowhere(void **state) {
    for (size_t m = 0; m < 2; m++) {
        watched w = {valley, wrong_sign, 1, 1, 0};
        double x[2] = {-1.2, 1};
        if (tw_optimizer_find(searching[m]) == NULL)
            continue;
        tw_optim_result r = walk(searching[m], &w, 2, x, 200);
        assert_int_equal(r.stop, TW_STOP_STALLED);
        assert_int_equal(r.iterations, 0);
        assert_true(x[0] == -1.2 && x[1] == 1);
        assert_non_null(strstr(r.why, "not that of the loss"));
    }
}

/* ---- what comes back from a run that ends badly ---- */

static double quartic(const watched *w, const double *x) {
    return x[0] * x[0] * x[0] * x[0];
}

static void quartic_gradient(const watched *w, const double *x, double *g) {
    g[0] = 4 * x[0] * x[0] * x[0];
}

typedef struct diary {
    size_t count, iterations[64], stop_at;
    double x[64];
} diary;

static int write_down(void *user, const tw_optim_report *report) {
    diary *l = user;
    l->iterations[l->count] = report->iteration;
    l->x[l->count++] = report->x[0];
    return 0;
}

/* 1, -0.6, 0.9: once lower, then ever higher by steps that grow. Mini-batches tell nothing of the
 * whole loss, which is known where a report has asked for it. */
static void mini_batches_go_back_to_the_best_report(void **state) {
    static const char *const methods[] = {"sgd", "momentum", "nesterov"};
    for (size_t m = 0; m < 3; m++) {
        watched w = {quartic, quartic_gradient, .samples = 10};
        tw_objective *f = make(&w, 1);
        diary seen = {0};
        tw_optim_result r;
        double x = 1;
        assert_ok(tw_optim_run(tw_optimizer_find(methods[m]), f, &x,
                               &(tw_optim_options){.iterations = 60,
                                                   .step = 0.51,
                                                   .report_every = 1,
                                                   .report = write_down,
                                                   .user = &seen},
                               &r));
        assert_int_equal(r.stop, TW_STOP_DIVERGED);
        assert_true(r.loss == w.lowest && quartic(&w, &x) == w.lowest);
        assert_true(r.reached < r.iterations && seen.iterations[seen.count - 1] == r.reached);
        assert_true(seen.x[seen.count - 1] == x && seen.x[r.reached] == x);
        tw_objective_free(f);
    }
}

static int enough(void *user) {
    diary *l = user;
    return l->stop_at-- == 0;
}

static void it_ends_when_asked(void **state) {
    static const char *const methods[] = {"gd", "sgd", "adam", "random-search", "local-search"};
    for (size_t m = 0; m < 5; m++)
        for (size_t at = 0; at < 4; at++) {
            watched w = {valley, valley_gradient, 1, 1, 0, .samples = m == 1 ? 10 : 0};
            tw_objective *f = make(&w, 2);
            diary seen = {.stop_at = at};
            tw_optim_result r;
            double x[2] = {-1.2, 1};
            assert_ok(tw_optim_run(tw_optimizer_find(methods[m]), f, x,
                                   &(tw_optim_options){.iterations = 50,
                                                       .step = 1e-3,
                                                       .report = write_down,
                                                       .cancelled = enough,
                                                       .user = &seen},
                                   &r));
            assert_int_equal(r.stop, TW_STOP_CANCELLED);
            assert_int_equal(r.iterations, at + 1);
            assert_int_equal(seen.count, 2); /* the start and the point reached */
            assert_int_equal(seen.iterations[1], at + 1);
            assert_true(seen.x[1] == x[0]);
            tw_objective_free(f);
        }
}

/* Within a line search, too, and the accepted point is what is left. */
static void a_line_search_ends_when_asked(void **state) {
    for (size_t m = 0; m < 2; m++)
        for (size_t at = 0; at < 12; at++) {
            watched w = {valley, valley_gradient, 1e-3, 1, 0};
            double x[2] = {-1.2e-3, 1e-3}, begun = valley(&w, x);
            diary seen = {.stop_at = at};
            tw_optim_result r;
            if (tw_optimizer_find(searching[m]) == NULL)
                continue;
            tw_objective *f = make(&w, 2);
            assert_ok(tw_optim_run(tw_optimizer_find(searching[m]), f, x,
                                   &(tw_optim_options){.iterations = 50,
                                                       .line_search = m == 1,
                                                       .report = write_down,
                                                       .cancelled = enough,
                                                       .user = &seen},
                                   &r));
            assert_int_equal(r.stop, TW_STOP_CANCELLED);
            assert_true(w.calls <= 2 * at + 6);
            assert_true(r.loss == valley(&w, x) && r.loss <= begun);
            assert_int_equal(seen.iterations[seen.count - 1], r.iterations);
            tw_objective_free(f);
        }
}

static void what_a_line_search_refuses(void **state) {
    static const struct {
        const char *method, *words;
        tw_optim_options options;
    } table[] = {
        {"adam", "'adam' does not use it", {.line_search = 1}},
        {"gd", "leave out the schedule", {.line_search = 1, .schedule = TW_SCHEDULE_COSINE}},
        {"gd", "tolerance 1e-05: 'gd' does not use it", {.tolerance = 1e-5}},
        {"gd", "step -1", {.line_search = 1, .step = -1}},
    };
    for (size_t k = 0; k < sizeof table / sizeof table[0]; k++) {
        watched w = {valley, valley_gradient, 1, 1, 0};
        tw_objective *f = make(&w, 2);
        double x[2] = {-1.2, 1};
        assert_fails(
            TW_ERR_ARGUMENT, table[k].words,
            tw_optim_run(tw_optimizer_find(table[k].method), f, x, &table[k].options, NULL));
        assert_int_equal(w.calls, 0);
        tw_objective_free(f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_unit_matters),
        cmocka_unit_test(a_badly_scaled_fit),
        cmocka_unit_test(begun_at_the_minimum),
        cmocka_unit_test(kinks_give_back_the_lowest_point),
        cmocka_unit_test(losses_without_an_end),
        cmocka_unit_test(a_wrong_gradient_leads_nowhere),
        cmocka_unit_test(mini_batches_go_back_to_the_best_report),
        cmocka_unit_test(it_ends_when_asked),
        cmocka_unit_test(a_line_search_ends_when_asked),
        cmocka_unit_test(what_a_line_search_refuses),
    };
    return cmocka_run_group_tests_name("stops", tests, NULL, NULL);
}
