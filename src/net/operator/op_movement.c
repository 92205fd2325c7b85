/* Operators that say where every entry goes. All are linear. */
#include <string.h>

#include "net/operator/net_arguments.h"
#include "net/operator/net_move.h"
#include "net/operator/net_operators.h"

static tw_net_shape input_shape(const tw_net_call *call, size_t index) {
    return tw_net_edge_at(call, call->inputs[index])->shape;
}

static tw_status transpose(tw_net_call *call) {
    tw_net_shape from = input_shape(call, 0), shape = {.rank = from.rank};
    size_t axes[TW_NET_RANK], count;
    tw_status status = tw_net_axes(call, "perm", TW_NET_RANK, from.rank, axes, &count);
    if (status != TW_OK)
        return status;
    if (count != from.rank && count != 0)
        return tw_net_call_fail(call, TW_ERR_SHAPE, "'perm' has %zu axes, its input %zu", count,
                                from.rank);
    tw_net_view whole = tw_net_view_of(&from), view = whole;
    for (size_t axis = 0; axis < from.rank; axis++) {
        size_t taken = count > 0 ? axes[axis] : from.rank - 1 - axis;
        view.axes[axis] = whole.axes[taken];
        shape.size[axis] = from.size[taken];
    }
    return tw_net_move(call, call->inputs[0], &view, &shape, &call->outputs[0]);
}

/* ---- repeating ---- */

static tw_status expand(tw_net_call *call) {
    tw_net_shape from = input_shape(call, 0), asked = {0}, shape;
    int64_t sizes[TW_NET_RANK];
    char given[160], to[160];
    tw_status status = tw_net_known_integers(call, 1, TW_NET_RANK, sizes, &asked.rank);
    if (status != TW_OK)
        return status;
    for (size_t axis = 0; axis < asked.rank; axis++) {
        if (sizes[axis] < 0)
            return tw_net_call_fail(call, TW_ERR_SHAPE, "a size of %lld", (long long)sizes[axis]);
        asked.size[axis] = (size_t)sizes[axis];
    }
    if (tw_net_shape_broadcast(&from, &asked, &shape))
        return tw_net_expand(call, call->inputs[0], &shape, &call->outputs[0]);
    tw_net_shape_print(&from, given, sizeof given);
    tw_net_shape_print(&asked, to, sizeof to);
    return tw_net_call_fail(call, TW_ERR_SHAPE, "an input of shape %s cannot be expanded to %s",
                            given, to);
}

static tw_status tile(tw_net_call *call) {
    tw_net_shape from = input_shape(call, 0), shape = from;
    tw_net_view whole = tw_net_view_of(&from), view = {.rank = 2 * from.rank};
    int64_t repeats[TW_NET_RANK];
    size_t count;
    tw_status status = tw_net_known_integers(call, 1, TW_NET_RANK, repeats, &count);
    if (status != TW_OK)
        return status;
    if (count != from.rank)
        return tw_net_call_fail(call, TW_ERR_SHAPE, "%zu repeats for %zu axes", count, from.rank);
    for (size_t axis = 0; axis < from.rank; axis++) {
        if (repeats[axis] < 0)
            return tw_net_call_fail(call, TW_ERR_SHAPE, "axis %zu is to be repeated %lld times",
                                    axis, (long long)repeats[axis]);
        if (__builtin_mul_overflow(shape.size[axis], (size_t)repeats[axis], &shape.size[axis]))
            shape.size[axis] = SIZE_MAX; /* refused when it is added */
        view.axes[2 * axis] = (tw_net_view_axis){.size = (size_t)repeats[axis]};
        view.axes[2 * axis + 1] = whole.axes[axis];
    }
    return tw_net_move(call, call->inputs[0], &view, &shape, &call->outputs[0]);
}

/* ---- blocks of pixels and channels ---- */

/* (N, C, H, W) and the attribute "blocksize". */
static tw_status read_blocks(const tw_net_call *call, tw_net_shape *from, size_t *block) {
    int64_t size = tw_net_node_number(call->node, "blocksize", 0);
    *from = input_shape(call, 0);
    *block = (size_t)size;
    if (from->rank != 4 || size < 1 || size > (1 << 20))
        return tw_net_call_fail(call, TW_ERR_SHAPE, "blocks of %lld of an input of %zu axes",
                                (long long)size, from->rank);
    return TW_OK;
}

/* Channels go to pixels; x is seen as (N, b, b, C', H, W), or (N, C', b, b, H, W) in the mode
 * "CRD", and y is (N, C', H, b, W, b). */
static tw_status depth_to_space(tw_net_call *call) {
    tw_net_shape from;
    size_t b;
    tw_status status = read_blocks(call, &from, &b);
    if (status != TW_OK)
        return status;
    int crd = strcmp(tw_net_node_text(call->node, "mode", "DCR"), "CRD") == 0;
    size_t left = from.size[1] / (b * b), n = from.size[0], h = from.size[2], w = from.size[3];
    if (left * b * b != from.size[1])
        return tw_net_call_fail(call, TW_ERR_SHAPE, "%zu channels are no blocks of %zu x %zu",
                                from.size[1], b, b);
    tw_net_shape shape = {4, {n, left, h * b, w * b}},
                 seen = {6, {n, crd ? left : b, b, crd ? b : left, h, w}};
    static const size_t order[2][6] = {{0, 3, 4, 1, 5, 2}, {0, 1, 4, 2, 5, 3}};
    tw_net_view whole = tw_net_view_of(&seen), view = whole;
    for (size_t axis = 0; axis < 6; axis++)
        view.axes[axis] = whole.axes[order[crd][axis]];
    return tw_net_move(call, call->inputs[0], &view, &shape, &call->outputs[0]);
}

/* x is seen as (N, C, H', b, W', b), and y is (N, b, b, C, H', W'). */
static tw_status space_to_depth(tw_net_call *call) {
    tw_net_shape from;
    size_t b;
    tw_status status = read_blocks(call, &from, &b);
    if (status != TW_OK)
        return status;
    size_t n = from.size[0], c = from.size[1], h = from.size[2] / b, w = from.size[3] / b;
    if (h * b != from.size[2] || w * b != from.size[3])
        return tw_net_call_fail(call, TW_ERR_SHAPE, "%zu x %zu pixels are no blocks of %zu x %zu",
                                from.size[2], from.size[3], b, b);
    tw_net_shape shape = {4, {n, b * b * c, h, w}}, seen = {6, {n, c, h, b, w, b}};
    static const size_t order[6] = {0, 3, 5, 1, 2, 4};
    tw_net_view whole = tw_net_view_of(&seen), view = whole;
    for (size_t axis = 0; axis < 6; axis++)
        view.axes[axis] = whole.axes[order[axis]];
    return tw_net_move(call, call->inputs[0], &view, &shape, &call->outputs[0]);
}

const tw_net_operator tw_net_family_movement[] = {
    {"Transpose", 1, 1, transpose, "y = x with its axes in another order"},
    {"Expand", 2, 2, expand, "y = x broadcast to a shape"},
    {"Tile", 2, 2, tile, "y = x repeated along axes"},
    {"DepthToSpace", 1, 1, depth_to_space, "y = x with blocks of channels as pixels"},
    {"SpaceToDepth", 1, 1, space_to_depth, "y = x with blocks of pixels as channels"},
    {NULL},
};
