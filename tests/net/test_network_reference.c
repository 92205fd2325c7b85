/* Trained networks against PyTorch's numbers (../shared/data/reference): loss, accuracy, gradients
 * and Hessian products, by checkpoint and by ONNX file. */
#include <math.h>

#include "net/onnx/onnx.h"
#include "support.h"

static const double mean[] = {0.485, 0.456, 0.406}, deviation[] = {0.229, 0.224, 0.225};

typedef struct problem {
    tw_runner *runner;
    tw_network *network;
    tw_dataset *data;
    tw_objective *f;
    double *x;
    size_t n;
} problem;

static char *path_of(const char *relative) {
    return strdup(shared_path(relative));
}

/* A library without ONNX files has networks by name alone. */
static void need_files(void) {
    if (!tw_net_onnx_supported())
        skip();
}

/* `file`: a checkpoint of the architecture, or an ONNX file where there is none. */
static void open_problem(problem *p, const char *architecture, const char *file, size_t samples,
                         tw_network_precision precision) {
    char *path = path_of(file), *images = path_of("cifar-10-subset/cifar-10-batches-py");
    const tw_network_options options = {.bytes = sizeof options,
                                        .precision = precision,
                                        .mean = mean,
                                        .std = deviation,
                                        .mean_count = 3,
                                        .std_count = 3};
    const tw_dataset_options test = {.split = TW_SPLIT_TEST, .limit = samples};
    assert_ok(tw_runner_new(0, &p->runner));
    assert_ok(tw_network_open(architecture != NULL ? architecture : path, NULL, &p->network));
    p->n = tw_space_size(tw_network_space(p->network));
    p->x = malloc(p->n * sizeof *p->x);
    if (architecture != NULL) {
        assert_ok(tw_weights_read(path, tw_network_space(p->network), p->x));
        assert_ok(tw_network_set_start(p->network, p->x));
    }
    memcpy(p->x, tw_network_start(p->network), p->n * sizeof *p->x);
    assert_ok(tw_dataset_open(images, &test, &p->data));
    assert_ok(tw_network_objective(p->network, p->data, &options, p->runner, &p->f));
    free(path);
    free(images);
}

static void close_problem(problem *p) {
    tw_objective_free(p->f);
    tw_dataset_free(p->data);
    tw_network_free(p->network);
    tw_runner_free(p->runner);
    free(p->x);
}

static double length_of(const double *g, size_t n) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += g[i] * g[i];
    return sqrt(sum);
}

/* ---- loss, accuracy, gradient norms ---- */

static void check_values(const char *name, const char *architecture, const char *file) {
    problem p;
    double values[3];
    char *json = read_text(shared_path("reference/networks.json"));
    open_problem(&p, architecture, file, 0, TW_NETWORK_SINGLE);
    assert_ok(tw_objective_value(p.f, p.x, values));
    assert_close(values[0], json_number(json, name, "loss"), 1e-5, 0);
    assert_close(values[1], json_number(json, name, "accuracy"), 1e-7, 0);
    close_problem(&p);
    free(json);
}

static void check_norms(const char *name, const char *architecture, const char *file) {
    problem p;
    double values[3];
    char *json = read_text(shared_path("reference/networks.json"));
    const char *section = strstr(json, name);
    open_problem(&p, architecture, file, 50, TW_NETWORK_SINGLE);
    double *g = malloc(p.n * sizeof *g);
    assert_ok(tw_objective_gradient(p.f, p.x, values, g));
    assert_close(values[0], json_number(section, "first50_double", "loss"), 1e-5, 0);
    assert_close(length_of(g, p.n), json_number(section, "first50_double", "gradient_l2"), 1e-4, 0);
    const char *const blocks[] = {"conv1.weight", "bn1.bias", "layer1.0.conv1.weight",
                                  "linear.weight", "linear.bias"};
    for (size_t k = 0; k < sizeof blocks / sizeof blocks[0]; k++) {
        const tw_block *block = tw_space_find(tw_network_space(p.network), blocks[k]);
        assert_non_null(block);
        assert_close(length_of(g + block->offset, block->count),
                     json_number(section, "gradient_l2_by_parameter", blocks[k]), 1e-4, 0);
    }
    close_problem(&p);
    free(g);
    free(json);
}

static void test_values(void **state) {
    check_values("resnet20", "resnet20", "models/resnet20-12fca82f.th");
    check_values("resnet56", "resnet56", "models/resnet56-4bfd9763.th");
}

static void test_values_of_a_file(void **state) {
    need_files();
    check_values("resnet20", NULL, "models/resnet20-folded.onnx");
}

static void test_norms(void **state) {
    check_norms("resnet56", "resnet56", "models/resnet56-4bfd9763.th");
}

static void test_norms_of_files(void **state) {
    need_files();
    check_norms("resnet20", NULL, "models/resnet20.onnx");
    check_norms("resnet56", NULL, "models/resnet56.onnx");
}

/* ---- gradient and Hessian product, entry by entry ---- */

/* The reference's numbers are of the parameters alone, in the order of the blocks. */
static double *without_buffers(const problem *p, const double *x, size_t *count) {
    const tw_space *space = tw_network_space(p->network);
    double *out = malloc(p->n * sizeof *out);
    *count = 0;
    for (size_t k = 0; k < tw_space_blocks(space); k++) {
        const tw_block *block = tw_space_block(space, k);
        if (block->role == TW_ROLE_BUFFER)
            continue;
        memcpy(out + *count, x + block->offset, block->count * sizeof *out);
        *count += block->count;
    }
    return out;
}

