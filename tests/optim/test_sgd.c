/* Mini-batches: which samples come when, every step by hand, and a classifier that learns. */
#include <math.h>

#include "support.h"

enum { SAMPLES = 10, MOST = 400 };

/* f = mean over samples j of 1/2 (x - a_j)^2 with a_j = j^2; what it is asked for is written down.
 * From call `infinite_at` on the batch's loss is infinite. */
typedef struct recorder {
    size_t batches, sizes[MOST], samples[MOST][SAMPLES], infinite_at;
} recorder;

static tw_status recorder_value(void *ctx, size_t n, const double *x, double *values) {
    values[0] = 0;
    for (int j = 0; j < SAMPLES; j++)
        values[0] += (x[0] - j * j) * (x[0] - j * j) / 2 / SAMPLES;
    return TW_OK;
}

static double batch_mean(const recorder *r, size_t batch) {
    double sum = 0;
    for (size_t k = 0; k < r->sizes[batch]; k++)
        sum += (double)(r->samples[batch][k] * r->samples[batch][k]);
    return sum / (double)r->sizes[batch];
}

static tw_status recorder_gradient(void *ctx, size_t n, const double *x, const tw_batch *batch,
                                   double *values, double *gradient) {
    recorder *r = ctx;
    assert_true(r->batches < MOST && batch->count <= SAMPLES);
    assert_int_equal(batch->draw, r->batches);
    r->sizes[r->batches] = batch->count;
    memcpy(r->samples[r->batches], batch->samples, batch->count * sizeof *batch->samples);
    gradient[0] = x[0] - batch_mean(r, r->batches);
    values[0] = r->infinite_at > 0 && r->batches >= r->infinite_at ? INFINITY : 1;
    r->batches++;
    return TW_OK;
}

static tw_objective *make_recorder(recorder *r, size_t samples) {
    static const tw_objective_ops ops = {.value = recorder_value,
                                         .sample_gradient = recorder_gradient};
    tw_objective *f = NULL;
    assert_ok(tw_objective_new(&ops, r, 1,
                               &(tw_objective_traits){.name = "recorder", .samples = samples}, &f));
    return f;
}

static const tw_optimizer *sgd(void) {
    return tw_optimizer_find("sgd");
}

/* The samples in the order in which they came. */
static size_t flatten(const recorder *r, size_t *order) {
    size_t count = 0;
    for (size_t b = 0; b < r->batches; b++)
        for (size_t k = 0; k < r->sizes[b]; k++)
            order[count++] = r->samples[b][k];
    return count;
}

static void an_epoch_visits_each_sample_once(void **state) {
    static const size_t batches[] = {1, 2, 3, 7, 9, 10, 11, 0};
    for (size_t b = 0; b < sizeof batches / sizeof batches[0]; b++) {
        size_t batch = batches[b] == 0 || batches[b] > SAMPLES ? SAMPLES : batches[b];
        size_t in_epoch = (SAMPLES + batch - 1) / batch, order[MOST * SAMPLES];
        recorder r = {0};
        tw_objective *f = make_recorder(&r, SAMPLES);
        double x = 100, expected = 100;
        assert_ok(tw_optim_run(
            sgd(), f, &x,
            &(tw_optim_options){
                .iterations = 6 * in_epoch, .step = 0.1, .batch = batches[b], .seed = 7},
            NULL));
        assert_int_equal(r.batches, 6 * in_epoch);
        for (size_t t = 0; t < r.batches; t++) {
            int last = t % in_epoch == in_epoch - 1;
            assert_int_equal(r.sizes[t], last ? SAMPLES - (in_epoch - 1) * batch : batch);
            expected -= 0.1 * (expected - batch_mean(&r, t));
        }
        assert_close(x, expected, 1e-14, 0);
        assert_int_equal(flatten(&r, order), 6 * SAMPLES);
        int same = 0;
        for (size_t epoch = 0; epoch < 6; epoch++) {
            unsigned seen = 0;
            for (size_t k = 0; k < SAMPLES; k++)
                seen |= 1u << order[epoch * SAMPLES + k];
            assert_int_equal(seen, (1u << SAMPLES) - 1);
            same +=
                epoch > 0 && memcmp(order, order + epoch * SAMPLES, SAMPLES * sizeof *order) == 0;
        }
        assert_int_equal(same, 0); /* drawn anew each time */
        tw_objective_free(f);
    }
}

static void the_order_follows_the_seed(void **state) {
    static size_t order[3][MOST * SAMPLES];
    static const uint64_t seeds[3] = {1, 1, 2};
    for (int k = 0; k < 3; k++) {
        recorder r = {0};
        tw_objective *f = make_recorder(&r, SAMPLES);
        double x = 0;
        assert_ok(tw_optim_run(
            sgd(), f, &x,
            &(tw_optim_options){.iterations = 40, .step = 0.1, .batch = 3, .seed = seeds[k]},
            NULL));
        assert_int_equal(flatten(&r, order[k]), 100);
        tw_objective_free(f);
    }
    assert_memory_equal(order[0], order[1], 100 * sizeof order[0][0]);
    assert_memory_not_equal(order[0], order[2], 100 * sizeof order[0][0]);
}

/* Loss of batch 5 infinite: x is what it was before the fifth move, which four moves made. */
static void an_infinite_batch_ends_the_run(void **state) {
    recorder r = {.infinite_at = 5};
    tw_objective *f = make_recorder(&r, SAMPLES);
    tw_optim_result result;
    double x = 3, expected = 3;
    assert_ok(tw_optim_run(
        sgd(), f, &x, &(tw_optim_options){.iterations = 40, .step = 0.1, .batch = 4}, &result));
    for (size_t t = 0; t < 4; t++)
        expected -= 0.1 * (expected - batch_mean(&r, t));
    assert_int_equal(result.stop, TW_STOP_DIVERGED);
    assert_int_equal(result.iterations, 4);
    assert_close(x, expected, 1e-14, 0);
    assert_true(isfinite(result.loss));
    tw_objective_free(f);
}

