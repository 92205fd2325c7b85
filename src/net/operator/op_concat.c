/* Several tensors as one. */
#include <stdlib.h>
#include <string.h>

#include "net/operator/net_arguments.h"
#include "net/operator/net_move.h"
#include "net/operator/net_operators.h"
#include "net/step/step_concat.h"

static tw_net_shape input_shape(const tw_net_call *call, size_t index) {
    return tw_net_edge_at(call, call->inputs[index])->shape;
}

/* What a file says of a batch of 1 is repeated for every sample of ours. */
static tw_status widen_inputs(tw_net_call *call, size_t axis, size_t *inputs) {
    tw_net_shape common = input_shape(call, 0);
    tw_status status = TW_OK;
    for (size_t i = 1; i < call->input_count; i++) {
        tw_net_shape shape = input_shape(call, i);
        for (size_t a = 0; shape.rank == common.rank && a < shape.rank; a++)
            if (a != axis && common.size[a] == 1)
                common.size[a] = shape.size[a];
    }
    for (size_t i = 0; i < call->input_count && status == TW_OK; i++) {
        tw_net_shape shape = input_shape(call, i), wide = common;
        if (tw_net_is_batch_axis(call, i, axis))
            return tw_net_batch_fail(call, "joined to something");
        if (shape.rank != common.rank)
            continue;
        wide.size[axis] = shape.size[axis];
        tw_net_shape joint;
        if (!tw_net_shape_same(&shape, &wide) && tw_net_shape_broadcast(&shape, &wide, &joint) &&
            tw_net_shape_same(&joint, &wide))
            status = tw_net_expand(call, inputs[i], &wide, &inputs[i]);
    }
    return status;
}

static tw_status check_inputs(const tw_net_call *call, size_t axis, const size_t *inputs) {
    tw_net_shape first = tw_net_edge_at(call, inputs[0])->shape;
    for (size_t i = 1; i < call->input_count; i++) {
        tw_net_shape shape = tw_net_edge_at(call, inputs[i])->shape;
        char one[160], other[160];
        tw_net_shape_print(&first, one, sizeof one);
        tw_net_shape_print(&shape, other, sizeof other);
        if (shape.rank == first.rank)
            shape.size[axis] = first.size[axis];
        if (!tw_net_shape_same(&shape, &first))
            return tw_net_call_fail(call, TW_ERR_SHAPE, "%s and %s cannot be joined along axis %zu",
                                    one, other, axis);
    }
    return TW_OK;
}

static tw_status join(tw_net_call *call, size_t axis, const size_t *inputs) {
    tw_net_shape shape = tw_net_edge_at(call, inputs[0])->shape;
    size_t inner = tw_net_shape_span(&shape, axis + 1, shape.rank), count = call->input_count;
    tw_net_concat *plan = malloc(sizeof *plan + count * sizeof *plan->run);
    if (plan == NULL)
        return tw_net_call_fail(call, TW_ERR_MEMORY, "not enough memory");
    plan->outer = tw_net_shape_span(&shape, 0, axis);
    plan->count = count;
    shape.size[axis] = 0;
    for (size_t i = 0; i < count; i++) {
        size_t size = tw_net_edge_at(call, inputs[i])->shape.size[axis];
        plan->run[i] = size * inner;
        if (__builtin_add_overflow(shape.size[axis], size, &shape.size[axis]))
            shape.size[axis] = SIZE_MAX; /* refused when it is added */
    }
    return tw_net_emit(call, &tw_net_concatenated, plan, count, inputs,
                       tw_net_edge_at(call, inputs[0])->type, &shape, &call->outputs[0]);
}

static tw_status concat(tw_net_call *call) {
    size_t axis, *inputs = malloc(call->input_count * sizeof *inputs);
    tw_status status = inputs == NULL ? tw_net_call_fail(call, TW_ERR_MEMORY, "not enough memory")
                                      : tw_net_axis(call, input_shape(call, 0).rank, 1, &axis);
    if (status == TW_OK) {
        memcpy(inputs, call->inputs, call->input_count * sizeof *inputs);
        if (tw_net_declared_input(call, 0) != NULL)
            status = widen_inputs(call, axis, inputs);
    }
    if (status == TW_OK)
        status = check_inputs(call, axis, inputs);
    if (status == TW_OK && call->input_count == 1)
        call->outputs[0] = inputs[0];
    else if (status == TW_OK)
        status = join(call, axis, inputs);
    free(inputs);
    return status;
}

const tw_net_operator tw_net_family_concat[] = {
    {"Concat", 1, SIZE_MAX, concat, "y = the inputs one after the other along an axis"},
    {NULL},
};
