/* Parts of a tensor: Slice and Split. */
#include <stdlib.h>

#include "net/operator/net_arguments.h"
#include "net/operator/net_move.h"
#include "net/operator/net_operators.h"

static tw_net_shape input_shape(const tw_net_call *call, size_t index) {
    return tw_net_edge_at(call, call->inputs[index])->shape;
}

/* ---- Slice ---- */

typedef struct slice_range {
    int64_t start, end, step;
} slice_range;

/* As Python's slices: negative counts from the end, and what is past an end is at the end. */
static slice_range clamp_range(slice_range range, size_t size) {
    int64_t length = (int64_t)size, least = range.step < 0 ? -1 : 0,
            most = range.step < 0 ? length - 1 : length;
    if (range.start < 0)
        range.start += length;
    if (range.end < 0)
        range.end += length;
    range.start = range.start < least + (range.step < 0) ? least + (range.step < 0) : range.start;
    range.start = range.start > most ? most : range.start;
    range.end = range.end < least ? least : range.end > length ? length : range.end;
    return range;
}

static size_t range_count(slice_range range) {
    if (range.step > 0)
        return range.end > range.start
                   ? ((size_t)(range.end - range.start) - 1) / (size_t)range.step + 1
                   : 0;
    return range.start > range.end
               ? ((size_t)(range.start - range.end) - 1) / (0 - (size_t)range.step) + 1
               : 0;
}

/* A slice along an axis of the view, which then has as many entries along it. */
static void slice_view(tw_net_view *view, size_t axis, slice_range range, size_t count) {
    tw_net_view_axis *of = &view->axes[axis];
    view->from_offset += count > 0 ? of->from * (ptrdiff_t)range.start : 0;
    of->from = count > 1 ? of->from * (ptrdiff_t)range.step : 0;
    of->size = count;
}

/* A file for a fixed batch may slice all of it by its size: then it is to be all of ours. */
static tw_status slice_batch(const tw_net_call *call, size_t axis, slice_range asked,
                             slice_range *range, size_t size) {
    if (!tw_net_is_batch_axis(call, 0, axis) || (range->step == 1 && range_count(*range) == size))
        return TW_OK;
    size_t declared = tw_net_declared_input(call, 0)->shape.size[axis];
    slice_range there = clamp_range(asked, declared);
    if (asked.step != 1 || range_count(there) != declared)
        return tw_net_batch_fail(call, "sliced");
    *range = (slice_range){0, (int64_t)size, 1};
    return TW_OK;
}

typedef struct slice_lists {
    int64_t starts[TW_NET_RANK], ends[TW_NET_RANK], steps[TW_NET_RANK];
    size_t axes[TW_NET_RANK], count, end_count, axis_count, step_count;
} slice_lists;

static tw_status slice_read(const tw_net_call *call, size_t rank, slice_lists *lists) {
    tw_status status =
        tw_net_integers(call, "starts", 1, TW_NET_RANK, lists->starts, &lists->count);
    if (status == TW_OK)
        status = tw_net_integers(call, "ends", 2, TW_NET_RANK, lists->ends, &lists->end_count);
    if (status == TW_OK)
        status = tw_net_axes(call, "axes", 3, rank, lists->axes, &lists->axis_count);
    if (status == TW_OK)
        status = tw_net_integers(call, "steps", 4, TW_NET_RANK, lists->steps, &lists->step_count);
    if (status != TW_OK)
        return status;
    if (lists->axis_count == 0)
        for (size_t i = 0; i < lists->count; i++)
            lists->axes[i] = i;
    if (lists->end_count != lists->count || lists->count > rank ||
        (lists->axis_count != 0 && lists->axis_count != lists->count) ||
        (lists->step_count != 0 && lists->step_count != lists->count))
        return tw_net_call_fail(call, TW_ERR_SHAPE, "starts, ends, axes and steps do not agree");
    return TW_OK;
}

