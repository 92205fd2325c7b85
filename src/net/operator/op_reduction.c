/* Reductions over axes. */
#include <stdlib.h>

#include "net/operator/net_arguments.h"
#include "net/operator/net_move.h"
#include "net/operator/net_operators.h"
#include "net/step/step_reduce.h"
#include "net/step/step_select.h"

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
            return tw_net_batch_fail(call, "reduced");
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

/* ---- sums of something, or something of sums ---- */

static tw_status reduce_l1(tw_net_call *call) {
    reduction r;
    size_t edge;
    tw_status status = read_reduction(call, &r);
    if (status == TW_OK)
        status = tw_net_one(call, "Abs", call->inputs[0], &edge);
    return status == TW_OK ? sum_of(call, &r, edge, 0) : status;
}

static tw_status reduce_sum_square(tw_net_call *call) {
    reduction r;
    size_t edge;
    tw_status status = read_reduction(call, &r);
    if (status == TW_OK)
        status = tw_net_two(call, "Mul", call->inputs[0], call->inputs[0], &edge);
    return status == TW_OK ? sum_of(call, &r, edge, 0) : status;
}

static tw_status reduce_l2(tw_net_call *call) {
    tw_status status = reduce_sum_square(call);
    return status == TW_OK ? tw_net_one(call, "Sqrt", call->outputs[0], &call->outputs[0]) : status;
}

static tw_status reduce_log_sum(tw_net_call *call) {
    tw_status status = reduce_sum(call);
    return status == TW_OK ? tw_net_one(call, "Log", call->outputs[0], &call->outputs[0]) : status;
}

/* ---- the largest and the smallest ---- */

static tw_status selected(tw_net_call *call, const tw_net_kernel *kernel) {
    reduction r;
    tw_status status = read_reduction(call, &r);
    if (status != TW_OK)
        return status;
    if (!r.nothing)
        return emit(call, kernel, plan_of(call, &r), call->inputs[0], &r);
    call->outputs[0] = call->inputs[0];
    return TW_OK;
}

static tw_status reduce_max(tw_net_call *call) {
    return selected(call, &tw_net_largest);
}

static tw_status reduce_min(tw_net_call *call) {
    return selected(call, &tw_net_smallest);
}

/* m + log sum exp(x - m), m the largest: no exponential overflows. The derivatives by m cancel. */
static tw_status reduce_log_sum_exp(tw_net_call *call) {
    reduction r, wide;
    size_t largest, edge;
    tw_status status = read_reduction(call, &r);
    if (status != TW_OK || r.nothing) {
        call->outputs[0] = call->inputs[0];
        return status;
    }
    wide = r;
    wide.shape = wide.kept;
    status = emit(call, &tw_net_largest, plan_of(call, &wide), call->inputs[0], &wide);
    largest = call->outputs[0];
    if (status == TW_OK)
        status = tw_net_two(call, "Sub", call->inputs[0], largest, &edge);
    if (status == TW_OK)
        status = tw_net_one(call, "Exp", edge, &edge);
    if (status == TW_OK)
        status = sum_of(call, &wide, edge, 0);
    if (status == TW_OK)
        status = tw_net_one(call, "Log", call->outputs[0], &edge);
    if (status == TW_OK)
        status = tw_net_two(call, "Add", edge, largest, &edge);
    return status == TW_OK ? tw_net_reshaped(call, edge, &r.shape, &call->outputs[0]) : status;
}

static tw_status arg(tw_net_call *call, const tw_net_kernel *kernel) {
    reduction r = {.from = tw_net_edge_at(call, call->inputs[0])->shape};
    size_t axis;
    tw_status status = tw_net_axis(call, r.from.rank, 0, &axis);
    if (status != TW_OK)
        return status;
    if (tw_net_is_batch_axis(call, 0, axis))
        return tw_net_batch_fail(call, "reduced");
    if (r.from.size[axis] == 0)
        return tw_net_call_fail(call, TW_ERR_SHAPE, "axis %zu has no entries", axis);
    r.over[axis] = 1;
    set_shapes(&r, tw_net_node_number(call->node, "keepdims", 1) != 0);
    tw_net_reduce *plan = plan_of(call, &r);
    if (plan == NULL)
        return tw_net_call_fail(call, TW_ERR_MEMORY, "not enough memory");
    plan->last = tw_net_node_number(call->node, "select_last_index", 0) != 0;
    return tw_net_emit(call, kernel, plan, 1, call->inputs, TW_NET_I64, &r.shape,
                       &call->outputs[0]);
}

