#include "format/pickle_array.h"

#include <stdlib.h>
#include <string.h>

enum { RECONSTRUCT, NDARRAY, DTYPE, SCALAR, FROM_BUFFER, ENCODE, BYTES };

const tw_pickle_global tw_pickle_array_globals[] = {
    {"numpy.core.multiarray", "_reconstruct", RECONSTRUCT},
    {"numpy._core.multiarray", "_reconstruct", RECONSTRUCT},
    {"numpy", "ndarray", NDARRAY},
    {"numpy", "dtype", DTYPE},
    {"numpy.core.multiarray", "scalar", SCALAR},
    {"numpy._core.multiarray", "scalar", SCALAR},
    {"numpy.core.numeric", "_frombuffer", FROM_BUFFER},
    {"numpy._core.numeric", "_frombuffer", FROM_BUFFER},
    {"_codecs", "encode", ENCODE},
    {"__builtin__", "bytes", BYTES},
    {"builtins", "bytes", BYTES},
    {NULL, NULL, 0},
};

static tw_status fail(const char *what) {
    return tw_fail(TW_ERR_FORMAT, "a pickled array: %s", what);
}

/* ---- bytes ---- */

/* Text whose characters are all below 256, as the bytes of these numbers. */
static tw_status encode_latin1(const tw_pickle_value *text, uint8_t **out, size_t *length) {
    const uint8_t *in = text->as.text.data;
    size_t size = text->as.text.length, count = 0;
    *out = malloc(size > 0 ? size : 1);
    if (*out == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu bytes of a pickle", size);
    for (size_t i = 0; i < size; i++) {
        uint8_t c = in[i];
        if (c >= 0x80) {
            /* 0xc2 and 0xc3 lead the characters 0x80 to 0xff */
            if ((c != 0xc2 && c != 0xc3) || i + 1 == size || (in[i + 1] & 0xc0) != 0x80) {
                free(*out);
                *out = NULL;
                return fail("its bytes are written as text that is not Latin-1");
            }
            c = (uint8_t)(in[++i] | (c == 0xc3 ? 0x40 : 0));
        }
        (*out)[count++] = c;
    }
    *length = count;
    return TW_OK;
}

tw_status tw_pickle_bytes(const tw_pickle *pickle, uint32_t index, const uint8_t **data,
                          size_t *length, uint8_t **owned) {
    const tw_pickle_value *value = tw_pickle_at(pickle, index);
    *owned = NULL;
    if (value->kind == TW_PICKLE_BYTES) {
        *data = value->as.text.data;
        *length = value->as.text.length;
        return TW_OK;
    }
    if (value->kind == TW_PICKLE_OBJECT && value->count == BYTES) {
        *data = (const uint8_t *)"";
        *length = 0;
        return TW_OK;
    }
    const tw_pickle_value *text =
        tw_pickle_at(pickle, tw_pickle_item(pickle, value->as.object.arguments, 2, 0));
    if (value->kind != TW_PICKLE_OBJECT || value->count != ENCODE || text->kind != TW_PICKLE_TEXT)
        return fail("its data are not bytes");
    tw_status status = encode_latin1(text, owned, length);
    *data = *owned;
    return status;
}

/* ---- dtype ---- */

/* dtype('u1', ...) with the state (3, '<', ...). */
static tw_status read_dtype(const tw_pickle *pickle, uint32_t index, tw_pickle_array *out) {
    const tw_pickle_value *dtype = tw_pickle_at(pickle, index);
    if (dtype->kind != TW_PICKLE_OBJECT || dtype->count != DTYPE)
        return fail("it has no dtype");
    const tw_pickle_value *name =
        tw_pickle_at(pickle, tw_pickle_item(pickle, dtype->as.object.arguments, 3, 0));
    if ((name->kind != TW_PICKLE_TEXT && name->kind != TW_PICKLE_BYTES) ||
        name->as.text.length != 2)
        return fail("only arrays of whole numbers are read");
    out->number.kind = (char)name->as.text.data[0];
    out->number.item = (size_t)(name->as.text.data[1] - '0');
    if (out->number.kind == 'f' || !tw_number_valid(&out->number))
        return fail("only arrays of whole numbers are read");
    const tw_pickle_value *state = tw_pickle_at(pickle, dtype->as.object.state);
    out->number.big = state->kind == TW_PICKLE_TUPLE && state->count >= 2 &&
                      tw_pickle_is_text(tw_pickle_at(pickle, state->as.list.items[1]), ">");
    return TW_OK;
}

/* ---- arrays ---- */

/* Where the parts of an array stand, whichever way it was written. */
typedef struct parts {
    uint32_t shape, dtype, data;
    int fortran;
} parts;

static tw_status find_parts(const tw_pickle *pickle, uint32_t index, parts *out) {
    const tw_pickle_value *object = tw_pickle_at(pickle, index);
    if (object->kind != TW_PICKLE_OBJECT)
        return fail("another object stands in its place");
    if (object->count == FROM_BUFFER) {
        uint32_t arguments = object->as.object.arguments;
        out->data = tw_pickle_item(pickle, arguments, 4, 0);
        out->dtype = tw_pickle_item(pickle, arguments, 4, 1);
        out->shape = tw_pickle_item(pickle, arguments, 4, 2);
        uint32_t order = tw_pickle_item(pickle, arguments, 4, 3);
        out->fortran = tw_pickle_is_text(tw_pickle_at(pickle, order), "F");
        return TW_OK;
    }
    if (object->count != RECONSTRUCT)
        return fail("another object stands in its place");
    /* (version, shape, dtype, is Fortran, data) */
    uint32_t state = object->as.object.state;
    out->shape = tw_pickle_item(pickle, state, 5, 1);
    out->dtype = tw_pickle_item(pickle, state, 5, 2);
    out->data = tw_pickle_item(pickle, state, 5, 4);
    const tw_pickle_value *fortran = tw_pickle_at(pickle, tw_pickle_item(pickle, state, 5, 3));
    out->fortran = fortran->kind == TW_PICKLE_INTEGER && fortran->as.integer != 0;
    return TW_OK;
}

static tw_status read_shape(const tw_pickle *pickle, uint32_t index, tw_pickle_array *out) {
    const tw_pickle_value *shape = tw_pickle_at(pickle, index);
    if (shape->kind != TW_PICKLE_TUPLE || shape->count > TW_PICKLE_ARRAY_RANK)
        return fail("its shape is not a tuple of at most 4 numbers");
    out->rank = (int)shape->count;
    out->count = 1;
    for (uint32_t i = 0; i < shape->count; i++) {
        const tw_pickle_value *length = tw_pickle_at(pickle, shape->as.list.items[i]);
        if (length->kind != TW_PICKLE_INTEGER || length->as.integer < 0 ||
            __builtin_mul_overflow(out->count, (uint64_t)length->as.integer, &out->count))
            return fail("its shape is not a tuple of at most 4 numbers");
        out->shape[i] = (size_t)length->as.integer;
    }
    return TW_OK;
}

tw_status tw_pickle_array_read(const tw_pickle *pickle, uint32_t index, tw_pickle_array *out) {
    *out = (tw_pickle_array){0};
    parts where = {0};
    tw_status status = find_parts(pickle, index, &where);
    if (status == TW_OK)
        status = read_dtype(pickle, where.dtype, out);
    if (status == TW_OK)
        status = read_shape(pickle, where.shape, out);
    if (status == TW_OK && where.fortran && out->rank > 1)
        status = fail("it is stored in Fortran order; save it with numpy.ascontiguousarray");
    size_t length = 0, needed;
    if (status == TW_OK)
        status = tw_pickle_bytes(pickle, where.data, &out->data, &length, &out->owned);
    if (status != TW_OK)
        return status;
    if (__builtin_mul_overflow(out->count, out->number.item, &needed) || needed != length) {
        free(out->owned);
        out->owned = NULL;
        return tw_fail(
            TW_ERR_FORMAT,
            "a pickled array: its shape asks for %zu numbers of %zu bytes, but there are "
            "%zu bytes",
            out->count, out->number.item, length);
    }
    return TW_OK;
}

tw_status tw_pickle_integer(const tw_pickle *pickle, uint32_t index, int64_t *out) {
    const tw_pickle_value *value = tw_pickle_at(pickle, index);
    if (value->kind == TW_PICKLE_INTEGER) {
        *out = value->as.integer;
        return TW_OK;
    }
    if (value->kind != TW_PICKLE_OBJECT || value->count != SCALAR)
        return tw_fail(TW_ERR_FORMAT, "not a whole number");
    tw_pickle_array scalar = {.count = 1};
    uint32_t arguments = value->as.object.arguments;
    tw_status status = read_dtype(pickle, tw_pickle_item(pickle, arguments, 2, 0), &scalar);
    size_t length = 0;
    if (status == TW_OK)
        status = tw_pickle_bytes(pickle, tw_pickle_item(pickle, arguments, 2, 1), &scalar.data,
                                 &length, &scalar.owned);
    if (status == TW_OK && length != scalar.number.item)
        status = tw_fail(TW_ERR_FORMAT, "a pickled number of %zu bytes has %zu", scalar.number.item,
                         length);
    if (status == TW_OK)
        *out = tw_number_integer(&scalar.number, scalar.data);
    free(scalar.owned);
    return status;
}
