/* Reductions over axes. */
#include <stdlib.h>

#include "net/operator/net_arguments.h"
#include "net/operator/net_move.h"
#include "net/operator/net_operators.h"
#include "net/step/step_reduce.h"

/* Which axes a node reduces, and what shapes follow. */
typedef struct reduction {
    tw_net_shape from, kept, shape; /* kept: with 1 for the axes that are reduced */
    unsigned char over[TW_NET_RANK];
    int nothing; /* y = x, entry by entry: no axes, and that means none */
} reduction;

static void set_shapes(reduction *r, int keep) {
    r->shape.rank = 0;
    r->kept = r->from;
    for (size_t axis = 0; axis < r->from.rank; axis++) {
        if (r->over[axis])
            r->kept.size[axis] = 1;
        if (keep || !r->over[axis])
            r->shape.size[r->shape.rank++] = r->kept.size[axis];
    }
}

/* Without axes it is over all of them, or over none where noop_with_empty_axes says so. */
static tw_status read_reduction(const tw_net_call *call, reduction *r) {
    size_t axes[TW_NET_RANK], count;
    *r = (reduction){.from = tw_net_edge_at(call, call->inputs[0])->shape};
    tw_status status = tw_net_axes(call, "axes", 1, r->from.rank, axes, &count);
    if (status != TW_OK)
        return status;
    r->nothing = count == 0 && tw_net_node_number(call->node, "noop_with_empty_axes", 0) != 0;
    for (size_t axis = 0; axis < r->from.rank; axis++)
        r->over[axis] = count == 0 && !r->nothing;
    for (size_t i = 0; i < count; i++)
        r->over[axes[i]] = 1;
    for (size_t axis = 0; axis < r->from.rank; axis++)
        if (r->over[axis] && tw_net_is_batch_axis(call, 0, axis))
            return tw_net_batch_fail(call, "reduces");
    set_shapes(r, tw_net_node_number(call->node, "keepdims", 1) != 0);
    return TW_OK;
}

/* Adds an axis to a list whose last one it may go on with. */
static void add_axis(tw_net_reduce_axis *list, size_t *count, size_t size, size_t stride) {
    if (*count > 0 && list[*count - 1].stride == size * stride) {
        list[*count - 1].size *= size;
        list[*count - 1].stride = stride;
    } else
        list[(*count)++] = (tw_net_reduce_axis){size, stride};
}

static tw_net_reduce *plan_of(const tw_net_call *call, const reduction *r) {
    tw_net_reduce *plan = calloc(1, sizeof *plan);
    ptrdiff_t strides[TW_NET_RANK];
    if (plan == NULL)
        return NULL;
    tw_net_strides(&r->from, strides);
    plan->count = plan->terms = 1;
    plan->scale = 1;
    for (size_t axis = 0; axis < r->from.rank; axis++) {
        size_t size = r->from.size[axis];
        *(r->over[axis] ? &plan->terms : &plan->count) *= size;
        if (size == 1)
            continue;
        if (r->over[axis])
            add_axis(plan->reduce, &plan->reduced, size, (size_t)strides[axis]);
        else
            add_axis(plan->keep, &plan->kept, size, (size_t)strides[axis]);
    }
    if (plan->reduced == 0) /* loops want one */
        plan->reduce[plan->reduced++] = (tw_net_reduce_axis){1, 1};
    return plan;
}

static tw_status emit(tw_net_call *call, const tw_net_kernel *kernel, tw_net_reduce *plan,
                      size_t edge, const reduction *r) {
    if (plan == NULL)
        return tw_net_call_fail(call, TW_ERR_MEMORY, "not enough memory");
    return tw_net_emit(call, kernel, plan, 1, &edge, tw_net_edge_at(call, edge)->type, &r->shape,
                       &call->outputs[0]);
}

/* The sum, or the mean, of an edge of the shape that the node's input has. */
static tw_status sum_of(tw_net_call *call, const reduction *r, size_t edge, int mean) {
    if (r->nothing) {
        call->outputs[0] = edge;
        return TW_OK;
    }
    tw_net_reduce *plan = plan_of(call, r);
    if (plan != NULL && mean)
        plan->scale = 1 / (double)plan->terms;
    return emit(call, &tw_net_summed, plan, edge, r);
}

static tw_status reduce_sum(tw_net_call *call) {
    reduction r;
    tw_status status = read_reduction(call, &r);
    return status == TW_OK ? sum_of(call, &r, call->inputs[0], 0) : status;
}

static tw_status reduce_mean(tw_net_call *call) {
    reduction r;
    tw_status status = read_reduction(call, &r);
    return status == TW_OK ? sum_of(call, &r, call->inputs[0], 1) : status;
}

const tw_net_operator tw_net_family_reduction[] = {
    {"ReduceSum", 1, 2, reduce_sum, "y = sum of x over axes"},
    {"ReduceMean", 1, 2, reduce_mean, "y = mean of x over axes"},
    {NULL},
};