static tw_status argmax(tw_net_call *call) {
    return arg(call, &tw_net_argmax);
}

static tw_status argmin(tw_net_call *call) {
    return arg(call, &tw_net_argmin);
}

/* ---- products: by halves, so that their derivatives are those of multiplications ---- */

/* Rows `first` to before `first + count` of an edge of shape (n, entries). */
static tw_status rows_of(tw_net_call *call, size_t edge, size_t first, size_t count, size_t *rows) {
    tw_net_shape shape = tw_net_edge_at(call, edge)->shape;
    tw_net_view view = tw_net_view_of(&shape);
    view.from_offset = (ptrdiff_t)first * view.axes[0].from;
    view.axes[0].size = shape.size[0] = count;
    return tw_net_move(call, edge, &view, &shape, rows);
}

/* The product over the first axis, in the end (1, entries). */
static tw_status multiply_halves(tw_net_call *call, size_t *edge) {
    size_t left = TW_NET_NONE, count;
    tw_status status = TW_OK;
    while (status == TW_OK && (count = tw_net_edge_at(call, *edge)->shape.size[0]) > 1) {
        size_t half = count / 2, low, high, odd = TW_NET_NONE;
        status = rows_of(call, *edge, 0, half, &low);
        if (status == TW_OK)
            status = rows_of(call, *edge, half, half, &high);
        if (status == TW_OK && count % 2 != 0)
            status = rows_of(call, *edge, count - 1, 1, &odd);
        if (status == TW_OK)
            status = tw_net_two(call, "Mul", low, high, edge);
        if (status == TW_OK && odd != TW_NET_NONE && left != TW_NET_NONE)
            status = tw_net_two(call, "Mul", left, odd, &left);
        else if (odd != TW_NET_NONE)
            left = odd;
    }
    return status == TW_OK && left != TW_NET_NONE ? tw_net_two(call, "Mul", *edge, left, edge)
                                                  : status;
}

static tw_status reduce_prod(tw_net_call *call) {
    reduction r;
    tw_status status = read_reduction(call, &r);
    if (status != TW_OK || r.nothing) {
        call->outputs[0] = call->inputs[0];
        return status;
    }
    tw_net_view whole = tw_net_view_of(&r.from), view = {0};
    tw_net_shape rows = {2, {1, 1}};
    for (int over = 1; over >= 0; over--) /* the axes that are reduced go first */
        for (size_t axis = 0; axis < r.from.rank; axis++)
            if (r.over[axis] == over) {
                view.axes[view.rank++] = whole.axes[axis];
                rows.size[!over] *= r.from.size[axis];
            }
    if (rows.size[0] == 0) { /* of nothing: 1 */
        size_t one;
        status = tw_net_scalar(call, tw_net_edge_at(call, call->inputs[0])->type, 1, &one);
        return status == TW_OK ? tw_net_expand(call, one, &r.shape, &call->outputs[0]) : status;
    }
    size_t edge;
    status = tw_net_move(call, call->inputs[0], &view, &rows, &edge);
    if (status == TW_OK)
        status = multiply_halves(call, &edge);
    return status == TW_OK ? tw_net_reshaped(call, edge, &r.shape, &call->outputs[0]) : status;
}

const tw_net_operator tw_net_family_reduction[] = {
    {"ReduceSum", 1, 2, reduce_sum, "y = sum of x over axes"},
    {"ReduceMean", 1, 2, reduce_mean, "y = mean of x over axes"},
    {"ReduceMax", 1, 2, reduce_max, "y = largest x over axes; derivative to the first of equals"},
    {"ReduceMin", 1, 2, reduce_min, "y = smallest x over axes; derivative to the first of equals"},
    {"ReduceProd", 1, 2, reduce_prod, "y = product of x over axes"},
    {"ReduceL1", 1, 2, reduce_l1, "y = sum |x| over axes"},
    {"ReduceL2", 1, 2, reduce_l2, "y = sqrt(sum x^2) over axes"},
    {"ReduceLogSum", 1, 2, reduce_log_sum, "y = log(sum x) over axes"},
    {"ReduceLogSumExp", 1, 2, reduce_log_sum_exp, "y = log(sum exp(x)) over axes"},
    {"ReduceSumSquare", 1, 2, reduce_sum_square, "y = sum x^2 over axes"},
    {"ArgMax", 1, 1, argmax, "y = where x is largest along an axis; no derivative"},
    {"ArgMin", 1, 1, argmin, "y = where x is smallest along an axis; no derivative"},
    {NULL},
};
