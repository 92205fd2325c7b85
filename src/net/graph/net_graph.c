/* Networks as they are said: making and asking them. */
#include "net/graph/net_graph.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static tw_status out_of_memory(void) {
    return tw_fail(TW_ERR_MEMORY, "not enough memory for a network");
}

/* Makes room for one more element in an array that is grown when its count is a power of two. */
static tw_status make_room(void **array, size_t count, size_t element) {
    if (count > 0 && (count & (count - 1)) != 0)
        return TW_OK;
    size_t capacity = count == 0 ? 1 : 2 * count;
    void *larger = reallocarray(*array, capacity, element);
    if (larger == NULL)
        return out_of_memory();
    *array = larger;
    return TW_OK;
}

tw_status tw_net_graph_new(const char *name, tw_net_graph **out) {
    tw_net_graph *graph = calloc(1, sizeof *graph);
    if (graph == NULL || (graph->name = strdup(name)) == NULL) {
        free(graph);
        return out_of_memory();
    }
    graph->input = graph->output = TW_NET_NONE;
    *out = graph;
    return TW_OK;
}

static void release_attribute(tw_net_attribute *attribute) {
    for (size_t i = 0; attribute->texts != NULL && i < attribute->count; i++)
        free(attribute->texts[i]);
    free(attribute->name);
    free(attribute->text);
    free(attribute->numbers);
    free(attribute->reals);
    free(attribute->texts);
    tw_net_tensor_release(&attribute->tensor);
}

void tw_net_node_release(tw_net_node *node) {
    for (size_t i = 0; i < node->attribute_count; i++)
        release_attribute(&node->attributes[i]);
    free(node->attributes);
    free(node->name);
    free(node->op);
    free(node->domain);
    free(node->inputs);
    free(node->outputs);
}

void tw_net_graph_free(tw_net_graph *graph) {
    if (graph == NULL)
        return;
    for (size_t i = 0; i < graph->value_count; i++) {
        free(graph->values[i].name);
        tw_net_tensor_release(&graph->values[i].tensor);
    }
    for (size_t i = 0; i < graph->node_count; i++)
        tw_net_node_release(&graph->nodes[i]);
    for (size_t i = 0; i < graph->note_count; i++)
        free(graph->notes[i]);
    free(graph->values);
    free(graph->nodes);
    free(graph->notes);
    free(graph->producer);
    free(graph->name);
    free(graph);
}

static tw_status add_value(tw_net_graph *graph, const char *name, tw_net_value *value,
                           size_t *number) {
    tw_status status =
        make_room((void **)&graph->values, graph->value_count, sizeof *graph->values);
    if (status == TW_OK && (value->name = strdup(name)) == NULL)
        status = out_of_memory();
    if (status != TW_OK) {
        tw_net_tensor_release(&value->tensor);
        return status;
    }
    *number = graph->value_count;
    graph->values[graph->value_count++] = *value;
    return TW_OK;
}

tw_status tw_net_graph_input(tw_net_graph *graph, const char *name, tw_net_type type, size_t rank,
                             const int64_t *sizes, size_t *value) {
    tw_net_value added = {.kind = TW_NET_INPUT, .type = type, .rank = (int)rank};
    if (rank > TW_NET_RANK)
        return tw_fail(TW_ERR_UNSUPPORTED, "input '%s' has %zu axes; %d are the most", name, rank,
                       TW_NET_RANK);
    if (rank > 0)
        memcpy(added.sizes, sizes, rank * sizeof *sizes);
    return add_value(graph, name, &added, value);
}

tw_status tw_net_graph_known(tw_net_graph *graph, const char *name, tw_net_tensor *tensor,
                             size_t *value) {
    tw_net_value added = {.kind = TW_NET_KNOWN,
                          .tensor = *tensor,
                          .type = tensor->type,
                          .rank = (int)tensor->shape.rank};
    *tensor = (tw_net_tensor){0};
    return add_value(graph, name, &added, value);
}

tw_status tw_net_graph_parameter(tw_net_graph *graph, const char *name, tw_net_tensor *tensor,
                                 tw_role role, int filter_axis, size_t *value) {
    tw_net_value added = {.kind = TW_NET_PARAMETER,
                          .tensor = *tensor,
                          .type = tensor->type,
                          .rank = (int)tensor->shape.rank,
                          .role = role,
                          .filter_axis = filter_axis};
    *tensor = (tw_net_tensor){0};
    return add_value(graph, name, &added, value);
}

tw_status tw_net_graph_result(tw_net_graph *graph, const char *name, size_t *value) {
    tw_net_value added = {.kind = TW_NET_RESULT, .rank = -1};
    return add_value(graph, name, &added, value);
}

static size_t *copy_numbers(size_t count, const size_t *numbers) {
    size_t *copy = calloc(count > 0 ? count : 1, sizeof *copy);
    if (copy != NULL && count > 0)
        memcpy(copy, numbers, count * sizeof *copy);
    return copy;
}

