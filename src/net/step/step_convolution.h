/* step_convolution.h: convolutions and their adjoints, without bias. BILINEAR in (x, w).
 *
 * tw_net_convolution: x of (batch, in_channels, in...) and w of (out_channels, in_channels/groups,
 * kernel...) to y of (batch, out_channels, out...),
 *
 *     y(n, o, p) = sum over c and t of w(o, c, t) x(n, c, p * stride - before + t * dilation)
 *
 * where c goes over the channels of o's group: channels o in groups of out_channels / groups after
 * each other, channels c of in_channels / groups.
 *
 * tw_net_convolution_transposed has the same plan, of the convolution whose adjoint by x it is: it
 * takes (y, w) to x. What no window reaches of x is 0.
 */
#ifndef TW_NET_STEP_STEP_CONVOLUTION_H
#define TW_NET_STEP_STEP_CONVOLUTION_H

#include "net/step/net_kernel.h"
#include "net/step/net_window.h"

typedef struct tw_net_convolution_plan {
    size_t batch, in_channels, out_channels, groups; /* groups divides both */
    tw_net_window window;
} tw_net_convolution_plan;

TW_NET_KERNEL_DECLARED(tw_net_convolution)
TW_NET_KERNEL_DECLARED(tw_net_convolution_transposed)

#endif
