/* Random and local search: draws as documented, the same with and without batches, monotone. */
#include <math.h>

#include "support.h"
#include "thalweg/rng.h"

enum { N = 3, ITERATIONS = 100 };

typedef struct counter {
    size_t values, batches;
} counter;

static double bowl(const double *x) {
    double sum = 0;
    for (size_t i = 0; i < N; i++)
        sum += (x[i] - (double)i) * (x[i] - (double)i);
    return sum;
}

static tw_status value(void *ctx, size_t n, const double *x, double *values) {
    ((counter *)ctx)->values++;
    values[0] = bowl(x);
    values[1] = x[0];
    return TW_OK;
}

static tw_status batch(void *ctx, size_t n, size_t count, const double *x, double *values) {
    ((counter *)ctx)->batches++;
    for (size_t k = 0; k < count; k++) {
        values[2 * k] = bowl(x + k * n);
        values[2 * k + 1] = x[k * n];
    }
    return TW_OK;
}

static tw_objective *make(counter *ctx, int with_batch) {
    static const char *const metrics[] = {"loss", "first", NULL};
    const tw_objective_ops ops = {.value = value, .batch = with_batch ? batch : NULL};
    const tw_objective_traits traits = {.metrics = metrics};
    tw_objective *f = NULL;
    assert_ok(tw_objective_new(&ops, ctx, N, &traits, &f));
    return f;
}

typedef struct trace {
    size_t count, stop_at;
    double loss[ITERATIONS + 1], x[ITERATIONS + 1][N];
} trace;

static int record(void *user, size_t iteration, double step, const double *x,
                  const double *values) {
    trace *t = user;
    t->loss[t->count] = values[0];
    memcpy(t->x[t->count++], x, sizeof t->x[0]);
    return t->stop_at > 0 && iteration >= t->stop_at;
}

static tw_optim_result run(const char *method, tw_objective *f, double *x, size_t iterations,
                           tw_schedule schedule, trace *t) {
    tw_optim_options options = {.iterations = iterations,
                                .step = 2,
                                .seed = 7,
                                .schedule = schedule,
                                .report_every = 1,
                                .report = record,
                                .user = t};
    tw_optim_result result;
    assert_ok(tw_optim_run(tw_optimizer_find(method), f, x, &options, &result));
    return result;
}

/* The best of the draws that the header describes, found by a plain loop. */
static void test_random_search_by_hand(void **state) {
    double best[N], loss = INFINITY;
    for (size_t k = 0; k < ITERATIONS; k++) {
        double x[N];
        for (size_t i = 0; i < N; i++)
            x[i] = 2 * tw_rng_normal(7, tw_rng_stream("random-search"), k * N + i);
        if (bowl(x) < loss) {
            loss = bowl(x);
            memcpy(best, x, sizeof best);
        }
    }
    for (int with_batch = 0; with_batch < 2; with_batch++) {
        counter ctx = {0};
        trace t = {0};
        tw_objective *f = make(&ctx, with_batch);
        double x[N] = {0, 1, 2}; /* the minimum: must be ignored */
        tw_optim_result r = run("random-search", f, x, ITERATIONS, TW_SCHEDULE_CONSTANT, &t);
        assert_memory_equal(x, best, sizeof best);
        assert_true(r.loss == loss);
        assert_int_equal(r.stop, TW_STOP_ITERATIONS);

        assert_int_equal(ctx.batches, with_batch ? 7 : 0); /* 6 of 16 and one of 4 */
        assert_int_equal(r.evaluations, ITERATIONS + 1);   /* and the report before the first */
        tw_objective_free(f);
    }
}

static void test_random_search_same_with_batch(void **state) {
    for (int schedule = 0; schedule <= TW_SCHEDULE_INVERSE; schedule++) {
        trace t[2] = {{0}, {0}};
        for (int with_batch = 0; with_batch < 2; with_batch++) {
            counter ctx = {0};
            tw_objective *f = make(&ctx, with_batch);
            double x[N] = {0};
            run("random-search", f, x, 37, schedule, &t[with_batch]);
            tw_objective_free(f);
        }
        assert_memory_equal(&t[0], &t[1], sizeof t[0]);
    }
}

static void test_random_search_on_threads(void **state) {
    trace t[2] = {{0}, {0}};
    for (int threads = 1; threads <= 2; threads++) {
        tw_runner *runner = NULL;
        tw_objective *f = NULL;
        counter ctx = {0};
        const tw_objective_ops ops = {.value = value, .concurrent = 1};
        static const char *const metrics[] = {"loss", "first", NULL};
        const tw_objective_traits traits = {.metrics = metrics};
        assert_ok(tw_runner_new(threads, &runner));
        assert_ok(tw_objective_new(&ops, &ctx, N, &traits, &f));
        tw_objective_set_runner(f, runner);
        double x[N] = {0};
        run("random-search", f, x, ITERATIONS, TW_SCHEDULE_CONSTANT, &t[threads - 1]);
        tw_objective_free(f);
        tw_runner_free(runner);
    }
    assert_memory_equal(&t[0], &t[1], sizeof t[0]);
}

