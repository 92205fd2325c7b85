/* net_build.h: from a graph to a program for a batch size: every node is asked, in order, to say
 * itself in steps (net_operators.h). Only ancestors of the graph's output are built. */
#ifndef TW_NET_OPERATOR_NET_BUILD_H
#define TW_NET_OPERATOR_NET_BUILD_H

#include "net/program/net_builder.h"

/* Builds it; the graph must outlive the program, which the caller frees. An operator that is not
 * known is refused by name before anything is computed (TW_ERR_UNSUPPORTED). Errors name the graph,
 * the node and its operator. */
tw_status tw_net_build(const tw_net_graph *graph, const tw_net_build_options *options,
                       tw_net_program **out);

/* Whether the operator of a node is in the list; and TW_ERR_UNSUPPORTED where it is not. */
int tw_net_is_supported(const tw_net_node *node);
tw_status tw_net_check_operator(const tw_net_graph *graph, const tw_net_node *node);

/* Sets wanted[i] to 1 for every node of the graph that its output depends on, and to 0 for the
 * others. */
tw_status tw_net_ancestors(const tw_net_graph *graph, unsigned char *wanted);

#endif
