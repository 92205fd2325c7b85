/* Pools: the largest, the mean or a norm of what a window sees, or of all that there is. */
#include <stdlib.h>

#include "core/alloc.h"
#include "net/operator/net_operators.h"
#include "net/operator/op_window.h"
#include "net/step/step_pool.h"

/* ---- windows ---- */

/* A window as large as the input. */
static tw_status read_all(const tw_net_call *call, const tw_net_shape *x, tw_net_window *window) {
    if (x->rank < 3 || x->rank > 2 + TW_NET_AXES)
        return tw_net_call_fail(call, TW_ERR_UNSUPPORTED,
                                "its input has %zu axes: batch, channels and 1 to 3 more are "
                                "supported",
                                x->rank);
    window->rank = x->rank - 2;
    for (size_t a = 0; a < TW_NET_AXES; a++) {
        size_t index = a + x->rank - TW_NET_AXES,
               size = a < TW_NET_AXES - window->rank ? 1 : x->size[index];
        if (size < 1 || size > INT32_MAX)
            return tw_net_call_fail(call, TW_ERR_SHAPE, "its input has an axis of %zu", size);
        window->axis[a] = (tw_net_window_axis){
            .in = (ptrdiff_t)size, .out = 1, .kernel = (ptrdiff_t)size, .stride = 1, .dilation = 1};
    }
    return tw_net_window_check(call, window);
}

/* Padding as large as the window would let it see nothing. */
static tw_status check_padding(const tw_net_call *call, const tw_net_window *window) {
    for (size_t a = 0; a < TW_NET_AXES; a++) {
        const tw_net_window_axis *axis = &window->axis[a];
        ptrdiff_t extent = tw_net_window_extent(axis);
        if (axis->in == 0)
            return tw_net_call_fail(call, TW_ERR_SHAPE, "its input has an axis of 0");
        if (axis->before >= extent || axis->after >= extent)
            return tw_net_call_fail(call, TW_ERR_SHAPE,
                                    "its padding of %td and %td must be smaller than its window "
                                    "of %td",
                                    axis->before, axis->after, extent);
    }
    return TW_OK;
}

static tw_status read_window(const tw_net_call *call, const tw_net_shape *x,
                             tw_net_window *window) {
    tw_net_padding padding;
    int64_t up = tw_net_node_number(call->node, "ceil_mode", 0);
    tw_status status = tw_net_window_read(call, x, NULL, window, &padding);
    if (status == TW_OK)
        status = tw_net_window_outputs(call, padding, up != 0, window);
    return status == TW_OK ? check_padding(call, window) : status;
}

/* ---- steps ---- */

/* A pool of an edge; `global`: of all of it. */
typedef struct pool {
    const tw_net_kernel *kernel;
    tw_net_pool_divisor divisor;
    int global, by_columns;
} pool;

static tw_status emit(tw_net_call *call, const pool *of, size_t input, size_t *edge) {
    const tw_net_shape x = tw_net_edge_at(call, input)->shape;
    tw_net_type type = tw_net_edge_at(call, input)->type;
    tw_net_window window;
    tw_status status = of->global ? read_all(call, &x, &window) : read_window(call, &x, &window);
    if (status != TW_OK)
        return status;
    tw_net_shape shape = x;
    for (size_t i = 2; i < x.rank; i++)
        shape.size[i] = (size_t)window.axis[TW_NET_AXES - window.rank + i - 2].out;
    tw_net_pool_plan *plan = tw_alloc(1, sizeof *plan);
    if (plan == NULL)
        return tw_net_call_fail(call, TW_ERR_MEMORY, "not enough memory");
    *plan = (tw_net_pool_plan){.planes = x.size[0] * x.size[1],
                               .window = window,
                               .divisor = of->divisor,
                               .by_columns = of->by_columns};
    return tw_net_emit(call, of->kernel, plan, 1, &input,
                       of->kernel == &tw_net_max_pool_index ? TW_NET_I64 : type, &shape, edge);
}

