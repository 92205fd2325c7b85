#include "net/onnx/onnx_fill.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

typedef struct filler {
    tw_net_onnx_skeleton *skeleton;
    tw_net_onnx_source *source;
    int single;
    size_t *halves;
} filler;

static tw_status out_of_memory(const filler *f) {
    return tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", f->skeleton->graph->name);
}

static tw_net_type widened(const filler *f, tw_net_type type) {
    if (!f->single || (type != TW_NET_F16 && type != TW_NET_BF16))
        return type;
    ++*f->halves;
    return TW_NET_F32;
}

static tw_status read_tensor(const filler *f, const Onnx__TensorProto *from, tw_net_tensor *out) {
    tw_status status = tw_net_onnx_tensor(from, f->source, out);
    if (status == TW_OK)
        out->type = widened(f, out->type);
    return status;
}

/* ---- attributes ---- */

/* Files of the first years have no type in their attributes. */
static Onnx__AttributeProto__AttributeType type_of(const Onnx__AttributeProto *from) {
    if (from->has_type && from->type != ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__UNDEFINED)
        return from->type;
    return from->has_f       ? ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT
           : from->has_i     ? ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT
           : from->has_s     ? ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING
           : from->t != NULL ? ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR
           : from->g != NULL ? ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPH
           : from->n_floats  ? ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS
           : from->n_strings ? ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS
           : from->n_tensors ? ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSORS
           : from->n_graphs  ? ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPHS
                             : ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS;
}

static char *text_of(ProtobufCBinaryData bytes) {
    return tw_text_of_bytes(bytes.data, bytes.data != NULL ? bytes.len : 0);
}

static tw_status add_reals(const filler *f, tw_net_node *node, const char *name,
                           const Onnx__AttributeProto *from) {
    tw_net_attribute *to = NULL;
    tw_status status = tw_net_node_attribute(node, name, TW_NET_ATTRIBUTE_FLOATS, &to);
    if (status != TW_OK)
        return status;
    if ((to->reals = calloc(from->n_floats + 1, sizeof *to->reals)) == NULL)
        return out_of_memory(f);
    for (to->count = 0; to->count < from->n_floats; to->count++)
        to->reals[to->count] = (double)from->floats[to->count];
    return TW_OK;
}

static tw_status add_texts(const filler *f, tw_net_node *node, const char *name,
                           const Onnx__AttributeProto *from) {
    tw_net_attribute *to = NULL;
    tw_status status = tw_net_node_attribute(node, name, TW_NET_ATTRIBUTE_STRINGS, &to);
    if (status != TW_OK)
        return status;
    if ((to->texts = calloc(from->n_strings + 1, sizeof *to->texts)) == NULL)
        return out_of_memory(f);
    for (to->count = 0; to->count < from->n_strings; to->count++)
        if ((to->texts[to->count] = text_of(from->strings[to->count])) == NULL)
            return out_of_memory(f);
    return TW_OK;
}

static tw_status add_text(const filler *f, tw_net_node *node, const char *name,
                          const Onnx__AttributeProto *from) {
    char *text = text_of(from->s);
    tw_status status = text == NULL ? out_of_memory(f) : tw_net_node_set_text(node, name, text);
    free(text);
    return status;
}

static tw_status add_tensor(const filler *f, tw_net_node *node, const char *name,
                            const Onnx__AttributeProto *from) {
    tw_net_attribute *to = NULL;
    if (from->t == NULL)
        return tw_fail(TW_ERR_FORMAT, "it has no tensor");
    tw_status status = tw_net_node_attribute(node, name, TW_NET_ATTRIBUTE_TENSOR, &to);
    return status == TW_OK ? read_tensor(f, from->t, &to->tensor) : status;
}

/* Whether an integer is the number of a type. */
static int says_type(const char *name) {
    return strcmp(name, "to") == 0 || strcmp(name, "dtype") == 0 || strcmp(name, "stash_type") == 0;
}

static tw_status add_number(const filler *f, tw_net_node *node, const char *name,
                            const Onnx__AttributeProto *from) {
    int64_t number = from->i;
    if (says_type(name) && number > 0 && number <= TW_NET_BF16)
        number = (int64_t)widened(f, (tw_net_type)number);
    return tw_net_node_set_number(node, name, number);
}

/* Counts what is copied, against functions that repeat it. */
static tw_status charge(const filler *f, const Onnx__AttributeProto *from) {
    size_t cost = 1 + from->n_ints + from->n_floats + from->n_strings + from->s.len / 8;
    for (size_t i = 0; i < from->n_strings; i++)
        cost += from->strings[i].len / 8;
    if (cost > f->source->numbers_left)
        return tw_fail(TW_ERR_FORMAT,
                       "functions are used so often that their numbers are too many");
    f->source->numbers_left -= cost;
    return TW_OK;
}

static tw_status add_attribute(const filler *f, tw_net_node *node, const char *name,
                               const Onnx__AttributeProto *from) {
    tw_status status = charge(f, from);
    if (status != TW_OK)
        return status;
    switch (type_of(from)) {
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT:
        return tw_net_node_set_real(node, name, (double)from->f);
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT:
        return add_number(f, node, name, from);
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING:
        return add_text(f, node, name, from);
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS:
        return tw_net_node_set_numbers(node, name, from->n_ints, from->ints);
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOATS:
        return add_reals(f, node, name, from);
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS:
        return add_texts(f, node, name, from);
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__TENSOR:
        return add_tensor(f, node, name, from);
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPH:
    case ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPHS:
        return tw_fail(TW_ERR_UNSUPPORTED,
                       "it is a graph of its own: operators with such a body are not supported");
    default:
        return tw_fail(TW_ERR_UNSUPPORTED, "attributes of its type are not supported");
    }
}

