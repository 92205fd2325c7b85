/* step_where.h: y = a where c is not 0, b elsewhere, the three broadcast to one shape. Inputs in
 * this order: c, a, b; no derivative passes to c. Its plan is a tw_net_broadcast. */
#ifndef TW_NET_STEP_STEP_WHERE_H
#define TW_NET_STEP_STEP_WHERE_H

#include "net/step/net_broadcast.h"
#include "net/step/net_kernel.h"

TW_NET_KERNEL_DECLARED(tw_net_where)

#endif