static double *with_buffers(const problem *p, const double *numbers) {
    const tw_space *space = tw_network_space(p->network);
    double *out = calloc(p->n, sizeof *out);
    for (size_t k = 0; k < tw_space_blocks(space); k++) {
        const tw_block *block = tw_space_block(space, k);
        if (block->role == TW_ROLE_BUFFER)
            continue;
        memcpy(out + block->offset, numbers, block->count * sizeof *out);
        numbers += block->count;
    }
    return out;
}

static double apart(const problem *p, const double *x, const char *file) {
    tw_array expected;
    size_t count;
    double *got = without_buffers(p, x, &count);
    assert_ok(tw_array_read(shared_path(file), NULL, &expected));
    assert_int_equal(expected.count, count);
    double size = length_of(expected.values, count);
    for (size_t i = 0; i < count; i++)
        got[i] -= expected.values[i];
    double distance = length_of(got, count) / size;
    tw_array_release(&expected);
    free(got);
    return distance;
}

static void check_derivatives(tw_network_precision precision, double tolerance) {
    problem p;
    tw_array v;
    open_problem(&p, "resnet20", "models/resnet20-12fca82f.th", 100, precision);
    assert_ok(tw_array_read(shared_path("reference/curvature/resnet20-v.npy"), NULL, &v));
    double *g = malloc(p.n * sizeof *g), *along = with_buffers(&p, v.values);
    assert_ok(tw_objective_gradient(p.f, p.x, NULL, g));
    assert_true(apart(&p, g, "reference/curvature/resnet20-grad-100.npy") < tolerance);
    assert_ok(tw_objective_hessian_product(p.f, p.x, along, g));
    assert_true(apart(&p, g, "reference/curvature/resnet20-hv-100.npy") < tolerance);
    tw_array_release(&v);
    close_problem(&p);
    free(g);
    free(along);
}

static void test_derivatives_single(void **state) {
    check_derivatives(TW_NETWORK_SINGLE, 1e-4);
}

/* The witness takes a quarter of a minute. */
static void test_derivatives_double(void **state) {
    if (getenv("THALWEG_SLOW") == NULL)
        skip();
    check_derivatives(TW_NETWORK_DOUBLE, 1e-10);
}

/* ---- whole Hessians of small networks ---- */

static tw_dataset *small_data(void) {
    tw_array features, labels;
    tw_dataset *data;
    int32_t numbers[200];
    assert_ok(tw_array_read(shared_path("reference/curvature/small-hessian/features.npy"), NULL,
                            &features));
    assert_ok(
        tw_array_read(shared_path("reference/curvature/small-hessian/labels.npy"), NULL, &labels));
    assert_int_equal(labels.count, 200);
    for (size_t i = 0; i < 200; i++)
        numbers[i] = (int32_t)labels.values[i];
    const tw_dataset_memory memory = {.doubles = features.values,
                                      .labels = numbers,
                                      .samples = 200,
                                      .features = features.count / 200,
                                      .classes = 10};
    assert_ok(tw_dataset_from_memory(&memory, &data));
    tw_array_release(&features);
    tw_array_release(&labels);
    return data;
}

/* The trace is the sum of the eigenvalues, the sum of squares that of theirs. */
static void check_small(const char *name, const char *file) {
    char *json = read_text(shared_path("reference/curvature/small-hessian/values.json"));
    char *path = path_of(file);
    tw_dataset *data = small_data();
    tw_network *network;
    tw_objective *f;
    const tw_network_options options = {.bytes = sizeof options, .precision = TW_NETWORK_DOUBLE};
    assert_ok(tw_network_open(path, NULL, &network));
    assert_ok(tw_network_objective(network, data, &options, NULL, &f));
    size_t n = tw_objective_size(f);
    const double *x = tw_network_start(network);
    double values[3], *g = malloc(n * sizeof *g), trace = 0, squares = 0;
    assert_ok(tw_objective_gradient(f, x, values, g));
    assert_close(values[0], json_number(json, name, "loss"), 1e-7, 0);
    assert_close(length_of(g, n), json_number(json, name, "gradient_norm"), 1e-6, 0);
    double *h = malloc(n * n * sizeof *h), *units = calloc(n * n, sizeof *units);
    for (size_t i = 0; i < n; i++)
        units[i * n + i] = 1;
    assert_ok(tw_objective_hessian_products(f, x, n, units, h));
    for (size_t i = 0; i < n; i++) {
        trace += h[i * n + i];
        squares += length_of(h + i * n, n) * length_of(h + i * n, n);
    }
    double sums[2] = {0, 0};
    char *at = strstr(strstr(strstr(json, name), "hessian_eigenvalues_descending"), "[") + 1, *end;
    for (size_t i = 0; i < n; i++, at = end + 1) {
        double value = strtod(at, &end);
        sums[0] += value;
        sums[1] += value * value;
    }
    assert_close(trace, sums[0], 1e-6, 0);
    assert_close(squares, sums[1], 1e-6, 0);
    tw_objective_free(f);
    tw_network_free(network);
    tw_dataset_free(data);
    free(json);
    free(path);
    free(g);
    free(h);
    free(units);
}

static void test_small(void **state) {
    need_files();
    check_small("mlp_tanh", "reference/curvature/small-hessian/mlp-tanh.onnx");
    check_small("mlp_relu", "reference/curvature/small-hessian/mlp-relu.onnx");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_values_of_a_file),
        cmocka_unit_test(test_norms),
        cmocka_unit_test(test_norms_of_files),
        cmocka_unit_test(test_derivatives_single),
        cmocka_unit_test(test_derivatives_double),
        cmocka_unit_test(test_small),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
