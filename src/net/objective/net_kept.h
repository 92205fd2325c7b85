/* net_kept.h: what the passes at a point left, kept for Hessian products with other vectors at the
 * same point: these are then a pass along the direction and one back, without the two at the point
 * itself, a third of the work. Who comes a second time to a point, or with several vectors at once,
 * is expected to come again. Bits are those of products without it.
 *
 * It takes 1 GiB at most, and an eighth of the machine's memory; micro-batches that find no room
 * are computed again. */
#ifndef TW_NET_OBJECTIVE_NET_KEPT_H
#define TW_NET_OBJECTIVE_NET_KEPT_H

#include "net/objective/net_engine.h"

typedef struct tw_net_kept {
    double *x;     /* the point */
    size_t size;   /* its numbers; 0: none yet */
    size_t pieces; /* micro-batches */
    void **rooms;  /* of each; NULL: none. Made for the first point, and written over for others */
    double *gradient; /* the sums over all micro-batches, of the active early edges */
    int is_full;      /* rooms and gradient are of x */
} tw_net_kept;

/* Whether products with `count` vectors at x are to fill it (or find it full). */
int tw_net_kept_wanted(tw_net_kept *kept, const tw_net_engine *engine, size_t pieces,
                       const double *x, size_t count);
void tw_net_kept_release(tw_net_kept *kept);

#endif
