/* net_builder_private.h: the inside of a builder, for net_builder.c and net_emit.c alone. */
#ifndef TW_NET_PROGRAM_NET_BUILDER_PRIVATE_H
#define TW_NET_PROGRAM_NET_BUILDER_PRIVATE_H

#include "net/program/net_builder.h"

struct tw_net_builder {
    const tw_net_graph *graph;
    tw_net_program *program;
    tw_net_find_fn find;
    size_t edge_room, step_room, norm_room;
    size_t *edges; /* by value of the graph */
    size_t node;   /* at hand */
    size_t known_bytes;
    tw_net_builder *declared; /* the same for the batch that the graph declares; or NULL */
};

tw_status tw_net_builder_no_memory(const tw_net_builder *builder);
/* Adds an edge, whose numbers are taken over. */
tw_status tw_net_builder_edge(tw_net_builder *builder, const tw_net_edge *edge, size_t *number);
/* Adds a constant; the numbers are copied (NULL: zeros) and held in the type. */
tw_status tw_net_builder_constant(tw_net_builder *builder, tw_net_type type,
                                  const tw_net_shape *shape, const double *numbers, size_t *edge);
/* The batch that the graph's input declares, 0 where it is open. */
size_t tw_net_graph_batch(const tw_net_graph *graph);

#endif
