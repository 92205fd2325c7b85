/* Networks as objectives: against the multilayer perceptron of src/model, by the contract in both
 * precisions, on any number of threads, with batch statistics settled; what is refused. */
#include <math.h>

#include "contract.h"
#include "net/known/net_sketch.h"
#include "net/objective/net_micro_batch.h"
#include "net/objective/network_private.h"

/* ---- networks ---- */

static tw_net_sketch begin(size_t rank, const int64_t *sizes, size_t channels) {
    tw_net_sketch sketch = {.seed = 3, .channels = channels};
    assert_ok(tw_net_graph_new("test", &sketch.graph));
    assert_ok(tw_net_graph_input(sketch.graph, "x", TW_NET_F32, rank, sizes, &sketch.graph->input));
    return sketch;
}

static tw_network *end(tw_net_sketch *sketch, size_t output) {
    tw_network *network = NULL;
    assert_ok(sketch->status);
    sketch->graph->output = output;
    assert_ok(tw_network_of_graph(sketch->graph, &network));
    return network;
}

static size_t apply(tw_net_sketch *sketch, const char *op, size_t x) {
    size_t y;
    assert_ok(tw_net_graph_result(sketch->graph, op, &y));
    assert_ok(tw_net_graph_node(sketch->graph, op, "", 17, 1, &x, 1, &y, NULL));
    return y;
}

static tw_network *perceptron(size_t features, size_t hidden, size_t classes, const char *last) {
    tw_net_sketch s = begin(2, (const int64_t[]){-1, (int64_t)features}, features);
    size_t y = tw_sketch_linear(&s, "fc1", s.graph->input, hidden);
    y = tw_sketch_linear(&s, "fc2", tw_sketch_relu(&s, y), classes);
    return end(&s, last != NULL ? apply(&s, last, y) : y);
}

/* Convolutions, a normalisation between them and one of rows, a shortcut: smooth throughout. */
static tw_network *convolutional(size_t channels, size_t classes) {
    tw_net_sketch s = begin(4, (const int64_t[]){-1, (int64_t)channels, -1, -1}, channels);
    size_t y = tw_sketch_conv(&s, "conv1", s.graph->input, 4, 3, 1);
    y = apply(&s, "Tanh", tw_sketch_norm(&s, "bn1", y));
    size_t skip = tw_sketch_thin_and_pad(&s, y, 6, 2);
    s.channels = 4;
    y = tw_sketch_norm(&s, "bn2", tw_sketch_conv(&s, "conv2", y, 6, 3, 2));
    y = apply(&s, "Tanh", tw_sketch_add(&s, y, skip));
    y = tw_sketch_linear(&s, "fc1", tw_sketch_global_average(&s, y), 5);
    y = tw_sketch_norm(&s, "bn3", y);
    return end(&s, tw_sketch_linear(&s, "fc2", apply(&s, "Tanh", y), classes));
}

static tw_dataset *images(size_t samples, size_t channels, size_t side, size_t classes) {
    tw_dataset *flat = random_dataset(1, samples, channels * side * side, classes, 5), *data;
    const tw_dataset_memory memory = {.bytes = tw_dataset_bytes(flat),
                                      .labels = tw_dataset_labels(flat),
                                      .samples = samples,
                                      .features = channels * side * side,
                                      .classes = classes,
                                      .channels = channels,
                                      .height = side,
                                      .width = side};
    assert_ok(tw_dataset_from_memory(&memory, &data));
    tw_dataset_free(flat);
    return data;
}

/* The start moved by random numbers; variances stay positive. */
static double *point_of(const tw_network *network) {
    const tw_space *space = tw_network_space(network);
    size_t n = tw_space_size(space);
    double *x = malloc(n * sizeof *x);
    tw_rng_fill_normal(11, 7, 0, n, x);
    for (size_t k = 0; k < tw_space_blocks(space); k++) {
        const tw_block *block = tw_space_block(space, k);
        int positive = strstr(block->name, "var") != NULL;
        for (size_t i = block->offset; i < block->offset + block->count; i++)
            x[i] = tw_network_start(network)[i] + 0.2 * (positive ? fabs(x[i]) : x[i]);
    }
    return x;
}

/* ---- against the perceptron of src/model ---- */

