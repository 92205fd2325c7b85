/* op_window.h: how a window moves, as the attributes of convolutions and pools say it. */
#ifndef TW_NET_OPERATOR_OP_WINDOW_H
#define TW_NET_OPERATOR_OP_WINDOW_H

#include "net/program/net_builder.h"
#include "net/step/net_window.h"

/* auto_pad: the padding is given, or such that the output has the size of the input divided by the
 * stride, the odd one of it at the end or at the beginning, or none. */
typedef enum tw_net_padding {
    TW_NET_PADDING_GIVEN,
    TW_NET_PADDING_UPPER,
    TW_NET_PADDING_LOWER,
    TW_NET_PADDING_NONE
} tw_net_padding;

/* Reads the node's attributes for a window over `x` of (batch, channels, 1 to 3 axes more): `rank`,
 * and of each axis stride, dilation, kernel and padding. `kernel` gives the sizes of the kernel,
 * which kernel_shape must then agree with; NULL: kernel_shape alone does. The sizes in and out are
 * those of x. */
tw_status tw_net_window_read(const tw_net_call *call, const tw_net_shape *x, const size_t *kernel,
                             tw_net_window *window, tw_net_padding *padding);
/* The sizes of the output, and the padding where it follows from them. `up`: rounded up, but for a
 * window that would begin past the input and its padding before. */
tw_status tw_net_window_outputs(const tw_net_call *call, tw_net_padding padding, int up,
                                tw_net_window *window);
/* Fails where a product of its sizes is beyond what can be counted. */
tw_status tw_net_window_check(const tw_net_call *call, const tw_net_window *window);
/* A list of `count` whole numbers, from `least` to below 2^31; all `fallback` where the node has
 * none. */
tw_status tw_net_window_list(const tw_net_call *call, const char *name, size_t count, int64_t least,
                             int64_t fallback, int64_t *numbers);

#endif
