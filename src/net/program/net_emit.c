/* What operators call: edges, steps, and what is known computed at once. */
#include "net/program/net_builder_private.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "net/step/step_same.h"

tw_status tw_net_builder_no_memory(const tw_net_builder *builder) {
    return tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", builder->graph->name);
}

/* Room for one more element. */
static tw_status make_room(tw_net_builder *builder, void **array, size_t count, size_t *room,
                           size_t element) {
    if (count < *room)
        return TW_OK;
    size_t larger = *room == 0 ? 64 : 2 * *room;
    void *grown = reallocarray(*array, larger, element);
    if (grown == NULL)
        return tw_net_builder_no_memory(builder);
    *array = grown;
    *room = larger;
    return TW_OK;
}

tw_status tw_net_builder_edge(tw_net_builder *builder, const tw_net_edge *edge, size_t *number) {
    tw_net_program *program = builder->program;
    tw_status status = make_room(builder, (void **)&program->edges, program->edge_count,
                                 &builder->edge_room, sizeof *program->edges);
    if (status != TW_OK) {
        free(edge->known);
        return status;
    }
    *number = program->edge_count;
    program->edges[program->edge_count++] = *edge;
    return TW_OK;
}

tw_status tw_net_builder_constant(tw_net_builder *builder, tw_net_type type,
                                  const tw_net_shape *shape, const double *numbers, size_t *edge) {
    tw_net_tensor tensor;
    tw_status status = tw_net_tensor_new(type, shape, &tensor);
    if (status != TW_OK)
        return status;
    size_t count = tw_net_shape_count(shape);
    for (size_t i = 0; numbers != NULL && i < count; i++)
        tensor.numbers[i] = tw_net_type_hold(type, numbers[i]);
    tw_net_edge added = {.shape = *shape,
                         .type = type,
                         .time = TW_NET_AT_BUILD,
                         .known = tensor.numbers,
                         .value = TW_NET_NONE,
                         .step = TW_NET_NONE};
    return tw_net_builder_edge(builder, &added, edge);
}

size_t tw_net_graph_batch(const tw_net_graph *graph) {
    if (graph->input == TW_NET_NONE)
        return 0;
    const tw_net_value *input = &graph->values[graph->input];
    return input->rank > 0 && input->sizes[0] > 0 ? (size_t)input->sizes[0] : 0;
}

/* ---- asking ---- */

size_t tw_net_input(const tw_net_call *call, size_t index) {
    return index < call->input_count ? call->inputs[index] : TW_NET_NONE;
}

const tw_net_edge *tw_net_edge_at(const tw_net_call *call, size_t edge) {
    return &call->builder->program->edges[edge];
}

size_t tw_net_batch(const tw_net_call *call) {
    return call->builder->program->batch;
}

size_t tw_net_declared_batch(const tw_net_call *call) {
    return tw_net_graph_batch(call->builder->graph);
}

/* The declared builder's edge of a value; `list` are values of the node at hand. */
static const tw_net_edge *declared_edge(const tw_net_call *call, size_t count, const size_t *list,
                                        size_t index) {
    const tw_net_builder *builder = call->builder, *declared = builder->declared;
    if (declared == NULL || call->node != &builder->graph->nodes[builder->node] || index >= count ||
        list[index] == TW_NET_NONE || declared->edges[list[index]] == TW_NET_NONE)
        return NULL;
    return &declared->program->edges[declared->edges[list[index]]];
}

const tw_net_edge *tw_net_declared_input(const tw_net_call *call, size_t index) {
    return declared_edge(call, call->node->input_count, call->node->inputs, index);
}

const tw_net_edge *tw_net_declared_output(const tw_net_call *call, size_t index) {
    return declared_edge(call, call->node->output_count, call->node->outputs, index);
}

int tw_net_wanted(const tw_net_call *call, size_t index) {
    return index < call->output_count && call->outputs[index] != TW_NET_NONE;
}

tw_status tw_net_call_fail(const tw_net_call *call, tw_status status, const char *format, ...) {
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const tw_net_node *node = &call->builder->graph->nodes[call->builder->node];
    return tw_fail(status, "%s: node '%s' (%s): %s", call->builder->graph->name, node->name,
                   node->op, text);
}

/* That a file asks for sizes that no network has is told before memory is. A size of 0 does not
 * make up for others: strides are in range too. */
