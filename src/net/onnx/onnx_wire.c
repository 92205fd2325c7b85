#include "net/onnx/onnx_wire.h"

#include <stdlib.h>

enum {
    MOST_NESTING = 100, /* as protobuf's own libraries have it */
    ROOM = 64 << 20,    /* what taking a file apart may cost at least, and a byte of it */
    ROOM_A_BYTE = 16
};

typedef struct cursor {
    const uint8_t *at, *end;
} cursor;

static int read_varint(cursor *from, uint64_t *out) {
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 70 && from->at < from->end; shift += 7) {
        uint8_t byte = *from->at++;
        if (shift < 64)
            value |= (uint64_t)(byte & 127) << shift;
        if (byte < 128) {
            *out = value;
            return 1;
        }
    }
    return 0;
}

/* Goes over a field of wire type `type`; *length of one that is delimited, which is not gone over.
 */
static int skip(cursor *from, unsigned type, size_t *length) {
    uint64_t value = 0;
    size_t left = (size_t)(from->end - from->at), fixed = type == 1 ? 8 : 4;
    switch (type) {
    case 0:
        return read_varint(from, &value);
    case 1:
    case 5:
        from->at += left < fixed ? 0 : fixed;
        return left >= fixed;
    case 2:
        if (!read_varint(from, &value) || value > (uint64_t)(from->end - from->at))
            return 0;
        *length = (size_t)value;
        return 1;
    default:
        return 0;
    }
}

static const char *look_over(const ProtobufCMessageDescriptor *kind, cursor from, int depth);

/* Looks into the message at the cursor, if that is what the field is. A message that is to be there
 * once and comes again would be merged with the first, in time without bound. */
static const char *look_into(const ProtobufCMessageDescriptor *kind, unsigned field, cursor inside,
                             uint64_t *seen, int depth) {
    const ProtobufCFieldDescriptor *found = protobuf_c_message_descriptor_get_field(kind, field);
    if (found == NULL || found->type != PROTOBUF_C_TYPE_MESSAGE)
        return NULL;
    if (found->label != PROTOBUF_C_LABEL_REPEATED) {
        uint64_t bit = (uint64_t)1 << (field & 63);
        if (*seen & bit)
            return "a part that is to be there once comes twice";
        *seen |= bit;
    }
    return look_over(found->descriptor, inside, depth + 1);
}

/* What is wrong with it, or NULL. */
static const char *look_over(const ProtobufCMessageDescriptor *kind, cursor from, int depth) {
    uint64_t key, seen = 0;
    if (depth > MOST_NESTING)
        return "its parts are nested too deeply";
    while (from.at < from.end) {
        size_t length = 0;
        if (!read_varint(&from, &key) || key >> 3 == 0 || key >> 3 > UINT32_MAX >> 3 ||
            !skip(&from, key & 7, &length))
            return "it is truncated, or no ONNX file";
        const char *wrong = (key & 7) != 2
                                ? NULL
                                : look_into(kind, (unsigned)(key >> 3),
                                            (cursor){from.at, from.at + length}, &seen, depth);
        if (wrong != NULL)
            return wrong;
        from.at += length;
    }
    return NULL;
}

/* ---- memory ---- */

static void *take(void *left, size_t size) {
    size_t cost = size + 16;
    if (size > *(size_t *)left || cost > *(size_t *)left)
        return NULL;
    *(size_t *)left -= cost;
    return malloc(size);
}

static void give_back(void *left, void *block) {
    free(block);
}

tw_status tw_net_onnx_unpack(const char *name, const ProtobufCMessageDescriptor *kind,
                             const void *bytes, size_t size, ProtobufCMessage **out) {
    const char *wrong = look_over(kind, (cursor){bytes, (const uint8_t *)bytes + size}, 0);
    if (wrong != NULL)
        return tw_fail(TW_ERR_FORMAT, "%s: %s", name, wrong);
    size_t left = ROOM + ROOM_A_BYTE * size;
    ProtobufCAllocator allocator = {take, give_back, &left};
    *out = protobuf_c_message_unpack(kind, &allocator, size, bytes);
    if (*out == NULL)
        return tw_fail(TW_ERR_FORMAT, "%s: it is no ONNX file, or takes too much memory", name);
    return TW_OK;
}
