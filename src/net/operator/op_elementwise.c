/* Functions and arithmetic, entry by entry. */
#include "net/operator/net_entries.h"
#include "net/operator/net_operators.h"

static tw_net_type type_of(const tw_net_call *call, size_t edge) {
    return tw_net_edge_at(call, edge)->type;
}

/* ---- functions of one number ---- */

#define FUNCTION(name, function)                                                                   \
    static tw_status name##_of(tw_net_call *call) {                                                \
        size_t x = call->inputs[0];                                                                \
        return tw_net_unary_step(call, function, NULL, type_of(call, x), x, &call->outputs[0]);    \
    }
FUNCTION(erf, TW_NET_ERF)
FUNCTION(sqrt, TW_NET_SQRT)
FUNCTION(reciprocal, TW_NET_RECIPROCAL)
FUNCTION(exp, TW_NET_EXP)
FUNCTION(log, TW_NET_LOG)
FUNCTION(neg, TW_NET_NEG)
FUNCTION(abs, TW_NET_ABS)
FUNCTION(sin, TW_NET_SIN)
FUNCTION(cos, TW_NET_COS)
FUNCTION(tan, TW_NET_TAN)
FUNCTION(asin, TW_NET_ASIN)
FUNCTION(acos, TW_NET_ACOS)
FUNCTION(atan, TW_NET_ATAN)
FUNCTION(sinh, TW_NET_SINH)
FUNCTION(cosh, TW_NET_COSH)
FUNCTION(asinh, TW_NET_ASINH)
FUNCTION(acosh, TW_NET_ACOSH)
FUNCTION(atanh, TW_NET_ATANH)
FUNCTION(sign, TW_NET_SIGN)
FUNCTION(floor, TW_NET_FLOOR)
FUNCTION(ceil, TW_NET_CEIL)
FUNCTION(round, TW_NET_ROUND)

static tw_status is_nan(tw_net_call *call) {
    return tw_net_unary_step(call, TW_NET_IS_NAN, NULL, TW_NET_BOOL, call->inputs[0],
                             &call->outputs[0]);
}

static tw_status is_inf(tw_net_call *call) {
    const double p[2] = {(double)tw_net_node_number(call->node, "detect_positive", 1),
                         (double)tw_net_node_number(call->node, "detect_negative", 1)};
    return tw_net_unary_step(call, TW_NET_IS_INF, p, TW_NET_BOOL, call->inputs[0],
                             &call->outputs[0]);
}

/* ---- of two ---- */

static tw_status two(tw_net_call *call, tw_net_binary_function function) {
    size_t a = call->inputs[0], b;
    tw_status status = tw_net_old_axes(call, a, call->inputs[1], &b);
    if (status == TW_OK)
        status = tw_net_binary_step(call, function, type_of(call, a), a, b, &call->outputs[0]);
    return status;
}

static tw_status add(tw_net_call *call) {
    return two(call, TW_NET_ADD);
}

static tw_status sub(tw_net_call *call) {
    return two(call, TW_NET_SUB);
}

static tw_status mul(tw_net_call *call) {
    return two(call, TW_NET_MUL);
}

static tw_status divide(tw_net_call *call) {
    int exact = !tw_net_type_real(type_of(call, call->inputs[0]));
    return two(call, exact ? TW_NET_DIV_WHOLE : TW_NET_DIV);
}

static tw_status mod(tw_net_call *call) {
    int as_c = tw_net_node_number(call->node, "fmod", 0) != 0;
    return two(call, as_c ? TW_NET_REMAINDER : TW_NET_MODULO);
}

/* The exponent, if it is one known number for all entries of x. */
static int known_exponent(const tw_net_call *call, double *exponent) {
    const tw_net_edge *x = tw_net_edge_at(call, call->inputs[0]),
                      *given = tw_net_edge_at(call, call->inputs[1]);
    if (given->known == NULL || tw_net_shape_count(&given->shape) != 1 ||
        given->shape.rank > x->shape.rank || !tw_net_type_real(x->type))
        return 0;
    *exponent = given->known[0];
    return 1;
}

static tw_status power(tw_net_call *call) {
    double p[2] = {0};
    size_t x = call->inputs[0], *y = &call->outputs[0];
    if (!known_exponent(call, &p[0]))
        return two(call, TW_NET_POW);
    if (p[0] == 1) {
        *y = x;
        return TW_OK;
    }
    if (p[0] == 2)
        return tw_net_unary_step(call, TW_NET_SQUARE, NULL, type_of(call, x), x, y);
    return tw_net_unary_step(call, TW_NET_POWER, p, type_of(call, x), x, y);
}

