/* Operators one by one: their values, and their derivatives against differences. */
#include "net/operator/net_operators.h"
#include "operator_check.h"
#include "support.h"

static void test_list(void **state) {
    assert_non_null(tw_net_operator_find("", "Identity"));
    assert_null(tw_net_operator_find("", "Identitee"));
    assert_null(tw_net_operator_find("ai.onnx.ml", "Identity"));
}

static void test_unknown(void **state) {
    tw_net_graph *graph = operator_graph();
    size_t x = operator_parameter(graph, 2, (size_t[]){3, 4});
    operator_node(graph, "Frobnicate", 13, 1, &x);
    tw_net_program *program;
    assert_fails(TW_ERR_UNSUPPORTED, "operator Frobnicate is not supported",
                 tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program));
    tw_net_graph_free(graph);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_list),
        cmocka_unit_test(test_unknown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
