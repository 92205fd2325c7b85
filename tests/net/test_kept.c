/* Hessian products at one point, again and again: what is kept between them changes no bit, and
 * never serves another point. */
#include <math.h>

#include "core/objective_private.h"
#include "net/known/net_sketch.h"
#include "net/objective/net_objective.h"
#include "net/objective/network_private.h"
#include "support.h"

enum { SAMPLES = 23, BATCH = 4, SIDE = 6, CLASSES = 5, VECTORS = 3 };

/* Of all kinds of steps: convolutions, kinks, maxima, a shortcut, units that bend. */
static tw_network *make_network(void) {
    tw_net_sketch s = {.seed = 3, .channels = 3};
    tw_network *network = NULL;
    assert_ok(tw_net_graph_new("test", &s.graph));
    assert_ok(tw_net_graph_input(s.graph, "x", TW_NET_F32, 4, (const int64_t[]){-1, 3, SIDE, SIDE},
                                 &s.graph->input));
    size_t y = tw_sketch_conv(&s, "conv1", s.graph->input, 16, 3, 1), bent;
    y = tw_sketch_relu(&s, tw_sketch_norm(&s, "bn1", y));
    size_t skip = tw_sketch_thin_and_pad(&s, y, 32, 2);
    s.channels = 16;
    y = tw_sketch_norm(&s, "bn2", tw_sketch_conv(&s, "conv2", y, 32, 3, 2));
    y = tw_sketch_relu(&s, tw_sketch_add(&s, y, skip));
    y = tw_sketch_linear(&s, "fc1", tw_sketch_global_average(&s, y), 7);
    assert_ok(tw_net_graph_result(s.graph, "bent", &bent));
    assert_ok(tw_net_graph_node(s.graph, "Sigmoid", "", 17, 1, &y, 1, &bent, NULL));
    s.graph->output = tw_sketch_linear(&s, "fc2", bent, CLASSES);
    assert_ok(s.status);
    assert_ok(tw_network_of_graph(s.graph, &network));
    return network;
}

static tw_dataset *make_images(void) {
    tw_dataset *flat = random_dataset(1, SAMPLES, 3 * SIDE * SIDE, CLASSES, 5), *data;
    const tw_dataset_memory memory = {.bytes = tw_dataset_bytes(flat),
                                      .labels = tw_dataset_labels(flat),
                                      .samples = SAMPLES,
                                      .features = 3 * SIDE * SIDE,
                                      .classes = CLASSES,
                                      .channels = 3,
                                      .height = SIDE,
                                      .width = SIDE};
    assert_ok(tw_dataset_from_memory(&memory, &data));
    tw_dataset_free(flat);
    return data;
}

static tw_objective *open_objective(const tw_network *network, const tw_dataset *data,
                                    tw_network_precision precision, tw_runner *runner) {
    const tw_network_options options = {
        .bytes = sizeof options, .precision = precision, .micro_batch = BATCH, .reg = 0.01};
    tw_objective *f;
    assert_ok(tw_network_objective(network, data, &options, runner, &f));
    return f;
}

static tw_net_kept *kept_of(const tw_objective *f) {
    return &((tw_net_objective *)f->ctx)->kept;
}

/* A product by an objective that was never asked before. */
static void fresh_product(const tw_network *network, const tw_dataset *data,
                          tw_network_precision precision, const double *x, const double *v,
                          double *product) {
    tw_objective *f = open_objective(network, data, precision, NULL);
    assert_ok(tw_objective_hessian_product(f, x, v, product));
    assert_null(kept_of(f)->rooms); /* nothing is kept for who comes once */
    tw_objective_free(f);
}

static void check(tw_network_precision precision, int threads) {
    tw_network *network = make_network();
    tw_dataset *data = make_images();
    tw_runner *runner;
    assert_ok(tw_runner_new(threads, &runner));
    size_t n = tw_space_size(tw_network_space(network)), bytes = n * sizeof(double);
    double *v = malloc(VECTORS * bytes), *x = malloc(2 * bytes), *got = malloc(VECTORS * bytes),
           *expected = malloc(2 * VECTORS * bytes), values[8];
    tw_rng_fill_normal(2, 2, 0, VECTORS * n, v);
    memcpy(x, tw_network_start(network), bytes);
    for (size_t i = 0; i < n; i++)
        x[n + i] = 1.1 * x[i];
    for (size_t k = 0; k < 2 * VECTORS; k++)
        fresh_product(network, data, precision, x + k / VECTORS * n, v + k % VECTORS * n,
                      expected + k * n);
    tw_objective *f = open_objective(network, data, precision, runner);
    for (size_t turn = 0; turn < 4; turn++) { /* there, and back */
        size_t there = turn % 2;
        for (size_t k = 0; k < 2 * VECTORS; k++) {
            size_t which = k % VECTORS;
            assert_ok(tw_objective_hessian_product(f, x + there * n, v + which * n, got));
            assert_int_equal(kept_of(f)->is_full, k > 0);
            assert_memory_equal(got, expected + (there * VECTORS + which) * n, bytes);
            if (k == 3) /* the passes are somebody else's meanwhile */
                assert_ok(tw_objective_gradient(f, x + (1 - there) * n, values, got));
            if (k == 4) {
                assert_ok(tw_objective_gauss_newton_products(f, x + there * n, 1, v, got));
                assert_ok(tw_objective_value(f, x + (1 - there) * n, values));
            }
        }
        if (turn == 1) { /* no room for one of the micro-batches */
            assert_non_null(kept_of(f)->rooms[1]);
            free(kept_of(f)->rooms[1]);
            kept_of(f)->rooms[1] = NULL;
        }
    }
    /* several at once are kept for at once */
    tw_objective_free(f);
    f = open_objective(network, data, precision, runner);
    for (int again = 0; again < 2; again++) {
        assert_ok(tw_objective_hessian_products(f, x, VECTORS, v, got));
        assert_true(kept_of(f)->is_full);
        assert_memory_equal(got, expected, VECTORS * bytes);
    }
    tw_objective_free(f);
    tw_runner_free(runner);
    tw_network_free(network);
    tw_dataset_free(data);
    free(v);
    free(x);
    free(got);
    free(expected);
}

static void test_single(void **state) {
    check(TW_NETWORK_SINGLE, 1);
    check(TW_NETWORK_SINGLE, 3);
}

static void test_double(void **state) {
    check(TW_NETWORK_DOUBLE, 2);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_single),
        cmocka_unit_test(test_double),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
