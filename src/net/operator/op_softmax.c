/* Softmax and its kin, along an axis. */
#include <stdlib.h>

#include "net/operator/net_arguments.h"
#include "net/operator/net_operators.h"
#include "net/step/step_softmax.h"

/* Since opset 13 along the axis, the last one if it is not given; before, x is seen as a matrix
 * whose columns are the axes from that one on, 1 if it is not given. */
static tw_status softmax_as(tw_net_call *call, tw_net_softmax_function function) {
    size_t x = call->inputs[0], axis;
    tw_net_shape shape = tw_net_edge_at(call, x)->shape;
    int old = call->node->opset < 13;
    tw_status status = tw_net_axis(call, shape.rank, old ? 1 : -1, &axis);
    if (status != TW_OK)
        return status;
    size_t end = old ? shape.rank : axis + 1;
    if (tw_net_is_batch_axis(call, 0, axis))
        return tw_net_batch_fail(call, "summed over");
    tw_net_softmax_plan *plan = malloc(sizeof *plan);
    if (plan == NULL)
        return tw_net_call_fail(call, TW_ERR_MEMORY, "not enough memory");
    *plan = (tw_net_softmax_plan){.function = function,
                                  .outer = tw_net_shape_span(&shape, 0, axis),
                                  .count = tw_net_shape_span(&shape, axis, end),
                                  .inner = tw_net_shape_span(&shape, end, shape.rank)};
    const tw_net_kernel *kernel = function == TW_NET_HARDMAX ? &tw_net_hardmax : &tw_net_softmax;
    return tw_net_emit(call, kernel, plan, 1, &x, tw_net_edge_at(call, x)->type, &shape,
                       &call->outputs[0]);
}

static tw_status softmax(tw_net_call *call) {
    return softmax_as(call, TW_NET_SOFTMAX);
}

static tw_status log_softmax(tw_net_call *call) {
    return softmax_as(call, TW_NET_LOG_SOFTMAX);
}

static tw_status hardmax(tw_net_call *call) {
    return softmax_as(call, TW_NET_HARDMAX);
}

const tw_net_operator tw_net_family_softmax[] = {
    {"Softmax", 1, 1, softmax, "y = e^x / sum of e^x along axis"},
    {"LogSoftmax", 1, 1, log_softmax, "y = x - log(sum of e^x along axis)"},
    {"Hardmax", 1, 1, hardmax, "y = 1 for the first of the largest along axis, 0 for the others"},
    {NULL},
};
