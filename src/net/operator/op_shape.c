/* Operators that leave the numbers as they are, or ask for sizes.
 *
 * A file whose input has a fixed batch holds shapes with that batch in them: Reshape to (1, 512).
 * Where the program is built for another batch, the builder has built the graph for the declared
 * one as well (net_builder.h). The axis of the input that differs between the two is the batch; in
 * row-major order it has as many entries before it in the result, and where the result does not
 * follow by itself, its size there is widened likewise. */
#include <string.h>

#include "net/operator/net_arguments.h"
#include "net/operator/net_operators.h"

static tw_status identity(tw_net_call *call) {
    call->outputs[0] = call->inputs[0];
    return TW_OK;
}

/* ---- asking ---- */

/* Start and end as Python's slices take them. */
static size_t clamp_axis(int64_t axis, size_t rank) {
    if (axis < 0)
        axis += (int64_t)rank;
    return axis < 0 ? 0 : axis > (int64_t)rank ? rank : (size_t)axis;
}

static tw_status shape_of(tw_net_call *call) {
    tw_net_shape asked = tw_net_edge_at(call, call->inputs[0])->shape;
    size_t start = clamp_axis(tw_net_node_number(call->node, "start", 0), asked.rank),
           end = clamp_axis(tw_net_node_number(call->node, "end", (int64_t)asked.rank), asked.rank),
           count = end > start ? end - start : 0;
    double sizes[TW_NET_RANK];
    for (size_t i = 0; i < count; i++)
        sizes[i] = (double)asked.size[start + i];
    return tw_net_constant(call, TW_NET_I64, &(tw_net_shape){1, {count}}, sizes, &call->outputs[0]);
}

static tw_status size_of(tw_net_call *call) {
    size_t count = tw_net_shape_count(&tw_net_edge_at(call, call->inputs[0])->shape);
    return tw_net_scalar(call, TW_NET_I64, (double)count, &call->outputs[0]);
}

/* ---- reshaping ---- */

/* The axis of two shapes that differs; the rank where none does, or more than one. */
static size_t differing_axis(const tw_net_shape *a, const tw_net_shape *b) {
    size_t found = a->rank;
    if (a->rank != b->rank)
        return a->rank;
    for (size_t axis = 0; axis < a->rank; axis++)
        if (a->size[axis] != b->size[axis]) {
            if (found < a->rank)
                return a->rank;
            found = axis;
        }
    return found;
}

/* Widens a shape that the result has at the declared batch: its axis that has as many entries
 * before it as the batch's axis of the input. Where several do, being of size 1 but for the last,
 * it is the one that `shape` has already, if that is the batch alone (a target of 1, -1, 512), or
 * else the first (of 1, -1, where the -1 would have taken the batch in). 0: there is none. */
static int widen(const tw_net_shape *built, const tw_net_shape *declared, size_t axis,
                 const tw_net_shape *result, tw_net_shape *shape) {
    size_t before = tw_net_shape_span(declared, 0, axis), first = result->rank;
    size_t ours = built->size[axis], theirs = declared->size[axis];
    for (size_t q = 0; q < result->rank && theirs > 0; q++) {
        tw_net_shape wide = *result;
        size_t entries;
        if (tw_net_shape_span(result, 0, q) != before ||
            __builtin_mul_overflow(wide.size[q], ours, &entries) || entries % theirs != 0)
            continue;
        wide.size[q] = entries / theirs;
        if (first == result->rank)
            first = q;
        int alone = wide.size[q] == ours && result->size[q] == theirs;
        if (tw_net_shape_same(&wide, shape) && (q == first || alone))
            return 1;
    }
    if (first == result->rank)
        return 0;
    *shape = *result;
    shape->size[first] = shape->size[first] * ours / theirs;
    return 1;
}

/* The input in the shape: of as many entries, unless the file's batch is to be widened. */
static tw_status reshape_to(tw_net_call *call, tw_net_shape *shape) {
    const tw_net_edge *from = tw_net_edge_at(call, call->inputs[0]),
                      *declared = tw_net_declared_input(call, 0),
                      *result = tw_net_declared_output(call, 0);
    char given[160], asked[160];
    if (declared != NULL && result != NULL) {
        size_t axis = differing_axis(&from->shape, &declared->shape);
        if (axis < from->shape.rank &&
            !widen(&from->shape, &declared->shape, axis, &result->shape, shape))
            return tw_net_batch_fail(call, "joined with others");
    }
    if (tw_net_shape_count(shape) != tw_net_shape_count(&from->shape)) {
        tw_net_shape_print(&from->shape, given, sizeof given);
        tw_net_shape_print(shape, asked, sizeof asked);
        return tw_net_call_fail(call, TW_ERR_SHAPE, "an input of shape %s cannot be reshaped to %s",
                                given, asked);
    }
    if (tw_net_shape_same(&from->shape, shape)) {
        call->outputs[0] = call->inputs[0];
        return TW_OK;
    }
    return tw_net_reshaped(call, call->inputs[0], shape, &call->outputs[0]);
}

/* A 0 is the input's size of that axis, -1 what is left over. Where nothing fits the -1, it is 1:
 * reshape_to judges. */
