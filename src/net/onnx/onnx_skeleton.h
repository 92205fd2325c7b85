/* onnx_skeleton.h: the nodes and values of a file, functions inlined, before anything is known of
 * which are used: no numbers and no attributes yet, but where they are. */
#ifndef TW_NET_ONNX_ONNX_SKELETON_H
#define TW_NET_ONNX_ONNX_SKELETON_H

#include "net/graph/net_graph.h"
#include "net/onnx/onnx_scope.h"

typedef struct tw_net_onnx_place {
    const Onnx__NodeProto *node;
    const tw_net_onnx_scope *scope;
} tw_net_onnx_place;

typedef struct tw_net_onnx_skeleton {
    tw_net_graph *graph; /* not owned */
    const Onnx__ModelProto *model;
    tw_net_onnx_functions functions;
    const Onnx__TensorProto **tensors; /* by value: of initialisers; NULL for others */
    tw_net_onnx_place *places;         /* by node */
    size_t scope_count;
    tw_net_onnx_scope **scopes; /* the first is the graph's own */
    size_t links, text; /* inputs and outputs of all nodes, bytes of names: both are bounded */
} tw_net_onnx_skeleton;

/* Fills the graph. Initialisers are KNOWN values whose tensors are empty as yet; names that nothing
 * gives are results of no node. The skeleton is to be released, on failure too. */
tw_status tw_net_onnx_skeleton_make(const Onnx__ModelProto *model, tw_net_graph *graph,
                                    tw_net_onnx_skeleton *out);
void tw_net_onnx_skeleton_release(tw_net_onnx_skeleton *skeleton);

/* Value info as the graph keeps it: type, rank and sizes; -1 where they are open. */
void tw_net_onnx_declare(const Onnx__TypeProto *type, tw_net_value *value);

#endif
