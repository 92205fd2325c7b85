#include "format/torch_tensor.h"

#include <string.h>

static const tw_torch_type types[] = {
    {"float32", "FloatStorage", {'f', 4}, 4},
    {"float64", "DoubleStorage", {'f', 8}, 8},
    {"float16", "HalfStorage", {'f', 2}, 2},
    {"bfloat16", "BFloat16Storage", {'x', 2}, 2},
    {"int64", "LongStorage", {'i', 8}, 8},
    {"int32", "IntStorage", {'i', 4}, 4},
    {"int16", "ShortStorage", {'i', 2}, 2},
    {"int8", "CharStorage", {'i', 1}, 1},
    {"uint8", "ByteStorage", {'u', 1}, 1},
    {"uint16", "", {'u', 2}, 2},
    {"uint32", "", {'u', 4}, 4},
    {"uint64", "", {'u', 8}, 8},
    {"bool", "BoolStorage", {'b', 1}, 1},
    {"complex64", "ComplexFloatStorage", {0}, 8},
    {"complex128", "ComplexDoubleStorage", {0}, 16},
    {"complex32", "ComplexHalfStorage", {0}, 4},
    {"quint8", "QUInt8Storage", {0}, 1},
    {"qint8", "QInt8Storage", {0}, 1},
    {"qint32", "QInt32Storage", {0}, 4},
    {"float8_e4m3fn", "", {0}, 1},
    {"float8_e4m3fnuz", "", {0}, 1},
    {"float8_e5m2", "", {0}, 1},
    {"float8_e5m2fnuz", "", {0}, 1},
    {"float8_e8m0fnu", "", {0}, 1},
};

enum { TYPES = sizeof types / sizeof *types };

/* ---- storages ---- */

/* ("storage", class, key, place, numbers), with a sixth entry in the format before 1.6. */
static const tw_pickle_value *storage_id(const tw_pickle *pickle, uint32_t index) {
    const tw_pickle_value *value = tw_pickle_at(pickle, index);
    if (value->kind != TW_PICKLE_STORED)
        return NULL;
    const tw_pickle_value *id = tw_pickle_at(pickle, value->as.object.arguments);
    return id->kind == TW_PICKLE_TUPLE && (id->count == 5 || id->count == 6) &&
                   tw_pickle_is_text(tw_pickle_at(pickle, id->as.list.items[0]), "storage")
               ? id
               : NULL;
}

int tw_torch_is_storage(const tw_pickle *pickle, uint32_t index) {
    return storage_id(pickle, index) != NULL;
}

static int is_whole(const tw_pickle_value *value) {
    return value->kind == TW_PICKLE_INTEGER && value->as.integer >= 0;
}

/* "FloatStorage" of torch, torch.cuda, ...: *type is NULL for storages of bytes of any type. */
static tw_status find_type(const tw_pickle *pickle, uint32_t index, const tw_torch_type **type) {
    const tw_pickle_value *class = tw_pickle_at(pickle, index);
    const tw_pickle_value *name = tw_pickle_at(pickle, class->as.global.name);
    *type = NULL;
    for (size_t k = 0; class->kind == TW_PICKLE_GLOBAL && k < TYPES; k++)
        if (tw_pickle_is_text(name, types[k].storage))
            *type = &types[k];
    char text[TW_PICKLE_NAME];
    if (*type != NULL ||
        (class->kind == TW_PICKLE_GLOBAL && tw_pickle_is_text(name, "UntypedStorage")))
        return TW_OK;
    return tw_fail(TW_ERR_FORMAT, "a storage of class %s, which is not read",
                   tw_pickle_name(pickle, index, text));
}

/* (key, first number, numbers) of a storage that is part of another. */
static void take_view(const tw_pickle *pickle, uint32_t index, tw_torch_storage *out) {
    const tw_pickle_value *first = tw_pickle_at(pickle, tw_pickle_item(pickle, index, 3, 1));
    if (is_whole(first))
        out->first = (uint64_t)first->as.integer;
}

