/* step_take.h: entries of x by indices that are computed: in[0] is x, in[1] the indices, which no
 * derivative passes to. An index is counted from the end where it is negative; one that is out of
 * range fails the step.
 *
 *   y[o, j, r] = x[o, index[j], r]        shared
 *   y[o, j, r] = x[o, index[o, j, r], r]  otherwise
 */
#ifndef TW_NET_STEP_STEP_TAKE_H
#define TW_NET_STEP_STEP_TAKE_H

#include "net/step/net_kernel.h"

typedef struct tw_net_take {
    size_t outer, rows, entries, run; /* rows: of x, entries: of y */
    int shared;
} tw_net_take;

TW_NET_KERNEL_DECLARED(tw_net_taken)

#endif
