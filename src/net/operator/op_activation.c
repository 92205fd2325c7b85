/* Units: what stands between the layers of a network. */
#include <math.h>
#include <string.h>

#include "net/operator/net_entries.h"
#include "net/operator/net_operators.h"

static tw_net_type type_of(const tw_net_call *call, size_t edge) {
    return tw_net_edge_at(call, edge)->type;
}

/* The function of the first input, with up to two attributes as its parameters. */
static tw_status unit(tw_net_call *call, tw_net_unary_function function, const double *p) {
    size_t x = call->inputs[0];
    return tw_net_unary_step(call, function, p, type_of(call, x), x, &call->outputs[0]);
}

static tw_status unit_with(tw_net_call *call, tw_net_unary_function function, const char *name,
                           double fallback) {
    const double p[2] = {tw_net_node_real(call->node, name, fallback)};
    return unit(call, function, p);
}

static tw_status relu(tw_net_call *call) {
    return unit(call, TW_NET_RELU, NULL);
}

static tw_status leaky_relu(tw_net_call *call) {
    return unit_with(call, TW_NET_LEAKY_RELU, "alpha", 0.01f);
}

static tw_status thresholded_relu(tw_net_call *call) {
    return unit_with(call, TW_NET_THRESHOLDED_RELU, "alpha", 1);
}

static tw_status elu(tw_net_call *call) {
    return unit_with(call, TW_NET_ELU, "alpha", 1);
}

static tw_status selu(tw_net_call *call) {
    const double p[2] = {tw_net_node_real(call->node, "alpha", 1.67326319217681884765625),
                         tw_net_node_real(call->node, "gamma", 1.05070102214813232421875)};
    return unit(call, TW_NET_SELU, p);
}

static tw_status celu(tw_net_call *call) {
    return unit_with(call, TW_NET_CELU, "alpha", 1);
}

static tw_status shrink(tw_net_call *call) {
    const double p[2] = {tw_net_node_real(call->node, "lambd", 0.5),
                         tw_net_node_real(call->node, "bias", 0)};
    return unit(call, TW_NET_SHRINK, p);
}

static tw_status sigmoid(tw_net_call *call) {
    return unit(call, TW_NET_SIGMOID, NULL);
}

static tw_status swish(tw_net_call *call) {
    return unit_with(call, TW_NET_SWISH, "alpha", 1);
}

static tw_status tanh_(tw_net_call *call) {
    return unit(call, TW_NET_TANH, NULL);
}

static tw_status hard_sigmoid(tw_net_call *call) {
    const double p[2] = {tw_net_node_real(call->node, "alpha", 0.2f),
                         tw_net_node_real(call->node, "beta", 0.5)};
    return unit(call, TW_NET_HARD_SIGMOID, p);
}

static tw_status hard_swish(tw_net_call *call) {
    return unit(call, TW_NET_HARD_SWISH, NULL);
}

static tw_status softplus(tw_net_call *call) {
    return unit(call, TW_NET_SOFTPLUS, NULL);
}

static tw_status softsign(tw_net_call *call) {
    return unit(call, TW_NET_SOFTSIGN, NULL);
}

static tw_status mish(tw_net_call *call) {
    return unit(call, TW_NET_MISH, NULL);
}

static tw_status gelu(tw_net_call *call) {
    const char *how = tw_net_node_text(call->node, "approximate", "none");
    if (strcmp(how, "none") != 0 && strcmp(how, "tanh") != 0)
        return tw_net_call_fail(call, TW_ERR_FORMAT,
                                "its attribute approximate is '%s', neither 'none' nor 'tanh'",
                                how);
    return unit(call, strcmp(how, "tanh") == 0 ? TW_NET_GELU_TANH : TW_NET_GELU, NULL);
}

/* ---- Clip ---- */

/* A bound: an attribute before opset 11, an input since. *known: whether *number is all that is to
 * be said of it (`fallback` where it is not given). */
static tw_status bound(const tw_net_call *call, size_t input, const char *name, double fallback,
                       double *number, int *known) {
    size_t edge = tw_net_input(call, input);
    *known = 1;
    *number = tw_net_node_real(call->node, name, fallback);
    if (call->node->opset < 11 || edge == TW_NET_NONE)
        return TW_OK;
    const tw_net_edge *given = tw_net_edge_at(call, edge);
    if (tw_net_shape_count(&given->shape) != 1)
        return tw_net_call_fail(call, TW_ERR_SHAPE, "its bound '%s' is not a single number", name);
    *known = given->known != NULL;
    *number = *known ? given->known[0] : fallback;
    return TW_OK;
}

static tw_status clip(tw_net_call *call) {
    double p[2];
    int known[2];
    size_t x = call->inputs[0];
    tw_net_type type = type_of(call, x);
    tw_status status = bound(call, 1, "min", -INFINITY, &p[0], &known[0]);
    if (status == TW_OK)
        status = bound(call, 2, "max", INFINITY, &p[1], &known[1]);
    if (status == TW_OK && known[0] && known[1])
        return tw_net_unary_step(call, TW_NET_CLIP, p, type, x, &call->outputs[0]);
    if (status == TW_OK && tw_net_input(call, 1) != TW_NET_NONE)
        status = tw_net_binary_step(call, TW_NET_MAX, type, x, call->inputs[1], &x);
    if (status == TW_OK && tw_net_input(call, 2) != TW_NET_NONE)
        status = tw_net_binary_step(call, TW_NET_MIN, type, x, call->inputs[2], &x);
    call->outputs[0] = x;
    return status;
}

