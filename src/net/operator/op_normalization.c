/* Normalisations, as compositions. */
#include "net/operator/net_operators.h"

/* ---- BatchNormalization ---- */

/* a = scale / sqrt(variance + epsilon) and b = bias - mean a: of the parameters' time, so that a
 * batch costs a product and a sum, and these can be folded into the convolution before them. */
static tw_status scale_and_shift(tw_net_call *call, double epsilon, size_t *a, size_t *b) {
    size_t scale = call->inputs[1], bias = call->inputs[2], mean = call->inputs[3],
           variance = call->inputs[4], small;
    tw_status status = tw_net_scalar(call, tw_net_edge_at(call, variance)->type, epsilon, &small);
    if (status == TW_OK)
        status = tw_net_two(call, "Add", variance, small, a);
    if (status == TW_OK)
        status = tw_net_one(call, "Sqrt", *a, a);
    if (status == TW_OK)
        status = tw_net_two(call, "Div", scale, *a, a);
    if (status == TW_OK)
        status = tw_net_two(call, "Mul", mean, *a, b);
    if (status == TW_OK)
        status = tw_net_two(call, "Sub", bias, *b, b);
    return status;
}

/* The shape in which parameters of one sample's entries (those of each channel: `spatial`) meet
 * x; 0 if one of them is not of that size. */
static int parameter_shape(const tw_net_call *call, int spatial, tw_net_shape *shape) {
    *shape = tw_net_edge_at(call, call->inputs[0])->shape;
    if (shape->rank < 2)
        return 0;
    shape->size[0] = 1;
    for (size_t axis = 2; spatial && axis < shape->rank; axis++)
        shape->size[axis] = 1;
    for (size_t i = 1; i < 5; i++)
        if (tw_net_shape_count(&tw_net_edge_at(call, call->inputs[i])->shape) !=
            tw_net_shape_count(shape))
            return 0;
    return 1;
}

/* That statistics can be settled: both are parameters, one of each for a channel. */
static tw_status tell_norm(tw_net_call *call, double epsilon) {
    tw_net_norm norm = {.input = call->inputs[0],
                        .mean = call->inputs[3],
                        .variance = call->inputs[4],
                        .epsilon = epsilon,
                        .momentum = tw_net_node_real(call->node, "momentum", 0.9f)};
    for (size_t i = 3; i < 5; i++) {
        const tw_net_edge *edge = tw_net_edge_at(call, call->inputs[i]);
        if (edge->time != TW_NET_AT_POINT || edge->step != TW_NET_NONE)
            return TW_OK;
    }
    return tw_net_add_norm(call, &norm);
}

static tw_status batch_normalization(tw_net_call *call) {
    double epsilon = tw_net_node_real(call->node, "epsilon", 1e-5f);
    int spatial = call->node->opset >= 9 || tw_net_node_number(call->node, "spatial", 1) != 0;
    size_t a, b, y;
    tw_net_shape shape;
    if (tw_net_node_number(call->node, "training_mode", 0) != 0)
        return tw_net_call_fail(call, TW_ERR_UNSUPPORTED,
                                "it takes the statistics of the batch, as in training "
                                "(training_mode): export the network for evaluation");
    if (!parameter_shape(call, spatial, &shape))
        return tw_net_call_fail(call, TW_ERR_SHAPE,
                                "its scale, bias, mean and variance are not one number for each "
                                "channel");
    tw_status status = spatial ? tell_norm(call, epsilon) : TW_OK;
    if (status == TW_OK)
        status = scale_and_shift(call, epsilon, &a, &b);
    if (status == TW_OK)
        status = tw_net_reshaped(call, a, &shape, &a);
    if (status == TW_OK)
        status = tw_net_reshaped(call, b, &shape, &b);
    if (status == TW_OK)
        status = tw_net_two(call, "Mul", call->inputs[0], a, &y);
    if (status == TW_OK)
        status = tw_net_two(call, "Add", y, b, &call->outputs[0]);
    return status;
}

const tw_net_operator tw_net_family_normalization[] = {
    {"BatchNormalization", 5, 5, batch_normalization,
     "y = a x + b, a = scale / sqrt(var + epsilon), b = bias - mean a for each channel"},
    {NULL},
};
