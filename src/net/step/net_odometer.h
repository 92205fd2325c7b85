/* net_odometer.h: a place that goes through all entries of some axes, in order. */
#ifndef TW_NET_STEP_NET_ODOMETER_H
#define TW_NET_STEP_NET_ODOMETER_H

#include "net/step/step_reduce.h"

typedef struct tw_net_odometer {
    const tw_net_reduce_axis *axes;
    size_t count, at[TW_NET_REDUCE_RANK], offset;
} tw_net_odometer;

static inline tw_net_odometer tw_net_odometer_over(const tw_net_reduce_axis *axes, size_t count) {
    return (tw_net_odometer){.axes = axes, .count = count};
}

static inline void tw_net_odometer_next(tw_net_odometer *o) {
    for (size_t a = o->count; a-- > 0;) {
        o->offset += o->axes[a].stride;
        if (++o->at[a] < o->axes[a].size)
            return;
        o->offset -= o->axes[a].size * o->axes[a].stride;
        o->at[a] = 0;
    }
}

#endif
