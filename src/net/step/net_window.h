/* net_window.h: the windows that convolutions and pools look through. Output o of an axis sees the
 * entries o * stride - before + t * dilation of its input, t = 0, ..., kernel - 1; those outside
 * 0, ..., in - 1 are padding. There are always three axes: of a window of fewer, those that come
 * first have the size 1, the kernel 1, no padding and the stride 1. */
#ifndef TW_NET_STEP_NET_WINDOW_H
#define TW_NET_STEP_NET_WINDOW_H

#include <stddef.h>

enum { TW_NET_AXES = 3 };

/* All are below 2^31, so that the product of two and a third fits into a ptrdiff_t. */
typedef struct tw_net_window_axis {
    ptrdiff_t in, out, kernel;  /* sizes */
    ptrdiff_t stride, dilation; /* > 0 */
    ptrdiff_t before, after;    /* padding. What is seen may end before it, or in a pool that rounds
                                   sizes up beyond: (out - 1) * stride + (kernel - 1) * dilation
                                   + 1 need not be before + in + after */
} tw_net_window_axis;

typedef struct tw_net_window {
    size_t rank; /* 1 to 3: how many axes there are, those of axis[3 - rank] and on */
    tw_net_window_axis axis[TW_NET_AXES];
} tw_net_window;

/* From the first entry of its kernel to the last, both included. */
static inline ptrdiff_t tw_net_window_extent(const tw_net_window_axis *axis) {
    return (axis->kernel - 1) * axis->dilation + 1;
}

/* The places of input, of output and of the kernel. */
static inline size_t tw_net_window_in(const tw_net_window *window) {
    return (size_t)(window->axis[0].in * window->axis[1].in * window->axis[2].in);
}

static inline size_t tw_net_window_out(const tw_net_window *window) {
    return (size_t)(window->axis[0].out * window->axis[1].out * window->axis[2].out);
}

static inline size_t tw_net_window_taps(const tw_net_window *window) {
    return (size_t)(window->axis[0].kernel * window->axis[1].kernel * window->axis[2].kernel);
}

/* Of numbers i = 0, ..., count - 1 those with 0 <= from + i * step < size: *first, ..., *end - 1.
 * step > 0. */
static inline void tw_net_window_inside(ptrdiff_t from, ptrdiff_t step, ptrdiff_t count,
                                        ptrdiff_t size, ptrdiff_t *first, ptrdiff_t *end) {
    ptrdiff_t low = from >= 0 ? 0 : (-from + step - 1) / step,
              high = from >= size ? 0 : (size - from + step - 1) / step;
    *end = high < count ? high : count;
    *first = low < *end ? low : *end;
}

#endif
