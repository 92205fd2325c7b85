#include "data/labelled.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/* How the features of a sample lie in the file. Feature c * plane + i of the dataset is at
 * c * channel_step + i * pixel_step, in numbers from the start of the sample. */
typedef struct layout {
    size_t features, channels, height, width;
    size_t channel_step, pixel_step;
} layout;

static int is_channels(size_t count) {
    return count == 1 || count == 3 || count == 4;
}

static void set_image(layout *l, size_t channels, size_t height, size_t width, int channels_last) {
    l->channels = channels;
    l->height = height;
    l->width = width;
    l->channel_step = channels_last ? 1 : height * width;
    l->pixel_step = channels_last ? channels : 1;
}

/* The last axis is taken for the channels if it has 1, 3 or 4 entries; else the first may be. Flat
 * bytes of the two usual sizes are the images of CIFAR and MNIST. */
static tw_status find_layout(const tw_tensor *samples, layout *out) {
    const size_t *shape = samples->shape;
    *out = (layout){.features = 1};
    if (samples->count == 0) /* so that no length is trusted that the file's size did not check */
        return tw_fail(TW_ERR_FORMAT, "'%s' has no samples: nothing to work on", samples->name);
    for (int i = 1; i < samples->rank; i++)
        out->features *= shape[i];
    int bytes = samples->number.kind == 'u' && samples->number.item == 1;
    if (samples->rank < 2 || samples->rank > 4 || out->features == 0)
        return tw_fail(TW_ERR_SHAPE,
                       "'%s': samples of rank %d with %zu features are not read; save an array of "
                       "samples x features or of samples x height x width (x channels)",
                       samples->name, samples->rank, samples->rank < 2 ? 0 : out->features);
    if (samples->rank == 4 && is_channels(shape[3]))
        set_image(out, shape[3], shape[1], shape[2], 1);
    else if (samples->rank == 4 && is_channels(shape[1]))
        set_image(out, shape[1], shape[2], shape[3], 0);
    else if (samples->rank == 4)
        return tw_fail(TW_ERR_SHAPE,
                       "'%s': images have 1, 3 or 4 channels on the second or the last axis, not "
                       "%zu or %zu",
                       samples->name, shape[1], shape[3]);
    else if (samples->rank == 3)
        set_image(out, 1, shape[1], shape[2], 0);
    else if (bytes && out->features == 3072)
        set_image(out, 3, 32, 32, 0);
    else if (bytes && out->features == 784)
        set_image(out, 1, 28, 28, 0);
    return TW_OK;
}

/* ---- Fortran order ---- */

/* Turns an array in which the first index runs fastest into one in which the last does. */
static void to_c_order(const tw_tensor *tensor, const uint8_t *in, uint8_t *out) {
    size_t item = tensor->number.item, index[TW_TENSOR_RANK] = {0};
    size_t stride[TW_TENSOR_RANK], step = item;
    for (int i = 0; i < tensor->rank; i++, step *= tensor->shape[i - 1])
        stride[i] = step;
    for (size_t k = 0; k < tensor->count; k++) {
        size_t from = 0;
        for (int i = 0; i < tensor->rank; i++)
            from += index[i] * stride[i];
        memcpy(out + k * item, in + from, item);
        for (int i = tensor->rank - 1; i >= 0 && ++index[i] == tensor->shape[i]; i--)
            index[i] = 0;
    }
}

static tw_status load_fortran(tw_tensor *samples, uint8_t **out) {
    size_t item = samples->number.item;
    uint8_t *raw = tw_alloc_raw(samples->count, item);
    *out = tw_alloc_raw(samples->count, item);
    tw_status status = TW_OK;
    if (raw == NULL || *out == NULL)
        status =
            tw_fail(TW_ERR_MEMORY, "not enough memory to turn '%s' into C order", samples->name);
    if (status == TW_OK)
        status = tw_input_read(&samples->input, raw, samples->count * item);
    if (status == TW_OK)
        to_c_order(samples, raw, *out);
    free(raw);
    return status;
}

/* ---- samples ---- */

