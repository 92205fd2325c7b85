/* Convolutions and their adjoints. The bias is a step of its own, so that convolution, bias, batch
 * normalisation and what follows are found as a chain of plain steps. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "net/operator/net_operators.h"
#include "net/operator/op_window.h"
#include "net/step/step_convolution.h"

/* The inputs' shapes, and what is read of the node. */
typedef struct reading {
    tw_net_shape x, w;
    tw_net_type type;
    size_t groups;
    tw_net_window window;
    tw_net_padding padding;
} reading;

static tw_status read_groups(const tw_net_call *call, reading *read) {
    int64_t groups = tw_net_node_number(call->node, "group", 1);
    if (groups < 1 || read->x.size[1] % (size_t)groups != 0 ||
        read->w.size[0] % (size_t)groups != 0)
        return tw_net_call_fail(call, TW_ERR_SHAPE,
                                "its group of %lld does not divide its %zu channels and its %zu "
                                "filters",
                                (long long)groups, read->x.size[1], read->w.size[0]);
    read->groups = (size_t)groups;
    return TW_OK;
}

static tw_status read_node(const tw_net_call *call, reading *read) {
    const tw_net_edge *x = tw_net_edge_at(call, call->inputs[0]);
    read->x = x->shape;
    read->type = x->type;
    read->w = tw_net_edge_at(call, call->inputs[1])->shape;
    if (read->x.rank < 3 || read->w.rank != read->x.rank)
        return tw_net_call_fail(call, TW_ERR_SHAPE,
                                "its input has %zu axes and its weights have %zu: both must have "
                                "batch or filters, channels, and one more at least",
                                read->x.rank, read->w.rank);
    tw_status status = read_groups(call, read);
    return status == TW_OK
               ? tw_net_window_read(call, &read->x, read->w.size + 2, &read->window, &read->padding)
               : status;
}

/* Adds the bias, one number a channel. */
static tw_status add_bias(tw_net_call *call, size_t edge) {
    size_t bias = tw_net_input(call, 2), along;
    call->outputs[0] = edge;
    if (bias == TW_NET_NONE)
        return TW_OK;
    const tw_net_shape *y = &tw_net_edge_at(call, edge)->shape,
                       *b = &tw_net_edge_at(call, bias)->shape;
    tw_net_shape shape = {.rank = y->rank};
    for (size_t axis = 0; axis < y->rank; axis++)
        shape.size[axis] = axis == 1 ? y->size[1] : 1;
    if (tw_net_shape_count(b) != y->size[1])
        return tw_net_call_fail(call, TW_ERR_SHAPE, "its bias has %zu numbers for %zu channels",
                                tw_net_shape_count(b), y->size[1]);
    tw_status status = tw_net_reshaped(call, bias, &shape, &along);
    return status == TW_OK ? tw_net_two(call, "Add", edge, along, &call->outputs[0]) : status;
}

/* Adds the step, whose result has that many channels, and the sizes of the window's output or, of
 * the adjoint, its input. */
static tw_status emit(tw_net_call *call, const tw_net_kernel *kernel, const reading *read,
                      const tw_net_convolution_plan *sizes) {
    int adjoint = kernel == &tw_net_convolution_transposed;
    tw_net_shape shape = {.rank = read->x.rank};
    shape.size[0] = sizes->batch;
    shape.size[1] = adjoint ? sizes->in_channels : sizes->out_channels;
    for (size_t i = 2; i < shape.rank; i++) {
        const tw_net_window_axis *axis =
            &sizes->window.axis[TW_NET_AXES - sizes->window.rank + i - 2];
        shape.size[i] = (size_t)(adjoint ? axis->in : axis->out);
    }
    tw_net_convolution_plan *plan = tw_alloc(1, sizeof *plan);
    if (plan == NULL)
        return tw_net_call_fail(call, TW_ERR_MEMORY, "not enough memory");
    *plan = *sizes;
    size_t edge;
    tw_status status = tw_net_emit(call, kernel, plan, 2, call->inputs, read->type, &shape, &edge);
    return status == TW_OK ? add_bias(call, edge) : status;
}