static tw_status slice(tw_net_call *call) {
    tw_net_shape shape = input_shape(call, 0);
    tw_net_view view = tw_net_view_of(&shape);
    slice_lists lists;
    tw_status status = slice_read(call, shape.rank, &lists);
    for (size_t i = 0; status == TW_OK && i < lists.count; i++) {
        size_t axis = lists.axes[i], size = shape.size[axis];
        slice_range asked = {lists.starts[i], lists.ends[i],
                             lists.step_count > 0 ? lists.steps[i] : 1};
        if (asked.step == 0)
            return tw_net_call_fail(call, TW_ERR_SHAPE, "a step of 0 along axis %zu", axis);
        slice_range range = clamp_range(asked, size);
        status = slice_batch(call, axis, asked, &range, size);
        shape.size[axis] = range_count(range);
        slice_view(&view, axis, range, shape.size[axis]);
    }
    return status == TW_OK ? tw_net_move(call, call->inputs[0], &view, &shape, &call->outputs[0])
                           : status;
}

/* ---- Split ---- */

/* The sizes of the parts: those given, or as equal as can be, the last one smaller. */
static tw_status split_sizes(const tw_net_call *call, size_t size, int64_t *sizes, size_t parts) {
    size_t given;
    tw_status status = tw_net_integers(call, "split", 1, parts, sizes, &given);
    if (status != TW_OK)
        return status;
    size_t each = (size + parts - 1) / parts, sum = 0;
    for (size_t i = 0; i < parts && given == 0; i++)
        sizes[i] = (int64_t)(i * each >= size         ? 0
                             : size - i * each < each ? size - i * each
                                                      : each);
    for (size_t i = 0; i < parts; i++)
        if (sizes[i] < 0 || __builtin_add_overflow(sum, (size_t)sizes[i], &sum))
            return tw_net_call_fail(call, TW_ERR_SHAPE, "a part of size %lld", (long long)sizes[i]);
    if (sum != size || (given != 0 && given != parts))
        return tw_net_call_fail(call, TW_ERR_SHAPE, "its parts have %zu entries, its input %zu",
                                sum, size);
    return TW_OK;
}

static tw_status split_parts(tw_net_call *call, size_t axis, const int64_t *sizes) {
    tw_net_shape from = input_shape(call, 0);
    tw_status status = TW_OK;
    int64_t start = 0;
    for (size_t i = 0; i < call->output_count && status == TW_OK; i++) {
        tw_net_view view = tw_net_view_of(&from);
        tw_net_shape shape = from;
        shape.size[axis] = (size_t)sizes[i];
        slice_view(&view, axis, (slice_range){start, start + sizes[i], 1}, (size_t)sizes[i]);
        if (tw_net_wanted(call, i))
            status = tw_net_move(call, call->inputs[0], &view, &shape, &call->outputs[i]);
        start += sizes[i];
    }
    return status;
}

static tw_status split(tw_net_call *call) {
    tw_net_shape from = input_shape(call, 0);
    size_t axis, parts = call->output_count;
    tw_status status = tw_net_axis(call, from.rank, 0, &axis);
    if (status != TW_OK)
        return status;
    if (tw_net_is_batch_axis(call, 0, axis))
        return tw_net_batch_fail(call, "split");
    int64_t *sizes = calloc(parts + 1, sizeof *sizes);
    status = sizes == NULL ? tw_net_call_fail(call, TW_ERR_MEMORY, "not enough memory")
                           : split_sizes(call, from.size[axis], sizes, parts);
    if (status == TW_OK)
        status = split_parts(call, axis, sizes);
    free(sizes);
    return status;
}

const tw_net_operator tw_net_family_slice[] = {
    {"Slice", 1, 5, slice, "y = x[start:end:step] along axes"},
    {"Split", 1, 2, split, "y_k = the kth part of x along an axis"},
    {NULL},
};
