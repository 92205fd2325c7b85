/* net_order.h: which nodes of a graph its output depends on, in an order in which they can be
 * computed. */
#ifndef TW_NET_GRAPH_NET_ORDER_H
#define TW_NET_GRAPH_NET_ORDER_H

#include "net/graph/net_graph.h"

/* The nodes that graph->output depends on, each after those that it needs: in the order in which
 * they stand, if that will do. *order is freed by the caller. TW_ERR_FORMAT, which names the value,
 * where values go round in a circle, where nothing gives one, and where two nodes do. */
tw_status tw_net_graph_order(const tw_net_graph *graph, size_t **order, size_t *count);

/* Orders the graph so, and drops other nodes and the values that none is left to use; but not the
 * input. A result that nobody uses becomes TW_NET_NONE. Values and nodes are numbered anew. */
tw_status tw_net_graph_settle(tw_net_graph *graph);

#endif
