/* onnx_scope.h: where a node of a file stands: in the graph itself, or in a model-local function at
 * one of its calls, whose attributes it may refer to. */
#ifndef TW_NET_ONNX_ONNX_SCOPE_H
#define TW_NET_ONNX_ONNX_SCOPE_H

#include "net/onnx/onnx_functions.h"
#include "net/onnx/onnx_names.h"
#include "onnx.pb-c.h"

typedef struct tw_net_onnx_scope {
    const struct tw_net_onnx_scope *parent; /* of the call; NULL: the graph itself */
    const Onnx__ModelProto *model;
    const tw_net_onnx_defined *defined; /* the function; NULL: the graph itself */
    const Onnx__NodeProto *call;
    char *prefix;            /* of its names; owned */
    tw_net_onnx_names names; /* of its values */
} tw_net_onnx_scope;

/* "" for ONNX's own. */
const char *tw_net_onnx_domain(const Onnx__NodeProto *node);
/* The version of a domain that the scope's nodes are written in. */
int64_t tw_net_onnx_opset(const tw_net_onnx_scope *scope, const char *domain);
/* What an attribute is: itself, or the one of the call that it refers to, or the function's
 * default; NULL where there is none of the name, and the operator's default holds. */
const Onnx__AttributeProto *tw_net_onnx_attribute(const tw_net_onnx_scope *scope,
                                                  const Onnx__AttributeProto *attribute);

#endif
