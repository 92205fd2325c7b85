#include "net/onnx/onnx_tensor.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Bytes of a number; 0: a type whose numbers are not read. */
static size_t width_of(int type) {
    switch (type) {
    case TW_NET_U8:
    case TW_NET_I8:
    case TW_NET_BOOL:
        return 1;
    case TW_NET_U16:
    case TW_NET_I16:
    case TW_NET_F16:
    case TW_NET_BF16:
        return 2;
    case TW_NET_F32:
    case TW_NET_I32:
    case TW_NET_U32:
        return 4;
    case TW_NET_I64:
    case TW_NET_U64:
    case TW_NET_F64:
        return 8;
    default:
        return 0;
    }
}

static double half(uint16_t bits) {
    int exponent = bits >> 10 & 31, fraction = bits & 1023;
    double number = exponent == 31  ? (fraction ? (double)NAN : HUGE_VAL)
                    : exponent == 0 ? ldexp(fraction, -24)
                                    : ldexp(1024 + fraction, exponent - 25);
    return bits >> 15 ? -number : number;
}

static double single(uint32_t bits) {
    float number;
    memcpy(&number, &bits, sizeof number);
    return (double)number;
}

/* The number of that type in the lowest bits. */
static double number_of(int type, uint64_t bits) {
    double number;
    switch (type) {
    case TW_NET_I8:
        return (int8_t)bits;
    case TW_NET_I16:
        return (int16_t)bits;
    case TW_NET_I32:
        return (int32_t)bits;
    case TW_NET_I64:
        return (double)(int64_t)bits;
    case TW_NET_BOOL:
        return bits != 0;
    case TW_NET_F16:
        return half((uint16_t)bits);
    case TW_NET_BF16:
        return single((uint32_t)bits << 16);
    case TW_NET_F32:
        return single((uint32_t)bits);
    case TW_NET_F64:
        memcpy(&number, &bits, sizeof number);
        return number;
    default: /* without a sign */
        return (double)bits;
    }
}

/* Little-endian numbers, as raw_data and external files have them. */
static tw_status from_raw(const uint8_t *bytes, size_t size, tw_net_tensor *out) {
    size_t count = tw_net_shape_count(&out->shape), width = width_of((int)out->type);
    if (size != count * width)
        return tw_fail(TW_ERR_FORMAT,
                       "its shape asks for %zu numbers of %zu bytes, and it has %zu bytes", count,
                       width, size);
    for (size_t i = 0; i < count; i++) {
        uint64_t bits = 0;
        for (size_t b = 0; b < width; b++)
            bits |= (uint64_t)bytes[i * width + b] << (8 * b);
        out->numbers[i] = number_of((int)out->type, bits);
    }
    return TW_OK;
}

/* How many numbers are in the field that the type has its numbers in. */
static size_t typed_count(const Onnx__TensorProto *tensor) {
    switch (tensor->data_type) {
    case TW_NET_F32:
        return tensor->n_float_data;
    case TW_NET_F64:
        return tensor->n_double_data;
    case TW_NET_I64:
        return tensor->n_int64_data;
    case TW_NET_U32:
    case TW_NET_U64:
        return tensor->n_uint64_data;
    default:
        return tensor->n_int32_data;
    }
}

static double typed_number(const Onnx__TensorProto *tensor, size_t i) {
    switch (tensor->data_type) {
    case TW_NET_F32:
        return (double)tensor->float_data[i];
    case TW_NET_F64:
        return tensor->double_data[i];
    case TW_NET_I64:
        return (double)tensor->int64_data[i];
    case TW_NET_U32:
        return (double)(uint32_t)tensor->uint64_data[i];
    case TW_NET_U64:
        return (double)tensor->uint64_data[i];
    default:
        return number_of(tensor->data_type, (uint32_t)tensor->int32_data[i]);
    }
}

static tw_status from_field(const Onnx__TensorProto *tensor, tw_net_tensor *out) {
    size_t count = tw_net_shape_count(&out->shape), given = typed_count(tensor);
    if (given != count)
        return tw_fail(TW_ERR_FORMAT, "its shape asks for %zu numbers, and it has %zu", count,
                       given);
    for (size_t i = 0; i < count; i++)
        out->numbers[i] = typed_number(tensor, i);
    return TW_OK;
}

/* ---- numbers in another file ---- */

static const char *external_entry(const Onnx__TensorProto *tensor, const char *key) {
    for (size_t i = 0; i < tensor->n_external_data; i++)
        if (tensor->external_data[i]->key != NULL &&
            strcmp(tensor->external_data[i]->key, key) == 0)
            return tensor->external_data[i]->value;
    return NULL;
}

/* The whole number of an entry, or `fallback` where there is none. */
static tw_status external_number(const Onnx__TensorProto *tensor, const char *key, size_t fallback,
                                 size_t *out) {
    const char *text = external_entry(tensor, key);
    *out = fallback;
    if (text == NULL)
        return TW_OK;
    char *end;
    errno = 0;
    unsigned long long number = strtoull(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end != '\0' || errno != 0 || number > SIZE_MAX)
        return tw_fail(TW_ERR_FORMAT, "its %s in another file is no number of bytes", key);
    *out = (size_t)number;
    return TW_OK;
}

