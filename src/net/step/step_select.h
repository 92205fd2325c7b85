/* step_select.h: the largest or the smallest entry over axes, and where it is. Where several are
 * equal, it is the first one in order, or the last one: the derivative passes to that one alone. A
 * NaN counts as the extreme. Plans are those of step_reduce.h.
 *
 *   tw_net_largest, tw_net_smallest    y = the entry; of none: -infinity, infinity
 *   tw_net_argmax, tw_net_argmin       y = its number among the reduced entries (FLAT)
 */
#ifndef TW_NET_STEP_STEP_SELECT_H
#define TW_NET_STEP_STEP_SELECT_H

#include "net/step/step_reduce.h"

TW_NET_KERNEL_DECLARED(tw_net_largest)
TW_NET_KERNEL_DECLARED(tw_net_smallest)
TW_NET_KERNEL_DECLARED(tw_net_argmax)
TW_NET_KERNEL_DECLARED(tw_net_argmin)

#endif