tw_status tw_torch_storage_of(const tw_pickle *pickle, uint32_t index, tw_torch_storage *out) {
    const tw_pickle_value *id = storage_id(pickle, index);
    *out = (tw_torch_storage){0};
    if (id == NULL)
        return tw_fail(TW_ERR_FORMAT, "what should be a storage is another object");
    const tw_pickle_value *key = tw_pickle_at(pickle, id->as.list.items[2]);
    const tw_pickle_value *numbers = tw_pickle_at(pickle, id->as.list.items[4]);
    if ((key->kind != TW_PICKLE_TEXT && key->kind != TW_PICKLE_BYTES) || !is_whole(numbers))
        return tw_fail(TW_ERR_FORMAT, "a storage without key or size");
    out->key = key->as.text.data;
    out->length = key->as.text.length;
    out->numbers = (uint64_t)numbers->as.integer;
    if (id->count == 6)
        take_view(pickle, id->as.list.items[5], out);
    return find_type(pickle, id->as.list.items[1], &out->type);
}

/* ---- tensors ---- */

/* How tensors are made, and where in the arguments their parts stand. */
static const struct {
    const char *module, *name;
    enum { TENSOR, TENSOR_TYPED, INNER, SUBCLASS, OTHER } how;
} makers[] = {
    {"torch._utils", "_rebuild_tensor_v2", TENSOR},
    {"torch._utils", "_rebuild_tensor", TENSOR},
    {"torch._utils", "_rebuild_tensor_v3", TENSOR_TYPED},
    {"torch._utils", "_rebuild_parameter", INNER},
    {"torch._utils", "_rebuild_parameter_with_state", INNER},
    {"torch._tensor", "_rebuild_from_type_v2", SUBCLASS},
    {"torch._utils", "_rebuild_qtensor", OTHER},
    {"torch._utils", "_rebuild_sparse_tensor", OTHER},
    {"torch._utils", "_rebuild_sparse_csr_tensor", OTHER},
    {"torch._utils", "_rebuild_nested_tensor", OTHER},
    {"torch._utils", "_rebuild_meta_tensor_no_storage", OTHER},
    {"torch._utils", "_rebuild_wrapper_subclass", OTHER},
    {"torch._utils", "_rebuild_device_tensor_from_numpy", OTHER},
    {"torch._utils", "_rebuild_device_tensor_from_cpu_tensor", OTHER},
};

enum { MAKERS = sizeof makers / sizeof *makers, DEPTH = 8 };

static size_t maker_of(const tw_pickle *pickle, uint32_t index) {
    size_t k = 0;
    while (k < MAKERS && !tw_pickle_is_global(pickle, index, makers[k].module, makers[k].name))
        k++;
    return k;
}

/* Before PyTorch 0.4: an object of one of these, whose state is (tensor, ...). */
static int is_old_variable(const tw_pickle *pickle, uint32_t index) {
    return tw_pickle_is_global(pickle, index, "torch.nn.parameter", "Parameter") ||
           tw_pickle_is_global(pickle, index, "torch.autograd.variable", "Variable");
}

int tw_torch_is_tensor(const tw_pickle *pickle, uint32_t index) {
    return tw_pickle_at(pickle, index)->kind == TW_PICKLE_OBJECT &&
           (maker_of(pickle, index) < MAKERS || is_old_variable(pickle, index));
}

/* Item `index` of a tuple or list that has more. */
static uint32_t item(const tw_pickle *pickle, uint32_t sequence, uint32_t index) {
    const tw_pickle_value *value = tw_pickle_at(pickle, sequence);
    return (value->kind == TW_PICKLE_TUPLE || value->kind == TW_PICKLE_LIST) && index < value->count
               ? value->as.list.items[index]
               : TW_PICKLE_MISSING;
}

/* Goes from parameters and subclasses to the tensor in them: its arguments, and how it is made. */
static tw_status unwrap(const tw_pickle *pickle, uint32_t index, uint32_t *arguments, int *how) {
    for (int depth = 0; depth < DEPTH; depth++) {
        const tw_pickle_value *object = tw_pickle_at(pickle, index);
        if (object->kind != TW_PICKLE_OBJECT)
            break;
        size_t maker = maker_of(pickle, index);
        if (maker == MAKERS && is_old_variable(pickle, index)) {
            index = item(pickle, object->as.object.state, 0);
            continue;
        }
        if (maker == MAKERS || makers[maker].how == OTHER) {
            char text[TW_PICKLE_NAME];
            return tw_fail(TW_ERR_FORMAT,
                           "it is made by %s, which is not read; in Python: save it as a plain, "
                           "dense tensor (tensor.dequantize(), tensor.to_dense())",
                           tw_pickle_name(pickle, index, text));
        }
        *arguments = object->as.object.arguments;
        *how = makers[maker].how;
        if (*how == TENSOR || *how == TENSOR_TYPED)
            return TW_OK;
        if (*how == SUBCLASS) { /* (maker, class, arguments, state) */
            uint32_t inner = item(pickle, *arguments, 0);
            *arguments = item(pickle, *arguments, 2);
            if (tw_pickle_is_global(pickle, inner, "torch._utils", "_rebuild_tensor_v2"))
                return TW_OK;
            break;
        }
        index = item(pickle, *arguments, 0);
    }
    return tw_fail(TW_ERR_FORMAT, "it is a tensor in a form that is not read");
}

