#include "net/operator/op_window.h"

#include <string.h>

/* The real axes of a window come last. */
static tw_net_window_axis *axis_of(tw_net_window *window, size_t index) {
    return &window->axis[TW_NET_AXES - window->rank + index];
}

tw_status tw_net_window_list(const tw_net_call *call, const char *name, size_t count, int64_t least,
                             int64_t fallback, int64_t *numbers) {
    const tw_net_attribute *list = tw_net_node_find(call->node, name);
    for (size_t i = 0; i < count; i++)
        numbers[i] = fallback;
    if (list == NULL || (list->kind == TW_NET_ATTRIBUTE_INTS && list->count == 0))
        return TW_OK;
    if (list->kind != TW_NET_ATTRIBUTE_INTS || list->count != count)
        return tw_net_call_fail(call, TW_ERR_FORMAT, "its %s must be %zu whole numbers", name,
                                count);
    for (size_t i = 0; i < count; i++) {
        numbers[i] = list->numbers[i];
        if (numbers[i] < least || numbers[i] > INT32_MAX)
            return tw_net_call_fail(call, TW_ERR_FORMAT,
                                    "its %s have a %lld, which must be from %lld to %lld", name,
                                    (long long)numbers[i], (long long)least, (long long)INT32_MAX);
    }
    return TW_OK;
}

static tw_status read_padding(const tw_net_call *call, tw_net_padding *padding) {
    static const char *const words[] = {"NOTSET", "SAME_UPPER", "SAME_LOWER", "VALID"};
    const char *word = tw_net_node_text(call->node, "auto_pad", "NOTSET");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(word, words[i]) == 0) {
            *padding = (tw_net_padding)i;
            return TW_OK;
        }
    if (word[0] == '\0') {
        *padding = TW_NET_PADDING_GIVEN;
        return TW_OK;
    }
    return tw_net_call_fail(call, TW_ERR_FORMAT, "its auto_pad '%s' is none of ONNX's", word);
}

/* The kernel's sizes, each at least 1. */
static tw_status read_kernel(const tw_net_call *call, size_t rank, const size_t *kernel,
                             int64_t *sizes) {
    const tw_net_attribute *given = tw_net_node_find(call->node, "kernel_shape");
    if (kernel == NULL && given == NULL)
        return tw_net_call_fail(call, TW_ERR_FORMAT, "it has no kernel_shape");
    tw_status status = tw_net_window_list(call, "kernel_shape", rank, 1, 1, sizes);
    for (size_t i = 0; i < rank && kernel != NULL && status == TW_OK; i++) {
        if (kernel[i] < 1 || kernel[i] > INT32_MAX)
            status =
                tw_net_call_fail(call, TW_ERR_SHAPE, "its weights have the size %zu along axis %zu",
                                 kernel[i], i + 2);
        else if (given != NULL && given->count > 0 && sizes[i] != (int64_t)kernel[i])
            status = tw_net_call_fail(call, TW_ERR_SHAPE,
                                      "its kernel_shape says %lld where its weights have %zu",
                                      (long long)sizes[i], kernel[i]);
        else
            sizes[i] = (int64_t)kernel[i];
    }
    return status;
}

/* What is read, by axis: pads has the beginnings, then the ends. */
typedef struct settings {
    int64_t kernel[TW_NET_AXES], strides[TW_NET_AXES], dilations[TW_NET_AXES],
        pads[2 * TW_NET_AXES];
} settings;

static tw_status read_settings(const tw_net_call *call, size_t rank, const size_t *kernel,
                               tw_net_padding padding, settings *read) {
    tw_status status = read_kernel(call, rank, kernel, read->kernel);
    if (status == TW_OK)
        status = tw_net_window_list(call, "strides", rank, 1, 1, read->strides);
    if (status == TW_OK)
        status = tw_net_window_list(call, "dilations", rank, 1, 1, read->dilations);
    if (status == TW_OK)
        status = tw_net_window_list(call, "pads", 2 * rank, 0, 0, read->pads);
    if (padding != TW_NET_PADDING_GIVEN)
        memset(read->pads, 0, sizeof read->pads);
    return status;
}