static tw_status from_file(const Onnx__TensorProto *tensor, tw_net_onnx_source *source,
                           tw_net_tensor *out) {
    const char *name = external_entry(tensor, "location");
    const tw_net_onnx_bytes *bytes = NULL;
    size_t offset, length, wanted = tw_net_shape_count(&out->shape) * width_of((int)out->type);
    if (name == NULL)
        return tw_fail(TW_ERR_FORMAT, "its data are in another file, which is not named");
    tw_status status = external_number(tensor, "offset", 0, &offset);
    if (status == TW_OK)
        status = external_number(tensor, "length", wanted, &length);
    if (status == TW_OK)
        status = tw_net_onnx_folder_bytes(&source->folder, name, &bytes);
    if (status == TW_OK && (offset > bytes->size || length > bytes->size - offset))
        status = tw_fail(TW_ERR_FORMAT,
                         "its %zu bytes from byte %zu are past the end of '%.200s' (%zu bytes)",
                         length, offset, name, bytes->size);
    return status == TW_OK ? from_raw((const uint8_t *)bytes->at + offset, length, out) : status;
}

/* ---- shape ---- */

static tw_status shape_of(const Onnx__TensorProto *tensor, tw_net_shape *shape) {
    *shape = (tw_net_shape){.rank = tensor->n_dims};
    if (tensor->n_dims > TW_NET_RANK)
        return tw_fail(TW_ERR_UNSUPPORTED, "it has %zu axes; %d are the most", tensor->n_dims,
                       TW_NET_RANK);
    for (size_t axis = 0; axis < shape->rank; axis++) {
        if (tensor->dims[axis] < 0)
            return tw_fail(TW_ERR_FORMAT, "the size of its axis %zu is negative", axis);
        shape->size[axis] = (size_t)tensor->dims[axis];
    }
    return TW_OK;
}

/* Whether the bytes can hold so many numbers, before memory is taken for them. */
static tw_status check_count(const Onnx__TensorProto *tensor, const tw_net_shape *shape,
                             tw_net_onnx_source *source) {
    size_t count = tw_net_shape_count(shape);
    int external = tensor->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;
    char text[160];
    tw_net_shape_print(shape, text, sizeof text);
    if (count > PTRDIFF_MAX / 8)
        return tw_fail(TW_ERR_FORMAT, "its shape %s is too large", text);
    if (external)
        return TW_OK; /* by the file's size, once it is known */
    size_t given = tensor->has_raw_data && tensor->raw_data.len > 0 ? tensor->raw_data.len
                                                                    : typed_count(tensor);
    if (count > given)
        return tw_fail(TW_ERR_FORMAT, "its shape %s asks for more numbers than it has", text);
    if (count > source->numbers_left)
        return tw_fail(TW_ERR_FORMAT,
                       "functions are used so often that their numbers are too many");
    source->numbers_left -= count;
    return TW_OK;
}

/* The same of a tensor whose numbers are in another file. */
static tw_status check_external(const Onnx__TensorProto *tensor, const tw_net_shape *shape,
                                tw_net_onnx_source *source) {
    const char *name = external_entry(tensor, "location");
    const tw_net_onnx_bytes *bytes = NULL;
    if (tensor->data_location != ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL || name == NULL)
        return TW_OK;
    tw_status status = tw_net_onnx_folder_bytes(&source->folder, name, &bytes);
    if (status == TW_OK && tw_net_shape_count(shape) > bytes->size)
        status = tw_fail(TW_ERR_FORMAT, "it has more numbers than '%.200s' has bytes", name);
    return status;
}

tw_status tw_net_onnx_tensor(const Onnx__TensorProto *tensor, tw_net_onnx_source *source,
                             tw_net_tensor *out) {
    tw_net_shape shape;
    tw_net_type type = (tw_net_type)tensor->data_type;
    const char *name = tw_net_type_name(type);
    if (width_of(tensor->data_type) == 0)
        return tw_fail(TW_ERR_UNSUPPORTED, "tensors of type %s (%d) cannot be computed with",
                       name != NULL ? name : "unknown", tensor->data_type);
    if (tensor->segment != NULL)
        return tw_fail(TW_ERR_UNSUPPORTED, "it is in segments");
    tw_status status = shape_of(tensor, &shape);
    if (status == TW_OK)
        status = check_count(tensor, &shape, source);
    if (status == TW_OK)
        status = check_external(tensor, &shape, source);
    if (status == TW_OK)
        status = tw_net_tensor_new(type, &shape, out);
    if (status != TW_OK)
        return status;
    if (tensor->data_location == ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL)
        status = from_file(tensor, source, out);
    else if (tensor->has_raw_data && (tensor->raw_data.len > 0 || typed_count(tensor) == 0))
        status = from_raw(tensor->raw_data.data, tensor->raw_data.len, out);
    else
        status = from_field(tensor, out);
    if (status != TW_OK)
        tw_net_tensor_release(out);
    return status;
}
