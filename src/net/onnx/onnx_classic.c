#include "net/onnx/onnx_classic.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char domain[] = "ai.onnx.ml";

static int is(const tw_net_node *node, const char *op, const char *of) {
    return strcmp(node->op, op) == 0 && strcmp(node->domain, of) == 0;
}

static tw_status out_of_memory(const tw_net_graph *graph) {
    return tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", graph->name);
}

/* The numbers of an attribute as a constant of the graph. */
static tw_status add_constant(tw_net_graph *graph, const tw_net_node *node, const char *attribute,
                              const tw_net_shape *shape, size_t *value) {
    const tw_net_attribute *from = tw_net_node_find(node, attribute);
    tw_net_tensor tensor = {0};
    char *name = NULL;
    tw_status status = tw_net_tensor_new(TW_NET_F32, shape, &tensor);
    if (status != TW_OK)
        return status;
    memcpy(tensor.numbers, from->reals, from->count * sizeof *tensor.numbers);
    if (asprintf(&name, "%s.%s", node->name, attribute) < 0) {
        tw_net_tensor_release(&tensor);
        return out_of_memory(graph);
    }
    status = tw_net_graph_known(graph, name, &tensor, value);
    free(name);
    return status;
}

static size_t count_of(const tw_net_node *node, const char *attribute) {
    const tw_net_attribute *list = tw_net_node_find(node, attribute);
    return list == NULL ? 0 : list->count;
}

/* What makes scores of the products; NULL: nothing does, "": it is not known here. */
static const char *transform_of(const tw_net_node *node) {
    const char *name = tw_net_node_text(node, "post_transform", "NONE");
    return strcmp(name, "NONE") == 0       ? NULL
           : strcmp(name, "SOFTMAX") == 0  ? "Softmax"
           : strcmp(name, "LOGISTIC") == 0 ? "Sigmoid"
                                           : "";
}

/* Whether it has a row of coefficients and an intercept for each class, and its labels are not
 * asked for. */
static int is_linear(const tw_net_node *node, size_t *classes, size_t *features) {
    const tw_net_attribute *rows = tw_net_node_find(node, "coefficients");
    const tw_net_attribute *shifts = tw_net_node_find(node, "intercepts");
    const char *transform = transform_of(node);
    *classes = count_of(node, "classlabels_ints") + count_of(node, "classlabels_strings");
    if (!is(node, "LinearClassifier", domain) || rows == NULL || shifts == NULL ||
        rows->kind != TW_NET_ATTRIBUTE_FLOATS || shifts->kind != TW_NET_ATTRIBUTE_FLOATS ||
        *classes == 0 || shifts->count != *classes || rows->count % *classes != 0 ||
        rows->count == 0 || (transform != NULL && transform[0] == '\0'))
        return 0;
    *features = rows->count / *classes;
    return node->input_count == 1 && node->inputs[0] != TW_NET_NONE && node->output_count == 2 &&
           node->outputs[0] == TW_NET_NONE && node->outputs[1] != TW_NET_NONE;
}

/* Gives a node that was added the name of the one it stands for. */
static tw_status name_after(tw_net_graph *graph, tw_net_node *added, size_t n) {
    free(added->name);
    added->name = strdup(graph->nodes[n].name);
    return added->name == NULL ? out_of_memory(graph) : TW_OK;
}

/* Adds Gemm and transform, which give what the node gave; it gives nothing any more. */
static tw_status rewrite_linear(tw_net_graph *graph, size_t n, size_t classes, size_t features) {
    const char *transform = transform_of(&graph->nodes[n]);
    size_t inputs[3] = {graph->nodes[n].inputs[0], TW_NET_NONE, TW_NET_NONE};
    size_t scores = graph->nodes[n].outputs[1], products = scores;
    tw_net_node *added = NULL;
    tw_status status =
        add_constant(graph, &graph->nodes[n], "coefficients",
                     &(tw_net_shape){.rank = 2, .size = {classes, features}}, &inputs[1]);
    if (status == TW_OK)
        status = add_constant(graph, &graph->nodes[n], "intercepts",
                              &(tw_net_shape){.rank = 1, .size = {classes}}, &inputs[2]);
    graph->nodes[n].outputs[1] = TW_NET_NONE;
    if (status == TW_OK && transform != NULL)
        status = tw_net_graph_result(graph, "products", &products);
    if (status == TW_OK)
        status = tw_net_graph_node(graph, "Gemm", "", 13, 3, inputs, 1, &products, &added);
    if (status == TW_OK)
        status = tw_net_node_set_number(added, "transB", 1);
    if (status == TW_OK)
        status = name_after(graph, added, n);
    if (status == TW_OK && transform != NULL)
        status = tw_net_graph_node(graph, transform, "", 13, 1, &products, 1, &scores, &added);
    if (status == TW_OK && transform != NULL)
        status = name_after(graph, added, n);
    if (status == TW_OK)
        status = tw_net_graph_note(graph, "LinearClassifier '%.100s' is taken for a Gemm%s%s",
                                   graph->nodes[n].name, transform != NULL ? " and a " : "",
                                   transform != NULL ? transform : "");
    return status;
}

static int gives_softmax(const tw_net_graph *graph, size_t value) {
    for (size_t n = 0; n < graph->node_count; n++)
        if (is(&graph->nodes[n], "Softmax", "") && graph->nodes[n].outputs[0] == value)
            return 1;
    return 0;
}

static tw_status rewrite_normalizer(tw_net_graph *graph, tw_net_node *node) {
    char *op = strdup("Identity"), *own = strdup("");
    if (op == NULL || own == NULL) {
        free(op);
        free(own);
        return out_of_memory(graph);
    }
    free(node->op);
    free(node->domain);
    node->op = op;
    node->domain = own;
    return TW_OK;
}

tw_status tw_net_onnx_rewrite_classic(tw_net_graph *graph) {
    tw_status status = TW_OK;
    size_t count = graph->node_count, classes, features;
    for (size_t n = 0; n < count && status == TW_OK; n++)
        if (is_linear(&graph->nodes[n], &classes, &features))
            status = rewrite_linear(graph, n, classes, features);
    for (size_t n = 0; n < count && status == TW_OK; n++) {
        tw_net_node *node = &graph->nodes[n];
        if (is(node, "Normalizer", domain) && node->input_count == 1 && node->output_count == 1 &&
            strcmp(tw_net_node_text(node, "norm", "MAX"), "L1") == 0 &&
            gives_softmax(graph, node->inputs[0]))
            status = rewrite_normalizer(graph, node);
    }
    return status;
}
