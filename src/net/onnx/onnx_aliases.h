/* onnx_aliases.h: parameters that an exporter merged because their numbers were the same. */
#ifndef TW_NET_ONNX_ONNX_ALIASES_H
#define TW_NET_ONNX_ONNX_ALIASES_H

#include "net/graph/net_graph.h"

/* PyTorch's exporter writes initialisers of equal numbers (the scales and shifts of a network that
 * was not trained yet) once, and an Identity for each of the others, whose output has the name of
 * the parameter; weights that are tied in the model share one name without one. So an Identity of a
 * constant whose output is named as parameters are ("bn2.weight", "onnx::Conv_40") becomes a
 * constant of its own, a copy, and its place among the values is where it is used. A note tells.
 * `*room` is how many numbers may be copied, and is counted down. The graph is settled before and
 * after. */
tw_status tw_net_onnx_split_aliases(tw_net_graph *graph, size_t *room);

#endif
