/* Views and tables as steps. */
#include "net/operator/net_move.h"

#include <stdlib.h>

void tw_net_strides(const tw_net_shape *shape, ptrdiff_t *strides) {
    size_t stride = 1; /* unsigned: where a size is 0, others may be anything */
    for (size_t axis = shape->rank; axis-- > 0; stride *= shape->size[axis])
        strides[axis] = (ptrdiff_t)stride;
}

tw_net_view tw_net_view_of(const tw_net_shape *shape) {
    tw_net_view view = {.rank = shape->rank};
    ptrdiff_t strides[TW_NET_RANK];
    tw_net_strides(shape, strides);
    for (size_t axis = 0; axis < shape->rank; axis++)
        view.axes[axis] = (tw_net_view_axis){.size = shape->size[axis], .from = strides[axis]};
    return view;
}

static tw_status emit_view(tw_net_call *call, size_t edge, const tw_net_view *view,
                           const tw_net_shape *shape, size_t *out) {
    tw_net_view *plan = malloc(sizeof *plan);
    if (plan == NULL)
        return tw_net_call_fail(call, TW_ERR_MEMORY, "not enough memory");
    *plan = *view;
    plan->count = tw_net_shape_count(shape);
    tw_net_view_collapse(plan);
    return tw_net_emit(call, &tw_net_viewed, plan, 1, &edge, tw_net_edge_at(call, edge)->type,
                       shape, out);
}

/* Whether everything stays where it is. */
static int is_whole(const tw_net_view *view, size_t entries) {
    size_t count = 1;
    if (view->from_offset != 0)
        return 0;
    for (size_t a = 0; a < view->rank; a++) {
        if (view->axes[a].size != 1 && view->axes[a].from != view->axes[a].to)
            return 0;
        count *= view->axes[a].size;
    }
    return count == entries;
}

tw_status tw_net_move(tw_net_call *call, size_t edge, const tw_net_view *view,
                      const tw_net_shape *shape, size_t *moved) {
    const tw_net_edge *from = tw_net_edge_at(call, edge);
    tw_net_view set = *view;
    size_t stride = 1;
    for (size_t a = set.rank; a-- > 0; stride *= set.axes[a].size)
        set.axes[a].to = (ptrdiff_t)stride;
    if (tw_net_shape_count(shape) > TW_NET_ENTRIES ||
        !is_whole(&set, tw_net_shape_count(&from->shape)))
        return emit_view(call, edge, &set, shape, moved);
    if (!tw_net_shape_same(&from->shape, shape))
        return tw_net_reshaped(call, edge, shape, moved);
    *moved = edge;
    return TW_OK;
}

tw_status tw_net_place(tw_net_call *call, size_t edge, const tw_net_view *view,
                       const tw_net_shape *shape, size_t *placed) {
    tw_net_view set = *view;
    set.partial = 1;
    return emit_view(call, edge, &set, shape, placed);
}

tw_status tw_net_gather_new(const tw_net_call *call, size_t entries, tw_net_gather **out) {
    size_t bytes;
    *out = NULL;
    if (!__builtin_mul_overflow(entries, sizeof *(*out)->index, &bytes) &&
        bytes <= TW_NET_KNOWN_BYTES)
        *out = malloc(sizeof **out + bytes);
    if (*out == NULL)
        return tw_net_call_fail(call, TW_ERR_MEMORY, "not enough memory for a table of %zu indices",
                                entries);
    **out = (tw_net_gather){.outer = 1, .run = 1, .entries = entries};
    return TW_OK;
}

tw_status tw_net_gather_emit(tw_net_call *call, tw_net_gather *gather, size_t edge,
                             const tw_net_shape *shape, size_t *gathered) {
    return tw_net_emit(call, &tw_net_gathered, gather, 1, &edge, tw_net_edge_at(call, edge)->type,
                       shape, gathered);
}

tw_status tw_net_expand(tw_net_call *call, size_t edge, const tw_net_shape *shape,
                        size_t *expanded) {
    tw_net_view view = {.rank = shape->rank};
    size_t strides[TW_NET_RANK];
    tw_net_shape_strides(&tw_net_edge_at(call, edge)->shape, shape, strides);
    for (size_t axis = 0; axis < shape->rank; axis++)
        view.axes[axis] =
            (tw_net_view_axis){.size = shape->size[axis], .from = (ptrdiff_t)strides[axis]};
    return tw_net_move(call, edge, &view, shape, expanded);
}

/* Of the axes that have an outside alone: the others are broadcast. */
static void mark_outside(const tw_net_shape *shape, double number, unsigned char *const *inside,
                         double *numbers) {
    size_t count = tw_net_shape_count(shape);
    for (size_t i = 0; i < count; i++) {
        size_t rest = i;
        for (size_t axis = shape->rank; axis-- > 0; rest /= shape->size[axis])
            if (inside[axis] != NULL && !inside[axis][rest % shape->size[axis]])
                numbers[i] = number;
    }
}

tw_status tw_net_add_outside(tw_net_call *call, double number, unsigned char *const *inside,
                             size_t *edge) {
    tw_net_shape shape = tw_net_edge_at(call, *edge)->shape;
    tw_net_tensor tensor;
    size_t outside;
    for (size_t axis = 0; axis < shape.rank; axis++)
        if (inside[axis] == NULL && shape.size[axis] != 0)
            shape.size[axis] = 1;
    if (tw_net_shape_count(&shape) > TW_NET_KNOWN_BYTES / sizeof(double))
        return tw_net_call_fail(call, TW_ERR_SHAPE, "its result is too large");
    tw_status status = tw_net_tensor_new(tw_net_edge_at(call, *edge)->type, &shape, &tensor);
    if (status != TW_OK)
        return status;
    mark_outside(&shape, number, inside, tensor.numbers);
    status = tw_net_constant(call, tensor.type, &shape, tensor.numbers, &outside);
    tw_net_tensor_release(&tensor);
    return status == TW_OK ? tw_net_two(call, "Add", *edge, outside, edge) : status;
}