static void test_perceptron(void **state) {
    enum { SAMPLES = 83, FEATURES = 9, HIDDEN = 13, CLASSES = 4 };
    tw_dataset *data = random_dataset(0, SAMPLES, FEATURES, CLASSES, 1);
    tw_network *network = perceptron(FEATURES, HIDDEN, CLASSES, NULL);
    tw_objective *ours, *theirs;
    const tw_network_options options = {.bytes = sizeof options,
                                        .precision = TW_NETWORK_DOUBLE,
                                        .reg = 0.01,
                                        .errors = 1,
                                        .micro_batch = 7};
    const tw_mlp_options mlp = {.hidden = (const size_t[]){HIDDEN}, .hidden_count = 1, .reg = 0.01};
    assert_ok(tw_network_objective(network, data, &options, NULL, &ours));
    assert_ok(tw_mlp_new(data, &mlp, NULL, &theirs));
    size_t n = tw_objective_size(theirs);
    assert_int_equal(tw_objective_size(ours), n);
    double *x = point_of(network), *v = malloc(n * sizeof *v), values[2][5];
    double *a = malloc(n * sizeof *a), *b = malloc(n * sizeof *b);
    tw_rng_fill_normal(2, 2, 0, n, v);
    assert_ok(tw_objective_gradient(ours, x, values[0], a));
    assert_ok(tw_objective_gradient(theirs, x, values[1], b));
    for (int m = 0; m < 4; m++) { /* loss, data_loss, regularizer, accuracy */
        assert_string_equal(tw_objective_metric_name(ours, (size_t)m),
                            tw_objective_metric_name(theirs, (size_t)m));
        assert_close(values[0][m], values[1][m], 1e-12, 0);
    }
    assert_true(relative_distance(a, b, n) < 1e-12);
    assert_ok(tw_objective_hessian_product(ours, x, v, a));
    assert_ok(tw_objective_hessian_product(theirs, x, v, b));
    assert_true(relative_distance(a, b, n) < 1e-12);
    const size_t samples[] = {3, 80, 3, 41};
    const tw_batch batch = {samples, 4, 0};
    assert_ok(tw_objective_sample_gradient(ours, x, &batch, values[0], a));
    assert_ok(tw_objective_sample_gradient(theirs, x, &batch, values[1], b));
    assert_close(values[0][0], values[1][0], 1e-12, 0);
    assert_true(relative_distance(a, b, n) < 1e-12);
    tw_objective_free(ours);
    tw_objective_free(theirs);
    tw_network_free(network);
    tw_dataset_free(data);
    free(x);
    free(v);
    free(a);
    free(b);
}

/* ---- the contract ---- */

static void check_precision(tw_network_precision precision) {
    tw_dataset *data = images(21, 3, 6, 7);
    tw_network *network = convolutional(3, 7);
    double *x = point_of(network);
    const tw_network_options options = {.bytes = sizeof options,
                                        .precision = precision,
                                        .label_smoothing = 0.1,
                                        .reg = 0.01,
                                        .mean = (const double[]){0.4, 0.5, 0.6},
                                        .mean_count = 3,
                                        .errors = 1,
                                        .micro_batch = 4};
    const contract tolerance = {
        .value = 1e-12, .gradient = 1e-6, .hessian = 1e-6, .differences = 1e-11, .scale = 0.3};
    tw_runner *runner;
    tw_objective *f;
    assert_ok(tw_runner_new(2, &runner));
    assert_ok(tw_network_objective(network, data, &options, runner, &f));
    assert_int_equal(tw_objective_metrics(f), 6);
    assert_true(tw_objective_noise(f) < 64 * tw_objective_precision(f));
    check_contract(f, x, &tolerance);
    tw_objective_free(f);
    tw_runner_free(runner);
    tw_network_free(network);
    tw_dataset_free(data);
    free(x);
}

static void test_contract_double(void **state) {
    check_precision(TW_NETWORK_DOUBLE);
}

static void test_contract_single(void **state) {
    check_precision(TW_NETWORK_SINGLE);
}

