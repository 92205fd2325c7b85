/* What scikit-learn's classifiers end with. */
#include <math.h>

#include "operator_check.h"
#include "support.h"

static tw_net_graph *graph_of(const char *norm, int known) {
    static const double rows[] = {1, -2, 2, 0, 0, 0};
    const size_t sizes[] = {2, 3};
    tw_net_graph *graph = operator_graph();
    size_t x = known ? operator_known(graph, TW_NET_F64, 2, sizes, rows)
                     : operator_parameter(graph, 2, sizes);
    tw_net_node *node;
    assert_ok(tw_net_graph_result(graph, "y", &graph->output));
    assert_ok(
        tw_net_graph_node(graph, "Normalizer", "ai.onnx.ml", 1, 1, &x, 1, &graph->output, &node));
    assert_ok(tw_net_node_set_text(node, "norm", norm));
    return graph;
}

static void check_norm(const char *norm, double length) {
    tw_net_graph *graph = graph_of(norm, 1);
    tw_net_shape shape;
    double *y = operator_values(graph, &shape);
    const double expected[] = {1 / length, -2 / length, 2 / length, 0, 0, 0};
    for (size_t i = 0; i < 6; i++)
        assert_close(y[i], expected[i], 1e-15, 0);
    free(y);
    tw_net_graph_free(graph);
    check_operator(graph_of(norm, 0));
}

static void test_norms(void **state) {
    check_norm("L1", 5);
    check_norm("L2", 3);
}

static void test_refused(void **state) {
    tw_net_graph *graph = graph_of("MAX", 1);
    tw_net_program *program;
    assert_fails(TW_ERR_UNSUPPORTED, "its norm 'MAX' is not supported",
                 tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program));
    tw_net_graph_free(graph);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_norms),
        cmocka_unit_test(test_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