tw_status tw_net_graph_node(tw_net_graph *graph, const char *op, const char *domain, int64_t opset,
                            size_t input_count, const size_t *inputs, size_t output_count,
                            const size_t *outputs, tw_net_node **node) {
    tw_status status = make_room((void **)&graph->nodes, graph->node_count, sizeof *graph->nodes);
    if (status != TW_OK)
        return status;
    tw_net_node added = {.name = strdup(""),
                         .op = strdup(op),
                         .domain = strdup(domain),
                         .opset = opset,
                         .input_count = input_count,
                         .output_count = output_count,
                         .inputs = copy_numbers(input_count, inputs),
                         .outputs = copy_numbers(output_count, outputs)};
    if (added.name == NULL || added.op == NULL || added.domain == NULL || added.inputs == NULL ||
        added.outputs == NULL) {
        tw_net_node_release(&added);
        return out_of_memory();
    }
    graph->nodes[graph->node_count++] = added;
    if (node != NULL)
        *node = &graph->nodes[graph->node_count - 1];
    return TW_OK;
}

tw_status tw_net_node_attribute(tw_net_node *node, const char *name, tw_net_attribute_kind kind,
                                tw_net_attribute **out) {
    tw_status status =
        make_room((void **)&node->attributes, node->attribute_count, sizeof *node->attributes);
    if (status != TW_OK)
        return status;
    tw_net_attribute added = {.name = strdup(name), .kind = kind};
    if (added.name == NULL)
        return out_of_memory();
    node->attributes[node->attribute_count++] = added;
    *out = &node->attributes[node->attribute_count - 1];
    return TW_OK;
}

tw_status tw_net_node_set_number(tw_net_node *node, const char *name, int64_t number) {
    tw_net_attribute *attribute = NULL;
    tw_status status = tw_net_node_attribute(node, name, TW_NET_ATTRIBUTE_INT, &attribute);
    if (status == TW_OK)
        attribute->number = number;
    return status;
}

tw_status tw_net_node_set_real(tw_net_node *node, const char *name, double number) {
    tw_net_attribute *attribute = NULL;
    tw_status status = tw_net_node_attribute(node, name, TW_NET_ATTRIBUTE_FLOAT, &attribute);
    if (status == TW_OK)
        attribute->real = number;
    return status;
}

tw_status tw_net_node_set_numbers(tw_net_node *node, const char *name, size_t count,
                                  const int64_t *numbers) {
    tw_net_attribute *attribute = NULL;
    tw_status status = tw_net_node_attribute(node, name, TW_NET_ATTRIBUTE_INTS, &attribute);
    if (status != TW_OK)
        return status;
    attribute->numbers = calloc(count > 0 ? count : 1, sizeof *numbers);
    if (attribute->numbers == NULL)
        return out_of_memory();
    if (count > 0)
        memcpy(attribute->numbers, numbers, count * sizeof *numbers);
    attribute->count = count;
    return TW_OK;
}

tw_status tw_net_node_set_text(tw_net_node *node, const char *name, const char *text) {
    tw_net_attribute *attribute = NULL;
    tw_status status = tw_net_node_attribute(node, name, TW_NET_ATTRIBUTE_STRING, &attribute);
    if (status == TW_OK && (attribute->text = strdup(text)) == NULL)
        status = out_of_memory();
    return status;
}

tw_status tw_net_graph_note(tw_net_graph *graph, const char *format, ...) {
    tw_status status = make_room((void **)&graph->notes, graph->note_count, sizeof *graph->notes);
    if (status != TW_OK)
        return status;
    char *note;
    va_list arguments;
    va_start(arguments, format);
    int length = vasprintf(&note, format, arguments);
    va_end(arguments);
    if (length < 0)
        return out_of_memory();
    graph->notes[graph->note_count++] = note;
    return TW_OK;
}

size_t tw_net_graph_find(const tw_net_graph *graph, const char *name) {
    for (size_t i = 0; i < graph->value_count; i++)
        if (strcmp(graph->values[i].name, name) == 0)
            return i;
    return TW_NET_NONE;
}

const tw_net_attribute *tw_net_node_find(const tw_net_node *node, const char *name) {
    for (size_t i = 0; i < node->attribute_count; i++)
        if (strcmp(node->attributes[i].name, name) == 0)
            return &node->attributes[i];
    return NULL;
}

int64_t tw_net_node_number(const tw_net_node *node, const char *name, int64_t fallback) {
    const tw_net_attribute *attribute = tw_net_node_find(node, name);
    return attribute != NULL && attribute->kind == TW_NET_ATTRIBUTE_INT ? attribute->number
                                                                        : fallback;
}

double tw_net_node_real(const tw_net_node *node, const char *name, double fallback) {
    const tw_net_attribute *attribute = tw_net_node_find(node, name);
    return attribute != NULL && attribute->kind == TW_NET_ATTRIBUTE_FLOAT ? attribute->real
                                                                          : fallback;
}

const char *tw_net_node_text(const tw_net_node *node, const char *name, const char *fallback) {
    const tw_net_attribute *attribute = tw_net_node_find(node, name);
    return attribute != NULL && attribute->kind == TW_NET_ATTRIBUTE_STRING ? attribute->text
                                                                           : fallback;
}
