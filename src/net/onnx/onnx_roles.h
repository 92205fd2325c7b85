/* onnx_roles.h: which constants of a graph are parameters. A file says numbers, not what they are
 * for: that is told by the operators that use them. */
#ifndef TW_NET_ONNX_ONNX_ROLES_H
#define TW_NET_ONNX_ONNX_ROLES_H

#include "net/graph/net_graph.h"

/* Makes parameters of a settled graph's floating-point constants that are trained (weights, biases,
 * scales and shifts of normalisations) or are a normalisation's statistics, with their roles, and
 * the axis that ends as the outputs' channels, also behind Transpose, Reshape and the like. The
 * rest stays known: bounds, scales of sizes, single numbers, and what the graph normalises its
 * input with, of which a note tells. Names are made unique. */
tw_status tw_net_onnx_assign_roles(tw_net_graph *graph);

#endif
