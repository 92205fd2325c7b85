/* network_private.h: what a tw_network is. */
#ifndef TW_NET_OBJECTIVE_NETWORK_PRIVATE_H
#define TW_NET_OBJECTIVE_NETWORK_PRIVATE_H

#include "net/graph/net_graph.h"
#include "thalweg/network.h"

struct tw_network {
    tw_net_graph *graph;
    tw_space *space;
    double *start;
    size_t operator_count; /* of the wanted nodes: */
    size_t *uses;
    const tw_net_node **firsts; /* node of each operator that comes first */
    size_t wanted;              /* nodes */
    const char *prepared;
};

/* Takes the graph over, on failure too. */
tw_status tw_network_of_graph(tw_net_graph *graph, tw_network **out);

/* What a sample is at the network's input. */
typedef struct tw_network_input {
    tw_net_shape sample;            /* without the batch */
    size_t channels, height, width; /* 0, 0, 0: plain numbers */
    int channels_last;
} tw_network_input;

/* Finds it from what the input declares, and where that is left open from the data: their sizes
 * (channels, height, width, or 0, 0, 0) and how many numbers they have, or 0 where there are none.
 * TW_ERR_SHAPE where that does not say it. Images of another size than declared are not refused
 * here. */
tw_status tw_network_find_input(const tw_network *network, tw_network_layout layout,
                                const size_t sizes[3], size_t features, tw_network_input *out);

#endif
