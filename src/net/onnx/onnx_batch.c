#include "net/onnx/onnx_batch.h"

#include <stdlib.h>
#include <string.h>

/* Marks what depends on the input. */
static void mark_data(const tw_net_graph *graph, unsigned char *data) {
    data[graph->input] = 1;
    for (size_t n = 0; n < graph->node_count; n++) {
        const tw_net_node *node = &graph->nodes[n];
        int depends = 0;
        for (size_t i = 0; i < node->input_count; i++)
            depends |= node->inputs[i] != TW_NET_NONE && data[node->inputs[i]];
        for (size_t o = 0; o < node->output_count; o++)
            if (node->outputs[o] != TW_NET_NONE)
                data[node->outputs[o]] = (unsigned char)depends;
    }
}

/* The constant shape of a Reshape of the data that begins with the batch, or NULL. */
static const tw_net_tensor *fixed_shape(const tw_net_graph *graph, const tw_net_node *node,
                                        const unsigned char *data, int64_t batch) {
    if (strcmp(node->op, "Reshape") != 0 || node->domain[0] != '\0' || node->input_count != 2 ||
        node->inputs[0] == TW_NET_NONE || node->inputs[1] == TW_NET_NONE ||
        !data[node->inputs[0]] || graph->values[node->inputs[1]].kind != TW_NET_KNOWN)
        return NULL;
    const tw_net_tensor *shape = &graph->values[node->inputs[1]].tensor;
    return shape->shape.rank == 1 && shape->shape.size[0] >= 2 && shape->numbers != NULL &&
                   shape->numbers[0] == (double)batch
               ? shape
               : NULL;
}

/* The same shape, of which the first size is what is left; or where another one is that already,
 * the data's own first size. */
static tw_status widen(tw_net_graph *graph, size_t n, const tw_net_tensor *shape) {
    tw_net_tensor wide;
    size_t value, count = shape->shape.size[0];
    tw_status status = tw_net_tensor_copy(shape, &wide);
    if (status != TW_OK)
        return status;
    wide.numbers[0] = -1;
    for (size_t i = 1; i < count; i++)
        if (shape->numbers[i] == -1)
            wide.numbers[0] = 0;
    if (wide.numbers[0] == 0 && tw_net_node_number(&graph->nodes[n], "allowzero", 0) != 0) {
        tw_net_tensor_release(&wide);
        return TW_OK;
    }
    status = tw_net_graph_known(graph, "shape", &wide, &value);
    if (status == TW_OK)
        graph->nodes[n].inputs[1] = value;
    return status;
}

tw_status tw_net_onnx_widen_batch(tw_net_graph *graph) {
    const tw_net_value *input = &graph->values[graph->input];
    if (input->rank < 2 || input->sizes[0] < 1)
        return TW_OK;
    int64_t batch = input->sizes[0];
    unsigned char *data = calloc(graph->value_count + 1, 1);
    if (data == NULL)
        return tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", graph->name);
    mark_data(graph, data);
    tw_status status = TW_OK;
    for (size_t n = 0; n < graph->node_count && status == TW_OK; n++) {
        const tw_net_tensor *shape = fixed_shape(graph, &graph->nodes[n], data, batch);
        if (shape != NULL)
            status = widen(graph, n, shape);
    }
    free(data);
    if (status == TW_OK)
        status = tw_net_graph_note(graph, "it was written for batches of %lld: any size is taken",
                                   (long long)batch);
    return status;
}
