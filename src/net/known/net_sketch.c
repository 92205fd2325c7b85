#include "net/known/net_sketch.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "thalweg/rng.h"

enum { OPSET = 17, MOST_NAME = 96 };

static void keep(tw_net_sketch *sketch, tw_status status) {
    if (sketch->status == TW_OK)
        sketch->status = status;
}

/* ---- values ---- */

/* A parameter "NAME.PART" of one number throughout. */
static size_t parameter(tw_net_sketch *sketch, const char *name, const char *part,
                        const tw_net_shape *shape, tw_role role, double number) {
    char text[MOST_NAME];
    tw_net_tensor tensor;
    size_t value = 0;
    if (sketch->status != TW_OK)
        return 0;
    snprintf(text, sizeof text, "%s.%s", name, part);
    keep(sketch, tw_net_tensor_new(TW_NET_F32, shape, &tensor));
    if (sketch->status != TW_OK)
        return 0;
    for (size_t i = 0; number != 0 && i < tw_net_shape_count(shape); i++)
        tensor.numbers[i] = number;
    keep(sketch, tw_net_graph_parameter(sketch->graph, text, &tensor, role, 0, &value));
    return value;
}

/* Weights from N(0, 2 / inputs), in single precision as all trained ones are. */
static size_t weight(tw_net_sketch *sketch, const char *name, const tw_net_shape *shape) {
    char stream[MOST_NAME + 16];
    size_t value = parameter(sketch, name, "weight", shape, TW_ROLE_WEIGHT, 0);
    if (sketch->status != TW_OK || sketch->bare)
        return value;
    size_t count = tw_net_shape_count(shape), inputs = tw_net_shape_span(shape, 1, shape->rank);
    double *numbers = sketch->graph->values[value].tensor.numbers;
    double deviation = sqrt(2 / (double)inputs);
    snprintf(stream, sizeof stream, "init %s.weight", name);
    tw_rng_fill_normal(sketch->seed, tw_rng_stream(stream), 0, count, numbers);
    for (size_t i = 0; i < count; i++)
        numbers[i] = tw_net_type_hold(TW_NET_F32, numbers[i] * deviation);
    return value;
}

static size_t row(tw_net_sketch *sketch, const char *name, const char *part, size_t count,
                  tw_role role, double number) {
    return parameter(sketch, name, part, &(tw_net_shape){1, {count}}, role, number);
}

static size_t known(tw_net_sketch *sketch, size_t count, const double *numbers) {
    char name[32];
    tw_net_tensor tensor;
    size_t value = 0;
    if (sketch->status != TW_OK)
        return 0;
    snprintf(name, sizeof name, "constant %zu", sketch->graph->value_count);
    keep(sketch, tw_net_tensor_new(TW_NET_I64, &(tw_net_shape){1, {count}}, &tensor));
    if (sketch->status != TW_OK)
        return 0;
    memcpy(tensor.numbers, numbers, count * sizeof *numbers);
    keep(sketch, tw_net_graph_known(sketch->graph, name, &tensor, &value));
    return value;
}

/* A node, named by its layer; its result. */
static size_t node(tw_net_sketch *sketch, const char *op, const char *name, size_t count,
                   const size_t *inputs, tw_net_node **out) {
    char text[MOST_NAME];
    size_t result = 0;
    tw_net_node *made = NULL;
    *out = NULL;
    if (sketch->status != TW_OK)
        return 0;
    if (name == NULL)
        snprintf(text, sizeof text, "%s %zu", op, sketch->graph->node_count);
    keep(sketch, tw_net_graph_result(sketch->graph, name != NULL ? name : text, &result));
    if (sketch->status == TW_OK)
        keep(sketch,
             tw_net_graph_node(sketch->graph, op, "", OPSET, count, inputs, 1, &result, &made));
    if (sketch->status == TW_OK) {
        char *own = strdup(name != NULL ? name : text);
        if (own == NULL)
            keep(sketch, tw_fail(TW_ERR_MEMORY, "not enough memory for a network"));
        else {
            free(made->name);
            made->name = own;
        }
    }
    *out = sketch->status == TW_OK ? made : NULL;
    return result;
}

static void set_pair(tw_net_sketch *sketch, tw_net_node *of, const char *name, size_t number) {
    const int64_t pair[2] = {(int64_t)number, (int64_t)number};
    if (of != NULL)
        keep(sketch, tw_net_node_set_numbers(of, name, 2, pair));
}

/* ---- layers ---- */

static size_t conv(tw_net_sketch *sketch, const char *name, size_t x, const size_t shape[3],
                   int bias) {
    size_t channels = shape[0], k = shape[1], count = 2;
    const int64_t pads[4] = {(int64_t)(k / 2), (int64_t)(k / 2), (int64_t)(k / 2),
                             (int64_t)(k / 2)};
    size_t inputs[3] = {x};
    tw_net_node *made;
    inputs[1] = weight(sketch, name, &(tw_net_shape){4, {channels, sketch->channels, k, k}});
    if (bias)
        inputs[count++] = row(sketch, name, "bias", channels, TW_ROLE_BIAS, 0);
    size_t y = node(sketch, "Conv", name, count, inputs, &made);
    set_pair(sketch, made, "kernel_shape", k);
    set_pair(sketch, made, "strides", shape[2]);
    if (made != NULL)
        keep(sketch, tw_net_node_set_numbers(made, "pads", 4, pads));
    sketch->channels = channels;
    return y;
}

