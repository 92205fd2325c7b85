/* Tensors that are made when the program is built. */
#include <math.h>
#include <stdlib.h>

#include "net/operator/net_arguments.h"
#include "net/operator/net_move.h"
#include "net/operator/net_operators.h"

/* ---- Constant ---- */

static tw_status constant_list(tw_net_call *call, tw_net_type type, const tw_net_attribute *list) {
    double *numbers = malloc((list->count + 1) * sizeof *numbers);
    if (numbers == NULL)
        return tw_net_call_fail(call, TW_ERR_MEMORY, "not enough memory");
    for (size_t i = 0; i < list->count; i++)
        numbers[i] =
            list->kind == TW_NET_ATTRIBUTE_INTS ? (double)list->numbers[i] : list->reals[i];
    tw_status status =
        tw_net_constant(call, type, &(tw_net_shape){1, {list->count}}, numbers, &call->outputs[0]);
    free(numbers);
    return status;
}

static tw_status constant(tw_net_call *call) {
    const tw_net_attribute *found;
    if ((found = tw_net_node_find(call->node, "value")) != NULL &&
        found->kind == TW_NET_ATTRIBUTE_TENSOR)
        return tw_net_constant(call, found->tensor.type, &found->tensor.shape,
                               found->tensor.numbers, &call->outputs[0]);
    if ((found = tw_net_node_find(call->node, "value_float")) != NULL)
        return tw_net_scalar(call, TW_NET_F32, found->real, &call->outputs[0]);
    if ((found = tw_net_node_find(call->node, "value_int")) != NULL)
        return tw_net_scalar(call, TW_NET_I64, (double)found->number, &call->outputs[0]);
    if ((found = tw_net_node_find(call->node, "value_floats")) != NULL &&
        found->kind == TW_NET_ATTRIBUTE_FLOATS)
        return constant_list(call, TW_NET_F32, found);
    if ((found = tw_net_node_find(call->node, "value_ints")) != NULL &&
        found->kind == TW_NET_ATTRIBUTE_INTS)
        return constant_list(call, TW_NET_I64, found);
    return tw_net_call_fail(call, TW_ERR_UNSUPPORTED,
                            "a constant is a tensor, a number or a list of numbers here, not "
                            "sparse and not text");
}

/* ---- of a shape that is given ---- */

/* A tensor with one number everywhere. */
static tw_status filled(tw_net_call *call, tw_net_type type, const tw_net_shape *shape,
                        double number, size_t *edge) {
    size_t one;
    tw_status status = tw_net_scalar(call, type, number, &one);
    return status == TW_OK ? tw_net_expand(call, one, shape, edge) : status;
}

static tw_status constant_of_shape(tw_net_call *call) {
    const tw_net_attribute *value = tw_net_node_find(call->node, "value");
    int has_value = value != NULL && value->kind == TW_NET_ATTRIBUTE_TENSOR;
    int64_t sizes[TW_NET_RANK];
    tw_net_shape shape = {0};
    if (has_value && tw_net_shape_count(&value->tensor.shape) != 1)
        return tw_net_call_fail(call, TW_ERR_FORMAT, "its value is not one number");
    tw_status status = tw_net_known_integers(call, 0, TW_NET_RANK, sizes, &shape.rank);
    for (size_t axis = 0; status == TW_OK && axis < shape.rank; axis++) {
        if (sizes[axis] < 0)
            return tw_net_call_fail(call, TW_ERR_SHAPE, "a size of %lld", (long long)sizes[axis]);
        shape.size[axis] = (size_t)sizes[axis];
    }
    if (status != TW_OK)
        return status;
    return filled(call, has_value ? value->tensor.type : TW_NET_F32, &shape,
                  has_value ? value->tensor.numbers[0] : 0, &call->outputs[0]);
}

/* The one number of an input that is known. */
static tw_status known_number(const tw_net_call *call, size_t index, double *number) {
    size_t count;
    tw_status status = tw_net_reals(call, NULL, index, 1, number, &count);
    return status != TW_OK || count == 1
               ? status
               : tw_net_call_fail(call, TW_ERR_SHAPE, "its input %zu is to be a number", index + 1);
}

static tw_status range(tw_net_call *call) {
    double start, limit, delta;
    tw_net_type type = tw_net_edge_at(call, call->inputs[0])->type;
    tw_status status = known_number(call, 0, &start);
    if (status == TW_OK)
        status = known_number(call, 1, &limit);
    if (status == TW_OK)
        status = known_number(call, 2, &delta);
    if (status != TW_OK)
        return status;
    double steps = ceil((limit - start) / delta);
    if (delta == 0 || !(steps <= (double)(TW_NET_KNOWN_BYTES / sizeof(double))))
        return tw_net_call_fail(call, TW_ERR_SHAPE, "from %g to %g by %g are too many numbers",
                                start, limit, delta);
    size_t count = steps > 0 ? (size_t)steps : 0;
    double *numbers = malloc((count + 1) * sizeof *numbers);
    if (numbers == NULL)
        return tw_net_call_fail(call, TW_ERR_MEMORY, "not enough memory");
    for (size_t i = 0; i < count; i++)
        numbers[i] = start + (double)i * delta;
    status = tw_net_constant(call, type, &(tw_net_shape){1, {count}}, numbers, &call->outputs[0]);
    free(numbers);
    return status;
}

const tw_net_operator tw_net_family_known[] = {
    {"Constant", 0, 0, constant, "y = the number, list or tensor in the file"},
    {"ConstantOfShape", 1, 1, constant_of_shape, "y = one number in a shape that is known"},
    {"Range", 3, 3, range, "y_i = start + i delta, up to before limit"},
    {NULL},
};