static void check_monotone(const char *method, size_t from) {
    counter ctx = {0};
    trace t = {0};
    tw_objective *f = make(&ctx, 0);
    double x[N] = {30, 30, 30};
    tw_optim_result r = run(method, f, x, ITERATIONS, TW_SCHEDULE_CONSTANT, &t);
    assert_int_equal(t.count, ITERATIONS + 1);
    size_t kept = 0;
    for (size_t k = from + 1; k < t.count; k++) {
        assert_true(t.loss[k] <= t.loss[k - 1]);
        assert_true(t.loss[k] == bowl(t.x[k]));
        kept += t.loss[k] == t.loss[k - 1];
        /* a step that was not taken leaves no trace in x */
        if (t.loss[k] == t.loss[k - 1])
            assert_memory_equal(t.x[k], t.x[k - 1], sizeof t.x[0]);
    }
    assert_in_range(kept, 1, ITERATIONS - 2);
    assert_true(r.loss == t.loss[ITERATIONS] && r.loss == bowl(x));
    tw_objective_free(f);
}

static void test_monotone(void **state) {
    check_monotone("local-search", 0);
    check_monotone("random-search", 1); /* x before the first draw does not count */
}

static void test_local_search_by_hand(void **state) {
    counter ctx = {0};
    trace t = {0};
    tw_objective *f = make(&ctx, 0);
    double x[N] = {30, 30, 30}, y[N] = {30, 30, 30};
    run("local-search", f, x, 50, TW_SCHEDULE_CONSTANT, &t);
    for (size_t k = 0; k < 50; k++) {
        double trial[N];
        for (size_t i = 0; i < N; i++)
            trial[i] = y[i] + 2 * tw_rng_normal(7, tw_rng_stream("local-search"), k * N + i);
        if (bowl(trial) < bowl(y))
            memcpy(y, trial, sizeof y);
    }
    assert_memory_equal(x, y, sizeof x);
    tw_objective_free(f);
}

/* A loss that is no number now and then must not be what a search holds on to. */
static double holes(size_t n, const double *x, void *user) {
    size_t *calls = user;
    return (*calls)++ < 3 ? NAN : x[0] * x[0];
}

static void test_nan_is_left(void **state) {
    static const char *const methods[] = {"random-search", "local-search"};
    for (int k = 0; k < 2; k++) {
        size_t calls = 0;
        tw_objective *f = NULL;
        assert_ok(tw_objective_from_function(holes, &calls, 1, &f));
        double x = 3;
        tw_optim_options options = {.iterations = 30, .step = 1};
        tw_optim_result r;
        assert_ok(tw_optim_run(tw_optimizer_find(methods[k]), f, &x, &options, &r));
        assert_true(isfinite(r.loss) && r.loss == x * x);
        tw_objective_free(f);
    }
}

static void test_cancelled(void **state) {
    static const char *const methods[] = {"random-search", "local-search"};
    for (int k = 0; k < 2; k++) {
        counter ctx = {0};
        trace t = {.stop_at = 10};
        tw_objective *f = make(&ctx, 1);
        double x[N] = {30, 30, 30};
        tw_optim_result r = run(methods[k], f, x, ITERATIONS, TW_SCHEDULE_CONSTANT, &t);
        assert_int_equal(r.stop, TW_STOP_CANCELLED);
        assert_int_equal(r.iterations, 10);
        assert_memory_equal(x, t.x[10], sizeof x);
        tw_objective_free(f);
    }
}

static tw_status fail_later(void *ctx, size_t n, const double *x, double *values) {
    if (((counter *)ctx)->values++ == 5)
        return tw_fail(TW_ERR_CALLBACK, "no more paper");
    values[0] = bowl(x);
    return TW_OK;
}

static void test_callback_failure(void **state) {
    counter ctx = {0};
    const tw_objective_ops ops = {.value = fail_later};
    tw_objective *f = NULL;
    assert_ok(tw_objective_new(&ops, &ctx, N, NULL, &f));
    double x[N] = {30, 30, 30};
    tw_optim_options options = {.iterations = 50, .step = 2};
    assert_fails(TW_ERR_CALLBACK, "no more paper",
                 tw_optim_run(tw_optimizer_find("local-search"), f, x, &options, NULL));
    assert_true(bowl(x) <= 30 * 30 + 29 * 29 + 28 * 28); /* the last point accepted */
    tw_objective_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_search_by_hand),
        cmocka_unit_test(test_random_search_same_with_batch),
        cmocka_unit_test(test_random_search_on_threads),
        cmocka_unit_test(test_monotone),
        cmocka_unit_test(test_local_search_by_hand),
        cmocka_unit_test(test_nan_is_left),
        cmocka_unit_test(test_cancelled),
        cmocka_unit_test(test_callback_failure),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
