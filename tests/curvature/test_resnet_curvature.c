/* ResNet-20 on 200 images against PyTorch's numbers in double
 * (../shared/data/reference/curvature/resnet20-spectrum-200.json): minutes, so it is asked for by
 * THALWEG_SLOW (`make soak`). */
#include <math.h>

#include "support.h"

static tw_runner *runner;
static tw_dataset *data;
static tw_network *network;
static char *json;

/* Once; skips where there is nothing to be done. */
static void open_all(void) {
    if (getenv("THALWEG_SLOW") == NULL)
        skip();
    if (json != NULL)
        return;
    char *path = strdup(shared_path("models/resnet20.onnx"));
    assert_ok(tw_runner_new(0, &runner));
    assert_ok(tw_dataset_open(shared_path("cifar-10-subset/cifar-10-batches-py"),
                              &(tw_dataset_options){.split = TW_SPLIT_TEST}, &data));
    tw_status status = tw_network_open(path, NULL, &network);
    free(path);
    if (status == TW_ERR_UNSUPPORTED)
        skip(); /* built without ONNX */
    assert_ok(status);
    json = read_text(shared_path("reference/curvature/resnet20-spectrum-200.json"));
}

static int close_all(void **state) {
    tw_network_free(network);
    tw_dataset_free(data);
    tw_runner_free(runner);
    free(json);
    return 0;
}

static tw_objective *objective(tw_network_precision precision) {
    static const double mean[] = {0.485, 0.456, 0.406}, deviation[] = {0.229, 0.224, 0.225};
    tw_objective *f;
    open_all();
    assert_ok(tw_network_objective(network, data,
                                   &(tw_network_options){.bytes = sizeof(tw_network_options),
                                                         .precision = precision,
                                                         .count = 200,
                                                         .scale = 1.0 / 255,
                                                         .mean = mean,
                                                         .std = deviation,
                                                         .mean_count = 3,
                                                         .std_count = 3},
                                   runner, &f));
    return f;
}

/* The reference has residuals of its own, and its largest five and the smallest in a row. */
static void test_extremes(void **state) {
    tw_objective *f = objective(TW_NETWORK_SINGLE);
    tw_curvature *m;
    tw_spectrum *s;
    tw_spectrum_result r;
    assert_ok(tw_curvature_open(f, tw_network_start(network), NULL, &m));
    assert_ok(tw_spectrum_open(
        m, &(tw_spectrum_options){.largest = 5, .smallest = 1, .tolerance = 1e-3}, &s));
    while (!tw_spectrum_ended(s))
        assert_ok(tw_spectrum_run(s, 10));
    assert_ok(tw_spectrum_result_of(s, &r));
    assert_int_equal(r.stop, TW_SPECTRUM_CONVERGED);
    assert_true(r.products < 80);
    const char *at = strstr(json, "eigenvalues_float64");
    for (size_t k = 0; k < 6; k++) {
        const tw_eigenpair *pair = k < 5 ? &r.largest[k] : &r.smallest[0];
        double value = json_number(at, "eigenvalue", "eigenvalue"),
               residual = json_number(at, "eigenvalue", "residual");
        assert_close(pair->value, value, 0, pair->residual + residual);
        assert_true(pair->residual <= 1e-3 * r.largest[0].value);
        at = strstr(at, "}") + 1;
    }
    tw_spectrum_close(s);
    tw_curvature_close(m);
    tw_objective_free(f);
}

static void test_trace(void **state) {
    tw_objective *f = objective(TW_NETWORK_DOUBLE);
    tw_curvature *m;
    tw_trace_result r = {0};
    assert_ok(tw_curvature_open(f, tw_network_start(network), NULL, &m));
    assert_ok(tw_trace_run(m, NULL, &r));
    assert_int_equal(r.method, TW_TRACE_EXACT);
    assert_close(r.trace, json_number(json, "trace_exact", "value"), 1e-10, 0);
    tw_trace_release(&r);
    tw_curvature_close(m);
    tw_objective_free(f);
}

/* Moments beside the exact trace and the reference's |H|_F^2, each with its bar; the ends of the
 * nodes are the extreme eigenvalues, from within. */
static void test_density(void **state) {
    tw_objective *f = objective(TW_NETWORK_SINGLE);
    tw_curvature *m;
    tw_density d = {0};
    assert_ok(tw_curvature_open(f, tw_network_start(network), NULL, &m));
    assert_ok(tw_density_run(m, &(tw_density_options){.probes = 4, .steps = 24}, &d));
    double squares = json_number(json, "trace_hutchinson", "frobenius_squared");
    double error = json_number(json, "trace_hutchinson", "frobenius_squared_se");
    assert_close(d.trace, json_number(json, "trace_exact", "value"), 0, 4 * d.trace_error);
    assert_close(d.squares, squares, 0, 4 * hypot(d.squares_error, error));
    for (size_t k = 0; k < d.probes; k++) {
        double top = d.nodes[k * d.steps + d.counts[k] - 1];
        assert_true(top < 98.19 && top > 97);
        assert_true(d.nodes[k * d.steps] > -5.2 && d.nodes[k * d.steps] < -4);
    }
    tw_density_release(&d);
    tw_curvature_close(m);
    tw_objective_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_trace),
        cmocka_unit_test(test_density),
    };
    return cmocka_run_group_tests(tests, NULL, close_all);
}
