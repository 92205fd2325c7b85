/* Runs of tensors that are broadcast together. */
#include "net/step/net_broadcast.h"

/* Whether axis `axis` and the one that was put first before it (of `size` entries, strides `inner`)
 * are one axis for every tensor. */
static int one_axis(size_t (*strides)[TW_NET_RANK], size_t count, size_t axis, size_t size,
                    const size_t *inner) {
    for (size_t k = 0; k < count; k++)
        if (strides[k][axis] != inner[k] * size)
            return 0;
    return 1;
}

void tw_net_broadcast_plan(const tw_net_shape *to, size_t count, const tw_net_shape *const *shapes,
                           tw_net_broadcast *plan) {
    size_t strides[TW_NET_BROADCAST][TW_NET_RANK], groups = 0;
    size_t sizes[TW_NET_RANK], inner[TW_NET_RANK][TW_NET_BROADCAST]; /* from the last axis on */
    *plan = (tw_net_broadcast){.runs = 1, .run = 1};
    for (size_t k = 0; k < count; k++)
        tw_net_shape_strides(shapes[k], to, strides[k]);
    for (size_t axis = to->rank; axis-- > 0;) {
        if (to->size[axis] == 1)
            continue;
        size_t last = groups - 1;
        if (groups > 0 && one_axis(strides, count, axis, sizes[last], inner[last])) {
            sizes[last] *= to->size[axis];
            continue;
        }
        sizes[groups] = to->size[axis];
        for (size_t k = 0; k < count; k++)
            inner[groups][k] = strides[k][axis];
        groups++;
    }
    if (groups == 0)
        return;
    plan->run = sizes[0];
    for (size_t k = 0; k < count; k++)
        plan->step[k] = inner[0][k];
    plan->rank = groups - 1;
    for (size_t group = 1; group < groups; group++) {
        size_t axis = groups - 1 - group;
        plan->size[axis] = sizes[group];
        plan->runs *= sizes[group];
        for (size_t k = 0; k < count; k++)
            plan->stride[k][axis] = inner[group][k];
    }
}

void tw_net_walk_next(const tw_net_broadcast *plan, tw_net_walk *walk) {
    for (size_t axis = plan->rank; axis-- > 0;) {
        int more = ++walk->index[axis] < plan->size[axis];
        for (size_t k = 0; k < TW_NET_BROADCAST; k++)
            if (more)
                walk->at[k] += plan->stride[k][axis];
            else
                walk->at[k] -= plan->stride[k][axis] * (plan->size[axis] - 1);
        if (more)
            return;
        walk->index[axis] = 0;
    }
}
