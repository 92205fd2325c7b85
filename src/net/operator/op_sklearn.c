/* What scikit-learn's classifiers end with (domain ai.onnx.ml). The linear ones themselves are
 * written as ONNX's own operators when a file is read (onnx_classic.h). */
#include <string.h>

#include "net/operator/net_operators.h"

/* The sums of rows, as a column. */
static tw_status sum_rows(tw_net_call *call, size_t x, size_t *sums) {
    size_t axis;
    tw_status status =
        tw_net_constant(call, TW_NET_I64, &(tw_net_shape){1, {1}}, (const double[]){1}, &axis);
    return status == TW_OK ? tw_net_two(call, "ReduceSum", x, axis, sums) : status;
}

/* *edge with 1 where it is 0. */
static tw_status replace_zeros(tw_net_call *call, tw_net_type type, size_t *edge) {
    size_t zero, one, where;
    tw_status status = tw_net_scalar(call, type, 0, &zero);
    if (status == TW_OK)
        status = tw_net_scalar(call, type, 1, &one);
    if (status == TW_OK)
        status = tw_net_two(call, "Equal", *edge, zero, &where);
    return status == TW_OK
               ? tw_net_compose(call, "Where", NULL, 3, (size_t[]){where, one, *edge}, edge)
               : status;
}

/* Rows of norm 0 are left as they are. */
static tw_status normalizer(tw_net_call *call) {
    const char *norm = tw_net_node_text(call->node, "norm", "MAX");
    size_t x = call->inputs[0], part;
    tw_net_type type = tw_net_edge_at(call, x)->type;
    int second = strcmp(norm, "L2") == 0;
    if (!second && strcmp(norm, "L1") != 0)
        return tw_net_call_fail(call, TW_ERR_UNSUPPORTED, "its norm '%.40s' is not supported",
                                norm);
    if (tw_net_edge_at(call, x)->shape.rank != 2 || !tw_net_type_real(type))
        return tw_net_call_fail(call, TW_ERR_SHAPE, "its input must be rows of real numbers");
    tw_status status =
        second ? tw_net_two(call, "Mul", x, x, &part) : tw_net_one(call, "Abs", x, &part);
    if (status == TW_OK)
        status = sum_rows(call, part, &part);
    if (status == TW_OK)
        status = replace_zeros(call, type, &part);
    if (status == TW_OK && second)
        status = tw_net_one(call, "Sqrt", part, &part);
    return status == TW_OK ? tw_net_two(call, "Div", x, part, &call->outputs[0]) : status;
}

const tw_net_operator tw_net_family_sklearn[] = {
    {"Normalizer", 1, 1, normalizer, "y = x / sum |x|, or x / sqrt(sum x^2), row by row",
     "ai.onnx.ml"},
    {NULL},
};
