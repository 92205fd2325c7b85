/* step_softmax.h: along one axis, for x seen as (outer, count, inner):
 *
 *   SOFTMAX      y_i = e^x_i / sum_j e^x_j
 *   LOG_SOFTMAX  y_i = x_i - log sum_j e^x_j
 *   HARDMAX      y_i = 1 for the first of the largest, else 0; no derivative passes
 *
 * The largest x is taken off first; sums are in double in both precisions.
 */
#ifndef TW_NET_STEP_STEP_SOFTMAX_H
#define TW_NET_STEP_STEP_SOFTMAX_H

#include "net/step/net_kernel.h"

typedef enum tw_net_softmax_function {
    TW_NET_SOFTMAX,
    TW_NET_LOG_SOFTMAX,
    TW_NET_HARDMAX
} tw_net_softmax_function;

typedef struct tw_net_softmax_plan {
    tw_net_softmax_function function;
    size_t outer, count, inner;
} tw_net_softmax_plan;

TW_NET_KERNEL_DECLARED(tw_net_softmax)     /* SOFTMAX, LOG_SOFTMAX */
extern const tw_net_kernel tw_net_hardmax; /* HARDMAX */

#endif