/* ---- of any number of them ---- */

/* The first with the second, that with the third, and so on. What is known goes last, for where
 * two are equal, the derivative goes to the last: of Max(0, x) at 0 it is 0 as of Max(x, 0). */
static tw_status chain(tw_net_call *call, tw_net_binary_function function) {
    size_t y = call->inputs[0];
    tw_status status = TW_OK;
    for (size_t i = 1; i < call->input_count && status == TW_OK; i++) {
        size_t next = call->inputs[i];
        int swap = tw_net_edge_at(call, y)->known != NULL;
        status = tw_net_binary_step(call, function, type_of(call, y), swap ? next : y,
                                    swap ? y : next, &y);
    }
    call->outputs[0] = y;
    return status;
}

static tw_status sum(tw_net_call *call) {
    return chain(call, TW_NET_ADD);
}

static tw_status max(tw_net_call *call) {
    return chain(call, TW_NET_MAX);
}

static tw_status min(tw_net_call *call) {
    return chain(call, TW_NET_MIN);
}

static tw_status mean(tw_net_call *call) {
    tw_net_type type = type_of(call, call->inputs[0]);
    size_t share;
    tw_status status = chain(call, TW_NET_ADD);
    if (status == TW_OK)
        status = tw_net_scalar(call, type, 1 / (double)call->input_count, &share);
    if (status == TW_OK)
        status =
            tw_net_binary_step(call, TW_NET_MUL, type, call->outputs[0], share, &call->outputs[0]);
    return status;
}

const tw_net_operator tw_net_family_elementwise[] = {
    {"Add", 2, 2, add, "y = a + b, broadcast"},
    {"Sub", 2, 2, sub, "y = a - b, broadcast"},
    {"Mul", 2, 2, mul, "y = a b, broadcast"},
    {"Div", 2, 2, divide, "y = a / b, broadcast; integers towards 0"},
    {"Pow", 2, 2, power, "y = a^b, broadcast"},
    {"Mod", 2, 2, mod, "y = a - b floor(a / b), broadcast; fmod = 1: with the sign of a"},
    {"Sum", 1, SIZE_MAX, sum, "y = a + b + ..., broadcast"},
    {"Mean", 1, SIZE_MAX, mean, "y = (a + b + ...) / their number, broadcast"},
    {"Max", 1, SIZE_MAX, max, "y = max(a, b, ...), broadcast"},
    {"Min", 1, SIZE_MAX, min, "y = min(a, b, ...), broadcast"},
    {"Erf", 1, 1, erf_of, "y = erf x"},
    {"Sqrt", 1, 1, sqrt_of, "y = the square root of x"},
    {"Reciprocal", 1, 1, reciprocal_of, "y = 1 / x"},
    {"Exp", 1, 1, exp_of, "y = e^x"},
    {"Log", 1, 1, log_of, "y = log x"},
    {"Neg", 1, 1, neg_of, "y = -x"},
    {"Abs", 1, 1, abs_of, "y = |x|"},
    {"Sin", 1, 1, sin_of, "y = sin x"},
    {"Cos", 1, 1, cos_of, "y = cos x"},
    {"Tan", 1, 1, tan_of, "y = tan x"},
    {"Asin", 1, 1, asin_of, "y = arcsin x"},
    {"Acos", 1, 1, acos_of, "y = arccos x"},
    {"Atan", 1, 1, atan_of, "y = arctan x"},
    {"Sinh", 1, 1, sinh_of, "y = sinh x"},
    {"Cosh", 1, 1, cosh_of, "y = cosh x"},
    {"Asinh", 1, 1, asinh_of, "y = arsinh x"},
    {"Acosh", 1, 1, acosh_of, "y = arcosh x"},
    {"Atanh", 1, 1, atanh_of, "y = artanh x"},
    {"Sign", 1, 1, sign_of, "y = -1, 0 or 1, as x is"},
    {"Floor", 1, 1, floor_of, "y = the largest whole number up to x"},
    {"Ceil", 1, 1, ceil_of, "y = the smallest whole number from x on"},
    {"Round", 1, 1, round_of, "y = the whole number next to x, halves to even"},
    {"IsNaN", 1, 1, is_nan, "whether x is not a number"},
    {"IsInf", 1, 1, is_inf, "whether x is infinite, above or below as asked"},
    {NULL},
};
