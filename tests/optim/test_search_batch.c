/* Random search by the objective's batch operation: the same points, the same result. */
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
    static const tw_metric metrics[] = {{"loss"}, {"first"}, {NULL}};
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

static int record(void *user, const tw_optim_report *report) {
    trace *t = user;
    t->loss[t->count] = report->values[0];
    memcpy(t->x[t->count++], report->x, sizeof t->x[0]);
    return t->stop_at > 0 && report->iteration >= t->stop_at;
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
    for (int schedule = 0; schedule <= TW_SCHEDULE_COSINE; schedule++) {
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

/* A run that is ended within a group has used what comes before the end only. */
static void test_cancelled_within_a_group(void **state) {
    trace t[2] = {{.stop_at = 21}, {.stop_at = 21}};
    for (int with_batch = 0; with_batch < 2; with_batch++) {
        counter ctx = {0};
        tw_objective *f = make(&ctx, with_batch);
        double x[N] = {0};
        tw_optim_result r =
            run("random-search", f, x, ITERATIONS, TW_SCHEDULE_CONSTANT, &t[with_batch]);
        assert_int_equal(r.stop, TW_STOP_CANCELLED);
        assert_int_equal(r.iterations, 21);
        assert_true(r.loss == bowl(x));
        tw_objective_free(f);
    }
    assert_memory_equal(&t[0], &t[1], sizeof t[0]);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random_search_by_hand),
        cmocka_unit_test(test_random_search_same_with_batch),
        cmocka_unit_test(test_cancelled_within_a_group),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
