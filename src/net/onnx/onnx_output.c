#include "net/onnx/onnx_output.h"

#include <stdlib.h>
#include <string.h>

/* The node that gives a value, or NULL. A list of all would cost more than the few questions. */
static const tw_net_node *maker_of(const tw_net_graph *graph, size_t value) {
    for (size_t n = 0; n < graph->node_count; n++)
        for (size_t o = 0; o < graph->nodes[n].output_count; o++)
            if (graph->nodes[n].outputs[o] == value)
                return &graph->nodes[n];
    return NULL;
}

static int one_of(const char *op, const char *const *list) {
    for (; *list != NULL; list++)
        if (strcmp(op, *list) == 0)
            return 1;
    return 0;
}

/* Where scores were before labels or dictionaries were made of them. */
static size_t scores_behind(const tw_net_graph *graph, size_t value) {
    static const char *const labels[] = {"ArgMax",   "ZipMap",  "Cast",
                                         "Identity", "Squeeze", "ArrayFeatureExtractor",
                                         "Reshape",  NULL};
    size_t behind = value;
    for (int steps = 0; steps < 16; steps++) {
        const tw_net_node *node = maker_of(graph, behind);
        if (node == NULL || !one_of(node->op, labels) || node->input_count == 0 ||
            node->inputs[0] == TW_NET_NONE)
            break;
        int found = strcmp(node->op, "ArgMax") == 0 || strcmp(node->op, "ZipMap") == 0;
        behind = node->inputs[0];
        if (found)
            return behind;
    }
    return TW_NET_NONE;
}

/* How much an output looks like the scores of classes: 0 not at all. */
static int likeness(const tw_net_value *value) {
    if (value->type == TW_NET_UNKNOWN)
        return value->rank < 0 ? 1 : 2;
    if (!tw_net_type_real(value->type))
        return 0;
    if (value->rank < 0)
        return 2;
    if (value->rank == 2)
        return value->sizes[1] == 1 ? 4 : 5;
    return value->rank > 2 ? 3 : 2;
}

static size_t find_value(const tw_net_onnx_skeleton *skeleton, const char *name) {
    const tw_net_onnx_name *found =
        tw_net_onnx_names_find(&skeleton->scopes[0]->names, tw_net_onnx_text(name));
    return found == NULL ? TW_NET_NONE : found->value;
}

static tw_status asked_output(tw_net_onnx_skeleton *skeleton, const char *name) {
    tw_net_graph *graph = skeleton->graph;
    const Onnx__GraphProto *proto = skeleton->model->graph;
    graph->output = find_value(skeleton, name);
    if (graph->output != TW_NET_NONE)
        return TW_OK;
    return tw_fail(TW_ERR_ARGUMENT, "%s: there is no value '%s' in it%s%s%s", graph->name, name,
                   proto->n_output > 0 ? "; its first output is '" : "",
                   proto->n_output > 0 ? tw_net_onnx_text(proto->output[0]->name) : "",
                   proto->n_output > 0 ? "'" : "");
}

/* Says which it is, where it is not the only one. */
static tw_status note_choice(tw_net_onnx_skeleton *skeleton, const char *what) {
    tw_net_graph *graph = skeleton->graph;
    if (skeleton->model->graph->n_output < 2 && what[0] == '\0')
        return TW_OK;
    return tw_net_graph_note(
        graph, "the output used is '%s'%s, of %zu (--output-name names another)",
        graph->values[graph->output].name, what, skeleton->model->graph->n_output);
}

tw_status tw_net_onnx_choose_output(tw_net_onnx_skeleton *skeleton, const char *name) {
    tw_net_graph *graph = skeleton->graph;
    const Onnx__GraphProto *proto = skeleton->model->graph;
    int most = 0;
    if (name != NULL)
        return asked_output(skeleton, name);
    for (size_t o = 0; o < proto->n_output; o++) {
        size_t value = find_value(skeleton, proto->output[o]->name);
        tw_net_value said = {0};
        tw_net_onnx_declare(proto->output[o]->type, &said);
        int container = proto->output[o]->type != NULL &&
                        proto->output[o]->type->value_case != ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE &&
                        proto->output[o]->type->value_case != ONNX__TYPE_PROTO__VALUE__NOT_SET;
        int alike = value == TW_NET_NONE || container ? 0 : likeness(&said);
        if (alike > most) {
            most = alike;
            graph->output = value;
        }
    }
    if (most > 0)
        return note_choice(skeleton, "");
    for (size_t o = 0; o < proto->n_output && graph->output == TW_NET_NONE; o++) {
        size_t value = find_value(skeleton, proto->output[o]->name);
        if (value != TW_NET_NONE)
            graph->output = scores_behind(graph, value);
    }
    if (graph->output != TW_NET_NONE)
        return note_choice(skeleton, ", of which labels are made");
    return tw_fail(TW_ERR_UNSUPPORTED,
                   "%s: no output of it is a tensor of floating-point numbers; --output-name names "
                   "a value that is",
                   graph->name);
}

/* ---- input ---- */

static void mark_inputs(const tw_net_graph *graph, const size_t *order, size_t count,
                        unsigned char *used) {
    used[graph->output] = 1;
    for (size_t k = 0; k < count; k++) {
        const tw_net_node *node = &graph->nodes[order[k]];
        for (size_t i = 0; i < node->input_count; i++)
            if (node->inputs[i] != TW_NET_NONE)
                used[node->inputs[i]] = 1;
    }
}

tw_status tw_net_onnx_choose_input(tw_net_graph *graph, const size_t *order, size_t count,
                                   int any) {
    unsigned char *used = calloc(graph->value_count + 1, 1);
    if (used == NULL)
        return tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", graph->name);
    size_t first = TW_NET_NONE, second = TW_NET_NONE, real = TW_NET_NONE, reals = 0;
    mark_inputs(graph, order, count, used);
    for (size_t v = 0; v < graph->value_count; v++) {
        if (!used[v] || graph->values[v].kind != TW_NET_INPUT)
            continue;
        if (first == TW_NET_NONE)
            first = v;
        else if (second == TW_NET_NONE)
            second = v;
        if (tw_net_type_real(graph->values[v].type) && ++reals == 1)
            real = v;
    }
    free(used);
    graph->input = real != TW_NET_NONE ? real : first;
    if (any)
        return TW_OK;
    if (first == TW_NET_NONE)
        return tw_fail(TW_ERR_FORMAT,
                       "%s: its output '%s' depends on no input; --output-name names another",
                       graph->name, graph->values[graph->output].name);
    if (second != TW_NET_NONE)
        return tw_fail(
            TW_ERR_UNSUPPORTED,
            "%s: its output '%s' takes more inputs than the data: '%s' and '%s'; export it "
            "with the others as constants",
            graph->name, graph->values[graph->output].name, graph->values[first].name,
            graph->values[second].name);
    return TW_OK;
}