static void place_bytes(const layout *l, const uint8_t *in, uint8_t *out) {
    if (l->channels <= 1 || l->pixel_step == 1) {
        memcpy(out, in, l->features);
        return;
    }
    size_t plane = l->height * l->width;
    for (size_t c = 0; c < l->channels; c++)
        for (size_t i = 0; i < plane; i++)
            out[c * plane + i] = in[c * l->channel_step + i * l->pixel_step];
}

static tw_status place_doubles(const tw_tensor *samples, const layout *l, size_t record,
                               const uint8_t *in, double *out) {
    if (l->channels <= 1 || l->pixel_step == 1)
        tw_number_doubles(&samples->number, in, l->features, out);
    else {
        size_t plane = l->height * l->width, item = samples->number.item;
        for (size_t c = 0; c < l->channels; c++)
            for (size_t i = 0; i < plane; i++)
                tw_number_doubles(&samples->number,
                                  in + (c * l->channel_step + i * l->pixel_step) * item, 1,
                                  &out[c * plane + i]);
    }
    for (size_t j = 0; j < l->features; j++)
        if (!isfinite(out[j]))
            return tw_fail(
                TW_ERR_FORMAT,
                "'%s', record %zu: feature %zu is not a finite number; drop or fill such "
                "samples",
                samples->name, record, j);
    return TW_OK;
}

/* `whole` is the array in C order if it had to be turned, else samples come from the file. */
static tw_status keep_samples(tw_tensor *samples, const layout *l, const int32_t *labels,
                              const uint8_t *whole, uint8_t *row, tw_collector *collector) {
    size_t size = l->features * samples->number.item;
    int bytes = collector->dataset->bytes != NULL;
    tw_status status = TW_OK;
    for (size_t i = 0; i < samples->shape[0] && !tw_collector_full(collector); i++) {
        int32_t label = -1;
        status = tw_collector_want(collector, labels[i], &label);
        if (status == TW_OK && whole == NULL)
            status = tw_input_read(&samples->input, row, size);
        if (status != TW_OK)
            return status;
        if (label < 0)
            continue;
        const uint8_t *in = whole != NULL ? whole + i * size : row;
        if (bytes)
            place_bytes(l, in, tw_collector_bytes(collector));
        else
            status = place_doubles(samples, l, i, in, tw_collector_doubles(collector));
        if (status != TW_OK)
            return status;
        tw_collector_keep(collector, label);
    }
    /* With a limit the rest of the file is nobody's business. */
    return collector->options->limit > 0 ? TW_OK : tw_input_expect_end(&samples->input);
}

tw_status tw_labelled_read(const char *kind, tw_tensor *samples, const char *name,
                           tw_class_labels *labels, tw_collector *collector) {
    layout l = {0};
    uint8_t *row = NULL, *whole = NULL;
    tw_status status = find_layout(samples, &l);
    if (status == TW_OK && labels->count != samples->shape[0])
        status = tw_fail(TW_ERR_SHAPE, "'%s' has %zu samples, but '%s' has %zu labels",
                         samples->name, samples->shape[0], name, labels->count);
    if (status != TW_OK)
        return status;
    const tw_collector_shape shape = {.kind = kind,
                                      .features = l.features,
                                      .channels = l.channels,
                                      .height = l.height,
                                      .width = l.width,
                                      .classes = labels->classes,
                                      .expected = labels->count,
                                      .bytes =
                                          samples->number.kind == 'u' && samples->number.item == 1};
    collector->as_stored = samples->rank == 2;
    status = tw_collector_shape_set(collector, &shape);
    if (status == TW_OK && (row = tw_alloc_raw(l.features, samples->number.item)) == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", samples->name);
    if (status == TW_OK && samples->fortran && samples->rank > 1)
        status = load_fortran(samples, &whole);
    if (status == TW_OK)
        status = keep_samples(samples, &l, labels->numbers, whole, row, collector);
    if (status == TW_OK)
        status = tw_class_labels_describe(labels, collector);
    free(row);
    free(whole);
    return status;
}
