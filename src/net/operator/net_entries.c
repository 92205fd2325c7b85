/* Steps that work entry by entry. */
#include "net/operator/net_entries.h"

#include <stdlib.h>
#include <string.h>

#include "net/operator/net_arguments.h"

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

/* Fails where the batch of one of the edges, an input of the node, is not that of a tensor of this
 * shape beside it: a file may have numbers for each sample of a batch that it fixes. */
static tw_status keeps_batch(const tw_net_call *call, size_t edge, const tw_net_shape *shape) {
    const tw_net_shape *own = &tw_net_edge_at(call, edge)->shape;
    for (size_t i = 0; i < call->input_count; i++)
        for (size_t axis = 0; axis < own->rank && own->rank <= shape->rank; axis++)
            if (call->inputs[i] == edge && tw_net_is_batch_axis(call, i, axis) &&
                shape->size[axis + shape->rank - own->rank] != own->size[axis])
                return tw_net_batch_fail(call, "given numbers for each sample");
    return TW_OK;
}

static tw_status cannot_meet(const tw_net_call *call, size_t a, size_t b) {
    const tw_net_shape *first = &tw_net_edge_at(call, a)->shape,
                       *second = &tw_net_edge_at(call, b)->shape;
    char text[2][160];
    tw_status status = keeps_batch(call, a, second);
    if (status == TW_OK)
        status = keeps_batch(call, b, first);
    if (status != TW_OK)
        return status;
    tw_net_shape_print(first, text[0], sizeof text[0]);
    tw_net_shape_print(second, text[1], sizeof text[1]);
    return tw_net_call_fail(call, TW_ERR_SHAPE,
                            "its inputs have shapes %s and %s, which do not go together", text[0],
                            text[1]);
}

tw_status tw_net_meet(const tw_net_call *call, size_t count, const size_t *edges,
                      tw_net_shape *shape) {
    *shape = (tw_net_shape){0};
    for (size_t i = 0; i < count; i++)
        for (size_t k = 0; k <= i; k++) {
            tw_net_shape both;
            if (!tw_net_shape_broadcast(&tw_net_edge_at(call, edges[k])->shape,
                                        &tw_net_edge_at(call, edges[i])->shape, &both))
                return cannot_meet(call, edges[k], edges[i]);
        }
    tw_status status = TW_OK;
    for (size_t i = 0; i < count; i++)
        tw_net_shape_broadcast(shape, &tw_net_edge_at(call, edges[i])->shape, shape);
    for (size_t i = 0; i < count && status == TW_OK; i++)
        status = keeps_batch(call, edges[i], shape);
    return status;
}

tw_status tw_net_binary_step(tw_net_call *call, tw_net_binary_function function, tw_net_type type,
                             size_t a, size_t b, size_t *edge) {
    const size_t edges[] = {a, b};
    tw_net_shape first = tw_net_edge_at(call, a)->shape, second = tw_net_edge_at(call, b)->shape;
    tw_net_shape shape;
    tw_status status = tw_net_meet(call, 2, edges, &shape);
    if (status != TW_OK)
        return status;
    tw_net_binary_plan *plan = malloc(sizeof *plan);
    if (plan == NULL)
        return out_of_memory(call);
    plan->function = function;
    tw_net_broadcast_plan(&shape, 2, (const tw_net_shape *const[]){&first, &second},
                          &plan->broadcast);
    status = tw_net_emit(call, tw_net_binary_kernel(function), plan, 2, (const size_t[]){a, b},
                         type, &shape, edge);
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