static tw_status convolution(tw_net_call *call) {
    reading read;
    tw_status status = read_node(call, &read);
    if (status == TW_OK)
        status = tw_net_window_outputs(call, read.padding, 0, &read.window);
    if (status != TW_OK)
        return status;
    if (read.w.size[1] != read.x.size[1] / read.groups)
        return tw_net_call_fail(call, TW_ERR_SHAPE,
                                "its weights are for %zu channels in each of %zu groups, its input "
                                "has %zu channels",
                                read.w.size[1], read.groups, read.x.size[1]);
    return emit(call, &tw_net_convolution, &read,
                &(tw_net_convolution_plan){.batch = read.x.size[0],
                                           .in_channels = read.x.size[1],
                                           .out_channels = read.w.size[0],
                                           .groups = read.groups,
                                           .window = read.window});
}

/* ---- the adjoint ---- */

/* What the attributes ask for along one axis. */
typedef struct asked {
    int64_t size, more; /* output_shape, 0: not said; output_padding */
} asked;

/* The window's input is the result here, its output what is given. `before` is the half of the
 * padding that is rounded down for SAME_UPPER, and up for everything else: so the standard. */
static tw_status find_size(const tw_net_call *call, tw_net_padding padding, asked ask,
                           tw_net_window_axis *axis) {
    int same = padding == TW_NET_PADDING_UPPER || padding == TW_NET_PADDING_LOWER;
    ptrdiff_t extent = tw_net_window_extent(axis), given = axis->out,
              whole = axis->stride * (given - 1) + ask.more + extent,
              size = ask.size > 0 ? ask.size
                     : same       ? given * axis->stride
                                  : whole - axis->before - axis->after;
    if (ask.size > 0 || same) {
        ptrdiff_t all = whole > size ? whole - size : 0;
        axis->before = padding == TW_NET_PADDING_UPPER ? all / 2 : all - all / 2;
    }
    if (size < 0 || size > INT32_MAX)
        return tw_net_call_fail(call, TW_ERR_SHAPE, "its output would have an axis of %td", size);
    axis->in = size;
    axis->after = axis->stride * (given - 1) + extent - size - axis->before;
    return TW_OK;
}

static tw_status find_sizes(const tw_net_call *call, reading *read) {
    int64_t sizes[TW_NET_AXES], more[TW_NET_AXES];
    size_t rank = read->window.rank;
    tw_status status = tw_net_window_list(call, "output_shape", rank, 0, 0, sizes);
    if (status == TW_OK)
        status = tw_net_window_list(call, "output_padding", rank, 0, 0, more);
    for (size_t i = 0; i < rank && status == TW_OK; i++)
        status = find_size(call, read->padding, (asked){sizes[i], more[i]},
                           &read->window.axis[TW_NET_AXES - rank + i]);
    return status == TW_OK ? tw_net_window_check(call, &read->window) : status;
}

static tw_status transposed(tw_net_call *call) {
    reading read;
    tw_status status = read_node(call, &read);
    if (status == TW_OK)
        status = find_sizes(call, &read);
    if (status != TW_OK)
        return status;
    size_t channels;
    if (read.w.size[0] != read.x.size[1] ||
        __builtin_mul_overflow(read.w.size[1], read.groups, &channels))
        return tw_net_call_fail(call, TW_ERR_SHAPE,
                                "its weights are for %zu channels, its input has %zu",
                                read.w.size[0], read.x.size[1]);
    return emit(call, &tw_net_convolution_transposed, &read,
                &(tw_net_convolution_plan){.batch = read.x.size[0],
                                           .in_channels = channels,
                                           .out_channels = read.x.size[1],
                                           .groups = read.groups,
                                           .window = read.window});
}

const tw_net_operator tw_net_family_convolution[] = {
    {"Conv", 2, 3, convolution,
     "y(n, o, p) = sum_{c, t} w(o, c, t) x(n, c, p stride - pad + t dilation) + b(o), c over the "
     "channels of o's group"},
    {"ConvTranspose", 2, 3, transposed,
     "y(n, o, q) = sum of w(c, o, t) x(n, c, p) over c, p, t with q = p stride - pad + t dilation, "
     "+ b(o)"},
    {NULL},
};
