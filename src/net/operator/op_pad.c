/* Padding: with a constant, or with entries of the input by one of three rules. */
#include <stdlib.h>
#include <string.h>

#include "net/operator/net_arguments.h"
#include "net/operator/net_move.h"
#include "net/operator/net_operators.h"

/* What is added before and after each axis; negative: taken away. */
typedef struct padding {
    tw_net_shape from, shape;
    int64_t before[TW_NET_RANK], after[TW_NET_RANK];
} padding;

/* The sizes are in range: what is added is bounded first. */
static tw_status set_shape(const tw_net_call *call, padding *p) {
    p->shape = p->from;
    for (size_t axis = 0; axis < p->from.rank; axis++) {
        int64_t size = (int64_t)p->from.size[axis], most = (int64_t)TW_NET_ENTRIES;
        if (p->before[axis] > most || p->after[axis] > most || p->before[axis] < -size ||
            p->after[axis] < -size || size + p->before[axis] + p->after[axis] < 0)
            return tw_net_call_fail(call, TW_ERR_SHAPE, "pads of %lld and %lld along axis %zu",
                                    (long long)p->before[axis], (long long)p->after[axis], axis);
        p->shape.size[axis] = (size_t)(size + p->before[axis] + p->after[axis]);
        if (p->shape.size[axis] != p->from.size[axis] && tw_net_is_batch_axis(call, 0, axis))
            return tw_net_batch_fail(call, "padded");
    }
    return TW_OK;
}

/* "pads" of all axes that are listed, the starts and then the ends. */
static tw_status read_pads(const tw_net_call *call, padding *p) {
    int64_t pads[2 * TW_NET_RANK];
    size_t axes[TW_NET_RANK], axis_count, count;
    *p = (padding){.from = tw_net_edge_at(call, call->inputs[0])->shape};
    tw_status status = tw_net_integers(call, "pads", 1, 2 * TW_NET_RANK, pads, &count);
    if (status == TW_OK)
        status = tw_net_axes(call, NULL, 3, p->from.rank, axes, &axis_count);
    if (status != TW_OK)
        return status;
    if (tw_net_input(call, 3) == TW_NET_NONE) {
        axis_count = p->from.rank;
        for (size_t i = 0; i < axis_count; i++)
            axes[i] = i;
    }
    if (count != 2 * axis_count)
        return tw_net_call_fail(call, TW_ERR_SHAPE, "%zu pads for %zu axes", count, axis_count);
    for (size_t i = 0; i < axis_count; i++) {
        p->before[axes[i]] = pads[i];
        p->after[axes[i]] = pads[axis_count + i];
    }
    return set_shape(call, p);
}

/* The part of the input that is in the output, at its place there. */
static tw_net_view inside(const padding *p) {
    tw_net_view view = tw_net_view_of(&p->from);
    ptrdiff_t strides[TW_NET_RANK];
    size_t to = 0; /* unsigned: what is too large is refused when it is added */
    tw_net_strides(&p->shape, strides);
    for (size_t axis = 0; axis < p->from.rank; axis++) {
        int64_t first = p->before[axis] < 0 ? -p->before[axis] : 0,
                end = (int64_t)p->from.size[axis] + (p->after[axis] < 0 ? p->after[axis] : 0);
        view.axes[axis].size = end > first ? (size_t)(end - first) : 0;
        view.axes[axis].to = strides[axis];
        view.from_offset += (ptrdiff_t)first * view.axes[axis].from;
        to += (size_t)(first + p->before[axis]) * (size_t)strides[axis];
    }
    view.to_offset = (ptrdiff_t)to;
    return view;
}

/* The constant goes to the zeros outside. */
static tw_status add_constant(tw_net_call *call, const padding *p, double value, size_t *edge) {
    unsigned char *inside[TW_NET_RANK] = {NULL};
    tw_status status = TW_OK;
    for (size_t axis = 0; axis < p->from.rank; axis++) {
        size_t size = p->shape.size[axis];
        if (p->before[axis] <= 0 && p->after[axis] <= 0)
            continue;
        if ((inside[axis] = calloc(size + 1, 1)) == NULL)
            status = tw_net_call_fail(call, TW_ERR_MEMORY, "not enough memory");
        for (size_t i = 0; status == TW_OK && i < size; i++) {
            int64_t place = (int64_t)i - p->before[axis];
            inside[axis][i] = place >= 0 && place < (int64_t)p->from.size[axis];
        }
    }
    if (status == TW_OK)
        status = tw_net_add_outside(call, value, inside, edge);
    for (size_t axis = 0; axis < p->from.rank; axis++)
        free(inside[axis]);
    return status;
}

