/* A program under construction, node by node. */
#include "net/program/net_builder_private.h"

#include <stdlib.h>

#include "core/alloc.h"

/* The input's sizes: those that are declared, but the batch is what is asked for, and those left
 * open are the sample's. */
static tw_status input_shape(const tw_net_graph *graph, const tw_net_value *value,
                             const tw_net_build_options *options, tw_net_shape *shape) {
    size_t rank = value->rank < 0 ? options->sample.rank + 1 : (size_t)value->rank;
    *shape = (tw_net_shape){.rank = rank};
    if (options->sample.rank > 0 && options->sample.rank + 1 != rank)
        return tw_fail(TW_ERR_SHAPE, "%s: its input '%s' has %zu axes, a sample of the data %zu",
                       graph->name, value->name, rank - 1, options->sample.rank);
    for (size_t axis = 0; axis < rank; axis++) {
        int64_t declared = value->rank < 0 ? -1 : value->sizes[axis];
        if (axis == 0 && options->batch > 0)
            shape->size[0] = options->batch;
        else if (declared >= 0)
            shape->size[axis] = (size_t)declared;
        else if (options->sample.rank > 0)
            shape->size[axis] = options->sample.size[axis - 1];
        else
            return tw_fail(TW_ERR_SHAPE, "%s: its input '%s' leaves the size of axis %zu open",
                           graph->name, value->name, axis);
    }
    return TW_OK;
}

static tw_status add_input(tw_net_builder *builder, size_t value,
                           const tw_net_build_options *options) {
    const tw_net_value *input = &builder->graph->values[value];
    tw_net_shape shape;
    tw_status status = input_shape(builder->graph, input, options, &shape);
    if (status != TW_OK)
        return status;
    tw_net_type type = input->type == TW_NET_UNKNOWN ? TW_NET_F32 : input->type;
    tw_net_edge edge = {
        .shape = shape, .type = type, .time = TW_NET_AT_BATCH, .value = value, .step = TW_NET_NONE};
    if (options->input != NULL)
        status =
            tw_net_builder_constant(builder, type, &shape, options->input, &builder->edges[value]);
    else
        status = tw_net_builder_edge(builder, &edge, &builder->edges[value]);
    if (status == TW_OK && value == builder->graph->input)
        builder->program->input = builder->edges[value];
    return status;
}

static tw_status add_parameter(tw_net_builder *builder, size_t value) {
    const tw_net_value *parameter = &builder->graph->values[value];
    size_t count = tw_net_shape_count(&parameter->tensor.shape);
    tw_net_edge edge = {.shape = parameter->tensor.shape,
                        .type = parameter->tensor.type,
                        .time = TW_NET_AT_POINT,
                        .value = value,
                        .offset = builder->program->size,
                        .step = TW_NET_NONE,
                        .active = parameter->role != TW_ROLE_BUFFER};
    builder->program->size += count;
    return tw_net_builder_edge(builder, &edge, &builder->edges[value]);
}

static tw_status add_value(tw_net_builder *builder, size_t value,
                           const tw_net_build_options *options) {
    const tw_net_value *added = &builder->graph->values[value];
    switch (added->kind) {
    case TW_NET_INPUT:
        return add_input(builder, value, options);
    case TW_NET_PARAMETER:
        return add_parameter(builder, value);
    case TW_NET_KNOWN:
        return tw_net_builder_constant(builder, added->tensor.type, &added->tensor.shape,
                                       added->tensor.numbers, &builder->edges[value]);
    default:
        return TW_OK;
    }
}

/* Where the graph declares another batch, it is built for that as well, of any numbers. */
static tw_status add_declared(tw_net_builder *builder, const tw_net_build_options *options) {
    tw_net_build_options declared = *options;
    declared.batch = tw_net_graph_batch(builder->graph);
    declared.input = NULL;
    if (declared.batch == 0 || declared.batch == options->batch)
        return TW_OK;
    return tw_net_builder_new(builder->graph, &declared, builder->find, &builder->declared);
}

