/* onnx_functions.h: the functions that a model defines, and the values that their attributes have
 * where a call does not say them. */
#ifndef TW_NET_ONNX_ONNX_FUNCTIONS_H
#define TW_NET_ONNX_ONNX_FUNCTIONS_H

#include "onnx.pb-c.h"
#include "thalweg/status.h"

typedef struct tw_net_onnx_defined {
    const Onnx__FunctionProto *function;
    const char *name, *domain;
    size_t default_count;
    Onnx__AttributeProto **defaults; /* owned */
} tw_net_onnx_defined;

typedef struct tw_net_onnx_functions {
    size_t count;
    tw_net_onnx_defined *list; /* by name and domain */
} tw_net_onnx_functions;

/* Two functions of one name are refused: which is called would say a field (`overload`) that the
 * installed description need not know. To be released, on failure too. */
tw_status tw_net_onnx_functions_make(const char *file, const Onnx__ModelProto *model,
                                     tw_net_onnx_functions *out);
void tw_net_onnx_functions_release(tw_net_onnx_functions *functions);
/* The function that a node calls, or NULL. */
const tw_net_onnx_defined *tw_net_onnx_functions_find(const tw_net_onnx_functions *functions,
                                                      const Onnx__NodeProto *node);
/* ONNX's own domain, which has two names, is "". */
const char *tw_net_onnx_plain_domain(const char *domain);
/* The text, "" where there is none. */
const char *tw_net_onnx_text(const char *text);

#endif
