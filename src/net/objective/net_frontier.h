/* net_frontier.h: where micro-batches are left between two steps of a program, and gone on with:
 * the edges that steps before compute and steps from there on read. */
#ifndef TW_NET_OBJECTIVE_NET_FRONTIER_H
#define TW_NET_OBJECTIVE_NET_FRONTIER_H

#include "net/objective/net_engine.h"

typedef struct tw_net_frontier {
    const tw_net_program *program;
    size_t *last;             /* by edge: the last step that reads it, and one more; 0: nobody */
    size_t *held, held_count; /* edges that are kept now, before step `begin` */
    size_t *next, next_count; /* those to be kept, before step `end` */
    size_t begin, end;
    size_t each;         /* bytes of a micro-batch */
    unsigned char *kept; /* of all; NULL: nothing is, and everyone begins at step 0 */
} tw_net_frontier;

/* At step 0, for so many micro-batches, of an engine whose order is VALUES. `most`: of the bytes
 * that may be kept between steps. Released by the caller, whatever is returned. */
tw_status tw_net_frontier_open(const tw_net_engine *engine, size_t pieces, size_t most,
                               tw_net_frontier *out);
void tw_net_frontier_release(tw_net_frontier *frontier);

/* Says how far all go next, not back; and that all have gone there. */
void tw_net_frontier_aim(tw_net_frontier *frontier, size_t end);
void tw_net_frontier_arrive(tw_net_frontier *frontier);

/* Puts a micro-batch into a worker's pass as it was left, and takes it out `end` steps on. */
void tw_net_frontier_restore(const tw_net_frontier *frontier, const tw_net_engine *engine,
                             size_t worker, size_t piece);
void tw_net_frontier_save(tw_net_frontier *frontier, const tw_net_engine *engine, size_t worker,
                          size_t piece);

#endif
