/* Building a program: which nodes are wanted, whether all are known, and one after the other. */
#include "net/operator/net_build.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "net/operator/net_operators.h"

/* A node is wanted if one of its results is; its inputs then are as well. */
static void want_inputs(const tw_net_node *node, unsigned char *values) {
    for (size_t i = 0; i < node->input_count; i++)
        if (node->inputs[i] != TW_NET_NONE)
            values[node->inputs[i]] = 1;
}

static int gives_wanted(const tw_net_node *node, const unsigned char *values) {
    for (size_t i = 0; i < node->output_count; i++)
        if (node->outputs[i] != TW_NET_NONE && values[node->outputs[i]])
            return 1;
    return 0;
}

static void mark(const tw_net_graph *graph, unsigned char *values, unsigned char *wanted) {
    values[graph->output] = 1;
    for (size_t n = graph->node_count; n-- > 0;) {
        wanted[n] = (unsigned char)gives_wanted(&graph->nodes[n], values);
        if (wanted[n])
            want_inputs(&graph->nodes[n], values);
    }
}

tw_status tw_net_ancestors(const tw_net_graph *graph, unsigned char *wanted) {
    unsigned char *values = tw_alloc(graph->value_count, 1);
    if (values == NULL)
        return tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", graph->name);
    mark(graph, values, wanted);
    free(values);
    return TW_OK;
}

int tw_net_is_supported(const tw_net_node *node) {
    return tw_net_operator_find(node->domain, node->op) != NULL;
}

tw_status tw_net_check_operator(const tw_net_graph *graph, const tw_net_node *node) {
    const char *dot = node->domain[0] != '\0' ? "." : "";
    return tw_net_is_supported(node)
               ? TW_OK
               : tw_fail(TW_ERR_UNSUPPORTED,
                         "%s: node '%s': operator %s%s%s is not supported (docs/networks.md lists "
                         "those that are)",
                         graph->name, node->name, node->domain, dot, node->op);
}

/* Every wanted node's operator is in the list, and it has the inputs that this needs. */
static tw_status check_node(const tw_net_graph *graph, const tw_net_node *node) {
    const tw_net_operator *op = tw_net_operator_find(node->domain, node->op);
    const char *name = node->name;
    if (op == NULL)
        return tw_net_check_operator(graph, node);
    if (node->input_count < op->least || node->input_count > op->most)
        return tw_fail(TW_ERR_FORMAT, "%s: node '%s': %s cannot have %zu inputs", graph->name, name,
                       node->op, node->input_count);
    size_t needed = op->most == SIZE_MAX ? node->input_count : op->least;
    for (size_t i = 0; i < needed; i++)
        if (node->inputs[i] == TW_NET_NONE)
            return tw_fail(TW_ERR_FORMAT, "%s: node '%s': %s needs its input %zu", graph->name,
                           name, node->op, i + 1);
    return TW_OK;
}

tw_status tw_net_build(const tw_net_graph *graph, const tw_net_build_options *options,
                       tw_net_program **out) {
    unsigned char *wanted = tw_alloc(graph->node_count, 1);
    tw_net_builder *builder = NULL;
    tw_status status =
        wanted != NULL ? tw_net_ancestors(graph, wanted)
                       : tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", graph->name);
    for (size_t n = 0; n < graph->node_count && status == TW_OK; n++)
        if (wanted[n])
            status = check_node(graph, &graph->nodes[n]);
    if (status == TW_OK)
        status = tw_net_builder_new(graph, options, tw_net_operator_find, &builder);
    for (size_t n = 0; n < graph->node_count && status == TW_OK; n++)
        if (wanted[n])
            status = tw_net_builder_node(builder, n);
    free(wanted);
    if (status != TW_OK) {
        tw_net_builder_free(builder);
        return status;
    }
    return tw_net_builder_finish(builder, out);
}
