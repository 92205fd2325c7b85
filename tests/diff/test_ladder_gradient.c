/* Derivatives of objectives with error bars: along coordinates and directions, all coordinates. */
#include <math.h>

#include "support.h"

enum { FEATURES = 12, CLASSES = 4, N = (FEATURES + 1) * CLASSES };

static tw_objective *linear_model(tw_dataset *data, int loss, double *w) {
    static double mean[FEATURES];
    tw_objective *f = NULL;
    tw_dataset_mean(data, mean);
    tw_rng_fill_normal(1, 1, 0, N, w);
    for (int k = 0; k < N; k++)
        w[k] *= 0.01;
    tw_linear_options model = {.loss = loss, .reg = 0.1, .mean = mean};
    assert_ok(tw_linear_new(data, &model, NULL, &f));
    return f;
}

/* What the formula's own sums may be off by. */
static double rounding(const double *gradient) {
    double largest = 0;
    for (int i = 0; i < N; i++)
        largest = fmax(largest, fabs(gradient[i]));
    return 0x1p-50 * largest;
}

/* The model's own differences and spans, and the general way, against the formula. */
static void lines_through_linear_models(void **state) {
    double w[N], kept[N], g[N], v[N];
    tw_dataset *data = random_dataset(1, 60, FEATURES, CLASSES, 2);
    for (int loss = 0; loss <= 1; loss++)
        for (int general = 0; general <= 1; general++) {
            tw_objective *f = linear_model(data, loss, w), *plain = NULL;
            double values[8], along = 0;
            assert_ok(tw_objective_gradient(f, w, values, g));
            assert_ok(tw_objective_plain(f, 0, &plain));
            tw_objective *asked = general ? plain : f;
            tw_rng_fill_normal(5, 1, 0, N, v);
            for (int i = 0; i < N; i++)
                along += g[i] * v[i];
            memcpy(kept, w, sizeof w);
            tw_derivative d;
            assert_ok(tw_derivative_directional(asked, w, v, 0, NULL, &d));
            assert_close(d.value, along, 1e-7, 0);
            assert_true(fabs(d.value - along) <= 3 * d.error);
            for (size_t i = 0; i < N; i += 7) {
                assert_ok(tw_derivative_directional(asked, w, NULL, i, NULL, &d));
                assert_close(d.value, g[i], general ? 1e-7 : 1e-9, 0);
                assert_true(fabs(d.value - g[i]) <= 3 * d.error + rounding(g));
            }
            assert_memory_equal(kept, w, sizeof w);
            assert_fails(TW_ERR_ARGUMENT, "coordinate 52",
                         tw_derivative_directional(asked, w, NULL, N, NULL, &d));
            memset(v, 0, sizeof v);
            assert_fails(TW_ERR_ARGUMENT, "direction is zero",
                         tw_derivative_directional(asked, w, v, 0, NULL, &d));
            tw_objective_free(plain);
            tw_objective_free(f);
        }
    tw_dataset_free(data);
}

static void gradients_of_linear_models(void **state) {
    double w[N], g[N], truth[N], bars[N];
    tw_dataset *data = random_dataset(1, 60, FEATURES, CLASSES, 2);
    for (int loss = 0; loss <= 1; loss++)
        for (int method = TW_DIFF_LADDER; method <= TW_DIFF_COMPLEX; method++) {
            tw_objective *f = linear_model(data, loss, w);
            double values[8];
            assert_ok(tw_objective_gradient(f, w, values, truth));
            tw_diff_options options = {.method = method, .bars = bars};
            tw_diff_report report;
            assert_ok(tw_diff_gradient(f, w, &options, g, &report));
            double error = relative_distance(g, truth, N), most = 0;
            int covered = 0;
            for (int i = 0; i < N; i++) {
                covered += fabs(g[i] - truth[i]) <= 3 * bars[i] + rounding(truth);
                most = fmax(most, bars[i]);
            }
            print_message("%s %s: off %.2g, %d of %d within 3 bars, %llu evaluations\n",
                          loss ? "svm" : "softmax", tw_diff_method_name(method), error, covered, N,
                          report.evaluations);
            assert_true(error < 1e-10 && covered >= N - 2);
            assert_true(report.bar == most && report.value == values[0]);
            tw_objective_free(f);
        }
    tw_dataset_free(data);
}

static double waves(size_t n, const double *x, void *user) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += sin((double)(i + 1) * x[i]) + exp(0.1 * x[i]) * x[(i + 1) % n];
    return sum;
}

static int stop_at_half(void *user, size_t done, size_t total) {
    return done * 2 > total;
}

static void threads_bars_and_refusals(void **state) {
    enum { MANY = 50 };
    double x[MANY], truth[MANY], one[MANY], many[MANY], bars[MANY], first_bars[MANY];
    tw_rng_fill_normal(1, 1, 0, MANY, x);
    for (size_t i = 0; i < MANY; i++)
        truth[i] = (double)(i + 1) * cos((double)(i + 1) * x[i]) +
                   0.1 * exp(0.1 * x[i]) * x[(i + 1) % MANY] + exp(0.1 * x[(i + MANY - 1) % MANY]);
    for (int threads = 1; threads <= 3; threads++) {
        tw_runner *runner = NULL;
        tw_objective *f = NULL;
        assert_ok(tw_runner_new(threads, &runner));
        assert_ok(tw_objective_from_function(waves, NULL, MANY, &f));
        tw_objective_set_runner(f, runner);
        tw_diff_options options = {.method = TW_DIFF_LADDER,
                                   .bars = threads == 1 ? first_bars : bars};
        assert_ok(tw_diff_gradient(f, x, &options, threads == 1 ? one : many, NULL));
        if (threads > 1) {
            assert_memory_equal(one, many, sizeof one);
            assert_memory_equal(first_bars, bars, sizeof bars);
        }
        options.progress = stop_at_half;
        assert_fails(TW_ERR_CANCELLED, "cancelled at coordinate",
                     tw_diff_gradient(f, x, &options, many, NULL));
        options.method = TW_DIFF_CENTRAL;
        assert_fails(TW_ERR_ARGUMENT, "no error bars",
                     tw_diff_gradient(f, x, &options, many, NULL));
        tw_objective_free(f);
        tw_runner_free(runner);
    }
    assert_true(relative_distance(one, truth, MANY) < 1e-10);
    int covered = 0;
    for (int i = 0; i < MANY; i++)
        covered += fabs(one[i] - truth[i]) <= first_bars[i];
    assert_true(covered >= MANY - 3);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_through_linear_models),
        cmocka_unit_test(gradients_of_linear_models),
        cmocka_unit_test(threads_bars_and_refusals),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
