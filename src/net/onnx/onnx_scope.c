#include "net/onnx/onnx_scope.h"

#include <string.h>

const char *tw_net_onnx_domain(const Onnx__NodeProto *node) {
    return tw_net_onnx_plain_domain(node->domain);
}

int64_t tw_net_onnx_opset(const tw_net_onnx_scope *scope, const char *domain) {
    const Onnx__FunctionProto *function = scope->defined != NULL ? scope->defined->function : NULL;
    size_t count = function != NULL ? function->n_opset_import : scope->model->n_opset_import;
    Onnx__OperatorSetIdProto *const *imports =
        function != NULL ? function->opset_import : scope->model->opset_import;
    for (size_t i = 0; i < count; i++)
        if (strcmp(tw_net_onnx_plain_domain(imports[i]->domain), domain) == 0)
            return imports[i]->version;
    return scope->parent != NULL ? tw_net_onnx_opset(scope->parent, domain) : 1;
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
        if (scope->defined == NULL)
            return NULL;
        const char *name = attribute->ref_attr_name;
        attribute = find(scope->call->n_attribute, scope->call->attribute, name);
        if (attribute == NULL)
            attribute = find(scope->defined->default_count, scope->defined->defaults, name);
        scope = scope->parent;
    }
    return attribute;
}
