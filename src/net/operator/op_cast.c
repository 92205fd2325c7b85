/* From one type to another. Floating-point numbers at hand are rounded to their type where they are
 * known when the program is built; what is computed later stays in the precision of the whole. */
#include <stdlib.h>

#include "net/operator/net_entries.h"
#include "net/operator/net_operators.h"
#include "net/step/step_same.h"

static tw_status cast_to(tw_net_call *call, int64_t number) {
    size_t x = call->inputs[0];
    tw_net_type type = (tw_net_type)number, from = tw_net_edge_at(call, x)->type;
    if (number < 0 || number > INT32_MAX || tw_net_type_name(type) == NULL ||
        type == TW_NET_STRING || from == TW_NET_STRING)
        return tw_net_call_fail(call, TW_ERR_UNSUPPORTED,
                                "numbers of type %lld (onnx.TensorProto) are not supported",
                                (long long)(from == TW_NET_STRING ? from : number));
    if (type == from) {
        call->outputs[0] = x;
        return TW_OK;
    }
    if (!tw_net_type_real(type))
        return tw_net_unary_step(call, TW_NET_HOLD, (const double[]){type, 0}, type, x,
                                 &call->outputs[0]);
    size_t *count = malloc(sizeof *count);
    if (count == NULL)
        return tw_net_call_fail(call, TW_ERR_MEMORY, "not enough memory");
    tw_net_shape shape = tw_net_edge_at(call, x)->shape;
    *count = tw_net_shape_count(&shape);
    return tw_net_emit(call, &tw_net_same, count, 1, &x, type, &shape, &call->outputs[0]);
}

static tw_status cast(tw_net_call *call) {
    return cast_to(call, tw_net_node_number(call->node, "to", TW_NET_UNKNOWN));
}

static tw_status cast_like(tw_net_call *call) {
    return cast_to(call, tw_net_edge_at(call, call->inputs[1])->type);
}

const tw_net_operator tw_net_family_cast[] = {
    {"Cast", 1, 1, cast, "y = x in another type; integers are cut off towards 0"},
    {"CastLike", 2, 2, cast_like, "y = x in the type of the second input"},
    {NULL},
};
