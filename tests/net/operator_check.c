#include "operator_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "derivative_check.h"
#include "support.h"

tw_net_graph *operator_graph(void) {
    tw_net_graph *graph;
    assert_ok(tw_net_graph_new("test", &graph));
    return graph;
}

static tw_net_tensor tensor_of(tw_net_type type, size_t rank, const size_t *sizes) {
    tw_net_shape shape = {.rank = rank};
    tw_net_tensor tensor;
    for (size_t axis = 0; axis < rank; axis++)
        shape.size[axis] = sizes[axis];
    assert_ok(tw_net_tensor_new(type, &shape, &tensor));
    return tensor;
}

size_t operator_parameter(tw_net_graph *graph, size_t rank, const size_t *sizes) {
    tw_net_tensor tensor = tensor_of(TW_NET_F64, rank, sizes);
    char name[32];
    size_t value, count = tw_net_shape_count(&tensor.shape);
    for (size_t i = 0; i < count; i++)
        tensor.numbers[i] = drawn_normal();
    snprintf(name, sizeof name, "p%zu", graph->value_count);
    assert_ok(tw_net_graph_parameter(graph, name, &tensor, TW_ROLE_WEIGHT, 0, &value));
    return value;
}

size_t operator_known(tw_net_graph *graph, tw_net_type type, size_t rank, const size_t *sizes,
                      const double *numbers) {
    tw_net_tensor tensor = tensor_of(type, rank, sizes);
    char name[32];
    size_t value;
    memcpy(tensor.numbers, numbers, tw_net_shape_count(&tensor.shape) * sizeof *numbers);
    snprintf(name, sizeof name, "k%zu", graph->value_count);
    assert_ok(tw_net_graph_known(graph, name, &tensor, &value));
    return value;
}

tw_net_node *operator_node(tw_net_graph *graph, const char *op, int64_t opset, size_t count,
                           const size_t *inputs) {
    tw_net_node *node;
    assert_ok(tw_net_graph_result(graph, "y", &graph->output));
    assert_ok(tw_net_graph_node(graph, op, "", opset, count, inputs, 1, &graph->output, &node));
    return node;
}

static tw_net_program *program_of(const tw_net_graph *graph) {
    tw_net_program *program;
    assert_ok(tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program));
    return program;
}

double *operator_values(const tw_net_graph *graph, tw_net_shape *shape) {
    tw_net_program *program = program_of(graph);
    double *x = parameter_numbers(graph), *values = program_values(program, x);
    if (values == NULL)
        fail_msg("%s", tw_message());
    *shape = program->edges[program->output].shape;
    tw_net_program_free(program);
    free(x);
    return values;
}

void check_operator(tw_net_graph *graph) {
    tw_net_program *program = program_of(graph);
    double *x = parameter_numbers(graph);
    const char *wrong = check_derivatives(program, x);
    if (wrong != NULL)
        fail_msg("%s", wrong);
    tw_net_program_free(program);
    free(x);
    tw_net_graph_free(graph);
}