/* Squared error, and cross-entropy of probabilities, against the same of logits. */
static void test_heads(void **state) {
    tw_dataset *data = random_dataset(0, 31, 6, 5, 2);
    tw_network *logits = perceptron(6, 8, 5, NULL), *shares = perceptron(6, 8, 5, "Softmax");
    double *x = point_of(logits), values[2][4];
    size_t n = tw_space_size(tw_network_space(logits));
    double *g[2] = {malloc(n * sizeof **g), malloc(n * sizeof **g)};
    double *hv[2] = {malloc(n * sizeof **g), malloc(n * sizeof **g)};
    for (int k = 0; k < 2; k++) {
        const tw_network_options options = {
            .bytes = sizeof options, .precision = TW_NETWORK_DOUBLE, .label_smoothing = 0.2};
        tw_objective *f;
        assert_ok(tw_network_objective(k ? shares : logits, data, &options, NULL, &f));
        assert_ok(tw_objective_gradient(f, x, values[k], g[k]));
        assert_ok(tw_objective_hessian_product(f, x, x, hv[k]));
        tw_objective_free(f);
    }
    assert_close(values[0][0], values[1][0], 1e-12, 0);
    assert_true(relative_distance(g[1], g[0], n) < 1e-11);
    assert_true(relative_distance(hv[1], hv[0], n) < 1e-11);
    for (int smoothing = 0; smoothing < 2; smoothing++) {
        const tw_network_options options = {.bytes = sizeof options,
                                            .loss = TW_NETWORK_SQUARED_ERROR,
                                            .label_smoothing = 0.2 * smoothing,
                                            .precision = TW_NETWORK_DOUBLE};
        const contract tolerance = {.value = 1e-12, .gradient = 1e-3, .scale = 0.3};
        tw_objective *f;
        assert_ok(tw_network_objective(shares, data, &options, NULL, &f));
        check_contract(f, x, &tolerance);
        tw_objective_free(f);
    }
    for (int k = 0; k < 2; k++) {
        free(g[k]);
        free(hv[k]);
    }
    free(x);
    tw_network_free(logits);
    tw_network_free(shares);
    tw_dataset_free(data);
}

/* ---- threads ---- */

/* In double as well: sums of single numbers are often exact in double, whatever their order. */
static void check_threads(tw_network_precision precision) {
    tw_dataset *data = images(45, 3, 8, 10);
    tw_network *network = convolutional(3, 10);
    double *x = point_of(network), *first = NULL, *settled = NULL;
    size_t n = tw_space_size(tw_network_space(network));
    for (int threads = 1; threads <= 5; threads += threads < 3 ? 1 : 2) {
        const tw_network_options options = {
            .bytes = sizeof options, .precision = precision, .micro_batch = 2};
        double *all = calloc(3 * n + 4, sizeof *all), *y = malloc(n * sizeof *y);
        tw_runner *runner;
        tw_objective *f;
        assert_ok(tw_runner_new(threads, &runner));
        assert_ok(tw_network_objective(network, data, &options, runner, &f));
        assert_ok(tw_objective_gradient(f, x, all + 2 * n, all));
        assert_ok(tw_objective_hessian_product(f, x, x, all + n));
        memcpy(y, x, n * sizeof *y);
        assert_ok(tw_objective_settle(f, y, NULL));
        if (first == NULL) {
            first = all;
            settled = y;
        } else {
            assert_memory_equal(all, first, (3 * n + 4) * sizeof *all);
            assert_memory_equal(y, settled, n * sizeof *y);
            free(all);
            free(y);
        }
        tw_objective_free(f);
        tw_runner_free(runner);
    }
    free(first);
    free(settled);
    free(x);
    tw_network_free(network);
    tw_dataset_free(data);
}

static void test_threads(void **state) {
    check_threads(TW_NETWORK_SINGLE);
    check_threads(TW_NETWORK_DOUBLE);
}

/* ---- statistics ---- */

/* One convolution of 1 x 1 with weight w, and its normalisation: statistics of w times the pixels,
 * by hand. */
