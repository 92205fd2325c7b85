/* step_concat.h: several tensors one after the other along an axis. */
#ifndef TW_NET_STEP_STEP_CONCAT_H
#define TW_NET_STEP_STEP_CONCAT_H

#include "net/step/net_kernel.h"

typedef struct tw_net_concat {
    size_t outer; /* the product of the sizes before the axis */
    size_t count; /* inputs */
    size_t run[]; /* entries of each from the axis on */
} tw_net_concat;

TW_NET_KERNEL_DECLARED(tw_net_concatenated)

#endif