/* ---- PRelu, Dropout ---- */

/* Before opset 7, a slope of one axis belongs to the channels. */
static tw_status prelu(tw_net_call *call) {
    size_t x = call->inputs[0], slope = call->inputs[1];
    tw_net_shape shape = tw_net_edge_at(call, x)->shape;
    const tw_net_shape *slopes = &tw_net_edge_at(call, slope)->shape;
    tw_status status = TW_OK;
    if (call->node->opset < 7 && slopes->rank == 1 && shape.rank > 1 &&
        slopes->size[0] == shape.size[1]) {
        tw_net_shape channels = {.rank = shape.rank - 1, .size = {shape.size[1]}};
        for (size_t axis = 1; axis < channels.rank; axis++)
            channels.size[axis] = 1;
        status = tw_net_reshaped(call, slope, &channels, &slope);
    }
    if (status == TW_OK)
        status =
            tw_net_binary_step(call, TW_NET_PRELU, type_of(call, x), x, slope, &call->outputs[0]);
    return status;
}

/* Whether an input is given that is not known to be 0. */
static int may_be_other(const tw_net_call *call, size_t index) {
    size_t input = tw_net_input(call, index);
    const double *known = input == TW_NET_NONE ? NULL : tw_net_edge_at(call, input)->known;
    return input != TW_NET_NONE && (known == NULL || known[0] != 0);
}

/* Off: what it leaves is everything. */
static tw_status dropout(tw_net_call *call) {
    size_t x = call->inputs[0];
    int none = tw_net_input(call, 1) != TW_NET_NONE && !may_be_other(call, 1);
    if (may_be_other(call, 2) && !none)
        return tw_net_call_fail(call, TW_ERR_UNSUPPORTED,
                                "it drops numbers at random, as in training (training_mode): "
                                "export the network for evaluation");
    call->outputs[0] = x;
    if (!tw_net_wanted(call, 1))
        return TW_OK;
    tw_net_shape shape = tw_net_edge_at(call, x)->shape;
    tw_net_type type = call->node->opset < 10 ? type_of(call, x) : TW_NET_BOOL;
    size_t zeros, ones;
    tw_status status = tw_net_constant(call, type, &shape, NULL, &zeros);
    if (status == TW_OK)
        status = tw_net_scalar(call, type, 1, &ones);
    if (status == TW_OK)
        status = tw_net_binary_step(call, TW_NET_ADD, type, zeros, ones, &call->outputs[1]);
    return status;
}

const tw_net_operator tw_net_family_activation[] = {
    {"Relu", 1, 1, relu, "y = max(0, x)"},
    {"LeakyRelu", 1, 1, leaky_relu, "y = x where x > 0, alpha x elsewhere"},
    {"ThresholdedRelu", 1, 1, thresholded_relu, "y = x where x > alpha, 0 elsewhere"},
    {"PRelu", 2, 2, prelu, "y = x where x > 0, slope x elsewhere"},
    {"Elu", 1, 1, elu, "y = x where x > 0, alpha (e^x - 1) elsewhere"},
    {"Selu", 1, 1, selu, "y = gamma x where x > 0, gamma alpha (e^x - 1) elsewhere"},
    {"Celu", 1, 1, celu, "y = x where x > 0, alpha (e^(x / alpha) - 1) elsewhere"},
    {"Gelu", 1, 1, gelu,
     "y = x (1 + erf(x / sqrt 2)) / 2; approximate = tanh: y = x (1 + tanh(sqrt(2 / pi) (x + "
     "0.044715 x^3))) / 2"},
    {"Sigmoid", 1, 1, sigmoid, "y = 1 / (1 + e^-x)"},
    {"Swish", 1, 1, swish, "y = x / (1 + e^(-alpha x))"},
    {"Tanh", 1, 1, tanh_, "y = tanh x"},
    {"HardSigmoid", 1, 1, hard_sigmoid, "y = min(1, max(0, alpha x + beta))"},
    {"HardSwish", 1, 1, hard_swish, "y = x min(1, max(0, x / 6 + 1 / 2))"},
    {"Softplus", 1, 1, softplus, "y = log(1 + e^x)"},
    {"Softsign", 1, 1, softsign, "y = x / (1 + |x|)"},
    {"Mish", 1, 1, mish, "y = x tanh(log(1 + e^x))"},
    {"Shrink", 1, 1, shrink, "y = x + bias where x < -lambd, x - bias where x > lambd, else 0"},
    {"Clip", 1, 3, clip, "y = min(max, max(min, x))"},
    {"Dropout", 1, 3, dropout, "y = x: dropout is off; its mask is all true"},
    {NULL},
};