static tw_status pad_constant(tw_net_call *call, const padding *p) {
    double value = 0;
    size_t count;
    tw_status status = tw_net_reals(call, NULL, 2, 1, &value, &count);
    if (status != TW_OK)
        return status;
    if (tw_net_input(call, 2) == TW_NET_NONE)
        value = tw_net_node_real(call->node, "value", 0);
    tw_net_view view = inside(p);
    status = tw_net_place(call, call->inputs[0], &view, &p->shape, &call->outputs[0]);
    /* a result without entries may be long along another axis */
    return status == TW_OK && value != 0 && tw_net_shape_count(&p->shape) > 0
               ? add_constant(call, p, value, &call->outputs[0])
               : status;
}

/* ---- by a rule: axis after axis ---- */

/* The entry that stands at `place` (0: the input's first) of an axis of `size` entries. */
typedef int64_t (*rule_fn)(int64_t place, int64_t size);

static int64_t edge_rule(int64_t place, int64_t size) {
    return place < 0 ? 0 : place >= size ? size - 1 : place;
}

static int64_t wrap_rule(int64_t place, int64_t size) {
    int64_t left = place % size;
    return left < 0 ? left + size : left;
}

/* ... 2 1 0 1 2 ...: the border itself is not repeated. */
static int64_t reflect_rule(int64_t place, int64_t size) {
    if (size == 1)
        return 0;
    int64_t left = wrap_rule(place, 2 * size - 2);
    return left < size ? left : 2 * size - 2 - left;
}

static tw_status pad_axis(tw_net_call *call, const padding *p, size_t axis, rule_fn rule,
                          size_t *edge) {
    tw_net_shape shape = tw_net_edge_at(call, *edge)->shape;
    tw_net_gather *gather;
    size_t size = p->from.size[axis], count = p->shape.size[axis];
    if (size == 0 && count > 0)
        return tw_net_call_fail(call, TW_ERR_SHAPE, "axis %zu has nothing to pad with", axis);
    tw_status status = tw_net_gather_new(call, count, &gather);
    if (status != TW_OK)
        return status;
    gather->outer = tw_net_shape_span(&shape, 0, axis);
    gather->rows = size;
    gather->run = tw_net_shape_span(&shape, axis + 1, shape.rank);
    for (size_t i = 0; i < count; i++)
        gather->index[i] = rule((int64_t)i - p->before[axis], (int64_t)size);
    shape.size[axis] = count;
    return tw_net_gather_emit(call, gather, *edge, &shape, edge);
}

static tw_status pad(tw_net_call *call) {
    static const struct {
        const char *name;
        rule_fn rule;
    } rules[] = {{"reflect", reflect_rule}, {"edge", edge_rule}, {"wrap", wrap_rule}};
    const char *mode = tw_net_node_text(call->node, "mode", "constant");
    padding p;
    tw_status status = read_pads(call, &p);
    if (status != TW_OK)
        return status;
    if (strcmp(mode, "constant") == 0)
        return pad_constant(call, &p);
    for (size_t r = 0; r < sizeof rules / sizeof *rules; r++) {
        if (strcmp(mode, rules[r].name) != 0)
            continue;
        size_t edge = call->inputs[0];
        for (size_t axis = 0; axis < p.from.rank && status == TW_OK; axis++)
            if (p.before[axis] != 0 || p.after[axis] != 0)
                status = pad_axis(call, &p, axis, rules[r].rule, &edge);
        call->outputs[0] = edge;
        return status;
    }
    return tw_net_call_fail(call, TW_ERR_UNSUPPORTED, "mode '%s' is not supported", mode);
}

const tw_net_operator tw_net_family_pad[] = {
    {"Pad", 1, 4, pad, "y = x with entries before and after: constant, reflect, edge, wrap"},
    {NULL},
};
