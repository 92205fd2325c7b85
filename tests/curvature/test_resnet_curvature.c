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
    assert_true(r.products < 100); /* 82, of which confirming them takes some ten */
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

/* The numbers of the first list `key` after `from`. */
static size_t read_list(const char *from, const char *key, size_t most, double *out) {
    char quoted[40];
    snprintf(quoted, sizeof quoted, "\"%s\"", key);
    const char *at = strstr(from, quoted);
    assert_non_null(at);
    at = strchr(at, '[');
    size_t count = 0;
    for (char *end; at != NULL && count < most; at = *end == ',' ? end : NULL)
        out[count++] = strtod(at + 1, &end);
    assert_null(at);
    return count;
}

enum { STEPS = 70, FEW = 24 };

/* Some of the reference's Lanczos runs: one of STEPS, then three of FEW. */
static tw_density reference_runs(size_t first, size_t count) {
    tw_density d = {.probes = count, .steps = STEPS};
    const char *at = strstr(json, "\"runs\"");
    d.counts = calloc(count, sizeof *d.counts);
    d.nodes = calloc(count, STEPS * sizeof *d.nodes);
    d.weights = calloc(count, STEPS * sizeof *d.weights);
    assert_true(at != NULL && d.counts != NULL && d.nodes != NULL && d.weights != NULL);
    for (size_t k = 0; k < first + count; k++) {
        if (k >= first) {
            size_t row = k - first;
            d.counts[row] = read_list(at, "nodes", STEPS, d.nodes + row * STEPS);
            assert_int_equal(d.counts[row], k == 0 ? STEPS : FEW);
            assert_int_equal(read_list(at, "weights", STEPS, d.weights + row * STEPS),
                             d.counts[row]);
        }
        at = strstr(at, "\"weights\"") + 1;
    }
    return d;
}

/* What two of its runs of FEW steps are apart at most, which random vectors alone bring about. */
static double apart(void) {
    double most = 0, distance;
    for (size_t j = 1; j <= 3; j++)
        for (size_t k = 1; k < j; k++) {
            tw_density a = reference_runs(j, 1), b = reference_runs(k, 1);
            assert_ok(tw_density_distance(&a, &b, &distance));
            most = fmax(most, distance);
            tw_density_release(&a);
            tw_density_release(&b);
        }
    return most;
}

/* Moments beside the exact trace and the reference's |H|_F^2, each with its bar; the ends of the
 * nodes are the extreme eigenvalues, from within; as near to the reference's runs of as many steps
 * as these are to each other. */
static void test_density(void **state) {
    tw_objective *f = objective(TW_NETWORK_SINGLE);
    tw_curvature *m;
    tw_density d = {0};
    assert_ok(tw_curvature_open(f, tw_network_start(network), NULL, &m));
    assert_ok(tw_density_run(m, &(tw_density_options){.probes = 4, .steps = FEW}, &d));
    double squares = json_number(json, "trace_hutchinson", "frobenius_squared");
    double error = json_number(json, "trace_hutchinson", "frobenius_squared_se");
    double distance, most = apart();
    assert_close(d.trace, json_number(json, "trace_exact", "value"), 0, 4 * d.trace_error);
    assert_close(d.squares, squares, 0, 4 * hypot(d.squares_error, error));
    for (size_t k = 0; k < d.probes; k++) {
        double top = d.nodes[k * d.steps + d.counts[k] - 1];
        assert_true(top < 98.19 && top > 97);
        assert_true(d.nodes[k * d.steps] > -5.2 && d.nodes[k * d.steps] < -4);
    }
    tw_density runs = reference_runs(1, 3);
    assert_ok(tw_density_distance(&d, &runs, &distance));
    assert_true(distance <= most);
    tw_density_release(&runs);
    tw_density_release(&d);
    tw_curvature_close(m);
    tw_objective_free(f);
}

/* Nodes that have settled are eigenvalues, whatever the first vector was: those of the reference
 * with a residual of nothing are ours, one for one, so that none is missed and none comes twice.
 * Its nodes are of products in single precision, whose error is the residual that its largest pairs
 * have with products in double. */
static void test_nodes(void **state) {
    tw_objective *f = objective(TW_NETWORK_SINGLE);
    tw_curvature *m;
    tw_density d = {0};
    double ritz[STEPS], residual[STEPS], off = 0;
    size_t top = 0, bottom = 0;
    assert_int_equal(read_list(json, "ritz", STEPS, ritz), STEPS);
    assert_int_equal(read_list(json, "ritz_residual", STEPS, residual), STEPS);
    assert_ok(tw_curvature_open(f, tw_network_start(network), NULL, &m));
    assert_ok(tw_density_run(m, &(tw_density_options){.probes = 1, .steps = STEPS}, &d));
    assert_int_equal(d.counts[0], STEPS);
    const char *at = strstr(json, "eigenvalues_float64");
    for (size_t k = 0; k < 6; k++) {
        double value = json_number(at, "eigenvalue", "eigenvalue"),
               error = json_number(at, "eigenvalue", "residual");
        assert_close(d.nodes[k < 5 ? STEPS - 1 - k : 0], value, 0, error);
        off = fmax(off, error);
        at = strstr(at, "}") + 1;
    }
    for (size_t k = STEPS; k-- > 0 && residual[k] <= 1e-6; top++)
        assert_close(d.nodes[k], ritz[k], 0, residual[k] + off);
    for (size_t k = 0; residual[k] <= 1e-6; bottom++, k++)
        assert_close(d.nodes[k], ritz[k], 0, residual[k] + off);
    assert_int_equal(top, 25);
    assert_int_equal(bottom, 2);
    /* dimension x weight of an eigenvalue is the square of a normal variable */
    double share = (double)d.dimension * (1 - tw_density_below(&d, 7.4));
    assert_close(share, (double)top, 0, 3 * sqrt(2 * (double)top));
    tw_density_release(&d);
    tw_curvature_close(m);
    tw_objective_free(f);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_extremes),
        cmocka_unit_test(test_trace),
        cmocka_unit_test(test_density),
        cmocka_unit_test(test_nodes),
    };
    return cmocka_run_group_tests(tests, NULL, close_all);
}
