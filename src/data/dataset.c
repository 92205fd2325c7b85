#include "thalweg/dataset.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "data/dataset_private.h"

const char *tw_split_name(size_t index) {
    static const char *const names[] = {[TW_SPLIT_TRAIN] = "train", [TW_SPLIT_TEST] = "test"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

const char *tw_color_name(size_t index) {
    static const char *const names[] = {
        [TW_COLOR_AS_IS] = "as-is", [TW_COLOR_RGB] = "rgb", [TW_COLOR_GREY] = "grey"};
    return index < sizeof names / sizeof names[0] ? names[index] : NULL;
}

static tw_status check_labels(const tw_dataset_memory *memory) {
    for (size_t i = 0; i < memory->samples; i++)
        if (memory->labels[i] < 0 || (size_t)memory->labels[i] >= memory->classes)
            return tw_fail(TW_ERR_ARGUMENT,
                           "label %d of sample %zu is out of range: classes are 0 to %zu",
                           memory->labels[i], i, memory->classes - 1);
    return TW_OK;
}

static tw_status check_memory(const tw_dataset_memory *memory) {
    if (memory->samples == 0 || memory->features == 0 || memory->classes == 0)
        return tw_fail(TW_ERR_ARGUMENT,
                       "a dataset needs samples, features and classes, not %zu, %zu and %zu",
                       memory->samples, memory->features, memory->classes);
    if ((memory->bytes == NULL) == (memory->doubles == NULL))
        return tw_fail(TW_ERR_ARGUMENT, "a dataset is made of either bytes or doubles");
    if (memory->labels == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "a dataset needs labels");
    size_t pixels = 0;
    int overflow = __builtin_mul_overflow(memory->channels, memory->height, &pixels) ||
                   __builtin_mul_overflow(pixels, memory->width, &pixels);
    int plain = memory->channels == 0 && memory->height == 0 && memory->width == 0;
    if (!plain && (overflow || pixels != memory->features))
        return tw_fail(TW_ERR_SHAPE, "images of %zu x %zu x %zu do not have %zu features",
                       memory->channels, memory->height, memory->width, memory->features);
    return check_labels(memory);
}

tw_status tw_dataset_from_memory(const tw_dataset_memory *memory, tw_dataset **out) {
    if (memory == NULL || out == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "tw_dataset_from_memory: NULL argument");
    *out = NULL;
    tw_status status = check_memory(memory);
    if (status != TW_OK)
        return status;
    size_t size = memory->bytes != NULL ? 1 : sizeof(double);
    size_t count;
    void *features = NULL;
    if (!__builtin_mul_overflow(memory->samples, memory->features, &count))
        features = tw_alloc_raw(count, size);
    int32_t *labels = tw_alloc_raw(memory->samples, sizeof *labels);
    tw_dataset *dataset = tw_alloc(1, sizeof *dataset);
    if (features == NULL || labels == NULL || dataset == NULL) {
        free(features);
        free(labels);
        free(dataset);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu samples of %zu features",
                       memory->samples, memory->features);
    }
    memcpy(features, memory->bytes != NULL ? (const void *)memory->bytes : memory->doubles,
           count * size);
    memcpy(labels, memory->labels, memory->samples * sizeof *labels);
    *dataset = (tw_dataset){.kind = "memory",
                            .samples = memory->samples,
                            .features = memory->features,
                            .classes = memory->classes,
                            .channels = memory->channels,
                            .height = memory->height,
                            .width = memory->width,
                            .bytes = memory->bytes != NULL ? features : NULL,
                            .doubles = memory->bytes != NULL ? NULL : features,
                            .labels = labels};
    *out = dataset;
    return TW_OK;
}

void tw_dataset_free(tw_dataset *dataset) {
    if (dataset == NULL)
        return;
    for (size_t i = 0; dataset->names != NULL && i < dataset->name_count; i++)
        free(dataset->names[i]);
    free(dataset->names);
    free(dataset->label_source);
    for (size_t i = 0; i < TW_DATASET_MAX_NOTES; i++)
        free(dataset->notes[i]);
    free(dataset->bytes);
    free(dataset->doubles);
    free(dataset->labels);
    free(dataset);
}

const char *tw_dataset_kind(const tw_dataset *dataset) {
    return dataset->kind;
}

size_t tw_dataset_samples(const tw_dataset *dataset) {
    return dataset->samples;
}

size_t tw_dataset_features(const tw_dataset *dataset) {
    return dataset->features;
}

size_t tw_dataset_classes(const tw_dataset *dataset) {
    return dataset->classes;
}

void tw_dataset_image_shape(const tw_dataset *dataset, size_t *channels, size_t *height,
                            size_t *width) {
    *channels = dataset->channels;
    *height = dataset->height;
    *width = dataset->width;
}

const uint8_t *tw_dataset_bytes(const tw_dataset *dataset) {
    return dataset->bytes;
}

const double *tw_dataset_doubles(const tw_dataset *dataset) {
    return dataset->doubles;
}

const int32_t *tw_dataset_labels(const tw_dataset *dataset) {
    return dataset->labels;
}

const char *tw_dataset_class_name(const tw_dataset *dataset, size_t label) {
    return dataset->names != NULL && label < dataset->name_count ? dataset->names[label] : NULL;
}

size_t tw_dataset_class_samples(const tw_dataset *dataset, size_t label) {
    size_t count = 0;
    for (size_t i = 0; i < dataset->samples; i++)
        count += dataset->labels[i] == (int32_t)label;
    return count;
}

int tw_dataset_channels_last(const tw_dataset *dataset) {
    return dataset->channels_last;
}

const char *tw_dataset_label_source(const tw_dataset *dataset) {
    return dataset->label_source;
}

const char *tw_dataset_note(const tw_dataset *dataset, size_t index) {
    return index < TW_DATASET_MAX_NOTES ? dataset->notes[index] : NULL;
}
