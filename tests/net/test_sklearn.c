/* Classifiers of scikit-learn: weights out of attributes, and what they compute. */
#include <math.h>

#include "net/graph/net_sklearn.h"
#include "operator_check.h"
#include "support.h"

enum { CLASSES = 2, FEATURES = 3 };

static const double weights[] = {1, -2, 0.5, 0.25, 1, -1}, bias[] = {0.5, -0.5},
                    rows[] = {1, 2, 3, 0, -1, 4};

static void set_reals(tw_net_node *node, const char *name, size_t count, const double *numbers) {
    tw_net_attribute *attribute;
    assert_ok(tw_net_node_attribute(node, name, TW_NET_ATTRIBUTE_FLOATS, &attribute));
    attribute->reals = calloc(count, sizeof *numbers);
    memcpy(attribute->reals, numbers, count * sizeof *numbers);
    attribute->count = count;
}

/* A classifier of two rows, its scores divided by their norm where one is given. */
static tw_net_graph *graph_of(tw_net_type type, const char *after, size_t coefficients,
                              const char *norm) {
    tw_net_graph *graph = operator_graph();
    tw_net_node *node;
    size_t x = operator_known(graph, type, 2, (size_t[]){2, FEATURES}, rows), outputs[2];
    assert_ok(tw_net_graph_result(graph, "label", &outputs[0]));
    assert_ok(tw_net_graph_result(graph, "scores", &outputs[1]));
    assert_ok(
        tw_net_graph_node(graph, "LinearClassifier", "ai.onnx.ml", 1, 1, &x, 2, outputs, &node));
    set_reals(node, "coefficients", coefficients, weights);
    set_reals(node, "intercepts", CLASSES, bias);
    assert_ok(tw_net_node_set_numbers(node, "classlabels_ints", CLASSES, (const int64_t[]){7, 9}));
    assert_ok(tw_net_node_set_text(node, "post_transform", after));
    graph->output = outputs[1];
    if (norm == NULL)
        return graph;
    size_t y;
    assert_ok(tw_net_graph_result(graph, "y", &y));
    assert_ok(
        tw_net_graph_node(graph, "Normalizer", "ai.onnx.ml", 1, 1, &outputs[1], 1, &y, &node));
    assert_ok(tw_net_node_set_text(node, "norm", norm));
    graph->output = y;
    return graph;
}

static void scores_of(double *y) {
    for (size_t i = 0; i < 2 * CLASSES; i++) {
        y[i] = bias[i % CLASSES];
        for (size_t f = 0; f < FEATURES; f++)
            y[i] += rows[i / CLASSES * FEATURES + f] * weights[i % CLASSES * FEATURES + f];
    }
}

static void check_values(tw_net_graph *graph, const double *expected) {
    assert_ok(tw_net_graph_sklearn(graph));
    tw_net_shape shape;
    double *y = operator_values(graph, &shape);
    assert_true(tw_net_shape_same(&shape, &(tw_net_shape){2, {2, CLASSES}}));
    for (size_t i = 0; i < 2 * CLASSES; i++)
        assert_close(y[i], expected[i], 1e-12, 1e-12);
    free(y);
    check_operator(graph);
}

static void test_scores(void **state) {
    double y[4];
    scores_of(y);
    tw_net_graph *graph = graph_of(TW_NET_F32, "NONE", 6, NULL);
    assert_ok(tw_net_graph_sklearn(graph));
    tw_space *space;
    assert_ok(tw_net_graph_space(graph, &space));
    const tw_block *block = tw_space_block(space, 0);
    assert_string_equal(block->name, "LinearClassifier.coefficients");
    assert_true(block->role == TW_ROLE_WEIGHT && block->shape[0] == 2 && block->shape[1] == 3);
    block = tw_space_block(space, 1);
    assert_string_equal(block->name, "LinearClassifier.intercepts");
    assert_true(block->role == TW_ROLE_BIAS && block->rank == 1);
    tw_space_free(space);
    tw_net_graph_free(graph);
    check_values(graph_of(TW_NET_F32, "NONE", 6, NULL), y);
    check_values(graph_of(TW_NET_I64, "NONE", 6, NULL), y);
}

static void test_probabilities(void **state) {
    double y[4], p[4], l[4];
    scores_of(y);
    for (size_t i = 0; i < 4; i++) {
        l[i] = 1 / (1 + exp(-y[i]));
        p[i] = 1 / (1 + exp(y[i ^ 1] - y[i]));
    }
    check_values(graph_of(TW_NET_F32, "LOGISTIC", 6, NULL), l);
    check_values(graph_of(TW_NET_F32, "SOFTMAX", 6, NULL), p);
}

static void test_norms(void **state) {
    double y[4], first[4], second[4];
    scores_of(y);
    for (size_t i = 0; i < 4; i++) {
        first[i] = y[i] / (fabs(y[i]) + fabs(y[i ^ 1]));
        second[i] = y[i] / hypot(y[i], y[i ^ 1]);
    }
    check_values(graph_of(TW_NET_F32, "NONE", 6, "L1"), first);
    check_values(graph_of(TW_NET_F32, "NONE", 6, "L2"), second);
}

static void test_refused(void **state) {
    tw_net_graph *graph = graph_of(TW_NET_F32, "PROBIT", 6, NULL);
    assert_fails(TW_ERR_UNSUPPORTED, "its post_transform 'PROBIT' is not supported",
                 tw_net_graph_sklearn(graph));
    tw_net_graph_free(graph);
    graph = graph_of(TW_NET_F32, "NONE", 5, NULL);
    assert_fails(TW_ERR_FORMAT, "not as many for each label", tw_net_graph_sklearn(graph));
    tw_net_graph_free(graph);
    graph = graph_of(TW_NET_F32, "NONE", 6, "MAX");
    tw_net_program *program;
    assert_ok(tw_net_graph_sklearn(graph));
    assert_fails(TW_ERR_UNSUPPORTED, "its norm 'MAX' is not supported",
                 tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program));
    tw_net_graph_free(graph);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scores),
        cmocka_unit_test(test_probabilities),
        cmocka_unit_test(test_norms),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