static tw_status check_size(const tw_net_call *call, const tw_net_shape *shape, int is_known) {
    size_t count = tw_net_shape_count(shape);
    tw_net_shape filled = *shape;
    char text[200];
    tw_net_shape_print(shape, text, sizeof text);
    for (size_t axis = 0; axis < shape->rank; axis++)
        filled.size[axis] += filled.size[axis] == 0;
    if (tw_net_shape_count(&filled) > TW_NET_ENTRIES)
        return tw_net_call_fail(call, TW_ERR_SHAPE, "a result of shape %s is too large", text);
    if (is_known && count > (TW_NET_KNOWN_BYTES - call->builder->known_bytes) / sizeof(double))
        return tw_net_call_fail(call, TW_ERR_SHAPE,
                                "what does not depend on data needs more than %zu MiB with its "
                                "result of shape %s",
                                TW_NET_KNOWN_BYTES >> 20, text);
    if (is_known)
        call->builder->known_bytes += count * sizeof(double);
    return TW_OK;
}

tw_status tw_net_constant(tw_net_call *call, tw_net_type type, const tw_net_shape *shape,
                          const double *numbers, size_t *edge) {
    tw_status status = check_size(call, shape, 1);
    if (status != TW_OK)
        return status;
    return tw_net_builder_constant(call->builder, type, shape, numbers, edge);
}

tw_status tw_net_scalar(tw_net_call *call, tw_net_type type, double number, size_t *edge) {
    return tw_net_constant(call, type, &(tw_net_shape){0}, &number, edge);
}

/* When the result of a step is there, and whether a derivative passes to it. */
static void set_time(const tw_net_builder *builder, const tw_net_step *step, tw_net_edge *edge) {
    for (size_t i = 0; i < step->input_count; i++) {
        const tw_net_edge *input = &builder->program->edges[step->inputs[i]];
        if (input->time > edge->time)
            edge->time = input->time;
        edge->active |= input->active;
    }
    edge->active =
        edge->active && tw_net_type_real(edge->type) && step->kernel->kind != TW_NET_FLAT;
}

/* Computes a step of known inputs into the edge. */
static tw_status compute_known(tw_net_builder *builder, const tw_net_step *step,
                               tw_net_edge *edge) {
    tw_net_tensor tensor = {0};
    void *state = NULL;
    const double **in = tw_alloc(step->input_count + 1, sizeof *in);
    tw_status status = in == NULL ? tw_net_builder_no_memory(builder)
                                  : tw_net_tensor_new(edge->type, &edge->shape, &tensor);
    if (status == TW_OK && step->kernel->state_new != NULL)
        status = step->kernel->state_new(step->plan, &state);
    for (size_t i = 0; status == TW_OK && i < step->input_count; i++)
        in[i] = builder->program->edges[step->inputs[i]].known;
    if (status == TW_OK)
        status = step->kernel->f64->forward(step->plan, state, in, tensor.numbers);
    if (state != NULL)
        step->kernel->state_free(state);
    free(in);
    if (status != TW_OK) {
        tw_net_tensor_release(&tensor);
        return status;
    }
    size_t count = tw_net_shape_count(&edge->shape);
    for (size_t i = 0; i < count; i++)
        tensor.numbers[i] = tw_net_type_hold(edge->type, tensor.numbers[i]);
    edge->known = tensor.numbers;
    return TW_OK;
}

static void release_step(tw_net_step *step) {
    if (step->kernel->plan_free != NULL && step->plan != NULL)
        step->kernel->plan_free(step->plan);
    else
        free(step->plan);
    free(step->inputs);
}

/* Takes the step over. */
static tw_status add_step(tw_net_builder *builder, tw_net_step *step, tw_net_edge *edge,
                          size_t *number) {
    tw_net_program *program = builder->program;
    tw_status status = TW_OK;
    if (edge->time == TW_NET_AT_BUILD) {
        status = compute_known(builder, step, edge);
        release_step(step);
        return status == TW_OK ? tw_net_builder_edge(builder, edge, number) : status;
    }
    status = make_room(builder, (void **)&program->steps, program->step_count, &builder->step_room,
                       sizeof *program->steps);
    edge->step = program->step_count;
    step->output = program->edge_count;
    if (status == TW_OK)
        status = tw_net_builder_edge(builder, edge, number);
    if (status != TW_OK)
        release_step(step);
    else
        program->steps[program->step_count++] = *step;
    return status;
}