size_t tw_sketch_conv(tw_net_sketch *sketch, const char *name, size_t x, size_t channels, size_t k,
                      size_t stride) {
    return conv(sketch, name, x, (const size_t[]){channels, k, stride}, 0);
}

size_t tw_sketch_conv_bias(tw_net_sketch *sketch, const char *name, size_t x, size_t channels,
                           size_t k) {
    return conv(sketch, name, x, (const size_t[]){channels, k, 1}, 1);
}

size_t tw_sketch_norm(tw_net_sketch *sketch, const char *name, size_t x) {
    size_t count = sketch->channels;
    size_t inputs[5] = {x};
    tw_net_node *made;
    inputs[1] = row(sketch, name, "weight", count, TW_ROLE_NORM, 1);
    inputs[2] = row(sketch, name, "bias", count, TW_ROLE_NORM, 0);
    inputs[3] = row(sketch, name, "running_mean", count, TW_ROLE_BUFFER, 0);
    inputs[4] = row(sketch, name, "running_var", count, TW_ROLE_BUFFER, 1);
    size_t y = node(sketch, "BatchNormalization", name, 5, inputs, &made);
    if (made != NULL) {
        keep(sketch, tw_net_node_set_real(made, "epsilon", 1e-5));
        keep(sketch,
             tw_net_node_set_real(made, "momentum", 0.9)); /* PyTorch's 0.1, as ONNX says it */
    }
    return y;
}

size_t tw_sketch_linear(tw_net_sketch *sketch, const char *name, size_t x, size_t outputs) {
    size_t inputs[3] = {x};
    tw_net_node *made;
    inputs[1] = weight(sketch, name, &(tw_net_shape){2, {outputs, sketch->channels}});
    inputs[2] = row(sketch, name, "bias", outputs, TW_ROLE_BIAS, 0);
    size_t y = node(sketch, "Gemm", name, 3, inputs, &made);
    if (made != NULL)
        keep(sketch, tw_net_node_set_number(made, "transB", 1));
    sketch->channels = outputs;
    return y;
}

size_t tw_sketch_relu(tw_net_sketch *sketch, size_t x) {
    tw_net_node *made;
    return node(sketch, "Relu", NULL, 1, &x, &made);
}

size_t tw_sketch_add(tw_net_sketch *sketch, size_t a, size_t b) {
    tw_net_node *made;
    return node(sketch, "Add", NULL, 2, (const size_t[]){a, b}, &made);
}

size_t tw_sketch_concat(tw_net_sketch *sketch, size_t a, size_t b, size_t more) {
    tw_net_node *made;
    size_t y = node(sketch, "Concat", NULL, 2, (const size_t[]){a, b}, &made);
    if (made != NULL)
        keep(sketch, tw_net_node_set_number(made, "axis", 1));
    sketch->channels += more;
    return y;
}

static size_t pool(tw_net_sketch *sketch, const char *op, size_t x) {
    tw_net_node *made;
    size_t y = node(sketch, op, NULL, 1, &x, &made);
    set_pair(sketch, made, "kernel_shape", 2);
    set_pair(sketch, made, "strides", 2);
    return y;
}

size_t tw_sketch_max_pool(tw_net_sketch *sketch, size_t x) {
    return pool(sketch, "MaxPool", x);
}

size_t tw_sketch_average_pool(tw_net_sketch *sketch, size_t x) {
    return pool(sketch, "AveragePool", x);
}

size_t tw_sketch_global_average(tw_net_sketch *sketch, size_t x) {
    tw_net_node *made;
    size_t y = node(sketch, "GlobalAveragePool", NULL, 1, &x, &made);
    return tw_sketch_flatten(sketch, y, sketch->channels);
}

size_t tw_sketch_flatten(tw_net_sketch *sketch, size_t x, size_t numbers) {
    tw_net_node *made;
    sketch->channels = numbers;
    return node(sketch, "Flatten", NULL, 1, &x, &made);
}

size_t tw_sketch_thin_and_pad(tw_net_sketch *sketch, size_t x, size_t channels, size_t stride) {
    double step = (double)stride, more = (double)((channels - sketch->channels) / 2);
    tw_net_node *made;
    const size_t slice[5] = {x, known(sketch, 2, (const double[]){0, 0}),
                             known(sketch, 2, (const double[]){0x1p62, 0x1p62}),
                             known(sketch, 2, (const double[]){2, 3}),
                             known(sketch, 2, (const double[]){step, step})};
    size_t y = node(sketch, "Slice", NULL, 5, slice, &made);
    const size_t pad[2] = {y, known(sketch, 8, (const double[]){0, more, 0, 0, 0, more, 0, 0})};
    sketch->channels = channels;
    return node(sketch, "Pad", NULL, 2, pad, &made);
}
