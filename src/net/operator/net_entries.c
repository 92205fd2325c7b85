/* Steps that work entry by entry. */
#include "net/operator/net_entries.h"

#include <stdlib.h>
#include <string.h>

static tw_status out_of_memory(const tw_net_call *call) {
    return tw_net_call_fail(call, TW_ERR_MEMORY, "not enough memory");
}

tw_status tw_net_unary_step(tw_net_call *call, tw_net_unary_function function, const double *p,
                            tw_net_type type, size_t x, size_t *edge) {
    tw_net_unary_plan *plan = calloc(1, sizeof *plan);
    tw_net_shape shape = tw_net_edge_at(call, x)->shape;
    if (plan == NULL)
        return out_of_memory(call);
    plan->function = function;
    plan->count = tw_net_shape_count(&shape);
    if (p != NULL)
        memcpy(plan->p, p, sizeof plan->p);
    return tw_net_emit(call, tw_net_unary_kernel(function), plan, 1, &x, type, &shape, edge);
}

/* An integer type of 32 bits or fewer. */
static int is_narrow(tw_net_type type) {
    return type == TW_NET_I8 || type == TW_NET_U8 || type == TW_NET_I16 || type == TW_NET_U16 ||
           type == TW_NET_I32 || type == TW_NET_U32;
}

tw_status tw_net_binary_step(tw_net_call *call, tw_net_binary_function function, tw_net_type type,
                             size_t a, size_t b, size_t *edge) {
    tw_net_shape first = tw_net_edge_at(call, a)->shape, second = tw_net_edge_at(call, b)->shape;
    tw_net_shape shape;
    if (!tw_net_shape_broadcast(&first, &second, &shape)) {
        char one[160], other[160];
        tw_net_shape_print(&first, one, sizeof one);
        tw_net_shape_print(&second, other, sizeof other);
        return tw_net_call_fail(call, TW_ERR_SHAPE,
                                "its inputs have shapes %s and %s, which do not go together", one,
                                other);
    }
    tw_net_binary_plan *plan = malloc(sizeof *plan);
    if (plan == NULL)
        return out_of_memory(call);
    plan->function = function;
    tw_net_broadcast_plan(&shape, 2, (const tw_net_shape *const[]){&first, &second},
                          &plan->broadcast);
    tw_status status = tw_net_emit(call, tw_net_binary_kernel(function), plan, 2,
                                   (const size_t[]){a, b}, type, &shape, edge);
    if (status != TW_OK || !is_narrow(type) || tw_net_edge_at(call, *edge)->known != NULL)
        return status; /* what is known is held already */
    return tw_net_unary_step(call, TW_NET_HOLD, (const double[]){type, 0}, type, *edge, edge);
}

tw_status tw_net_old_axes(tw_net_call *call, size_t a, size_t b, size_t *aligned) {
    const tw_net_attribute *given = tw_net_node_find(call->node, "axis");
    *aligned = b;
    if (call->node->opset >= 7 || given == NULL)
        return TW_OK;
    tw_net_shape to = tw_net_edge_at(call, a)->shape, shape = tw_net_edge_at(call, b)->shape;
    int axis = tw_net_shape_axis(to.rank, given->number);
    if (axis < 0 || (size_t)axis + shape.rank > to.rank)
        return tw_net_call_fail(call, TW_ERR_SHAPE,
                                "its second input has %zu axes, which do not fit into the %zu of "
                                "the first from axis %lld on",
                                shape.rank, to.rank, (long long)given->number);
    while ((size_t)axis + shape.rank < to.rank)
        shape.size[shape.rank++] = 1;
    return tw_net_reshaped(call, b, &shape, aligned);
}
