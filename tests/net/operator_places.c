#include "operator_places.h"

#include <stdlib.h>

#include "support.h"

const size_t sizes3[3] = {3, 4, 5};

long at3(size_t i, size_t j, size_t k) {
    return (long)((i * 4 + j) * 5 + k);
}

size_t known_list(tw_net_graph *graph, size_t count, const double *numbers) {
    return operator_known(graph, TW_NET_I64, 1, &count, numbers);
}

tw_net_node *node_of(tw_net_graph *graph, const char *op, int64_t opset, size_t *x, size_t count,
                     const list *lists) {
    size_t inputs[8];
    *x = inputs[0] = operator_parameter(graph, 3, sizes3);
    for (size_t i = 0; i < count; i++)
        inputs[i + 1] = known_list(graph, lists[i].count, lists[i].numbers);
    return operator_node(graph, op, opset, count + 1, inputs);
}

void check_places(tw_net_graph *graph, size_t x, tw_net_shape expected, place_fn place) {
    tw_net_shape shape;
    double *y = operator_values(graph, &shape);
    const double *from = graph->values[x].tensor.numbers;
    assert_true(tw_net_shape_same(&shape, &expected));
    for (size_t i = 0; i < tw_net_shape_count(&shape); i++) {
        size_t at[TW_NET_RANK], rest = i;
        for (size_t a = shape.rank; a-- > 0; rest /= shape.size[a])
            at[a] = rest % shape.size[a];
        long index = place(at);
        assert_true(y[i] == (index < 0 ? 0 : from[index]));
    }
    free(y);
    check_operator(graph);
}

void check_refused(tw_net_graph *graph, tw_status status, const char *words) {
    tw_net_program *program;
    assert_fails(status, words, tw_net_build(graph, &(tw_net_build_options){.batch = 1}, &program));
    tw_net_graph_free(graph);
}
