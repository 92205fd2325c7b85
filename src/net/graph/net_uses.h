/* net_uses.h: which layer of a graph a parameter belongs to, and as what: for weights of other
 * programs, whose names are others. */
#ifndef TW_NET_GRAPH_NET_USES_H
#define TW_NET_GRAPH_NET_USES_H

#include "net/graph/net_graph.h"

/* out[v] for every value; those of parameters are set, others are 0. Layers are convolutions,
 * products with a matrix of parameters, and normalisations, in the order of the nodes. A parameter
 * may stand behind Identity and Transpose; a bias that is added by a node of its own behind Reshape
 * and the like. What has several uses counts for the first. */
tw_status tw_net_uses(const tw_net_graph *graph, tw_block_use *out);

#endif
