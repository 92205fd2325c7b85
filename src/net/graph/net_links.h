/* net_links.h: from the values of a graph to the nodes that give and use them. Good until nodes or
 * values are added or dropped. */
#ifndef TW_NET_GRAPH_NET_LINKS_H
#define TW_NET_GRAPH_NET_LINKS_H

#include "net/graph/net_graph.h"

typedef struct tw_net_use {
    size_t node, input;
} tw_net_use;

typedef struct tw_net_links {
    size_t *makers; /* by value: a node, or TW_NET_NONE */
    size_t *first;  /* by value, and one more: where its uses begin in `uses` */
    tw_net_use *uses;
} tw_net_links;

tw_status tw_net_links_make(const tw_net_graph *graph, tw_net_links *out);
void tw_net_links_release(tw_net_links *links);

#endif
