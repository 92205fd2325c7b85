/* gd and sgd on quadratics whose path is known in closed form. */
#include <math.h>

#include "support.h"
#include "thalweg/rng.h"

enum { N = 3, SAMPLES = 10 };

/* f(x) = (1/SAMPLES) sum_s f_s, f_s(x) = 1/2 sum_i a_i (x_i - c_si)^2; the samples asked for are
 * noted down. */
typedef struct quadratic {
    double a[N], c[SAMPLES][N];
    double limit; /* |x_0| above it makes the loss infinite; 0: nothing does */
    size_t asked[256], count, calls, sizes[64];
} quadratic;

static tw_status over(quadratic *q, size_t count, const size_t *samples, const double *x,
                      double *values, double *gradient) {
    double loss = 0, g[N] = {0};
    for (size_t k = 0; k < count; k++)
        for (size_t i = 0; i < N; i++) {
            double r = x[i] - q->c[samples != NULL ? samples[k] : k][i];
            loss += 0.5 * q->a[i] * r * r;
            g[i] += q->a[i] * r;
        }
    for (size_t i = 0; gradient != NULL && i < N; i++)
        gradient[i] = g[i] / (double)count;
    if (values != NULL)
        values[0] = q->limit > 0 && fabs(x[0]) > q->limit ? INFINITY : loss / (double)count;
    return TW_OK;
}

static tw_status value(void *ctx, size_t n, const double *x, double *values) {
    return over(ctx, SAMPLES, NULL, x, values, NULL);
}

static tw_status gradient(void *ctx, size_t n, const double *x, double *values, double *g) {
    return over(ctx, SAMPLES, NULL, x, values, g);
}

static tw_status sample_gradient(void *ctx, size_t n, const double *x, size_t count,
                                 const size_t *samples, double *values, double *g) {
    quadratic *q = ctx;
    q->sizes[q->calls++ % 64] = count;
    for (size_t k = 0; k < count; k++)
        q->asked[q->count++ % 256] = samples[k];
    return over(q, count, samples, x, values, g);
}

static tw_objective *make(quadratic *q, size_t samples) {
    const double a[N] = {0.5, 1, 1.75};
    memset(q, 0, sizeof *q);
    memcpy(q->a, a, sizeof a);
    tw_rng_fill_normal(3, 1, 0, SAMPLES * N, &q->c[0][0]);
    const tw_objective_ops ops = {
        .value = value, .gradient = gradient, .sample_gradient = sample_gradient};
    const tw_objective_traits traits = {.samples = samples};
    tw_objective *f = NULL;
    assert_ok(tw_objective_new(&ops, q, N, &traits, &f));
    return f;
}

static void centre_of(const quadratic *q, double *centre) {
    for (size_t i = 0; i < N; i++) {
        centre[i] = 0;
        for (size_t s = 0; s < SAMPLES; s++)
            centre[i] += q->c[s][i] / SAMPLES;
    }
}

/* x_t - m = prod_t (1 - s_t a_i) (x_0 - m), whatever the schedule. */
static void test_gd_contracts(void **state) {
    for (int schedule = 0; schedule <= TW_SCHEDULE_INVERSE; schedule++) {
        quadratic q;
        tw_objective *f = make(&q, SAMPLES);
        double x[N] = {5, -4, 3}, m[N], expected[N], start[N];
        memcpy(start, x, sizeof x);
        centre_of(&q, m);
        tw_optim_options options = {
            .iterations = 25, .step = 0.7, .schedule = schedule, .decay = 0.6, .period = 4};
        tw_optim_result r;
        assert_ok(tw_optim_run(tw_optimizer_find("gd"), f, x, &options, &r));
        for (size_t i = 0; i < N; i++) {
            double factor = 1;
            for (size_t t = 0; t < 25; t++)
                factor *= 1 - q.a[i] * tw_schedule_step(schedule, 0.7, 0.6, 4, t);
            expected[i] = m[i] + factor * (start[i] - m[i]);
            assert_close(x[i], expected[i], 1e-12, 1e-13);
        }
        double values[1];
        assert_ok(tw_objective_value(f, x, values));
        assert_true(r.loss == values[0]);
        assert_int_equal(r.iterations, 25);
        assert_int_equal(r.stop, TW_STOP_ITERATIONS);
        tw_objective_free(f);
    }
}

/* Every sample once an epoch, in an order drawn anew; the last batch is what is left. */
static void test_sgd_epochs(void **state) {
    quadratic q;
    tw_objective *f = make(&q, SAMPLES);
    double x[N] = {0};
    tw_optim_options options = {.iterations = 12, .step = 0.01, .batch = 4, .seed = 5};
    assert_ok(tw_optim_run(tw_optimizer_find("sgd"), f, x, &options, NULL));
    assert_int_equal(q.calls, 12);
    assert_int_equal(q.count, 4 * SAMPLES);
    for (size_t call = 0; call < 12; call++)
        assert_int_equal(q.sizes[call], call % 3 < 2 ? 4 : 2);
    for (size_t epoch = 0; epoch < 4; epoch++) {
        unsigned seen = 0;
        for (size_t k = 0; k < SAMPLES; k++)
            seen |= 1u << q.asked[epoch * SAMPLES + k];
        assert_int_equal(seen, (1u << SAMPLES) - 1);
    }
    assert_memory_not_equal(q.asked, q.asked + SAMPLES, SAMPLES * sizeof q.asked[0]);
    tw_objective_free(f);
}

