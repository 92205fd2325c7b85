#include "data/collector.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

tw_status tw_collector_begin(tw_collector *collector, const char *path,
                             const tw_dataset_options *options) {
    *collector = (tw_collector){.options = options, .path = path};
    collector->dataset = tw_alloc(1, sizeof *collector->dataset);
    if (collector->dataset == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", path);
    return TW_OK;
}

/* What the images become, and what that takes. */
static tw_status fit_images(tw_collector *collector, const tw_collector_shape *shape,
                            tw_image_shape *out) {
    const tw_dataset_options *options = collector->options;
    const tw_image_shape in = {shape->channels, shape->height, shape->width};
    const size_t item = shape->bytes ? 1 : sizeof(double);
    *out = in;
    if (shape->fitted || (options->height == 0 && options->color == TW_COLOR_AS_IS))
        return TW_OK;
    if (in.channels == 0)
        return tw_fail(TW_ERR_ARGUMENT,
                       "'%s' holds plain features, not images, which alone have a size and colours "
                       "(--size, --color)",
                       collector->path);
    tw_status status = tw_image_fit_shape(collector->path, &in, options, out);
    if (status != TW_OK || (options->resize == 0 && memcmp(&in, out, sizeof in) == 0))
        return status;
    const int pixels = collector->as_stored && options->channels_last;
    collector->as_stored = 0;
    collector->unfitted = tw_alloc_raw(shape->features, item);
    if (collector->unfitted == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", collector->path);
    return tw_image_fit_new(&in, out, options->resize, pixels, item, &collector->fit);
}

tw_status tw_collector_shape_set(tw_collector *collector, const tw_collector_shape *shape) {
    tw_dataset *dataset = collector->dataset;
    tw_image_shape image;
    tw_status status = fit_images(collector, shape, &image);
    if (status != TW_OK)
        return status;
    size_t limit = collector->options->limit;
    size_t room = limit > 0 && limit < shape->expected ? limit : shape->expected;
    dataset->kind = shape->kind;
    dataset->features =
        image.channels > 0 ? image.channels * image.height * image.width : shape->features;
    dataset->channels = image.channels;
    dataset->height = image.height;
    dataset->width = image.width;
    dataset->classes = shape->classes;
    size_t values;
    if (__builtin_mul_overflow(room, dataset->features, &values))
        values = SIZE_MAX;
    dataset->labels = tw_alloc_raw(room, sizeof *dataset->labels);
    if (shape->bytes)
        dataset->bytes = tw_alloc_raw(values, 1);
    else
        dataset->doubles = tw_alloc_raw(values, sizeof *dataset->doubles);
    if (dataset->labels == NULL || (dataset->bytes == NULL && dataset->doubles == NULL))
        return tw_fail(TW_ERR_MEMORY,
                       "'%s': not enough memory for %zu samples of %zu features; "
                       "read fewer with a limit",
                       collector->path, room, dataset->features);
    collector->capacity = room;
    return TW_OK;
}

static void free_names(char **names, size_t count) {
    for (size_t i = 0; names != NULL && i < count; i++)
        free(names[i]);
    free(names);
}

void tw_collector_names(tw_collector *collector, char **names, size_t count) {
    free_names(collector->dataset->names, collector->dataset->name_count);
    collector->dataset->names = names;
    collector->dataset->name_count = count;
}

static tw_status print(const tw_collector *collector, char **out, const char *format,
                       va_list arguments) {
    free(*out);
    if (vasprintf(out, format, arguments) >= 0)
        return TW_OK;
    *out = NULL;
    return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", collector->path);
}

tw_status tw_collector_label_source(tw_collector *collector, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    tw_status status = print(collector, &collector->dataset->label_source, format, arguments);
    va_end(arguments);
    return status;
}

tw_status tw_collector_note(tw_collector *collector, const char *format, ...) {
    char **note = collector->dataset->notes;
    while (*note != NULL)
        note++;
    assert(note < collector->dataset->notes + TW_DATASET_MAX_NOTES);
    va_list arguments;
    va_start(arguments, format);
    tw_status status = print(collector, note, format, arguments);
    va_end(arguments);
    return status;
}

int tw_collector_full(const tw_collector *collector) {
    size_t limit = collector->options->limit;
    return limit > 0 && collector->dataset->samples >= limit;
}

int32_t tw_collector_number(const tw_collector *collector, int32_t label) {
    const tw_dataset_options *options = collector->options;
    if (options->classes == NULL)
        return label;
    for (size_t i = 0; i < options->class_count; i++)
        if (options->classes[i] == label)
            return (int32_t)i;
    return -1;
}

tw_status tw_collector_want(const tw_collector *collector, int32_t label, int32_t *number) {
    *number = tw_collector_number(collector, label);
    if (*number >= 0 && collector->dataset->samples >= collector->capacity)
        return tw_fail(TW_ERR_FORMAT, "'%s' holds more than the %zu samples that its size allows",
                       collector->path, collector->capacity);
    return TW_OK;
}

/* Where the next sample is kept. */
static void *place(const tw_dataset *dataset) {
    const size_t at = dataset->samples * dataset->features;
    return dataset->bytes != NULL ? (void *)(dataset->bytes + at) : dataset->doubles + at;
}

uint8_t *tw_collector_bytes(const tw_collector *collector) {
    return collector->fit != NULL ? collector->unfitted : place(collector->dataset);
}

double *tw_collector_doubles(const tw_collector *collector) {
    return collector->fit != NULL ? collector->unfitted : place(collector->dataset);
}

uint8_t *tw_collector_bytes_ahead(const tw_collector *collector, size_t ahead) {
    return (uint8_t *)place(collector->dataset) + ahead * collector->dataset->features;
}

void tw_collector_keep(tw_collector *collector, int32_t label) {
    tw_dataset *dataset = collector->dataset;
    assert(dataset->samples < collector->capacity);
    if (collector->fit != NULL)
        tw_image_fit_apply(collector->fit, collector->unfitted, place(dataset));
    dataset->labels[dataset->samples++] = label;
}

/* Names of the chosen classes, in their new order. */
static tw_status choose_names(tw_collector *collector) {
    const tw_dataset_options *options = collector->options;
    tw_dataset *dataset = collector->dataset;
    if (options->classes == NULL || dataset->names == NULL)
        return TW_OK;
    char **names = tw_alloc(options->class_count, sizeof *names);
    if (names == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", collector->path);
    for (size_t i = 0; i < options->class_count; i++) {
        size_t label = (size_t)options->classes[i];
        if (label < dataset->name_count) {
            names[i] = dataset->names[label];
            dataset->names[label] = NULL;
        }
    }
    tw_collector_names(collector, names, options->class_count);
    return TW_OK;
}

static tw_status choose_classes(tw_collector *collector) {
    const tw_dataset_options *options = collector->options;
    tw_dataset *dataset = collector->dataset;
    for (size_t i = 0; options->classes != NULL && i < options->class_count; i++)
        if ((size_t)options->classes[i] >= dataset->classes)
            return tw_fail(TW_ERR_ARGUMENT,
                           "class %d was asked for, but '%s' has only the classes 0 to %zu",
                           options->classes[i], collector->path, dataset->classes - 1);
    tw_status status = choose_names(collector);
    if (status == TW_OK && options->classes != NULL)
        dataset->classes = options->class_count;
    return status;
}

/* Gives back what a choice of classes left unused. Keeps the larger block if memory is short. */
static void shrink(tw_dataset *dataset, size_t capacity) {
    if (dataset->samples > capacity - capacity / 4)
        return;
    size_t size = dataset->bytes != NULL ? 1 : sizeof(double);
    size_t count = dataset->samples * dataset->features;
    void *features = tw_alloc_raw(count, size);
    if (features == NULL)
        return;
    if (dataset->bytes != NULL) {
        memcpy(features, dataset->bytes, count);
        free(dataset->bytes);
        dataset->bytes = features;
    } else {
        memcpy(features, dataset->doubles, count * size);
        free(dataset->doubles);
        dataset->doubles = features;
    }
}

/* One sample from planes to pixels, by way of `scratch`. */
static void interleave(const tw_dataset *dataset, size_t item, uint8_t *sample, uint8_t *scratch) {
    size_t plane = dataset->height * dataset->width, channels = dataset->channels;
    memcpy(scratch, sample, dataset->features * item);
    for (size_t c = 0; c < channels; c++)
        for (size_t i = 0; i < plane; i++)
            memcpy(sample + (i * channels + c) * item, scratch + (c * plane + i) * item, item);
}

/* Readers give images plane by plane. */
static tw_status order_channels(tw_collector *collector) {
    tw_dataset *dataset = collector->dataset;
    if (!collector->options->channels_last || dataset->channels == 0)
        return TW_OK;
    dataset->channels_last = 1;
    if (collector->as_stored || dataset->channels == 1)
        return TW_OK;
    size_t item = dataset->bytes != NULL ? 1 : sizeof(double);
    uint8_t *all = dataset->bytes != NULL ? dataset->bytes : (uint8_t *)dataset->doubles;
    uint8_t *scratch = tw_alloc_raw(dataset->features, item);
    if (scratch == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", collector->path);
    for (size_t i = 0; i < dataset->samples; i++)
        interleave(dataset, item, all + i * dataset->features * item, scratch);
    free(scratch);
    return TW_OK;
}

tw_status tw_collector_finish(tw_collector *collector, tw_dataset **out) {
    tw_dataset *dataset = collector->dataset;
    tw_status status = choose_classes(collector);
    if (status == TW_OK && dataset->samples == 0)
        status = tw_fail(TW_ERR_FORMAT, "'%s' has no sample%s: nothing to work on", collector->path,
                         collector->options->classes != NULL ? " of the classes asked for" : "");
    if (status == TW_OK)
        status = order_channels(collector);
    if (status == TW_OK) {
        shrink(dataset, collector->capacity);
        *out = dataset;
        collector->dataset = NULL;
    }
    tw_collector_release(collector);
    return status;
}

void tw_collector_release(tw_collector *collector) {
    tw_dataset_free(collector->dataset);
    tw_image_fit_free(collector->fit);
    free(collector->unfitted);
    collector->dataset = NULL;
    collector->fit = NULL;
    collector->unfitted = NULL;
}