tw_status tw_net_emit(tw_net_call *call, const tw_net_kernel *kernel, void *plan,
                      size_t input_count, const size_t *inputs, tw_net_type type,
                      const tw_net_shape *shape, size_t *edge) {
    tw_net_step step = {.kernel = kernel,
                        .plan = plan,
                        .input_count = input_count,
                        .inputs = tw_alloc(input_count + 1, sizeof *inputs),
                        .node = call->builder->node};
    if (step.inputs == NULL) {
        release_step(&step);
        return tw_net_builder_no_memory(call->builder);
    }
    memcpy(step.inputs, inputs, input_count * sizeof *inputs);
    tw_net_edge added = {.shape = *shape, .type = type, .value = TW_NET_NONE, .step = TW_NET_NONE};
    set_time(call->builder, &step, &added);
    tw_status status = check_size(call, shape, added.time == TW_NET_AT_BUILD);
    if (status != TW_OK) {
        release_step(&step);
        return status;
    }
    return add_step(call->builder, &step, &added, edge);
}

tw_status tw_net_reshaped(tw_net_call *call, size_t edge, const tw_net_shape *shape,
                          size_t *reshaped) {
    const tw_net_edge *from = tw_net_edge_at(call, edge);
    size_t count = tw_net_shape_count(shape), *plan = malloc(sizeof *plan);
    if (tw_net_shape_count(&from->shape) != count || plan == NULL) {
        free(plan);
        return plan == NULL
                   ? tw_net_builder_no_memory(call->builder)
                   : tw_net_call_fail(call, TW_ERR_SHAPE, "its input cannot be reshaped so");
    }
    *plan = count;
    return tw_net_emit(call, &tw_net_same, plan, 1, &edge, from->type, shape, reshaped);
}

tw_status tw_net_compose(tw_net_call *call, const char *op, const tw_net_node *attributes,
                         size_t input_count, const size_t *inputs, size_t *edge) {
    static const tw_net_node plain = {.name = (char *)"", .domain = (char *)"", .opset = 17};
    const tw_net_operator *found = call->builder->find("", op);
    if (found == NULL)
        return tw_net_call_fail(call, TW_ERR_UNSUPPORTED,
                                "operator %s, which it is made of, is not "
                                "supported",
                                op);
    *edge = 0; /* wanted */
    tw_net_call inner = {.builder = call->builder,
                         .node = attributes != NULL ? attributes : &plain,
                         .input_count = input_count,
                         .inputs = inputs,
                         .output_count = 1,
                         .outputs = edge};
    return found->build(&inner);
}

tw_status tw_net_two(tw_net_call *call, const char *op, size_t a, size_t b, size_t *edge) {
    return tw_net_compose(call, op, NULL, 2, (const size_t[]){a, b}, edge);
}

tw_status tw_net_one(tw_net_call *call, const char *op, size_t a, size_t *edge) {
    return tw_net_compose(call, op, NULL, 1, &a, edge);
}

tw_status tw_net_known_integers(const tw_net_call *call, size_t index, size_t most,
                                int64_t *numbers, size_t *count) {
    size_t edge = tw_net_input(call, index);
    *count = 0;
    if (edge == TW_NET_NONE)
        return TW_OK;
    const tw_net_edge *read = tw_net_edge_at(call, edge);
    size_t entries = tw_net_shape_count(&read->shape);
    if (read->known == NULL)
        return tw_net_call_fail(call, TW_ERR_UNSUPPORTED,
                                "its input %zu depends on the data or on parameters, and must be "
                                "known before",
                                index + 1);
    if (entries > most)
        return tw_net_call_fail(call, TW_ERR_FORMAT,
                                "its input %zu has %zu numbers; %zu are the most", index + 1,
                                entries, most);
    for (size_t i = 0; i < entries; i++) {
        double number = read->known[i];
        if (isnan(number))
            return tw_net_call_fail(call, TW_ERR_FORMAT, "its input %zu is not a number",
                                    index + 1);
        numbers[i] = number >= 0x1p63 ? INT64_MAX : number <= -0x1p63 ? INT64_MIN : (int64_t)number;
    }
    *count = entries;
    return TW_OK;
}

tw_status tw_net_add_norm(tw_net_call *call, const tw_net_norm *norm) {
    tw_net_program *program = call->builder->program;
    tw_status status = make_room(call->builder, (void **)&program->norms, program->norm_count,
                                 &call->builder->norm_room, sizeof *program->norms);
    if (status == TW_OK)
        program->norms[program->norm_count++] = *norm;
    return status;
}
