#include "data/cifar.h"

#include <stdlib.h>

/* The files of the split that was asked for. */
static const char *const *split_files(const tw_cifar *cifar, tw_split split,
                                      const char *const test[2]) {
    return split == TW_SPLIT_TRAIN ? cifar->train : test;
}

static tw_status open_inside(const tw_source *directory, const char *name, char **path,
                             tw_source *out) {
    tw_status status = tw_source_enter(directory, name, path, out);
    if (status == TW_OK && out->is_directory) {
        status = tw_fail(TW_ERR_FORMAT, "'%s' should be a file, but is a directory", *path);
        free(*path);
        *path = NULL;
    }
    return status;
}

tw_status tw_cifar_shape_set(const tw_cifar *cifar, const tw_source *source,
                             tw_collector *collector) {
    const char *const test[2] = {cifar->test, NULL};
    const char *const *names = split_files(cifar, collector->options->split, test);
    uint64_t images = source->size / TW_CIFAR_PIXELS;
    for (; source->is_directory && *names != NULL; names++) {
        char *path;
        tw_source file;
        tw_status status = open_inside(source, *names, &path, &file);
        if (status != TW_OK)
            return status;
        images += file.size / TW_CIFAR_PIXELS;
        free(path);
    }
    const tw_collector_shape shape = {.kind = cifar->kind,
                                      .features = TW_CIFAR_PIXELS,
                                      .channels = 3,
                                      .height = 32,
                                      .width = 32,
                                      .classes = cifar->classes,
                                      .expected = (size_t)images,
                                      .bytes = 1};
    return tw_collector_shape_set(collector, &shape);
}

tw_status tw_cifar_read(const tw_cifar *cifar, const tw_source *source, tw_collector *collector,
                        tw_cifar_file_fn read_file) {
    tw_split split = collector->options->split;
    tw_status status = TW_OK;
    if (!source->is_directory)
        status = tw_source_single_split(source, split);
    if (status == TW_OK)
        status = tw_cifar_shape_set(cifar, source, collector);
    if (status != TW_OK || !source->is_directory)
        return status != TW_OK ? status : read_file(cifar, source, collector);
    const char *const test[2] = {cifar->test, NULL};
    const char *const *names = split_files(cifar, split, test);
    for (; status == TW_OK && *names != NULL && !tw_collector_full(collector); names++) {
        char *path;
        tw_source file;
        status = open_inside(source, *names, &path, &file);
        if (status == TW_OK)
            status = read_file(cifar, &file, collector);
        free(path);
    }
    return status;
}

tw_status tw_cifar_check_label(const tw_cifar *cifar, const char *path, size_t record,
                               long long label) {
    if (label >= 0 && (unsigned long long)label < cifar->classes)
        return TW_OK;
    return tw_fail(TW_ERR_FORMAT, "'%s', record %zu: label %lld is out of range 0 to %zu", path,
                   record, label, cifar->classes - 1);
}