static tw_status fill_node(const filler *f, size_t n) {
    tw_net_node *node = &f->skeleton->graph->nodes[n];
    const tw_net_onnx_place *place = &f->skeleton->places[n];
    tw_status status = TW_OK;
    for (size_t a = 0; a < place->node->n_attribute && status == TW_OK; a++) {
        const char *name = tw_net_onnx_text(place->node->attribute[a]->name);
        const Onnx__AttributeProto *from =
            tw_net_onnx_attribute(place->scope, place->node->attribute[a]);
        if (from == NULL)
            continue;
        status = add_attribute(f, node, name, from);
        if (status != TW_OK)
            tw_fail_prefix(status, "%s: node '%.200s' (%.60s): attribute '%.60s'",
                           f->skeleton->graph->name, node->name, node->op, name);
    }
    return status;
}

/* ---- constants ---- */

static tw_status numbers_tensor(const filler *f, tw_net_type type, size_t rank, size_t count,
                                tw_net_tensor *out) {
    tw_status status = tw_net_tensor_new(type, &(tw_net_shape){.rank = rank, .size = {count}}, out);
    return status;
}

/* The tensor that a Constant node gives, in whichever form. */
static tw_status constant_of(const filler *f, tw_net_node *node, tw_net_tensor *out) {
    tw_net_attribute *from = node->attribute_count == 1 ? &node->attributes[0] : NULL;
    tw_status status = TW_OK;
    if (from == NULL)
        return tw_fail(TW_ERR_FORMAT, "it is to have one value");
    switch (from->kind) {
    case TW_NET_ATTRIBUTE_TENSOR:
        *out = from->tensor;
        from->tensor = (tw_net_tensor){0};
        return TW_OK;
    case TW_NET_ATTRIBUTE_INT:
        status = numbers_tensor(f, TW_NET_I64, 0, 1, out);
        if (status == TW_OK)
            out->numbers[0] = (double)from->number;
        return status;
    case TW_NET_ATTRIBUTE_FLOAT:
        status = numbers_tensor(f, TW_NET_F32, 0, 1, out);
        if (status == TW_OK)
            out->numbers[0] = from->real;
        return status;
    case TW_NET_ATTRIBUTE_INTS:
        status = numbers_tensor(f, TW_NET_I64, 1, from->count, out);
        for (size_t i = 0; i < from->count && status == TW_OK; i++)
            out->numbers[i] = (double)from->numbers[i];
        return status;
    case TW_NET_ATTRIBUTE_FLOATS:
        status = numbers_tensor(f, TW_NET_F32, 1, from->count, out);
        if (status == TW_OK)
            memcpy(out->numbers, from->reals, from->count * sizeof *out->numbers);
        return status;
    default:
        return tw_fail(TW_ERR_UNSUPPORTED, "text cannot be computed with");
    }
}

static void become_known(tw_net_value *value, tw_net_tensor *tensor) {
    value->kind = TW_NET_KNOWN;
    value->tensor = *tensor;
    value->type = tensor->type;
    value->rank = (int)tensor->shape.rank;
}

static tw_status fill_constant(const filler *f, size_t n) {
    tw_net_graph *graph = f->skeleton->graph;
    tw_net_node *node = &graph->nodes[n];
    tw_net_tensor tensor = {0};
    if (strcmp(node->op, "Constant") != 0 || node->domain[0] != '\0' || node->output_count != 1 ||
        node->outputs[0] == TW_NET_NONE)
        return TW_OK;
    tw_status status = constant_of(f, node, &tensor);
    if (status != TW_OK)
        return tw_fail_prefix(status, "%s: node '%.200s' (Constant)", graph->name, node->name);
    become_known(&graph->values[node->outputs[0]], &tensor);
    return TW_OK;
}

/* An initialiser, where it is used. */
static tw_status fill_value(const filler *f, size_t v) {
    tw_net_value *value = v == TW_NET_NONE ? NULL : &f->skeleton->graph->values[v];
    tw_net_tensor tensor = {0};
    if (value == NULL || value->kind != TW_NET_KNOWN || value->tensor.numbers != NULL ||
        f->skeleton->tensors[v] == NULL)
        return TW_OK;
    tw_status status = read_tensor(f, f->skeleton->tensors[v], &tensor);
    if (status != TW_OK)
        return tw_fail_prefix(status, "%s: '%.200s'", f->skeleton->graph->name, value->name);
    become_known(value, &tensor);
    return TW_OK;
}

tw_status tw_net_onnx_fill(tw_net_onnx_skeleton *skeleton, tw_net_onnx_source *source,
                           const size_t *order, size_t count, int single, size_t *halves) {
    const filler f = {skeleton, source, single, halves};
    tw_net_graph *graph = skeleton->graph;
    tw_status status = fill_value(&f, graph->output);
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        status = fill_node(&f, order[k]);
        if (status == TW_OK)
            status = fill_constant(&f, order[k]);
        const tw_net_node *node = &graph->nodes[order[k]];
        for (size_t i = 0; i < node->input_count && status == TW_OK; i++)
            status = fill_value(&f, node->inputs[i]);
    }
    for (size_t v = 0; v < graph->value_count && single; v++)
        graph->values[v].type = widened(&f, graph->values[v].type);
    return status;
}
