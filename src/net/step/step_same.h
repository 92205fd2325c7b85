/* step_same.h: y = x, entry by entry, in the same order: a reshape. Its plan is a size_t, the
 * count. */
#ifndef TW_NET_STEP_STEP_SAME_H
#define TW_NET_STEP_STEP_SAME_H

#include "net/step/net_kernel.h"

TW_NET_KERNEL_DECLARED(tw_net_same)

#endif
