/* step_reduce.h: sums over axes. x is seen as [outer..., reduced...] by strides: axes that are
 * kept, whose entries in order are those of y, and axes that are summed over. */
#ifndef TW_NET_STEP_STEP_REDUCE_H
#define TW_NET_STEP_STEP_REDUCE_H

#include "net/step/net_kernel.h"

enum { TW_NET_REDUCE_RANK = 8 };

typedef struct tw_net_reduce_axis {
    size_t size, stride; /* in entries of x */
} tw_net_reduce_axis;

typedef struct tw_net_reduce {
    size_t kept, reduced; /* axes */
    tw_net_reduce_axis keep[TW_NET_REDUCE_RANK], reduce[TW_NET_REDUCE_RANK];
    size_t count, terms; /* entries of y, and of x for each */
    double scale;        /* of sums: y = scale * sum; 1 / terms for a mean */
    int last;            /* argmax and argmin: of equals the last, not the first */
} tw_net_reduce;

TW_NET_KERNEL_DECLARED(tw_net_summed)

#endif