static tw_status max_pool(tw_net_call *call) {
    int64_t order = tw_net_node_number(call->node, "storage_order", 0);
    tw_status status = TW_OK;
    if (tw_net_wanted(call, 0))
        status =
            emit(call, &(pool){.kernel = &tw_net_max_pool}, call->inputs[0], &call->outputs[0]);
    if (status == TW_OK && tw_net_wanted(call, 1))
        status = emit(call, &(pool){.kernel = &tw_net_max_pool_index, .by_columns = order == 1},
                      call->inputs[0], &call->outputs[1]);
    return status;
}

static tw_status average_pool(tw_net_call *call) {
    int padded = tw_net_node_number(call->node, "count_include_pad", 0) != 0;
    return emit(call,
                &(pool){.kernel = &tw_net_sum_pool,
                        .divisor = padded ? TW_NET_POOL_PADDED : TW_NET_POOL_SEEN},
                call->inputs[0], &call->outputs[0]);
}

static tw_status global_max_pool(tw_net_call *call) {
    return emit(call, &(pool){.kernel = &tw_net_max_pool, .global = 1}, call->inputs[0],
                &call->outputs[0]);
}

static tw_status global_average_pool(tw_net_call *call) {
    return emit(call, &(pool){.kernel = &tw_net_sum_pool, .divisor = TW_NET_POOL_SEEN, .global = 1},
                call->inputs[0], &call->outputs[0]);
}

/* ---- norms ---- */

/* |x|^p. */
static tw_status raise(tw_net_call *call, int64_t p, size_t *edge) {
    size_t x = call->inputs[0], power;
    if (p == 2)
        return tw_net_two(call, "Mul", x, x, edge);
    tw_status status = tw_net_one(call, "Abs", x, edge);
    if (p == 1 || status != TW_OK)
        return status;
    status = tw_net_scalar(call, tw_net_edge_at(call, x)->type, (double)p, &power);
    return status == TW_OK ? tw_net_two(call, "Pow", *edge, power, edge) : status;
}

/* x^(1/p), of sums that are not negative. */
static tw_status lower(tw_net_call *call, int64_t p, size_t x, size_t *edge) {
    *edge = x;
    if (p == 1)
        return TW_OK;
    if (p == 2)
        return tw_net_one(call, "Sqrt", x, edge);
    size_t power;
    tw_status status = tw_net_scalar(call, tw_net_edge_at(call, x)->type, 1.0 / (double)p, &power);
    return status == TW_OK ? tw_net_two(call, "Pow", x, power, edge) : status;
}

static tw_status norm_pool(tw_net_call *call, int global) {
    int64_t p = tw_net_node_number(call->node, "p", 2);
    size_t raised, summed;
    if (p < 1)
        return tw_net_call_fail(call, TW_ERR_FORMAT, "its p is %lld, and must be 1 or more",
                                (long long)p);
    tw_status status = raise(call, p, &raised);
    if (status == TW_OK)
        status = emit(
            call, &(pool){.kernel = &tw_net_sum_pool, .divisor = TW_NET_POOL_SUM, .global = global},
            raised, &summed);
    return status == TW_OK ? lower(call, p, summed, &call->outputs[0]) : status;
}

static tw_status lp_pool(tw_net_call *call) {
    return norm_pool(call, 0);
}

static tw_status global_lp_pool(tw_net_call *call) {
    return norm_pool(call, 1);
}

const tw_net_operator tw_net_family_pooling[] = {
    {"MaxPool", 1, 1, max_pool, "y = max of x over a window; its derivative is the first of them"},
    {"AveragePool", 1, 1, average_pool, "y = mean of x over a window"},
    {"GlobalMaxPool", 1, 1, global_max_pool, "y = max of x over all places of a channel"},
    {"GlobalAveragePool", 1, 1, global_average_pool, "y = mean of x over all places of a channel"},
    {"LpPool", 1, 1, lp_pool, "y = (sum of |x|^p over a window)^(1/p)"},
    {"GlobalLpPool", 1, 1, global_lp_pool, "y = (sum of |x|^p over all places of a channel)^(1/p)"},
    {NULL},
};
