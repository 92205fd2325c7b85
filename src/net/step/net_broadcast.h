/* net_broadcast.h: how the entries of some tensors meet when they are broadcast to one shape: in
 * runs, along which each of them goes on by one entry or stays where it is, inside loops over
 * outer axes. Axes that can be walked as one are merged: tensors of one shape are a single run, a
 * scale for every channel of an (N, C, H, W) makes N C runs of H W entries.
 */
#ifndef TW_NET_STEP_NET_BROADCAST_H
#define TW_NET_STEP_NET_BROADCAST_H

#include "net/graph/net_shape.h"

enum { TW_NET_BROADCAST = 3 }; /* tensors at most */

typedef struct tw_net_broadcast {
    size_t runs, run;              /* how many, and the entries of each */
    size_t step[TW_NET_BROADCAST]; /* within a run: 0 or 1 */
    size_t rank;                   /* of the loops around */
    size_t size[TW_NET_RANK];
    size_t stride[TW_NET_BROADCAST][TW_NET_RANK];
} tw_net_broadcast;

/* For `count` tensors of shapes that `to` is the broadcast of. */
void tw_net_broadcast_plan(const tw_net_shape *to, size_t count, const tw_net_shape *const *shapes,
                           tw_net_broadcast *plan);

/* Where a run begins: zeroed for the first one. */
typedef struct tw_net_walk {
    size_t at[TW_NET_BROADCAST]; /* the entry of each tensor */
    size_t index[TW_NET_RANK];
} tw_net_walk;

/* On to the next run, around to the first one after the last. */
void tw_net_walk_next(const tw_net_broadcast *plan, tw_net_walk *walk);

#endif
