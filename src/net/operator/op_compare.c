/* Comparisons and logic, entry by entry; and the choice by them. */
#include <stdlib.h>

#include "net/operator/net_entries.h"
#include "net/operator/net_operators.h"
#include "net/step/step_where.h"

/* f(a, b), or f(b, a): what is greater is less the other way round. */
static tw_status question(tw_net_call *call, tw_net_binary_function function, int swap) {
    size_t a = call->inputs[0], b;
    tw_status status = tw_net_old_axes(call, a, call->inputs[1], &b);
    if (status == TW_OK)
        status = tw_net_binary_step(call, function, TW_NET_BOOL, swap ? b : a, swap ? a : b,
                                    &call->outputs[0]);
    return status;
}

static tw_status equal(tw_net_call *call) {
    return question(call, TW_NET_EQUAL, 0);
}

static tw_status less(tw_net_call *call) {
    return question(call, TW_NET_LESS, 0);
}

static tw_status less_or_equal(tw_net_call *call) {
    return question(call, TW_NET_LESS_EQUAL, 0);
}

static tw_status greater(tw_net_call *call) {
    return question(call, TW_NET_LESS, 1);
}

static tw_status greater_or_equal(tw_net_call *call) {
    return question(call, TW_NET_LESS_EQUAL, 1);
}

static tw_status both(tw_net_call *call) {
    return question(call, TW_NET_AND, 0);
}

static tw_status either(tw_net_call *call) {
    return question(call, TW_NET_OR, 0);
}

static tw_status one_of(tw_net_call *call) {
    return question(call, TW_NET_XOR, 0);
}

static tw_status negation(tw_net_call *call) {
    return tw_net_unary_step(call, TW_NET_NOT, NULL, TW_NET_BOOL, call->inputs[0],
                             &call->outputs[0]);
}

static tw_status where(tw_net_call *call) {
    tw_net_shape shapes[3], shape;
    for (size_t i = 0; i < 3; i++)
        shapes[i] = tw_net_edge_at(call, call->inputs[i])->shape;
    tw_status status = tw_net_meet(call, 3, call->inputs, &shape);
    if (status != TW_OK)
        return status;
    tw_net_broadcast *plan = malloc(sizeof *plan);
    if (plan == NULL)
        return tw_net_call_fail(call, TW_ERR_MEMORY, "not enough memory");
    tw_net_broadcast_plan(&shape, 3,
                          (const tw_net_shape *const[]){&shapes[0], &shapes[1], &shapes[2]}, plan);
    return tw_net_emit(call, &tw_net_where, plan, 3, call->inputs,
                       tw_net_edge_at(call, call->inputs[1])->type, &shape, &call->outputs[0]);
}

const tw_net_operator tw_net_family_compare[] = {
    {"Equal", 2, 2, equal, "whether a = b, broadcast"},
    {"Less", 2, 2, less, "whether a < b, broadcast"},
    {"LessOrEqual", 2, 2, less_or_equal, "whether a <= b, broadcast"},
    {"Greater", 2, 2, greater, "whether a > b, broadcast"},
    {"GreaterOrEqual", 2, 2, greater_or_equal, "whether a >= b, broadcast"},
    {"And", 2, 2, both, "a and b, broadcast"},
    {"Or", 2, 2, either, "a or b, broadcast"},
    {"Xor", 2, 2, one_of, "a or b but not both, broadcast"},
    {"Not", 1, 1, negation, "not x"},
    {"Where", 3, 3, where, "y = a where the first input holds, b elsewhere, broadcast"},
    {NULL},
};
