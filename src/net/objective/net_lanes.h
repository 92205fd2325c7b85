/* net_lanes.h: sums over micro-batches of blocks of the active early edges, in double. Micro-batch
 * b goes to lane b mod lanes, a lane adds its own in order, and the lanes are added in order: the
 * bits do not depend on who runs which lane. */
#ifndef TW_NET_OBJECTIVE_NET_LANES_H
#define TW_NET_OBJECTIVE_NET_LANES_H

#include "net/objective/net_objective.h"

typedef struct tw_net_lanes_job {
    tw_net_work *work;
    size_t lanes;  /* as many as there are, or micro-batches */
    size_t blocks; /* of each lane */
} tw_net_lanes_job;

/* Makes room for `blocks` blocks a lane; the objective owns them. */
tw_status tw_net_lanes_open(tw_net_lanes_job *job, tw_net_work *work, size_t blocks);
double *tw_net_lane(const tw_net_lanes_job *job, size_t lane, size_t block);
/* The mean over the samples, block by block in lane 0. */
tw_status tw_net_lanes_sum(tw_net_lanes_job *job);

/* Of the micro-batch that was run last: the derivatives of its losses by its outputs, in block 1
 * of the worker's scratch. */
void tw_net_seeds(const tw_net_work *work, size_t piece, int worker);

#endif
