/* Random search and local search against the same draws taken here. */
#include <math.h>

#include "support.h"

enum { N = 5, DRAWS = 60 };

/* (|x| - 2)^2 + x_0; NaN and infinity on the first calls where asked for. */
typedef struct valley {
    size_t calls, nan_until, infinite_until, fail_at;
} valley;

static double depth(const double *x) {
    double squares = 0;
    for (int i = 0; i < N; i++)
        squares += x[i] * x[i];
    return (sqrt(squares) - 2) * (sqrt(squares) - 2) + x[0];
}

static tw_status valley_value(void *ctx, size_t n, const double *x, double *values) {
    valley *v = ctx;
    v->calls++;
    if (v->calls == v->fail_at)
        return tw_fail(TW_ERR_CALLBACK, "no value");
    values[0] = v->calls <= v->nan_until        ? NAN
                : v->calls <= v->infinite_until ? INFINITY
                                                : depth(x);
    return TW_OK;
}

static tw_objective *make_valley(valley *v) {
    static const tw_objective_ops ops = {.value = valley_value};
    tw_objective *f = NULL;
    assert_ok(tw_objective_new(&ops, v, N, NULL, &f));
    return f;
}

static void draw(const char *stream, uint64_t seed, size_t iteration, double step, double *out) {
    for (size_t i = 0; i < N; i++)
        out[i] = step * tw_rng_normal(seed, tw_rng_stream(stream), iteration * N + i);
}

static void random_search_keeps_the_best(void **state) {
    for (uint64_t seed = 0; seed < 5; seed++)
        for (int schedule = 0; schedule <= TW_SCHEDULE_COSINE; schedule++) {
            valley v = {0};
            tw_objective *f = make_valley(&v);
            tw_optim_result result;
            /* the start is better than any draw, and ignored */
            double x[N] = {-2}, best[N] = {0}, trial[N];
            for (size_t k = 0; k < DRAWS; k++) {
                draw("random-search", seed, k,
                     tw_schedule_step((tw_schedule)schedule, 0.8, 0.9, 10, k), trial);
                if (k == 0 || depth(trial) < depth(best))
                    memcpy(best, trial, sizeof best);
            }
            assert_ok(tw_optim_run(tw_optimizer_find("random-search"), f, x,
                                   &(tw_optim_options){.iterations = DRAWS,
                                                       .step = 0.8,
                                                       .schedule = (tw_schedule)schedule,
                                                       .decay = 0.9,
                                                       .period = 10,
                                                       .seed = seed},
                                   &result));
            assert_memory_equal(x, best, sizeof x);
            assert_true(result.loss == depth(best));
            assert_int_equal(result.iterations, DRAWS);
            assert_int_equal(result.evaluations, DRAWS);
            assert_int_equal(v.calls, DRAWS);
            tw_objective_free(f);
        }
}

/* The first draws have no number for a loss: they give way to the first that has. */
static void random_search_passes_over_nan(void **state) {
    for (int kind = 0; kind <= 1; kind++) {
        valley v = {.nan_until = kind ? 0 : 7, .infinite_until = kind ? 7 : 0};
        tw_objective *f = make_valley(&v);
        double x[N] = {0}, best[N] = {0}, trial[N];
        for (size_t k = 7; k < DRAWS; k++) {
            draw("random-search", 3, k, 1, trial);
            if (k == 7 || depth(trial) < depth(best))
                memcpy(best, trial, sizeof best);
        }
        tw_optim_result result;
        assert_ok(tw_optim_run(tw_optimizer_find("random-search"), f, x,
                               &(tw_optim_options){.iterations = DRAWS, .step = 1, .seed = 3},
                               &result));
        assert_memory_equal(x, best, sizeof x);
        assert_true(result.loss == depth(best));
        assert_int_equal(result.stop, TW_STOP_ITERATIONS);
        tw_objective_free(f);
    }
}

typedef struct falling {
    double loss, x[N];
    size_t count;
} falling;

static int watch(void *user, const tw_optim_report *report) {
    falling *seen = user;
    const double *x = report->x, *values = report->values;
    assert_int_equal(report->iteration, seen->count++);
    assert_true(report->epoch == (double)report->iteration);
    assert_null(report->before);
    if (report->iteration > 0)
        assert_true(values[0] < seen->loss ||
                    (values[0] == seen->loss && memcmp(x, seen->x, sizeof seen->x) == 0));
    assert_true(values[0] == depth(x));
    seen->loss = values[0];
    memcpy(seen->x, x, sizeof seen->x);
    return 0;
}

