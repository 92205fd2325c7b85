/* Normalisations: values against their formulas, derivatives against differences. */
#include <math.h>

#include "net/operator/net_operators.h"
#include "operator_check.h"
#include "support.h"

/* ---- BatchNormalization ---- */

/* A graph of x of that shape and four parameters of `count` entries, with variances above 0. */
static tw_net_graph *batch_graph(int64_t opset, size_t rank, const size_t *sizes, size_t count,
                                 tw_net_node **node) {
    tw_net_graph *graph = operator_graph();
    size_t inputs[5] = {operator_parameter(graph, rank, sizes)};
    for (size_t i = 1; i < 5; i++)
        inputs[i] = operator_parameter(graph, rank == 3 && count > sizes[1] ? 2 : 1,
                                       count > sizes[1] ? sizes + 1 : &count);
    double *variances = graph->values[inputs[4]].tensor.numbers;
    for (size_t i = 0; i < count; i++)
        variances[i] = 0.5 + variances[i] * variances[i];
    *node = operator_node(graph, "BatchNormalization", opset, 5, inputs);
    assert_ok(tw_net_node_set_real(*node, "epsilon", 0.125));
    return graph;
}

static void check_batch(tw_net_graph *graph, size_t entries, size_t count, size_t inner) {
    const tw_net_value *v = graph->values;
    tw_net_shape shape;
    double *y = operator_values(graph, &shape);
    assert_int_equal(tw_net_shape_count(&shape), entries);
    for (size_t k = 0; k < entries; k++) {
        size_t c = k / inner % count;
        long double x = v[0].tensor.numbers[k], scale = v[1].tensor.numbers[c],
                    bias = v[2].tensor.numbers[c], mean = v[3].tensor.numbers[c],
                    variance = v[4].tensor.numbers[c];
        assert_close(y[k], (double)((x - mean) / sqrtl(variance + 0.125L) * scale + bias), 1e-13,
                     1e-13);
    }
    free(y);
    check_operator(graph);
}

static void test_batch(void **state) {
    static const int64_t opsets[] = {6, 7, 9, 14, 15};
    tw_net_node *node;
    for (size_t i = 0; i < 5; i++)
        check_batch(batch_graph(opsets[i], 4, (size_t[]){2, 3, 4, 5}, 3, &node), 120, 3, 20);
    check_batch(batch_graph(15, 2, (size_t[]){4, 3}, 3, &node), 12, 3, 1);
    check_batch(batch_graph(15, 3, (size_t[]){4, 3, 2}, 3, &node), 24, 3, 2);
}

/* One number for each entry of a sample, as opset 6 and 7 may say. */
static void test_batch_by_entry(void **state) {
    tw_net_node *node;
    tw_net_graph *graph = batch_graph(7, 3, (size_t[]){4, 3, 2}, 6, &node);
    assert_ok(tw_net_node_set_number(node, "spatial", 0));
    check_batch(graph, 24, 6, 1);
}

static tw_net_program *program_of(const tw_net_graph *graph) {
    tw_net_program *program;
    assert_ok(tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program));
    return program;
}

/* Its statistics are told to those who settle them, and scale and shift are of the parameters. */
static void test_batch_told(void **state) {
    tw_net_node *node;
    tw_net_graph *graph = batch_graph(15, 4, (size_t[]){2, 3, 4, 5}, 3, &node);
    tw_net_program *program = program_of(graph);
    assert_int_equal(program->norm_count, 1);
    const tw_net_norm *norm = &program->norms[0];
    assert_int_equal(program->edges[norm->input].value, 0);
    assert_int_equal(program->edges[norm->mean].value, 3);
    assert_int_equal(program->edges[norm->variance].value, 4);
    assert_close(norm->epsilon, 0.125, 0, 0);
    assert_close(norm->momentum, 0.9, 1e-7, 0);
    tw_net_program_free(program);
    tw_net_graph_free(graph);
}

static void test_batch_refused(void **state) {
    tw_net_node *node;
    tw_net_program *program;
    tw_net_graph *graph = batch_graph(15, 4, (size_t[]){2, 3, 4, 5}, 3, &node);
    assert_ok(tw_net_node_set_number(node, "training_mode", 1));
    assert_fails(TW_ERR_UNSUPPORTED, "export the network for evaluation",
                 tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program));
    tw_net_graph_free(graph);
    graph = batch_graph(15, 4, (size_t[]){2, 3, 4, 5}, 2, &node);
    assert_fails(TW_ERR_SHAPE, "one number for each channel",
                 tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program));
    tw_net_graph_free(graph);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_batch),
        cmocka_unit_test(test_batch_by_entry),
        cmocka_unit_test(test_batch_told),
        cmocka_unit_test(test_batch_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
