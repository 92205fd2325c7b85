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
        tw_point_class classes[MANY];
        options = (tw_diff_options){.method = TW_DIFF_CENTRAL, .classes = classes};
        assert_fails(TW_ERR_ARGUMENT, "does not recognise kinks",
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

/* Forward and central with bars: the truth lies within, and asking for bars changes no bit. */
static void bars_of_plain_differences(void **state) {
    enum { MANY = 50 };
    double x[MANY], g[MANY], alone[MANY], bars[MANY];
    tw_rng_fill_normal(1, 1, 0, MANY, x);
    tw_objective *f = NULL;
    assert_ok(tw_objective_from_function(waves, NULL, MANY, &f));
    for (int method = TW_DIFF_FORWARD; method <= TW_DIFF_CENTRAL; method++) {
        tw_diff_options options = {.method = method};
        tw_diff_report report;
        assert_ok(tw_diff_gradient(f, x, &options, alone, &report));
        assert_true(isnan(report.bar));
        options.bars = bars;
        assert_ok(tw_diff_gradient(f, x, &options, g, &report));
        assert_memory_equal(g, alone, sizeof g);
        int covered = 0;
        double widest = 0;
        for (size_t i = 0; i < MANY; i++) {
            double truth = (double)(i + 1) * cos((double)(i + 1) * x[i]) +
                           0.1 * exp(0.1 * x[i]) * x[(i + 1) % MANY] +
                           exp(0.1 * x[(i + MANY - 1) % MANY]);
            covered += fabs(g[i] - truth) <= bars[i];
            widest = fmax(widest, bars[i]);
            assert_true(bars[i] < (method == TW_DIFF_FORWARD ? 1e-3 : 1e-5));
        }
        print_message("%s: %d of %d covered, bars to %.1e\n", tw_diff_method_name(method), covered,
                      MANY, widest);
        assert_true(covered >= MANY - 1 && report.bar == widest);
    }
    tw_objective_free(f);
}

/* sum exp(x_i) on the box [0, 1], and nowhere else. */
static double boxed(size_t n, const double *x, void *user) {
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (x[i] < 0 || x[i] > 1) {
            ++*(int *)user;
            print_message("x_%zu = 1 %+g\n", i, x[i] - 1);
        }
        sum += exp(x[i]);
    }
    return sum;
}

static void bounds_are_kept(void **state) {
    enum { BOXED = 8 };
    int outside = 0;
    const double x[BOXED] = {0, 1, 0x1p-30, 1 - 0x1p-30, 0.5, 1e-3, 0.999, 0.25};
    double lower[BOXED] = {0}, upper[BOXED], g[BOXED], bars[BOXED];
    for (int i = 0; i < BOXED; i++)
        upper[i] = 1;
    lower[7] = upper[7] = x[7]; /* held in place */
    tw_objective *f = NULL;
    assert_ok(tw_objective_from_function(boxed, &outside, BOXED, &f));
    static const double allowed[] = {1e-6, 1e-9, 1e-9, 1e-9};
    for (int method = TW_DIFF_FORWARD; method <= TW_DIFF_ROBUST; method++) {
        tw_diff_options options = {.method = method, .lower = lower, .upper = upper, .bars = bars};
        if (method <= TW_DIFF_CENTRAL) {
            assert_fails(TW_ERR_ARGUMENT, "coordinate 7: its bounds leave no room",
                         tw_diff_gradient(f, x, &options, g, NULL));
            lower[7] = 0, upper[7] = 1;
        }
        assert_ok(tw_diff_gradient(f, x, &options, g, NULL));
        for (int i = 0; i < BOXED; i++) {
            if (i == 7 && method >= TW_DIFF_LADDER) {
                assert_true(isnan(g[i]) && isinf(bars[i]));
                continue;
            }
            /* next to a bound forward and central have little room, and noise for it */
            double off = fabs(g[i] - exp(x[i])), most = i == 2 || i == 3 ? 1e-5 : allowed[method];
            if (off > most)
                fail_msg("%s %d: off by %g", tw_diff_method_name(method), i, off);
            assert_true(off <= 3 * bars[i]);
        }
        lower[7] = upper[7] = x[7];
    }
    double beyond[BOXED];
    memcpy(beyond, x, sizeof x);
    beyond[4] = 1.5;
    tw_diff_options options = {.lower = lower, .upper = upper};
    assert_fails(TW_ERR_ARGUMENT, "coordinate 4: x = 1.5 lies outside its bounds 0 ... 1",
                 tw_diff_gradient(f, beyond, &options, g, NULL));
    options.method = TW_DIFF_LADDER;
    assert_fails(TW_ERR_ARGUMENT, "outside its bounds",
                 tw_diff_gradient(f, beyond, &options, g, NULL));
    assert_int_equal(outside, 0);
    tw_objective_free(f);
}

/* All coordinates at once give the bits of one at a time; with the objective's own differences,
 * whose last digits may depend on what is asked for with them, the same numbers within the bars. */
static void in_step_is_one_by_one(void **state) {
    double w[N];
    tw_dataset *data = random_dataset(1, 60, FEATURES, CLASSES, 2);
    size_t indices[N];
    tw_derivative all[N], one;
    for (size_t i = 0; i < N; i++)
        indices[i] = N - 1 - i;
    for (int loss = 0; loss <= 1; loss++)
        for (int general = 0; general <= 1; general++)
            for (int measured = 0; measured <= 1; measured++) {
                tw_objective *f = linear_model(data, loss, w), *plain = NULL;
                assert_ok(tw_objective_plain(f, 0, &plain));
                tw_objective *asked = general ? plain : f;
                tw_coordinates_options options = {.measure_noise = measured};
                tw_derivative_options single = {.measure_noise = measured};
                assert_ok(tw_derivative_coordinates(asked, w, N, indices, &options, all));
                for (size_t i = 0; i < N; i++) {
                    assert_ok(tw_derivative_directional(asked, w, NULL, indices[i], &single, &one));
                    if (!general) {
                        assert_true(fabs(one.value - all[i].value) <= one.error + all[i].error);
                        continue;
                    }
                    assert_true(one.value == all[i].value && one.error == all[i].error);
                    assert_true(one.left == all[i].left && one.right == all[i].right);
                    assert_int_equal(one.point_class, all[i].point_class);
                    assert_int_equal(one.evaluations, all[i].evaluations);
                }
                tw_objective_free(plain);
                tw_objective_free(f);
            }
    tw_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_through_linear_models),
        cmocka_unit_test(gradients_of_linear_models),
        cmocka_unit_test(threads_bars_and_refusals),
        cmocka_unit_test(bars_of_plain_differences),
        cmocka_unit_test(bounds_are_kept),
        cmocka_unit_test(in_step_is_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