static void test_settle(void **state) {
    enum { SAMPLES = 10, PIXELS = 4 };
    tw_dataset *data = images(SAMPLES, 1, 2, 2);
    tw_net_sketch s = begin(4, (const int64_t[]){-1, 1, 2, 2}, 1);
    size_t y = tw_sketch_norm(&s, "bn", tw_sketch_conv(&s, "conv", s.graph->input, 1, 1, 1));
    tw_network *network = end(&s, tw_sketch_linear(&s, "fc", tw_sketch_flatten(&s, y, PIXELS), 2));
    const tw_space *space = tw_network_space(network);
    size_t n = tw_space_size(space), mean_at = tw_space_find(space, "bn.running_mean")->offset,
           variance_at = tw_space_find(space, "bn.running_var")->offset;
    double *x = point_of(network), *before = malloc(n * sizeof *before), w = x[0];
    memcpy(before, x, n * sizeof *x);
    const tw_network_options options = {
        .bytes = sizeof options, .precision = TW_NETWORK_DOUBLE, .micro_batch = 3};
    tw_objective *f;
    assert_ok(tw_network_objective(network, data, &options, NULL, &f));
    for (int batch = 0; batch < 2; batch++) {
        const size_t samples[] = {1, 7, 4, 1, 0};
        const tw_batch chosen = {samples, 5, 0};
        double sum = 0, squares = 0, count = batch ? 5 * PIXELS : SAMPLES * PIXELS;
        for (size_t i = 0; i < (batch ? 5 : SAMPLES); i++)
            for (size_t p = 0; p < PIXELS; p++) {
                double a = w * tw_dataset_bytes(data)[(batch ? samples[i] : i) * PIXELS + p] / 255;
                sum += a;
                squares += a * a;
            }
        double mean = sum / count, variance = squares / count - mean * mean;
        memcpy(x, before, n * sizeof *x);
        assert_ok(tw_objective_settle(f, x, batch ? &chosen : NULL));
        if (batch) { /* as a step of PyTorch: a tenth of the new ones, the variance by m - 1 */
            mean = 0.9 * before[mean_at] + 0.1 * mean;
            variance = 0.9 * before[variance_at] + 0.1 * variance * count / (count - 1);
        }
        assert_close(x[mean_at], mean, 1e-7, 0);
        assert_close(x[variance_at], variance, 1e-7, 0);
        x[mean_at] = before[mean_at];
        x[variance_at] = before[variance_at];
        assert_memory_equal(x, before, n * sizeof *x);
    }
    tw_objective_free(f);
    tw_network_free(network);
    tw_dataset_free(data);
    free(x);
    free(before);
}

/* Reestimated: a value does not depend on what x has for the statistics. */
static void test_reestimated(void **state) {
    tw_dataset *data = images(12, 3, 6, 4);
    tw_network *network = convolutional(3, 4);
    size_t n = tw_space_size(tw_network_space(network));
    double *x = point_of(network), *y = malloc(n * sizeof *y), *g = malloc(n * sizeof *g);
    double there[3], settled[3];
    tw_network_options options = {.bytes = sizeof options, .precision = TW_NETWORK_DOUBLE};
    tw_objective *plain, *f;
    assert_ok(tw_network_objective(network, data, &options, NULL, &plain));
    options.reestimated = 1;
    assert_ok(tw_network_objective(network, data, &options, NULL, &f));
    memcpy(y, x, n * sizeof *y);
    assert_ok(tw_objective_settle(plain, y, NULL));
    assert_ok(tw_objective_value(plain, y, settled));
    assert_ok(tw_objective_value(f, x, there));
    assert_memory_equal(there, settled, 2 * sizeof *there);
    assert_ok(tw_objective_value(plain, x, there));
    assert_true(fabs(there[0] - settled[0]) > 1e-3);
    assert_fails(TW_ERR_UNSUPPORTED, "no gradient", tw_objective_gradient(f, x, there, g));
    tw_objective_free(plain);
    tw_objective_free(f);
    tw_network_free(network);
    tw_dataset_free(data);
    free(x);
    free(y);
    free(g);
}

/* Beyond the ends of a line to another network a variance stays at the smaller of the two ends';
 * between them, and where no variance moves, the span is straight. */
