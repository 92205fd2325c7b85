/* step_pool.h: the largest, or the sum or mean, of what a window sees, plane by plane: a plane is
 * one channel of one sample. Padding is not seen. */
#ifndef TW_NET_STEP_STEP_POOL_H
#define TW_NET_STEP_STEP_POOL_H

#include "net/step/net_kernel.h"
#include "net/step/net_window.h"

/* What a sum is divided by. */
typedef enum tw_net_pool_divisor {
    TW_NET_POOL_SUM,   /* 1 */
    TW_NET_POOL_SEEN,  /* the entries that are seen, padding not among them */
    TW_NET_POOL_PADDED /* those, and the padding that is there (`before`, `after`) */
} tw_net_pool_divisor;

typedef struct tw_net_pool_plan {
    size_t planes;
    tw_net_window window;
    tw_net_pool_divisor divisor; /* of sums */
    int by_columns;              /* of indices: counted with the first axis the fastest */
} tw_net_pool_plan;

/* y = max over the window. The derivative passes to the first of the largest; NaN is larger than
 * every number. A window that sees nothing has -inf, and no derivative. */
TW_NET_KERNEL_DECLARED(tw_net_max_pool)
/* Where that largest is: its place in its plane, and before it the sizes of the planes before. */
TW_NET_KERNEL_DECLARED(tw_net_max_pool_index)
/* y = sum over the window / divisor; LINEAR. */
TW_NET_KERNEL_DECLARED(tw_net_sum_pool)

#endif
