/* step_scale.h: what folding a scale and a shift into weights takes.
 *
 *   tw_net_scale  y[o, i] = w[o, i] a[o]   BILINEAR in w and a
 *   tw_net_sum    y = a + b                LINEAR; its plan is a size_t, the count
 */
#ifndef TW_NET_STEP_STEP_SCALE_H
#define TW_NET_STEP_STEP_SCALE_H

#include "net/step/net_kernel.h"

typedef struct tw_net_scale_plan {
    size_t outer, inner; /* shape of w */
} tw_net_scale_plan;

TW_NET_KERNEL_DECLARED(tw_net_scale)
TW_NET_KERNEL_DECLARED(tw_net_sum)

#endif
