#include "net/onnx/onnx_scope.h"

#include <string.h>

const char *tw_net_onnx_text(const char *text) {
    return text != NULL ? text : "";
}

/* ONNX's own domain has two names. */
static const char *plain_domain(const char *domain) {
    domain = tw_net_onnx_text(domain);
    return strcmp(domain, "ai.onnx") == 0 ? "" : domain;
}

const char *tw_net_onnx_domain(const Onnx__NodeProto *node) {
    return plain_domain(node->domain);
}

int64_t tw_net_onnx_opset(const tw_net_onnx_scope *scope, const char *domain) {
    const Onnx__FunctionProto *function = scope->function;
    size_t count = function != NULL ? function->n_opset_import : scope->model->n_opset_import;
    Onnx__OperatorSetIdProto *const *imports =
        function != NULL ? function->opset_import : scope->model->opset_import;
    for (size_t i = 0; i < count; i++)
        if (strcmp(plain_domain(imports[i]->domain), domain) == 0)
            return imports[i]->version;
    return scope->parent != NULL ? tw_net_onnx_opset(scope->parent, domain) : 1;
}

const Onnx__FunctionProto *tw_net_onnx_function(const Onnx__ModelProto *model,
                                                const Onnx__NodeProto *node) {
    for (size_t i = 0; i < model->n_functions; i++) {
        const Onnx__FunctionProto *function = model->functions[i];
        if (strcmp(tw_net_onnx_text(function->name), tw_net_onnx_text(node->op_type)) == 0 &&
            strcmp(plain_domain(function->domain), tw_net_onnx_domain(node)) == 0)
            return function;
    }
    return NULL;
}

static const Onnx__AttributeProto *find(size_t count, Onnx__AttributeProto *const *attributes,
                                        const char *name) {
    for (size_t i = 0; i < count; i++)
        if (strcmp(tw_net_onnx_text(attributes[i]->name), name) == 0)
            return attributes[i];
    return NULL;
}

const Onnx__AttributeProto *tw_net_onnx_attribute(const tw_net_onnx_scope *scope,
                                                  const Onnx__AttributeProto *attribute) {
    while (attribute != NULL && tw_net_onnx_text(attribute->ref_attr_name)[0] != '\0') {
        if (scope->function == NULL)
            return NULL;
        attribute =
            find(scope->call->n_attribute, scope->call->attribute, attribute->ref_attr_name);
        scope = scope->parent;
    }
    return attribute;
}
