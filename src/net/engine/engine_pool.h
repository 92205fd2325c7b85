/* engine_pool.h: pools and selections of entries on blocked images (engine.h), in single precision,
 * as step_pool.h has them on planes. */
#ifndef TW_NET_ENGINE_ENGINE_POOL_H
#define TW_NET_ENGINE_ENGINE_POOL_H

#include <stdint.h>

#include "net/step/net_kernel.h"
#include "net/step/step_pool.h"

typedef struct tw_engine_pool {
    size_t slabs; /* samples times blocks of channels: an image of `block` channels each */
    size_t block; /* 16 at most */
    tw_net_window window;
    tw_net_pool_divisor divisor; /* of sums */
} tw_engine_pool;

extern const tw_net_kernel tw_engine_max_pool, tw_engine_sum_pool;

/* y[i run + k] = x[index[i] + k] for k < run, or 0 where the index is negative. LINEAR. */
typedef struct tw_engine_selection {
    size_t count, run; /* run: 1, 2, 4, 8 or 16 */
    int32_t index[];
} tw_engine_selection;

/* The same selection in the longest runs that it has. */
void tw_engine_selection_join(tw_engine_selection *plan);
/* The entry of x that entry `i` of y is; negative: none. */
int32_t tw_engine_selected(const tw_engine_selection *plan, size_t i);

extern const tw_net_kernel tw_engine_select;

#endif