static void test_line(void **state) {
    tw_dataset *data = images(12, 3, 6, 4);
    tw_network *network = convolutional(3, 4);
    const tw_space *space = tw_network_space(network);
    size_t n = tw_space_size(space), at = tw_space_find(space, "bn1.running_var")->offset;
    double *x = point_of(network), *d = calloc(n, sizeof *d), *y = malloc(n * sizeof *y);
    const double *directions[] = {d}, t[] = {-3, 0.25, 1, 3};
    const tw_network_options options = {.bytes = sizeof options, .precision = TW_NETWORK_DOUBLE};
    tw_objective *f;
    tw_span *span;
    double along[4][2], value[2];
    assert_ok(tw_network_objective(network, data, &options, NULL, &f));
    assert_int_equal(tw_objective_metrics(f), 2);
    d[0] = 0.1;
    d[at] = -x[at] / 2;
    d[at + 1] = x[at + 1];
    assert_ok(tw_span_open(f, x, 1, directions, TW_SPAN_ROWS, &span));
    assert_ok(tw_span_values(span, 4, t, &along[0][0]));
    tw_span_close(span);
    for (size_t k = 0; k < 4; k++) {
        for (size_t i = 0; i < n; i++)
            y[i] = x[i] + t[k] * d[i];
        y[at] = fmax(y[at], x[at] / 2);
        y[at + 1] = fmax(y[at + 1], x[at + 1]);
        assert_ok(tw_objective_value(f, y, value));
        assert_memory_equal(along[k], value, sizeof value);
        assert_true(isfinite(value[0]));
    }
    y[at] = -1; /* as it is: no number, and nothing is right or wrong */
    assert_ok(tw_objective_value(f, y, value));
    assert_true(isnan(value[0]) && isnan(value[1]));
    tw_objective_free(f);
    tw_network_free(network);
    tw_dataset_free(data);
    free(x);
    free(d);
    free(y);
}

/* ---- what is refused, and what is said ---- */

static char said[512];

static void hear(void *user, const char *line) {
    snprintf(said, sizeof said, "%s", line);
}

static void refuse(const tw_network *network, const tw_dataset *data, tw_network_options options,
                   tw_status status, const char *words) {
    tw_objective *f = NULL;
    options.bytes = sizeof options;
    assert_fails(status, words, tw_network_objective(network, data, &options, NULL, &f));
    assert_null(f);
}

static void test_refused(void **state) {
    tw_dataset *data = images(9, 3, 6, 4), *grey = images(9, 1, 6, 4);
    tw_network *few = convolutional(3, 3), *fits = convolutional(3, 4);
    tw_network_options none = {0};
    refuse(few, data, none, TW_ERR_SHAPE, "it has 3 outputs, and sample ");
    refuse(fits, grey, none, TW_ERR_SHAPE, "--color rgb");
    refuse(fits, data, (tw_network_options){.reg = -1}, TW_ERR_ARGUMENT, "regularisation -1");
    refuse(fits, data, (tw_network_options){.label_smoothing = 2}, TW_ERR_ARGUMENT, "smoothing 2");
    refuse(fits, data, (tw_network_options){.first = 4, .count = 6}, TW_ERR_ARGUMENT,
           "samples 4 ... 9");
    tw_dataset *rows = random_dataset(0, 9, 5, 3, 1);
    tw_network *other = perceptron(6, 4, 3, NULL);
    refuse(other, rows, none, TW_ERR_SHAPE, "is of 6 numbers");
    tw_network_free(few);
    tw_network_free(fits);
    tw_network_free(other);
    tw_dataset_free(data);
    tw_dataset_free(grey);
    tw_dataset_free(rows);
}

static void test_look(void **state) {
    tw_dataset *data = random_dataset(0, 31, 6, 5, 2);
    tw_network *shares = perceptron(6, 8, 5, "Softmax");
    tw_network_options options = {.bytes = sizeof options, .say = hear};
    double values[2][4];
    tw_objective *f;
    for (int k = 0; k < 2; k++) {
        said[0] = '\0';
        assert_ok(tw_network_objective(shares, data, &options, NULL, &f));
        assert_true((strstr(said, "taken as probabilities") != NULL) == (k == 0));
        assert_ok(tw_objective_value(f, tw_network_start(shares), values[k]));
        tw_objective_free(f);
        options.outputs = TW_NETWORK_LOGITS;
    }
    assert_true(fabs(values[0][0] - values[1][0]) > 0.01); /* cross-entropy by mistake */
    tw_network *scores = perceptron(6, 8, 5, NULL);
    options.outputs = TW_NETWORK_PROBABILITIES;
    assert_fails(TW_ERR_ARGUMENT, "no probabilities",
                 tw_network_objective(scores, data, &options, NULL, &f));
    tw_network_free(scores);
    tw_network_free(shares);
    tw_dataset_free(data);
}

