#include "net/onnx/onnx_ending.h"

#include <stdlib.h>
#include <string.h>

#include "net/graph/net_links.h"

static int is(const tw_net_node *node, const char *op) {
    return strcmp(node->op, op) == 0 && node->domain[0] == '\0';
}

/* Whether an operator leaves scores as they are. scikit-learn's Normalizer makes rows sum to 1, as
 * those of a softmax do already. */
static int passes(const tw_net_node *node) {
    static const char *const ops[] = {"Identity", "Cast",    "Reshape", "Flatten",
                                      "Squeeze",  "Dropout", NULL};
    for (size_t k = 0; ops[k] != NULL; k++)
        if (is(node, ops[k]))
            return 1;
    return strcmp(node->op, "Normalizer") == 0 &&
           strcmp(tw_net_node_text(node, "norm", "MAX"), "L1") == 0;
}

/* The last operator that does something, or NULL. */
static tw_net_node *last_of(const tw_net_graph *graph, const tw_net_links *links) {
    size_t value = graph->output;
    for (size_t steps = 0; steps <= graph->node_count; steps++) {
        size_t maker = links->makers[value];
        tw_net_node *node = maker == TW_NET_NONE ? NULL : &graph->nodes[maker];
        if (node == NULL || node->input_count == 0 || node->inputs[0] == TW_NET_NONE ||
            node->outputs[0] != value)
            return NULL;
        if (!passes(node))
            return node;
        value = node->inputs[0];
    }
    return NULL;
}

/* Whether a softmax is over the classes: the axis behind the samples, or the last one. Before opset
 * 13 it is over that axis and all behind it. */
static int over_classes(const tw_net_graph *graph, const tw_net_node *node) {
    int64_t axis = tw_net_node_number(node, "axis", node->opset < 13 ? 1 : -1);
    int rank = graph->values[node->inputs[0]].rank;
    return axis == 1 || axis == -1 || (rank > 0 && (axis == rank - 1 || axis == 1 - rank));
}

/* Turns the node into an Identity; what is behind it stays. */
static tw_status take_off(tw_net_graph *graph, tw_net_node *node) {
    char *op = strdup("Identity");
    if (op == NULL)
        return tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", graph->name);
    free(node->op);
    node->op = op;
    graph->ending = TW_NET_ENDED_IN_SOFTMAX;
    return tw_net_graph_note(
        graph, "the Softmax at the end ('%.100s') is left out: its input are the logits",
        node->name);
}

static tw_status judge(tw_net_graph *graph, tw_net_node *last) {
    if (last == NULL)
        return TW_OK;
    if (is(last, "Softmax") && over_classes(graph, last))
        return take_off(graph, last);
    if (is(last, "Softmax"))
        return tw_net_graph_note(graph,
                                 "the Softmax at the end ('%.100s') is over another axis than the "
                                 "classes, and stays",
                                 last->name);
    if (is(last, "LogSoftmax")) {
        graph->ending = TW_NET_ENDS_IN_LOG_SOFTMAX;
        return tw_net_graph_note(graph, "the LogSoftmax at the end changes no loss, and stays");
    }
    if (is(last, "Sigmoid")) {
        graph->ending = TW_NET_ENDS_IN_SIGMOID;
        return tw_net_graph_note(graph, "it ends in a Sigmoid: cross-entropy over classes does not "
                                        "fit (--output-is says what the output is)");
    }
    return TW_OK;
}

tw_status tw_net_onnx_find_ending(tw_net_graph *graph, tw_net_onnx_scores said) {
    tw_net_links links;
    if (said != TW_NET_ONNX_FOUND) {
        graph->ending = said == TW_NET_ONNX_LOGITS ? TW_NET_SAID_LOGITS : TW_NET_SAID_PROBABILITIES;
        return TW_OK;
    }
    graph->ending = TW_NET_ENDS_IN_LOGITS;
    tw_status status = tw_net_links_make(graph, &links);
    if (status != TW_OK)
        return status;
    tw_net_node *last = last_of(graph, &links);
    tw_net_links_release(&links);
    return judge(graph, last);
}