static tw_status reshape(tw_net_call *call) {
    tw_net_shape from = tw_net_edge_at(call, call->inputs[0])->shape, shape = {0};
    int64_t target[TW_NET_RANK];
    int zero = tw_net_node_number(call->node, "allowzero", 0) != 0;
    size_t rest = TW_NET_RANK;
    tw_status status = tw_net_integers(call, "shape", 1, TW_NET_RANK, target, &shape.rank);
    if (status != TW_OK)
        return status;
    for (size_t axis = 0; axis < shape.rank; axis++) {
        if (target[axis] < -1 || (target[axis] == -1 && rest < TW_NET_RANK) ||
            (target[axis] == 0 && !zero && axis >= from.rank))
            return tw_net_call_fail(call, TW_ERR_SHAPE, "it cannot be reshaped to %lld along %zu",
                                    (long long)target[axis], axis);
        if (target[axis] == -1)
            rest = axis;
        shape.size[axis] = target[axis] == -1           ? 1
                           : target[axis] == 0 && !zero ? from.size[axis]
                                                        : (size_t)target[axis];
    }
    size_t others = tw_net_shape_count(&shape), count = tw_net_shape_count(&from);
    if (rest < TW_NET_RANK && others > 0 && count % others == 0)
        shape.size[rest] = count / others;
    return reshape_to(call, &shape);
}

static tw_status flatten(tw_net_call *call) {
    tw_net_shape from = tw_net_edge_at(call, call->inputs[0])->shape;
    int64_t asked = tw_net_node_number(call->node, "axis", 1);
    if (asked < -(int64_t)from.rank || asked > (int64_t)from.rank)
        return tw_net_call_fail(call, TW_ERR_SHAPE, "it cannot be flattened at axis %lld of %zu",
                                (long long)asked, from.rank);
    size_t axis = (size_t)(asked < 0 ? asked + (int64_t)from.rank : asked);
    tw_net_shape shape = {
        2, {tw_net_shape_span(&from, 0, axis), tw_net_shape_span(&from, axis, from.rank)}};
    return reshape_to(call, &shape);
}

static tw_status squeeze(tw_net_call *call) {
    tw_net_shape from = tw_net_edge_at(call, call->inputs[0])->shape, shape = {0};
    size_t axes[TW_NET_RANK], count;
    unsigned char squeezed[TW_NET_RANK] = {0};
    tw_status status = tw_net_axes(call, "axes", 1, from.rank, axes, &count);
    if (status != TW_OK)
        return status;
    for (size_t i = 0; i < count; i++) {
        squeezed[axes[i]] = 1;
        if (from.size[axes[i]] == 1)
            continue;
        if (tw_net_is_batch_axis(call, 0, axes[i]))
            return tw_net_batch_fail(call, "squeezed away");
        return tw_net_call_fail(call, TW_ERR_SHAPE, "axis %zu of size %zu cannot be squeezed away",
                                axes[i], from.size[axes[i]]);
    }
    for (size_t axis = 0; axis < from.rank; axis++)
        if (count > 0 ? !squeezed[axis] : from.size[axis] != 1)
            shape.size[shape.rank++] = from.size[axis];
    return tw_net_reshaped(call, call->inputs[0], &shape, &call->outputs[0]);
}

static tw_status unsqueeze(tw_net_call *call) {
    tw_net_shape from = tw_net_edge_at(call, call->inputs[0])->shape, shape = {0};
    int64_t numbers[TW_NET_RANK];
    size_t axes[TW_NET_RANK], count, next = 0;
    unsigned char added[TW_NET_RANK] = {0};
    tw_status status = tw_net_integers(call, "axes", 1, TW_NET_RANK, numbers, &count);
    if (status == TW_OK && from.rank + count > TW_NET_RANK)
        return tw_net_call_fail(call, TW_ERR_UNSUPPORTED, "%d axes are the most", TW_NET_RANK);
    shape.rank = from.rank + count;
    if (status == TW_OK)
        status = tw_net_axes(call, "axes", 1, shape.rank, axes, &count);
    if (status != TW_OK)
        return status;
    for (size_t i = 0; i < count; i++)
        added[axes[i]] = 1;
    for (size_t axis = 0; axis < shape.rank; axis++)
        shape.size[axis] = added[axis] ? 1 : from.size[next++];
    return tw_net_reshaped(call, call->inputs[0], &shape, &call->outputs[0]);
}

const tw_net_operator tw_net_family_shape[] = {
    {"Identity", 1, 1, identity, "y = x"},
    {"Shape", 1, 1, shape_of, "y = the sizes of x, axes start to end"},
    {"Size", 1, 1, size_of, "y = how many entries x has"},
    {"Reshape", 1, 2, reshape, "y = x in another shape; 0: as it is, -1: what is left"},
    {"Flatten", 1, 1, flatten, "y = x as a matrix, its axes joined before and from axis"},
    {"Squeeze", 1, 2, squeeze, "y = x without axes of size 1"},
    {"Unsqueeze", 1, 2, unsqueeze, "y = x with axes of size 1 put in"},
    {NULL},
};
