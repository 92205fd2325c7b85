#include "net/graph/net_sklearn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPSET = 13 }; /* of the nodes that are added */

/* A LinearClassifier at hand: its place among the nodes, which others may move. */
typedef struct classifier {
    tw_net_graph *graph;
    size_t node, classes, features;
} classifier;

static tw_net_node *node_of(const classifier *of) {
    return &of->graph->nodes[of->node];
}

static tw_status refuse(const classifier *of, tw_status status, const char *why) {
    return tw_fail(status, "%s: node '%s' (LinearClassifier): %s", of->graph->name,
                   node_of(of)->name, why);
}

static const tw_net_attribute *reals_of(const classifier *of, const char *name) {
    const tw_net_attribute *found = tw_net_node_find(node_of(of), name);
    return found != NULL && found->kind == TW_NET_ATTRIBUTE_FLOATS ? found : NULL;
}

/* How many labels it has. */
static size_t labels_of(const classifier *of) {
    static const char *const names[] = {"classlabels_ints", "classlabels_strings"};
    size_t count = 0;
    for (size_t i = 0; i < 2; i++) {
        const tw_net_attribute *labels = tw_net_node_find(node_of(of), names[i]);
        if (labels != NULL && labels->count > count)
            count = labels->count;
    }
    return count;
}

static tw_status find_sizes(classifier *of) {
    const tw_net_attribute *weights = reals_of(of, "coefficients"),
                           *bias = reals_of(of, "intercepts");
    of->classes = labels_of(of);
    if (weights == NULL || weights->count == 0 || of->classes == 0)
        return refuse(of, TW_ERR_FORMAT, "it has no coefficients, or no labels");
    if (node_of(of)->input_count != 1 || node_of(of)->output_count != 2)
        return refuse(of, TW_ERR_FORMAT, "it must have one input and two outputs");
    if (bias != NULL && bias->count != of->classes)
        return refuse(of, TW_ERR_UNSUPPORTED,
                      "it has not one intercept a label: one row of coefficients for two labels is "
                      "not supported");
    if (weights->count % of->classes != 0)
        return refuse(of, TW_ERR_FORMAT, "its coefficients are not as many for each label");
    of->features = weights->count / of->classes;
    return TW_OK;
}

/* ---- weights ---- */

/* A name that no value has: the node's, or its operator's, and what it is. */
static tw_status new_name(const classifier *of, const char *what, char *name, size_t size) {
    const char *node = node_of(of)->name[0] != '\0' ? node_of(of)->name : node_of(of)->op;
    int length = snprintf(name, size, "%s.%s", node, what);
    for (size_t i = 2; length > 0 && (size_t)length < size; i++) {
        if (tw_net_graph_find(of->graph, name) == TW_NET_NONE)
            return TW_OK;
        length = snprintf(name, size, "%s.%s.%zu", node, what, i);
    }
    return refuse(of, TW_ERR_FORMAT, "its name is too long");
}

static tw_status add_weights(const classifier *of, const char *what, size_t rank, size_t *value) {
    const tw_net_attribute *from = reals_of(of, what);
    tw_net_shape shape = {.rank = rank, .size = {of->classes, of->features}};
    tw_net_tensor tensor = {0};
    char name[400];
    tw_status status = new_name(of, what, name, sizeof name);
    if (status == TW_OK)
        status = tw_net_tensor_new(TW_NET_F32, &shape, &tensor);
    if (status != TW_OK)
        return status;
    if (from != NULL) /* intercepts may be left out */
        memcpy(tensor.numbers, from->reals, from->count * sizeof *from->reals);
    return tw_net_graph_parameter(of->graph, name, &tensor,
                                  rank == 2 ? TW_ROLE_WEIGHT : TW_ROLE_BIAS, 0, value);
}