static tw_status take_numbers(const tw_pickle *pickle, uint32_t index, const char *what, int *rank,
                              uint64_t out[TW_CHECKPOINT_RANK]) {
    const tw_pickle_value *tuple = tw_pickle_at(pickle, index);
    if (tuple->kind == TW_PICKLE_OBJECT) /* torch.Size((...)) */
        tuple = tw_pickle_at(pickle, item(pickle, tuple->as.object.arguments, 0));
    if ((tuple->kind != TW_PICKLE_TUPLE && tuple->kind != TW_PICKLE_LIST) ||
        tuple->count > TW_CHECKPOINT_RANK)
        return tw_fail(TW_ERR_FORMAT, "its %s is not a tuple of at most %d numbers", what,
                       TW_CHECKPOINT_RANK);
    *rank = (int)tuple->count;
    for (uint32_t k = 0; k < tuple->count; k++) {
        const tw_pickle_value *value = tw_pickle_at(pickle, tuple->as.list.items[k]);
        if (!is_whole(value))
            return tw_fail(TW_ERR_FORMAT, "its %s is not made of whole numbers from 0", what);
        out[k] = (uint64_t)value->as.integer;
    }
    return TW_OK;
}

/* torch.float8_e4m3fn and its like, of a storage of bytes. */
static const tw_torch_type *named_type(const tw_pickle *pickle, uint32_t index) {
    for (size_t k = 0; k < TYPES; k++)
        if (tw_pickle_is_global(pickle, index, "torch", types[k].name))
            return &types[k];
    return NULL;
}

/* A tensor that gives the type counts in it, where its storage counts bytes. */
static tw_status settle_type(const tw_torch_type *type, const tw_pickle *pickle,
                             tw_torch_storage *storage, uint32_t given) {
    if (type == NULL) {
        char text[TW_PICKLE_NAME];
        return tw_fail(TW_ERR_FORMAT, "its type, %s, is not read",
                       tw_pickle_name(pickle, given, text));
    }
    uint64_t before = storage->type != NULL ? storage->type->item : 1, bytes;
    if (__builtin_mul_overflow(storage->numbers, before, &bytes))
        return tw_fail(TW_ERR_FORMAT, "its storage is larger than any memory");
    storage->numbers = bytes / type->item;
    storage->type = type;
    return TW_OK;
}

/* (storage, first, shape, strides, requires_grad, hooks, type, ...) */
tw_status tw_torch_tensor_of(const tw_pickle *pickle, uint32_t index, tw_checkpoint_tensor *out,
                             tw_torch_storage *storage) {
    uint32_t arguments = TW_PICKLE_MISSING;
    int how = TENSOR, rank = 0;
    uint64_t shape[TW_CHECKPOINT_RANK] = {0};
    *out = (tw_checkpoint_tensor){0};
    tw_status status = unwrap(pickle, index, &arguments, &how);
    if (status == TW_OK)
        status = tw_torch_storage_of(pickle, item(pickle, arguments, 0), storage);
    if (status == TW_OK && (how == TENSOR_TYPED || storage->type == NULL))
        status = settle_type(named_type(pickle, item(pickle, arguments, 6)), pickle, storage,
                             item(pickle, arguments, 6));
    if (status == TW_OK)
        status = take_numbers(pickle, item(pickle, arguments, 2), "shape", &out->rank, shape);
    if (status == TW_OK)
        status = take_numbers(pickle, item(pickle, arguments, 3), "stride", &rank, out->stride);
    if (status != TW_OK)
        return status;
    const tw_pickle_value *first = tw_pickle_at(pickle, item(pickle, arguments, 1));
    if (rank != out->rank || !is_whole(first) ||
        __builtin_add_overflow((uint64_t)first->as.integer, storage->first, &out->first))
        return tw_fail(TW_ERR_FORMAT, "its place in its storage is not a number from 0");
    for (int k = 0; k < rank; k++)
        out->shape[k] = (size_t)shape[k];
    out->dtype = storage->type->name;
    out->number = storage->type->number;
    return TW_OK;
}
