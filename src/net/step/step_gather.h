/* step_gather.h: runs of x by a table: y[o, j, r] = x[o, index_j, r], or 0 where index_j is -1. */
#ifndef TW_NET_STEP_STEP_GATHER_H
#define TW_NET_STEP_STEP_GATHER_H

#include <stdint.h>

#include "net/step/net_kernel.h"

typedef struct tw_net_gather {
    size_t outer, run;
    size_t rows;    /* of x for one o: 0 <= index < rows */
    size_t entries; /* of the table */
    int64_t index[];
} tw_net_gather;

TW_NET_KERNEL_DECLARED(tw_net_gathered)

#endif