tw_status tw_net_builder_new(const tw_net_graph *graph, const tw_net_build_options *options,
                             tw_net_find_fn find, tw_net_builder **out) {
    tw_net_builder *builder = tw_alloc(1, sizeof *builder);
    if (builder == NULL)
        return tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", graph->name);
    builder->graph = graph;
    builder->find = find;
    builder->program = tw_alloc(1, sizeof *builder->program);
    builder->edges = tw_alloc(graph->value_count, sizeof *builder->edges);
    tw_status status = builder->program == NULL || builder->edges == NULL
                           ? tw_net_builder_no_memory(builder)
                           : TW_OK;
    if (status == TW_OK) {
        builder->program->graph = graph;
        builder->program->batch = options->batch;
        builder->program->input = builder->program->output = TW_NET_NONE;
        for (size_t v = 0; v < graph->value_count; v++)
            builder->edges[v] = TW_NET_NONE;
    }
    for (size_t v = 0; v < graph->value_count && status == TW_OK; v++)
        status = add_value(builder, v, options);
    if (status == TW_OK)
        status = add_declared(builder, options);
    if (status != TW_OK) {
        tw_net_builder_free(builder);
        return status;
    }
    *out = builder;
    return TW_OK;
}

void tw_net_builder_free(tw_net_builder *builder) {
    if (builder == NULL)
        return;
    tw_net_builder_free(builder->declared);
    tw_net_program_free(builder->program);
    free(builder->edges);
    free(builder);
}

/* The edges of a node's inputs: what comes first is known, since nodes are in order. */
static tw_status node_inputs(const tw_net_builder *builder, const tw_net_node *node,
                             size_t *inputs) {
    for (size_t i = 0; i < node->input_count; i++) {
        size_t value = node->inputs[i];
        inputs[i] = value == TW_NET_NONE ? TW_NET_NONE : builder->edges[value];
        if (value != TW_NET_NONE && inputs[i] == TW_NET_NONE)
            return tw_fail(TW_ERR_FORMAT, "%s: node '%s' (%s) uses '%s', which nothing gives",
                           builder->graph->name, node->name, node->op,
                           builder->graph->values[value].name);
    }
    return TW_OK;
}

enum { NOT_GIVEN = -2 }; /* a result that is wanted, as an edge: none yet */

/* What the operator gave, by value. */
static tw_status take_outputs(tw_net_builder *builder, const tw_net_node *node,
                              const size_t *outputs) {
    for (size_t i = 0; i < node->output_count; i++) {
        if (node->outputs[i] == TW_NET_NONE)
            continue;
        if (outputs[i] == (size_t)NOT_GIVEN)
            return tw_fail(TW_ERR_UNSUPPORTED,
                           "%s: node '%s' (%s): its output %zu is not supported",
                           builder->graph->name, node->name, node->op, i + 1);
        builder->edges[node->outputs[i]] = outputs[i];
    }
    return TW_OK;
}

/* Adds a node to this builder alone. */
static tw_status add_node(tw_net_builder *builder, size_t index) {
    const tw_net_node *node = &builder->graph->nodes[index];
    size_t *inputs = tw_alloc(node->input_count + 1, sizeof *inputs),
           *outputs = tw_alloc(node->output_count + 1, sizeof *outputs);
    builder->node = index;
    tw_net_call call = {.builder = builder,
                        .node = node,
                        .input_count = node->input_count,
                        .inputs = inputs,
                        .output_count = node->output_count,
                        .outputs = outputs};
    tw_status status = inputs == NULL || outputs == NULL ? tw_net_builder_no_memory(builder)
                                                         : node_inputs(builder, node, inputs);
    for (size_t i = 0; i < node->output_count && status == TW_OK; i++)
        outputs[i] = node->outputs[i] == TW_NET_NONE ? TW_NET_NONE : (size_t)NOT_GIVEN;
    if (status == TW_OK)
        status = builder->find(node->domain, node->op)->build(&call);
    if (status == TW_OK)
        status = take_outputs(builder, node, outputs);
    free(inputs);
    free(outputs);
    return status;
}

tw_status tw_net_builder_node(tw_net_builder *builder, size_t index) {
    tw_status status = builder->declared != NULL ? add_node(builder->declared, index) : TW_OK;
    return status == TW_OK ? add_node(builder, index) : status;
}

tw_status tw_net_builder_finish(tw_net_builder *builder, tw_net_program **out) {
    const tw_net_graph *graph = builder->graph;
    tw_net_program *program = builder->program;
    program->output = builder->edges[graph->output];
    tw_status status = TW_OK;
    if (program->output == TW_NET_NONE)
        status = tw_fail(TW_ERR_FORMAT, "%s: nothing gives its output '%s'", graph->name,
                         graph->values[graph->output].name);
    if (status == TW_OK) {
        builder->program = NULL;
        *out = program;
    }
    tw_net_builder_free(builder);
    return status;
}
