#include "fuzz_input.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

const char *fuzz_file(int slot, const uint8_t *data, size_t size) {
    static int files[2] = {-1, -1};
    static char paths[2][64];
    if (files[slot] < 0) {
        files[slot] = memfd_create("fuzz", MFD_CLOEXEC);
        if (files[slot] < 0)
            abort();
        snprintf(paths[slot], sizeof paths[slot], "/proc/self/fd/%d", files[slot]);
    }
    if (ftruncate(files[slot], 0) != 0 || pwrite(files[slot], data, size, 0) != (ssize_t)size)
        abort();
    return paths[slot];
}

void fuzz_files(const uint8_t *data, size_t size, const char **first, const char **second) {
    size_t length = size < 2 ? 0 : (size_t)data[0] << 8 | data[1];
    size_t head = size < 2 ? size : 2;
    length = length < size - head ? length : size - head;
    *first = fuzz_file(0, data + head, length);
    *second = fuzz_file(1, data + head + length, size - head - length);
}

static void require(int condition) {
    if (!condition)
        abort();
}

void fuzz_check(const tw_dataset *dataset) {
    size_t samples = tw_dataset_samples(dataset), features = tw_dataset_features(dataset);
    size_t classes = tw_dataset_classes(dataset), channels, height, width;
    require(samples > 0 && features > 0 && classes > 0);
    tw_dataset_image_shape(dataset, &channels, &height, &width);
    require(channels * height * width == features || (channels | height | width) == 0);
    for (size_t i = 0; i < samples; i++)
        require(tw_dataset_labels(dataset)[i] >= 0 &&
                (size_t)tw_dataset_labels(dataset)[i] < classes);
    double *mean = malloc(features * sizeof *mean);
    require(mean != NULL);
    tw_dataset_mean(dataset, mean);
    tw_dataset_hash(dataset);
    free(mean);
}

void fuzz_open(const char *path, uint8_t choice) {
    static const int classes[] = {1, 0};
    const tw_dataset_options options = {.limit = choice & 1 ? 2 : 0,
                                        .split = choice & 2 ? TW_SPLIT_TEST : TW_SPLIT_TRAIN,
                                        .classes = choice & 4 ? classes : NULL,
                                        .class_count = choice & 4 ? 2 : 0,
                                        .label = choice & 8    ? "2"
                                                 : choice & 16 ? "x"
                                                               : NULL,
                                        .labels_from = choice >> 5 & 1,
                                        .decimal = choice & 64 ? ',' : '.',
                                        .channels_last = choice >> 7};
    tw_dataset *dataset = NULL;
    tw_status status = tw_dataset_open(path, &options, &dataset);
    require((status == TW_OK) == (dataset != NULL));
    require(status == TW_OK || tw_message()[0] != '\0');
    if (dataset != NULL)
        fuzz_check(dataset);
    tw_dataset_free(dataset);
}
