#include "net/onnx/onnx_functions.h"

#include <stdlib.h>
#include <string.h>

#include "net/onnx/onnx_wire.h"

const char *tw_net_onnx_text(const char *text) {
    return text != NULL ? text : "";
}

const char *tw_net_onnx_plain_domain(const char *domain) {
    domain = tw_net_onnx_text(domain);
    return strcmp(domain, "ai.onnx") == 0 ? "" : domain;
}

static int compare(const void *a, const void *b) {
    const tw_net_onnx_defined *first = a, *second = b;
    int names = strcmp(first->name, second->name);
    return names != 0 ? names : strcmp(first->domain, second->domain);
}

/* FunctionProto's field attribute_proto, of which ONNX's descriptions before 1.13 know nothing. */
enum { DEFAULTS = 11 };

/* Where a field of bytes begins behind its length. */
static size_t after_length(const uint8_t *bytes, size_t size) {
    size_t at = 0;
    while (at < size && bytes[at] >= 128)
        at++;
    return at < size ? at + 1 : size;
}

static tw_status add_default(const char *file, const uint8_t *bytes, size_t size,
                             tw_net_onnx_defined *to) {
    ProtobufCMessage *message = NULL;
    size_t count = to->default_count;
    Onnx__AttributeProto **larger =
        reallocarray(to->defaults, count + 1, sizeof(Onnx__AttributeProto *));
    if (larger == NULL)
        return tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", file);
    to->defaults = larger;
    tw_status status =
        tw_net_onnx_unpack(file, &onnx__attribute_proto__descriptor, bytes, size, &message);
    if (status == TW_OK)
        to->defaults[to->default_count++] = (Onnx__AttributeProto *)message;
    return status;
}

/* The field as the installed description has it: packed again, so that all are owned alike. */
static tw_status known_defaults(const char *file, const ProtobufCFieldDescriptor *field,
                                tw_net_onnx_defined *to) {
    const char *base = (const char *)to->function;
    size_t count;
    ProtobufCMessage *const *list;
    memcpy(&count, base + field->quantifier_offset, sizeof count);
    memcpy(&list, base + field->offset, sizeof list);
    tw_status status = TW_OK;
    for (size_t i = 0; i < count && status == TW_OK; i++) {
        size_t size = protobuf_c_message_get_packed_size(list[i]);
        uint8_t *bytes = malloc(size + 1);
        if (bytes == NULL)
            return tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", file);
        protobuf_c_message_pack(list[i], bytes);
        status = add_default(file, bytes, size, to);
        free(bytes);
    }
    return status;
}

static tw_status read_defaults(const char *file, tw_net_onnx_defined *to) {
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(&onnx__function_proto__descriptor, DEFAULTS);
    if (field != NULL)
        return known_defaults(file, field, to);
    tw_status status = TW_OK;
    for (unsigned i = 0; i < to->function->base.n_unknown_fields && status == TW_OK; i++) {
        const ProtobufCMessageUnknownField *unknown = &to->function->base.unknown_fields[i];
        if (unknown->tag != DEFAULTS || unknown->wire_type != PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED)
            continue;
        size_t begin = after_length(unknown->data, unknown->len);
        status = add_default(file, unknown->data + begin, unknown->len - begin, to);
    }
    return status;
}

tw_status tw_net_onnx_functions_make(const char *file, const Onnx__ModelProto *model,
                                     tw_net_onnx_functions *out) {
    *out = (tw_net_onnx_functions){.list = calloc(model->n_functions + 1, sizeof *out->list)};
    if (out->list == NULL)
        return tw_fail(TW_ERR_MEMORY, "%s: not enough memory for a network", file);
    tw_status status = TW_OK;
    for (; out->count < model->n_functions && status == TW_OK; out->count++) {
        const Onnx__FunctionProto *function = model->functions[out->count];
        out->list[out->count] =
            (tw_net_onnx_defined){.function = function,
                                  .name = tw_net_onnx_text(function->name),
                                  .domain = tw_net_onnx_plain_domain(function->domain)};
        status = read_defaults(file, &out->list[out->count]);
    }
    if (out->count > 0)
        qsort(out->list, out->count, sizeof *out->list, compare);
    for (size_t i = 1; i < out->count && status == TW_OK; i++)
        if (compare(&out->list[i - 1], &out->list[i]) == 0)
            status = tw_fail(TW_ERR_UNSUPPORTED,
                             "%s: it has two functions '%.200s' (overloads are not supported)",
                             file, out->list[i].name);
    return status;
}

void tw_net_onnx_functions_release(tw_net_onnx_functions *functions) {
    for (size_t i = 0; i < functions->count; i++) {
        for (size_t d = 0; d < functions->list[i].default_count; d++)
            protobuf_c_message_free_unpacked(&functions->list[i].defaults[d]->base, NULL);
        free(functions->list[i].defaults);
    }
    free(functions->list);
    *functions = (tw_net_onnx_functions){0};
}

const tw_net_onnx_defined *tw_net_onnx_functions_find(const tw_net_onnx_functions *functions,
                                                      const Onnx__NodeProto *node) {
    const tw_net_onnx_defined wanted = {.name = tw_net_onnx_text(node->op_type),
                                        .domain = tw_net_onnx_plain_domain(node->domain)};
    return functions->count == 0 ? NULL
                                 : bsearch(&wanted, functions->list, functions->count,
                                           sizeof *functions->list, compare);
}
