/* step_view.h: entries of x copied to places of y, both by strides: Transpose, Slice, Expand, Tile,
 * Pad with zeros.
 *
 * y[to_offset + sum k_a to_a] = x[from_offset + sum k_a from_a] for all k, 0 <= k_a < size_a; the
 * other entries of y are 0. No two k have the same place in y.
 */
#ifndef TW_NET_STEP_STEP_VIEW_H
#define TW_NET_STEP_STEP_VIEW_H

#include "net/step/net_kernel.h"

enum { TW_NET_VIEW_RANK = 16 }; /* two for an axis: repeats, and the axis itself */

typedef struct tw_net_view_axis {
    size_t size;
    ptrdiff_t from, to; /* strides, in entries */
} tw_net_view_axis;

typedef struct tw_net_view {
    size_t rank;
    tw_net_view_axis axes[TW_NET_VIEW_RANK];
    ptrdiff_t from_offset, to_offset;
    size_t count; /* entries of y */
    int partial;  /* not every entry of y has a place of x */
} tw_net_view;

/* The same map in fewer axes: those of size 1 are left out, those that go on where another ends
 * are joined with it. Two axes at least are left, for the loops inside. */
void tw_net_view_collapse(tw_net_view *view);

TW_NET_KERNEL_DECLARED(tw_net_viewed)

#endif
