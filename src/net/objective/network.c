/* Networks: a graph with its space and its start. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "net/objective/network_private.h"
#include "net/operator/net_build.h"

static const char *const losses[] = {"cross-entropy", "mse"};
static const char *const outputs[] = {"logits", "probabilities"};
static const char *const precisions[] = {"single", "double"};
static const char *const layouts[] = {"nchw", "nhwc"};

#define LISTED(list, index) ((index) < sizeof(list) / sizeof(list)[0] ? (list)[index] : NULL)

const char *tw_network_loss_name(size_t index) {
    return LISTED(losses, index);
}

const char *tw_network_outputs_name(size_t index) {
    return LISTED(outputs, index);
}

const char *tw_network_precision_name(size_t index) {
    return LISTED(precisions, index);
}

const char *tw_network_layout_name(size_t index) {
    return LISTED(layouts, index);
}

/* ---- making ---- */

static void fill_start(const tw_net_graph *graph, double *start) {
    for (size_t v = 0; v < graph->value_count; v++) {
        const tw_net_value *value = &graph->values[v];
        size_t count = tw_net_shape_count(&value->tensor.shape);
        if (value->kind != TW_NET_PARAMETER)
            continue;
        memcpy(start, value->tensor.numbers, count * sizeof *start);
        start += count;
    }
}

/* Operators of two domains may share a name. */
static int is_of(const tw_net_node *a, const tw_net_node *b) {
    return strcmp(a->op, b->op) == 0 && strcmp(a->domain, b->domain) == 0;
}

static void count_operator(tw_network *network, const tw_net_node *node) {
    size_t k = 0;
    while (k < network->operator_count && !is_of(network->firsts[k], node))
        k++;
    if (k == network->operator_count)
        network->firsts[k] = node;
    network->uses[k]++;
    network->operator_count += k == network->operator_count;
    network->wanted++;
}

static tw_status fill_operators(tw_network *network) {
    const tw_net_graph *graph = network->graph;
    unsigned char *wanted = tw_alloc(graph->node_count, 1);
    network->uses = tw_alloc(graph->node_count, sizeof *network->uses);
    network->firsts = tw_alloc(graph->node_count, sizeof *network->firsts);
    tw_status status = wanted == NULL || network->uses == NULL || network->firsts == NULL
                           ? tw_fail(TW_ERR_MEMORY, "not enough memory for a network")
                           : tw_net_ancestors(graph, wanted);
    for (size_t n = 0; n < graph->node_count && status == TW_OK; n++)
        if (wanted[n])
            count_operator(network, &graph->nodes[n]);
    free(wanted);
    return status;
}

tw_status tw_network_of_graph(tw_net_graph *graph, tw_network **out) {
    tw_network *network = tw_alloc(1, sizeof *network);
    if (network == NULL) {
        tw_net_graph_free(graph);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a network");
    }
    network->graph = graph;
    tw_status status = tw_net_graph_space(graph, &network->space);
    if (status == TW_OK && tw_space_size(network->space) == 0)
        status =
            tw_fail(TW_ERR_UNSUPPORTED,
                    "%s: it has no parameters to move; export it with its weights as initialisers",
                    graph->name);
    if (status == TW_OK) {
        network->start = tw_alloc_raw(tw_space_size(network->space), sizeof *network->start);
        status =
            network->start == NULL
                ? tw_fail(TW_ERR_MEMORY, "%s: not enough memory for its parameters", graph->name)
                : fill_operators(network);
    }
    if (status != TW_OK) {
        tw_network_free(network);
        return status;
    }
    fill_start(graph, network->start);
    *out = network;
    return TW_OK;
}

void tw_network_free(tw_network *network) {
    if (network == NULL)
        return;
    tw_net_graph_free(network->graph);
    tw_space_free(network->space);
    free(network->start);
    free(network->uses);
    free(network->firsts);
    free(network);
}

/* ---- asking ---- */

const tw_space *tw_network_space(const tw_network *network) {
    return network->space;
}

const double *tw_network_start(const tw_network *network) {
    return network->start;
}

tw_status tw_network_set_start(tw_network *network, const double *x) {
    memmove(network->start, x, tw_space_size(network->space) * sizeof *x);
    return TW_OK;
}

const char *tw_network_note(const tw_network *network, size_t index) {
    return index < network->graph->note_count ? network->graph->notes[index] : NULL;
}

const char *tw_network_operator(const tw_network *network, size_t index, size_t *count) {
    if (index >= network->operator_count)
        return NULL;
    if (count != NULL)
        *count = network->uses[index];
    return network->firsts[index]->op;
}

const char *tw_network_unsupported(const tw_network *network, size_t index, const char **node) {
    for (size_t k = 0; k < network->operator_count; k++) {
        if (tw_net_is_supported(network->firsts[k]) || index-- > 0)
            continue;
        if (node != NULL)
            *node = network->firsts[k]->name;
        return network->firsts[k]->op;
    }
    return NULL;
}

void tw_network_facts_of(const tw_network *network, tw_network_facts *out) {
    const tw_net_graph *graph = network->graph;
    const tw_net_value *input = &graph->values[graph->input];
    size_t still = tw_space_still(network->space);
    *out = (tw_network_facts){.bytes = sizeof *out,
                              .name = graph->name,
                              .producer = graph->producer,
                              .ir = graph->ir,
                              .opset = graph->opset,
                              .input = input->name,
                              .output = graph->values[graph->output].name,
                              .input_rank = input->rank,
                              .parameters = tw_space_size(network->space) - still,
                              .buffers = still,
                              .prepared = network->prepared,
                              .nodes = network->wanted,
                              .normalizes = (size_t)graph->normalizes};
    for (int axis = 0; axis < input->rank && axis < 8; axis++)
        out->input_sizes[axis] = input->sizes[axis];
}
