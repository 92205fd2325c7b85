#include "onnx_writer.h"

static void keep(writer *w, void *block) {
    assert_non_null(block);
    w->blocks = reallocarray(w->blocks, w->block_count + 1, sizeof *w->blocks);
    w->blocks[w->block_count++] = block;
}

void *writer_alloc(writer *w, size_t size) {
    void *block = calloc(1, size);
    keep(w, block);
    return block;
}

static char *text(writer *w, const char *from) {
    char *copy = strdup(from);
    keep(w, copy);
    return copy;
}

/* A list of pointers with one more at its end; the old one is freed with the rest. */
static void *longer(writer *w, const void *list, size_t count, const void *added) {
    const void **copy = writer_alloc(w, (count + 1) * sizeof *copy);
    if (count > 0)
        memcpy(copy, list, count * sizeof *copy);
    copy[count] = added;
    return copy;
}

#define APPEND(w, owner, list, added)                                                              \
    ((owner)->list = longer(w, (owner)->list, (owner)->n_##list, added), (owner)->n_##list++)

static void *fresh(writer *w, size_t size, const void *initial) {
    return memcpy(writer_alloc(w, size), initial, size);
}

#define NEW(w, type, INIT) fresh(w, sizeof(type), &(type)INIT)

writer *writer_new(int64_t opset) {
    writer *w = calloc(1, sizeof *w);
    w->model = NEW(w, Onnx__ModelProto, ONNX__MODEL_PROTO__INIT);
    w->model->has_ir_version = 1;
    w->model->ir_version = 8;
    w->model->graph = NEW(w, Onnx__GraphProto, ONNX__GRAPH_PROTO__INIT);
    Onnx__OperatorSetIdProto *import =
        NEW(w, Onnx__OperatorSetIdProto, ONNX__OPERATOR_SET_ID_PROTO__INIT);
    import->domain = text(w, "");
    import->has_version = 1;
    import->version = opset;
    APPEND(w, w->model, opset_import, import);
    return w;
}

void writer_free(writer *w) {
    for (size_t b = 0; b < w->block_count; b++)
        free(w->blocks[b]);
    free(w->blocks);
    free(w->bytes);
    free(w);
}

static Onnx__ValueInfoProto *info(writer *w, const char *name, int type, size_t rank,
                                  const int64_t *sizes) {
    Onnx__ValueInfoProto *value = NEW(w, Onnx__ValueInfoProto, ONNX__VALUE_INFO_PROTO__INIT);
    value->name = text(w, name);
    if (type == 0)
        return value;
    value->type = NEW(w, Onnx__TypeProto, ONNX__TYPE_PROTO__INIT);
    value->type->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
    Onnx__TypeProto__Tensor *tensor =
        NEW(w, Onnx__TypeProto__Tensor, ONNX__TYPE_PROTO__TENSOR__INIT);
    value->type->tensor_type = tensor;
    tensor->has_elem_type = 1;
    tensor->elem_type = type;
    tensor->shape = NEW(w, Onnx__TensorShapeProto, ONNX__TENSOR_SHAPE_PROTO__INIT);
    for (size_t axis = 0; axis < rank; axis++) {
        Onnx__TensorShapeProto__Dimension *size =
            NEW(w, Onnx__TensorShapeProto__Dimension, ONNX__TENSOR_SHAPE_PROTO__DIMENSION__INIT);
        if (sizes[axis] >= 0) {
            size->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
            size->dim_value = sizes[axis];
        }
        APPEND(w, tensor->shape, dim, size);
    }
    return value;
}

void writer_input(writer *w, const char *name, int type, size_t rank, const int64_t *sizes) {
    APPEND(w, w->model->graph, input, info(w, name, type, rank, sizes));
}

void writer_output(writer *w, const char *name, int type, size_t rank, const int64_t *sizes) {
    APPEND(w, w->model->graph, output, info(w, name, type, rank, sizes));
}

static Onnx__TensorProto *tensor_of(writer *w, const char *name, int type, size_t rank,
                                    const int64_t *dims) {
    Onnx__TensorProto *tensor = NEW(w, Onnx__TensorProto, ONNX__TENSOR_PROTO__INIT);
    tensor->name = text(w, name);
    tensor->has_data_type = 1;
    tensor->data_type = type;
    tensor->n_dims = rank;
    tensor->dims = writer_alloc(w, (rank + 1) * sizeof *tensor->dims);
    if (rank > 0)
        memcpy(tensor->dims, dims, rank * sizeof *dims);
    APPEND(w, w->model->graph, initializer, tensor);
    return tensor;
}

Onnx__TensorProto *writer_weight(writer *w, const char *name, size_t rank, const int64_t *dims) {
    Onnx__TensorProto *tensor = tensor_of(w, name, 1, rank, dims);
    size_t count = 1;
    for (size_t axis = 0; axis < rank; axis++)
        count *= (size_t)dims[axis];
    tensor->n_float_data = count;
    tensor->float_data = writer_alloc(w, (count + 1) * sizeof *tensor->float_data);
    for (size_t i = 0; i < count; i++)
        tensor->float_data[i] = 0.5f + (float)i;
    return tensor;
}

Onnx__TensorProto *writer_integers(writer *w, const char *name, size_t count,
                                   const int64_t *numbers) {
    Onnx__TensorProto *tensor = tensor_of(w, name, 7, 1, (const int64_t[]){(int64_t)count});
    tensor->n_int64_data = count;
    tensor->int64_data = writer_alloc(w, (count + 1) * sizeof *tensor->int64_data);
    if (count > 0)
        memcpy(tensor->int64_data, numbers, count * sizeof *numbers);
    return tensor;
}

/* "a,,b" as three names; "" as none. */
static char **names(writer *w, const char *list, size_t *count) {
    char **split = NULL, *rest = text(w, list), *name;
    *count = 0;
    while (list[0] != '\0' && (name = strsep(&rest, ",")) != NULL) {
        split = longer(w, split, *count, name);
        ++*count;
    }
    return split;
}

static Onnx__NodeProto *node_of(writer *w, const char *op, const char *inputs,
                                const char *outputs) {
    Onnx__NodeProto *node = NEW(w, Onnx__NodeProto, ONNX__NODE_PROTO__INIT);
    char *name = writer_alloc(w, strlen(op) + strlen(outputs) + 2);
    sprintf(name, "%s_%s", op, outputs);
    node->name = name;
    node->op_type = text(w, op);
    node->input = names(w, inputs, &node->n_input);
    node->output = names(w, outputs, &node->n_output);
    return node;
}

Onnx__NodeProto *writer_node(writer *w, const char *op, const char *inputs, const char *outputs) {
    Onnx__NodeProto *node = node_of(w, op, inputs, outputs);
    APPEND(w, w->model->graph, node, node);
    return node;
}

Onnx__FunctionProto *writer_function(writer *w, const char *name, const char *inputs,
                                     const char *outputs) {
    Onnx__FunctionProto *function = NEW(w, Onnx__FunctionProto, ONNX__FUNCTION_PROTO__INIT);
    function->name = text(w, name);
    function->domain = text(w, "own");
    function->input = names(w, inputs, &function->n_input);
    function->output = names(w, outputs, &function->n_output);
    APPEND(w, w->model, functions, function);
    return function;
}

Onnx__NodeProto *writer_function_node(writer *w, Onnx__FunctionProto *function, const char *op,
                                      const char *inputs, const char *outputs) {
    Onnx__NodeProto *node = node_of(w, op, inputs, outputs);
    APPEND(w, function, node, node);
    return node;
}

static Onnx__AttributeProto *attribute(writer *w, Onnx__NodeProto *node, const char *name,
                                       Onnx__AttributeProto__AttributeType type) {
    Onnx__AttributeProto *added = NEW(w, Onnx__AttributeProto, ONNX__ATTRIBUTE_PROTO__INIT);
    added->name = text(w, name);
    added->has_type = 1;
    added->type = type;
    APPEND(w, node, attribute, added);
    return added;
}

void writer_number(writer *w, Onnx__NodeProto *node, const char *name, int64_t number) {
    Onnx__AttributeProto *added =
        attribute(w, node, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT);
    added->has_i = 1;
    added->i = number;
}

void writer_numbers(writer *w, Onnx__NodeProto *node, const char *name, size_t count,
                    const int64_t *numbers) {
    Onnx__AttributeProto *added =
        attribute(w, node, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS);
    added->n_ints = count;
    added->ints = writer_alloc(w, (count + 1) * sizeof *added->ints);
    if (count > 0)
        memcpy(added->ints, numbers, count * sizeof *numbers);
}

void writer_real(writer *w, Onnx__NodeProto *node, const char *name, float number) {
    Onnx__AttributeProto *added =
        attribute(w, node, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT);
    added->has_f = 1;
    added->f = number;
}

void writer_reference(writer *w, Onnx__NodeProto *node, const char *name, const char *of) {
    attribute(w, node, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT)->ref_attr_name =
        text(w, of);
}

Onnx__GraphProto *writer_body(writer *w, Onnx__NodeProto *node, const char *name) {
    Onnx__AttributeProto *added =
        attribute(w, node, name, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__GRAPH);
    added->g = NEW(w, Onnx__GraphProto, ONNX__GRAPH_PROTO__INIT);
    return added->g;
}

void writer_pack(writer *w) {
    free(w->bytes);
    w->size = onnx__model_proto__get_packed_size(w->model);
    w->bytes = malloc(w->size + 1);
    assert_int_equal(onnx__model_proto__pack(w->model, w->bytes), w->size);
}
