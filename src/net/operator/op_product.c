/* Products of matrices. */
#include <stdlib.h>

#include "core/alloc.h"
#include "net/operator/net_operators.h"
#include "net/step/step_product.h"

static tw_status emit(tw_net_call *call, const tw_net_product_plan *sizes,
                      const tw_net_shape *shape, size_t *edge) {
    tw_net_type a = tw_net_edge_at(call, call->inputs[0])->type,
                b = tw_net_edge_at(call, call->inputs[1])->type;
    if (tw_net_type_real(a) != tw_net_type_real(b))
        return tw_net_call_fail(call, TW_ERR_FORMAT, "its inputs are %s and %s",
                                tw_net_type_name(a), tw_net_type_name(b));
    tw_net_product_plan *plan = tw_alloc(1, sizeof *plan);
    if (plan == NULL)
        return tw_net_call_fail(call, TW_ERR_MEMORY, "not enough memory");
    *plan = *sizes;
    return tw_net_emit(call, &tw_net_product, plan, 2, call->inputs, a, shape, edge);
}

static tw_status do_not_fit(const tw_net_call *call, const tw_net_shape *a, const tw_net_shape *b) {
    char first[128], second[128];
    tw_net_shape_print(a, first, sizeof first);
    tw_net_shape_print(b, second, sizeof second);
    return tw_net_call_fail(call, TW_ERR_SHAPE, "its inputs of %s and %s do not fit", first,
                            second);
}

/* ---- MatMul ---- */

/* A factor: its matrix, and the shape of what is before it. A vector is a row on the left and a
 * column on the right. */
typedef struct factor {
    size_t rows, columns;
    tw_net_shape before;
} factor;

static factor matrices(const tw_net_shape *shape, int left) {
    if (shape->rank == 1)
        return left ? (factor){.rows = 1, .columns = shape->size[0]}
                    : (factor){.rows = shape->size[0], .columns = 1};
    factor of = {shape->size[shape->rank - 2], shape->size[shape->rank - 1], *shape};
    of.before.rank -= 2;
    return of;
}

/* One matrix on the right for all on the left: these are one, of more rows. */
static void join(tw_net_product_plan *plan) {
    for (size_t axis = 0; axis < plan->batch.rank; axis++)
        if (plan->stride_b[axis] != 0)
            return;
    size_t rows = plan->m;
    if (__builtin_mul_overflow(rows, tw_net_shape_count(&plan->batch), &plan->m))
        plan->m = rows;
    else
        plan->batch = (tw_net_shape){0};
}

static tw_status product(tw_net_call *call) {
    const tw_net_shape a = tw_net_edge_at(call, call->inputs[0])->shape,
                       b = tw_net_edge_at(call, call->inputs[1])->shape;
    if (a.rank == 0 || b.rank == 0)
        return tw_net_call_fail(call, TW_ERR_SHAPE, "its inputs must have an axis at least");
    factor left = matrices(&a, 1), right = matrices(&b, 0);
    tw_net_product_plan plan = {.m = left.rows, .n = right.columns, .k = left.columns};
    if (left.columns != right.rows ||
        !tw_net_shape_broadcast(&left.before, &right.before, &plan.batch))
        return do_not_fit(call, &a, &b);
    tw_net_shape_strides(&left.before, &plan.batch, plan.stride_a);
    tw_net_shape_strides(&right.before, &plan.batch, plan.stride_b);
    tw_net_shape shape = plan.batch;
    if (a.rank > 1)
        shape.size[shape.rank++] = plan.m;
    if (b.rank > 1)
        shape.size[shape.rank++] = plan.n;
    if (right.before.rank == 0 || tw_net_shape_count(&right.before) == 1)
        join(&plan);
    return emit(call, &plan, &shape, &call->outputs[0]);
}

/* ---- Gemm ---- */

/* edge *= factor, unless that is 1. */
static tw_status scale(tw_net_call *call, double by, size_t *edge) {
    size_t scalar;
    if (by == 1)
        return TW_OK;
    tw_status status = tw_net_scalar(call, tw_net_edge_at(call, *edge)->type, by, &scalar);
    return status == TW_OK ? tw_net_two(call, "Mul", *edge, scalar, edge) : status;
}

/* *edge += beta c. */
static tw_status add_third(tw_net_call *call, size_t *edge) {
    size_t c = tw_net_input(call, 2);
    double beta = tw_net_node_real(call->node, "beta", 1);
    if (c == TW_NET_NONE || beta == 0)
        return TW_OK;
    const tw_net_shape y = tw_net_edge_at(call, *edge)->shape,
                       third = tw_net_edge_at(call, c)->shape;
    tw_net_shape both;
    if (!tw_net_shape_broadcast(&y, &third, &both) || !tw_net_shape_same(&both, &y))
        return do_not_fit(call, &y, &third);
    tw_status status = scale(call, beta, &c);
    return status == TW_OK ? tw_net_two(call, "Add", *edge, c, edge) : status;
}

static tw_status gemm(tw_net_call *call) {
    const tw_net_shape a = tw_net_edge_at(call, call->inputs[0])->shape,
                       b = tw_net_edge_at(call, call->inputs[1])->shape;
    int over_a = tw_net_node_number(call->node, "transA", 0) != 0,
        over_b = tw_net_node_number(call->node, "transB", 0) != 0;
    if (a.rank != 2 || b.rank != 2 || a.size[!over_a] != b.size[over_b])
        return do_not_fit(call, &a, &b);
    tw_net_product_plan plan = {.m = a.size[over_a],
                                .n = b.size[!over_b],
                                .k = a.size[!over_a],
                                .transposed_a = over_a,
                                .transposed_b = over_b};
    size_t edge = 0;
    tw_status status = emit(call, &plan, &(tw_net_shape){2, {plan.m, plan.n}}, &edge);
    if (status == TW_OK)
        status = scale(call, tw_net_node_real(call->node, "alpha", 1), &edge);
    if (status == TW_OK)
        status = add_third(call, &edge);
    call->outputs[0] = edge;
    return status;
}

const tw_net_operator tw_net_family_product[] = {
    {"MatMul", 2, 2, product, "y = a b, matrix by matrix along the axes before, broadcast"},
    {"Gemm", 2, 3, gemm, "y = alpha a b + beta c, a and b turned over where transA and transB say"},
    {NULL},
};
