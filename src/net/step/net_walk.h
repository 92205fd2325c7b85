/* net_walk.h: a place that goes through all entries of some axes, in order. */
#ifndef TW_NET_STEP_NET_WALK_H
#define TW_NET_STEP_NET_WALK_H

#include "net/step/step_reduce.h"

typedef struct tw_net_walk {
    const tw_net_reduce_axis *axes;
    size_t count, at[TW_NET_REDUCE_RANK], offset;
} tw_net_walk;

static inline tw_net_walk tw_net_walk_over(const tw_net_reduce_axis *axes, size_t count) {
    return (tw_net_walk){.axes = axes, .count = count};
}

static inline void tw_net_walk_on(tw_net_walk *w) {
    for (size_t a = w->count; a-- > 0;) {
        w->offset += w->axes[a].stride;
        if (++w->at[a] < w->axes[a].size)
            return;
        w->offset -= w->axes[a].size * w->axes[a].stride;
        w->at[a] = 0;
    }
}

#endif
