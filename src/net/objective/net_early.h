/* net_early.h: the edges that a batch reads of what was computed before: parameters, and what
 * depends on them alone. They are where derivatives pass from batches, in their precision, to the
 * point, in double. Their numbers are kept one after the other, in one block. */
#ifndef TW_NET_OBJECTIVE_NET_EARLY_H
#define TW_NET_OBJECTIVE_NET_EARLY_H

#include "net/program/net_program.h"

typedef struct tw_net_early_edge {
    size_t edge, count;
    size_t at;        /* of its first number in a block of all */
    size_t active_at; /* of its first in a block of those that are active; TW_NET_NONE: it is not */
} tw_net_early_edge;

typedef struct tw_net_early {
    size_t count;
    tw_net_early_edge *edges; /* owned */
    size_t size, active_size; /* numbers of all, and of those that derivatives pass to */
} tw_net_early;

/* Lists them. Released by the caller. */
tw_status tw_net_early_find(const tw_net_program *program, tw_net_early *out);
void tw_net_early_release(tw_net_early *early);

#endif