static tw_status give_weights(const classifier *of) {
    size_t inputs[3] = {node_of(of)->inputs[0]};
    tw_status status = add_weights(of, "coefficients", 2, &inputs[1]);
    if (status == TW_OK)
        status = add_weights(of, "intercepts", 1, &inputs[2]);
    size_t *larger = status == TW_OK ? malloc(sizeof inputs) : NULL;
    if (status == TW_OK && larger == NULL)
        status = refuse(of, TW_ERR_MEMORY, "not enough memory");
    if (status != TW_OK)
        return status;
    memcpy(larger, inputs, sizeof inputs);
    free(node_of(of)->inputs);
    node_of(of)->inputs = larger;
    node_of(of)->input_count = 3;
    node_of(of)->outputs[0] = TW_NET_NONE;
    return TW_OK;
}

/* ---- nodes before and after ---- */

/* Adds a node at a place among the others. */
static tw_status insert(const classifier *of, size_t place, const char *op, size_t from,
                        size_t to) {
    tw_net_graph *graph = of->graph;
    tw_status status = tw_net_graph_node(graph, op, "", OPSET, 1, &from, 1, &to, NULL);
    if (status != TW_OK)
        return status;
    tw_net_node added = graph->nodes[graph->node_count - 1];
    memmove(&graph->nodes[place + 1], &graph->nodes[place],
            (graph->node_count - 1 - place) * sizeof added);
    graph->nodes[place] = added;
    return TW_OK;
}

/* The transformation of scores as a node, or NULL where there is none. */
static tw_status find_after(const classifier *of, const char **op) {
    static const char *const words[][2] = {
        {"NONE", NULL}, {"SOFTMAX", "Softmax"}, {"LOGISTIC", "Sigmoid"}};
    const char *word = tw_net_node_text(node_of(of), "post_transform", "NONE");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(word, words[i][0]) == 0) {
            *op = words[i][1];
            return TW_OK;
        }
    char why[100];
    snprintf(why, sizeof why, "its post_transform '%.40s' is not supported", word);
    return refuse(of, TW_ERR_UNSUPPORTED, why);
}

static tw_status split_after(const classifier *of, const char *op) {
    size_t scores, given = node_of(of)->outputs[1];
    char name[400];
    if (op == NULL || given == TW_NET_NONE)
        return TW_OK;
    tw_status status = new_name(of, "scores", name, sizeof name);
    if (status == TW_OK)
        status = tw_net_graph_result(of->graph, name, &scores);
    if (status != TW_OK)
        return status;
    node_of(of)->outputs[1] = scores;
    return insert(of, of->node + 1, op, scores, given);
}

/* A Cast of what is given to it, unless that is known to be real. */
static tw_status cast_before(classifier *of) {
    size_t given = node_of(of)->inputs[0], cast;
    char name[400];
    if (given == TW_NET_NONE)
        return refuse(of, TW_ERR_FORMAT, "it has no input");
    tw_net_type type = of->graph->values[given].type;
    if (type == TW_NET_UNKNOWN || tw_net_type_real(type))
        return TW_OK;
    tw_status status = new_name(of, "input", name, sizeof name);
    if (status == TW_OK)
        status = tw_net_graph_result(of->graph, name, &cast);
    if (status == TW_OK)
        status = insert(of, of->node, "Cast", given, cast);
    if (status != TW_OK)
        return status;
    status = tw_net_node_set_number(node_of(of), "to", TW_NET_F32);
    of->node++;
    node_of(of)->inputs[0] = cast;
    return status;
}

static tw_status translate(classifier *of) {
    const char *after = NULL;
    tw_status status = find_sizes(of);
    if (status == TW_OK)
        status = find_after(of, &after);
    if (status == TW_OK)
        status = cast_before(of);
    if (status == TW_OK)
        status = give_weights(of);
    return status == TW_OK ? split_after(of, after) : status;
}

tw_status tw_net_graph_sklearn(tw_net_graph *graph) {
    tw_status status = TW_OK;
    for (size_t n = 0; n < graph->node_count && status == TW_OK; n++) {
        classifier of = {.graph = graph, .node = n};
        if (strcmp(graph->nodes[n].domain, "ai.onnx.ml") != 0 ||
            strcmp(graph->nodes[n].op, "LinearClassifier") != 0)
            continue;
        status = translate(&of);
        n = of.node;
    }
    return status;
}