static void no_samples_no_batches(void **state) {
    recorder r = {0};
    tw_objective *f = make_recorder(&r, 0);
    double x = 0;
    assert_fails(TW_ERR_UNSUPPORTED, "'sgd' needs samples, and objective 'recorder' has none",
                 tw_optim_run(sgd(), f, &x, NULL, NULL));
    tw_objective_free(f);
}

/* ---- a classifier ---- */

enum { FEATURES = 20, CLASSES = 4, SIZE = (FEATURES + 1) * CLASSES };

/* Two hundred and more samples whose label is their largest of four features: easy to learn. */
static tw_dataset *easy_dataset(void) {
    enum { COUNT = 700 };
    static double x[COUNT * FEATURES];
    static int32_t labels[COUNT];
    tw_dataset *data = NULL;
    tw_rng_fill_normal(1, 1, 0, COUNT * FEATURES, x);
    for (size_t i = 0; i < COUNT; i++) {
        labels[i] = 0;
        for (int32_t c = 1; c < CLASSES; c++)
            if (x[i * FEATURES + (size_t)c] > x[i * FEATURES + (size_t)labels[i]])
                labels[i] = c;
    }
    assert_ok(tw_dataset_from_memory(&(tw_dataset_memory){.doubles = x,
                                                          .labels = labels,
                                                          .samples = COUNT,
                                                          .features = FEATURES,
                                                          .classes = CLASSES},
                                     &data));
    return data;
}

static void learn(const char *method, int loss, int threads, uint64_t seed, double step, double *w,
                  double values[4], tw_optim_result *result) {
    tw_dataset *data = easy_dataset();
    tw_runner *runner = NULL;
    tw_objective *f = NULL;
    tw_rng_fill_normal(3, 3, 0, SIZE, w);
    for (int i = 0; i < SIZE; i++)
        w[i] *= 0.01;
    assert_ok(tw_runner_new(threads, &runner));
    assert_ok(tw_linear_new(data, &(tw_linear_options){.loss = (tw_linear_loss)loss}, runner, &f));
    if (tw_optimizer_default_step(tw_optimizer_find(method)) == 0)
        step = 0; /* lbfgs */
    assert_ok(tw_optim_run(
        tw_optimizer_find(method), f, w,
        &(tw_optim_options){.iterations = 150, .step = step, .batch = 64, .seed = seed}, result));
    assert_ok(tw_objective_value(f, w, values));
    tw_objective_free(f);
    tw_runner_free(runner);
    tw_dataset_free(data);
}

static void classifiers_learn(void **state) {
    static const struct {
        const char *method;
        double step;
    } table[] = {{"gd", 0.2},      {"sgd", 0.2},      {"momentum", 0.02}, {"nesterov", 0.02},
                 {"adagrad", 0.2}, {"rmsprop", 0.02}, {"adam", 0.05},     {"lbfgs", 0}};
    for (int loss = 0; loss <= 1; loss++)
        for (size_t m = 0; m < sizeof table / sizeof table[0]; m++) {
            double w[SIZE], values[4];
            tw_optim_result result;
            if (tw_optimizer_find(table[m].method) == NULL)
                continue; /* a build without lbfgs */
            learn(table[m].method, loss, 1, 5, table[m].step, w, values, &result);
            assert_true(values[3] > 0.9);
            assert_true(values[0] < 0.6);
            assert_true(result.loss == values[0]);
            if (table[m].step > 0)
                assert_int_equal(result.stop, TW_STOP_ITERATIONS);
        }
}

static void same_bits_for_any_threads(void **state) {
    for (size_t m = 0; tw_optimizer_at(m) != NULL; m++)
        for (int loss = 0; loss <= 1; loss++) {
            const char *method = tw_optimizer_name(tw_optimizer_at(m));
            double one[SIZE], many[SIZE], other[SIZE], values[4];
            tw_optim_result result;
            learn(method, loss, 1, 5, 0.05, one, values, &result);
            for (int threads = 1; threads <= 4; threads++) {
                learn(method, loss, threads, 5, 0.05, many, values, &result);
                assert_memory_equal(one, many, sizeof one);
            }
            learn(method, loss, 1, 6, 0.05, other, values, &result);
            int same = memcmp(one, other, sizeof one) == 0;
            int draws = strcmp(method, "gd") != 0 && strcmp(method, "lbfgs") != 0;
            assert_int_equal(same, !draws);
        }
}

/* A step so long that the scores overflow: the run says so and hands back numbers. */
static void too_long_a_step_diverges(void **state) {
    static const char *const methods[] = {"gd", "sgd"};
    for (int loss = 0; loss <= 1; loss++)
        for (int m = 0; m < 2; m++) {
            double w[SIZE], values[4];
            tw_optim_result result;
            learn(methods[m], loss, 1, 5, 1e308, w, values, &result);
            assert_int_equal(result.stop, TW_STOP_DIVERGED);
            for (int i = 0; i < SIZE; i++)
                assert_true(isfinite(w[i]));
            assert_true(isfinite(result.loss));
        }
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_epoch_visits_each_sample_once),
        cmocka_unit_test(the_order_follows_the_seed),
        cmocka_unit_test(an_infinite_batch_ends_the_run),
        cmocka_unit_test(no_samples_no_batches),
        cmocka_unit_test(classifiers_learn),
        cmocka_unit_test(same_bits_for_any_threads),
        cmocka_unit_test(too_long_a_step_diverges),
    };
    return cmocka_run_group_tests_name("sgd", tests, NULL, NULL);
}