/* A softmax over the samples: each is evaluated alone, whatever the batch. */
static void test_mixing(void **state) {
    tw_dataset *data = random_dataset(0, 9, 6, 3, 2);
    tw_net_sketch s = begin(2, (const int64_t[]){-1, 6}, 6);
    size_t x = tw_sketch_linear(&s, "fc1", s.graph->input, 5), y;
    tw_net_node *node;
    tw_net_attribute *axis;
    assert_ok(tw_net_graph_result(s.graph, "softmax", &y));
    assert_ok(tw_net_graph_node(s.graph, "Softmax", "", 17, 1, &x, 1, &y, &node));
    assert_ok(tw_net_node_attribute(node, "axis", TW_NET_ATTRIBUTE_INT, &axis));
    tw_network *network = end(&s, tw_sketch_linear(&s, "fc2", y, 3));
    double values[2][4];
    for (size_t batch = 1; batch <= 4; batch += 3) {
        tw_network_options options = {.bytes = sizeof options, .say = hear, .micro_batch = batch};
        tw_objective *f;
        said[0] = '\0';
        assert_ok(tw_network_objective(network, data, &options, NULL, &f));
        assert_int_equal(strstr(said, "beside others") != NULL, batch > 1);
        assert_ok(tw_objective_value(f, tw_network_start(network), values[batch > 1]));
        tw_objective_free(f);
    }
    assert_close(values[1][0], values[0][0], 1e-6, 0);
    tw_network_free(network);
    tw_dataset_free(data);
}

/* All samples, in no larger pieces, and no lane has more than before. */
static void test_even_batches(void **state) {
    enum { LANES = 16 };
    for (size_t batch = 1; batch <= 128; batch += batch < 24 ? 1 : 13)
        for (size_t count = 1; count < 2200; count += count < 300 ? 1 : 37) {
            size_t even = tw_net_even_batch(batch, count), before = (count + batch - 1) / batch,
                   pieces = (count + even - 1) / even;
            assert_true(even >= 1 && even <= batch && 4 * even >= (batch < count ? batch : 1));
            assert_true((pieces + LANES - 1) / LANES * even <=
                        (before + LANES - 1) / LANES * batch);
            assert_true(before > LANES / 2 || pieces <= before);
        }
    assert_int_equal(tw_net_even_batch(21, 500), 16); /* 32 pieces, two a lane */
    assert_int_equal(tw_net_even_batch(21, 64), 16);  /* not 21, 21, 21 and 1 */
}

/* A sample whose outputs are no numbers is none that is left out of the diagonal. */
static void test_diagonal_of_nan(void **state) {
    tw_dataset *data = random_dataset(0, 7, 6, 3, 2);
    tw_network *network = perceptron(6, 4, 3, NULL);
    size_t n = tw_space_size(tw_network_space(network)), numbers = 0, all = 0;
    double *x = malloc(n * sizeof *x), *diagonal = malloc(n * sizeof *diagonal);
    tw_objective *f;
    memcpy(x, tw_network_start(network), n * sizeof *x);
    assert_ok(tw_network_objective(network, data, NULL, NULL, &f));
    assert_ok(tw_objective_curvature_diagonal(f, x, TW_MATRIX_GAUSS_NEWTON, diagonal));
    for (size_t i = 0; i < n; i++)
        all += isfinite(diagonal[i]) != 0;
    assert_int_equal(all, n);
    x[0] = NAN;
    tw_status status = tw_objective_curvature_diagonal(f, x, TW_MATRIX_GAUSS_NEWTON, diagonal);
    for (size_t i = 0; status == TW_OK && i < n; i++)
        numbers += isfinite(diagonal[i]) != 0;
    assert_true(status == TW_ERR_NOT_FINITE || (status == TW_OK && numbers < n));
    tw_objective_free(f);
    free(x);
    free(diagonal);
    tw_network_free(network);
    tw_dataset_free(data);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_perceptron),
        cmocka_unit_test(test_even_batches),
        cmocka_unit_test(test_contract_double),
        cmocka_unit_test(test_contract_single),
        cmocka_unit_test(test_heads),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_settle),
        cmocka_unit_test(test_line),
        cmocka_unit_test(test_reestimated),
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_look),
        cmocka_unit_test(test_mixing),
        cmocka_unit_test(test_diagonal_of_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