tw_status tw_net_window_read(const tw_net_call *call, const tw_net_shape *x, const size_t *kernel,
                             tw_net_window *window, tw_net_padding *padding) {
    size_t rank = x->rank - 2;
    settings read;
    if (x->rank < 3 || rank > TW_NET_AXES)
        return tw_net_call_fail(call, TW_ERR_UNSUPPORTED,
                                "its input has %zu axes: batch, channels and 1 to 3 more are "
                                "supported",
                                x->rank);
    tw_status status = read_padding(call, padding);
    if (status == TW_OK)
        status = read_settings(call, rank, kernel, *padding, &read);
    if (status != TW_OK)
        return status;
    window->rank = rank;
    for (size_t a = 0; a < TW_NET_AXES; a++)
        window->axis[a] =
            (tw_net_window_axis){.in = 1, .out = 1, .kernel = 1, .stride = 1, .dilation = 1};
    for (size_t i = 0; i < rank; i++) {
        if (x->size[i + 2] > INT32_MAX)
            return tw_net_call_fail(call, TW_ERR_UNSUPPORTED, "its input has an axis of %zu",
                                    x->size[i + 2]);
        *axis_of(window, i) = (tw_net_window_axis){.in = (ptrdiff_t)x->size[i + 2],
                                                   .out = (ptrdiff_t)x->size[i + 2],
                                                   .kernel = read.kernel[i],
                                                   .stride = read.strides[i],
                                                   .dilation = read.dilations[i],
                                                   .before = read.pads[i],
                                                   .after = read.pads[rank + i]};
    }
    return TW_OK;
}

/* Half of what is missing on each side. */
static void pad_same(tw_net_window_axis *axis, tw_net_padding padding) {
    axis->out = (axis->in + axis->stride - 1) / axis->stride;
    ptrdiff_t all = (axis->out - 1) * axis->stride + tw_net_window_extent(axis) - axis->in;
    all = all > 0 ? all : 0;
    axis->before = padding == TW_NET_PADDING_UPPER ? all / 2 : all - all / 2;
    axis->after = all - axis->before;
}

static tw_status count_outputs(const tw_net_call *call, int up, tw_net_window_axis *axis) {
    ptrdiff_t padded = axis->before + axis->in + axis->after,
              room = padded - tw_net_window_extent(axis);
    if (room < 0)
        return tw_net_call_fail(call, TW_ERR_SHAPE,
                                "its window of %td is larger than its input of %td, padded to %td",
                                tw_net_window_extent(axis), axis->in, padded);
    axis->out = (room + (up ? axis->stride - 1 : 0)) / axis->stride + 1;
    if (up && (axis->out - 1) * axis->stride >= axis->before + axis->in)
        axis->out--;
    return TW_OK;
}

tw_status tw_net_window_outputs(const tw_net_call *call, tw_net_padding padding, int up,
                                tw_net_window *window) {
    tw_status status = TW_OK;
    for (size_t i = 0; i < window->rank && status == TW_OK; i++) {
        tw_net_window_axis *axis = axis_of(window, i);
        if (padding == TW_NET_PADDING_UPPER || padding == TW_NET_PADDING_LOWER)
            pad_same(axis, padding);
        else
            status = count_outputs(call, up, axis);
    }
    return status == TW_OK ? tw_net_window_check(call, window) : status;
}

tw_status tw_net_window_check(const tw_net_call *call, const tw_net_window *window) {
    const tw_net_window_axis *axis = window->axis;
    ptrdiff_t in, out, taps;
    if (__builtin_mul_overflow(axis[0].in * axis[1].in, axis[2].in, &in) ||
        __builtin_mul_overflow(axis[0].out * axis[1].out, axis[2].out, &out) ||
        __builtin_mul_overflow(axis[0].kernel * axis[1].kernel, axis[2].kernel, &taps))
        return tw_net_call_fail(call, TW_ERR_SHAPE, "its sizes are too large");
    return TW_OK;
}