/* The whole walk again, from the samples that were asked for. */
static void test_sgd_by_hand(void **state) {
    quadratic q;
    tw_objective *f = make(&q, SAMPLES);
    double x[N] = {2, 2, 2}, y[N] = {2, 2, 2};
    tw_optim_options options = {
        .iterations = 9, .step = 0.2, .schedule = TW_SCHEDULE_INVERSE, .batch = 3, .seed = 9};
    assert_ok(tw_optim_run(tw_optimizer_find("sgd"), f, x, &options, NULL));
    size_t at = 0;
    for (size_t t = 0; t < 9; t++) {
        double g[N] = {0}, step = 0.2 / (1 + (double)t); /* 9 iterations: the period is 1 */
        for (size_t k = 0; k < q.sizes[t]; k++, at++)
            for (size_t i = 0; i < N; i++)
                g[i] += q.a[i] * (y[i] - q.c[q.asked[at]][i]) / (double)q.sizes[t];
        for (size_t i = 0; i < N; i++)
            y[i] -= step * g[i];
    }
    for (size_t i = 0; i < N; i++)
        assert_close(x[i], y[i], 1e-13, 1e-15);
    tw_objective_free(f);
}

static void test_sgd_reproducible(void **state) {
    double first[N] = {0}, again[N] = {0}, other[N] = {0};
    double *const points[] = {first, again, other};
    for (int k = 0; k < 3; k++) {
        quadratic q;
        tw_objective *f = make(&q, SAMPLES);
        tw_optim_options options = {
            .iterations = 20, .step = 0.1, .batch = 3, .seed = k < 2 ? 1 : 2};
        assert_ok(tw_optim_run(tw_optimizer_find("sgd"), f, points[k], &options, NULL));
        tw_objective_free(f);
    }
    assert_memory_equal(first, again, sizeof first);
    assert_memory_not_equal(first, other, sizeof first);
}

/* A batch as large as the set is gradient descent. */
static void test_sgd_whole_batch(void **state) {
    quadratic q;
    tw_objective *f = make(&q, SAMPLES);
    double x[N] = {1, 2, 3}, y[N] = {1, 2, 3};
    tw_optim_options options = {.iterations = 30, .step = 0.3};
    assert_ok(tw_optim_run(tw_optimizer_find("sgd"), f, x, &options, NULL));
    assert_ok(tw_optim_run(tw_optimizer_find("gd"), f, y, &options, NULL));
    assert_true(relative_distance(x, y, N) < 1e-13);
    tw_objective_free(f);
}

static void test_sgd_without_samples(void **state) {
    quadratic q;
    tw_objective *f = make(&q, 0);
    double x[N] = {1, 2, 3};
    assert_fails(TW_ERR_UNSUPPORTED, "sgd",
                 tw_optim_run(tw_optimizer_find("sgd"), f, x, NULL, NULL));
    tw_objective_free(f);
}

/* x_0 - m_0 is multiplied by 1 - 5 * 0.5 = -1.5 a step: beyond the limit sooner or later. Whenever
 * the run is cut, the point that comes back has a finite loss. */
static void test_divergence(void **state) {
    for (size_t iterations = 1; iterations < 20; iterations++) {
        quadratic q;
        tw_objective *f = make(&q, SAMPLES);
        q.limit = 40;
        double m[N], x[N] = {0}, reached;
        centre_of(&q, m);
        x[0] = m[0] + 1;
        x[1] = m[1];
        x[2] = m[2];
        tw_optim_options options = {.iterations = iterations, .step = 5};
        tw_optim_result r;
        assert_ok(tw_optim_run(tw_optimizer_find("gd"), f, x, &options, &r));
        double exact = 1;
        size_t steps = 0;
        while (steps < iterations && fabs(m[0] - 1.5 * exact) <= 40 &&
               fabs(m[0] + -1.5 * exact) <= 40) {
            exact *= -1.5;
            steps++;
        }
        reached = m[0] + exact;
        assert_close(x[0], reached, 1e-9, 1e-12);
        assert_true(isfinite(r.loss));
        assert_int_equal(r.stop, steps < iterations ? TW_STOP_DIVERGED : TW_STOP_ITERATIONS);
        tw_objective_free(f);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gd_contracts),    cmocka_unit_test(test_sgd_epochs),
        cmocka_unit_test(test_sgd_by_hand),     cmocka_unit_test(test_sgd_reproducible),
        cmocka_unit_test(test_sgd_whole_batch), cmocka_unit_test(test_sgd_without_samples),
        cmocka_unit_test(test_divergence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