static void local_search_only_falls(void **state) {
    for (uint64_t seed = 0; seed < 5; seed++) {
        valley v = {0};
        tw_objective *f = make_valley(&v);
        falling seen = {0};
        tw_optim_result result;
        double x[N] = {3, 1, 0, 0, -1}, expected[N] = {3, 1, 0, 0, -1}, start = depth(x);
        size_t taken = 0;
        for (size_t k = 0; k < DRAWS; k++) {
            double trial[N];
            draw("local-search", seed, k, 0.5, trial);
            for (int i = 0; i < N; i++)
                trial[i] += expected[i];
            if (depth(trial) < depth(expected)) {
                memcpy(expected, trial, sizeof expected);
                taken++;
            }
        }
        assert_in_range(taken, 5, DRAWS - 5);
        assert_ok(tw_optim_run(tw_optimizer_find("local-search"), f, x,
                               &(tw_optim_options){.iterations = DRAWS,
                                                   .step = 0.5,
                                                   .seed = seed,
                                                   .report_every = 1,
                                                   .report = watch,
                                                   .user = &seen},
                               &result));
        assert_memory_equal(x, expected, sizeof x);
        assert_true(result.loss == depth(x) && result.loss < start);
        assert_int_equal(v.calls, DRAWS + 1);
        tw_objective_free(f);
    }
}

/* A start that is worth nothing is left for the first point that is worth something. */
static void local_search_leaves_nan(void **state) {
    for (int kind = 0; kind <= 1; kind++) {
        valley v = {.nan_until = kind ? 0 : 3, .infinite_until = kind ? 3 : 0};
        tw_objective *f = make_valley(&v);
        double x[N] = {1, 1, 1, 1, 1}, third[N];
        draw("local-search", 9, 2, 0.5, third); /* calls 2 and 3 are draws 0 and 1 */
        for (int i = 0; i < N; i++)
            third[i] += 1;
        assert_ok(tw_optim_run(tw_optimizer_find("local-search"), f, x,
                               &(tw_optim_options){.iterations = 3, .step = 0.5, .seed = 9}, NULL));
        assert_memory_equal(x, third, sizeof x);
        tw_objective_free(f);
    }
}

static double level(size_t n, const double *x, void *user) {
    return 5;
}

static void equal_is_not_lower(void **state) {
    tw_objective *f = NULL;
    double x[N] = {1, 2, 3, 4, 5};
    const double start[N] = {1, 2, 3, 4, 5};
    assert_ok(tw_objective_from_function(level, NULL, N, &f));
    assert_ok(tw_optim_run(tw_optimizer_find("local-search"), f, x,
                           &(tw_optim_options){.iterations = 20, .step = 1}, NULL));
    assert_memory_equal(x, start, sizeof x);
    tw_objective_free(f);
}

static void failures_leave_the_best(void **state) {
    for (size_t at = 1; at <= 4; at++) {
        valley v = {.fail_at = at}, w = {0};
        tw_objective *f = make_valley(&v), *g = make_valley(&w);
        double x[N] = {7}, expected[N] = {7};
        tw_optim_options options = {.iterations = 20, .step = 1};
        assert_fails(TW_ERR_CALLBACK, "no value",
                     tw_optim_run(tw_optimizer_find("random-search"), f, x, &options, NULL));
        options.iterations = at - 1;
        if (at > 1)
            assert_ok(
                tw_optim_run(tw_optimizer_find("random-search"), g, expected, &options, NULL));
        assert_memory_equal(x, expected, sizeof x);
        tw_objective_free(g);
        tw_objective_free(f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_search_keeps_the_best),
        cmocka_unit_test(random_search_passes_over_nan),
        cmocka_unit_test(local_search_only_falls),
        cmocka_unit_test(local_search_leaves_nan),
        cmocka_unit_test(equal_is_not_lower),
        cmocka_unit_test(failures_leave_the_best),
    };
    return cmocka_run_group_tests_name("search", tests, NULL, NULL);
}
