/* npy_pair.c: NumPy arrays of samples and labels: an .npz archive, a directory of .npy files, or
 * one .npy file with its labels beside it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "data/labelled.h"
#include "data/source.h"

/* Names of arrays that belong together: of the training split, and of the test split where the
 * convention has one. The first pair that is there is taken. */
typedef struct pair {
    const char *samples[2], *labels[2]; /* by split */
} pair;

static const pair pairs[] = {
    {{"x_train", "x_test"}, {"y_train", "y_test"}}, /* Keras */
    {{"X_train", "X_test"}, {"y_train", "y_test"}},
    {{"train_images", "test_images"}, {"train_labels", "test_labels"}}, /* MedMNIST */
    {{"train_x", "test_x"}, {"train_y", "test_y"}},
    {{"train_data", "test_data"}, {"train_labels", "test_labels"}},
    {{"X", NULL}, {"y", NULL}},
    {{"x", NULL}, {"y", NULL}},
    {{"images", NULL}, {"labels", NULL}},
    {{"features", NULL}, {"labels", NULL}},
    {{"data", NULL}, {"labels", NULL}},
    {{"data", NULL}, {"target", NULL}},
};
enum { PAIRS = sizeof pairs / sizeof *pairs, NAME_SIZE = 32 };

static int is_zip(const tw_source *file) {
    return file->head_size >= 4 && memcmp(file->head, "PK\3\4", 4) == 0;
}

static int is_npy(const tw_source *file) {
    return file->head_size >= 6 && memcmp(file->head, "\x93NUMPY", 6) == 0;
}

/* ---- arrays of an archive or a directory, by name ---- */

/* TW_DECLINED if there is no such array. */
static tw_status open_array(const tw_source *source, const char *name, tw_tensor *out) {
    char file[NAME_SIZE];
    snprintf(file, sizeof file, "%s.npy", name);
    if (!source->is_directory)
        return tw_tensor_open_npy(out, source->path, file);
    if (!tw_source_has(source, file))
        return TW_DECLINED;
    char *path = tw_source_join(source, file);
    if (path == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", source->path);
    tw_status status = tw_tensor_open_npy(out, path, NULL);
    free(path);
    return status;
}

/* The first pair of which any split's samples are there; TW_DECLINED if none is. On success
 * *samples is open, unless only the other split is there. */
static tw_status find_pair(const tw_source *source, tw_split split, const pair **found,
                           tw_tensor *samples) {
    for (size_t i = 0; i < PAIRS; i++) {
        *found = &pairs[i];
        tw_status status = TW_DECLINED;
        if (pairs[i].samples[split] != NULL)
            status = open_array(source, pairs[i].samples[split], samples);
        const char *other = pairs[i].samples[!split];
        if (status == TW_DECLINED && other != NULL) {
            status = open_array(source, other, samples);
            tw_tensor_close(samples);
        }
        if (status != TW_DECLINED)
            return status;
    }
    return TW_DECLINED;
}

static size_t other_classes(const tw_source *source, tw_split split, const pair *p) {
    tw_tensor labels = TW_TENSOR_CLOSED;
    int32_t *numbers = NULL;
    size_t count, classes = 0;
    if (p->labels[!split] != NULL && open_array(source, p->labels[!split], &labels) == TW_OK &&
        tw_tensor_labels(&labels, &numbers, &count, &classes) != TW_OK)
        classes = 0;
    free(numbers);
    tw_tensor_close(&labels);
    return classes;
}

static tw_status fail_split(const tw_source *source, const pair *p, tw_split split) {
    const char *there = p->samples[!split], *missing = p->samples[split];
    if (missing != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "'%s' has '%s', but no '%s': it has no '%s' split",
                       source->path, there, missing, split == TW_SPLIT_TRAIN ? "train" : "test");
    return tw_fail(TW_ERR_ARGUMENT,
                   "'%s' has one pair of arrays, '%s' and '%s', and so one split, 'train': it has "
                   "no 'test' split; name the file with the test samples as the data instead",
                   source->path, there, p->labels[!split]);
}

static tw_status read_arrays(const tw_source *source, tw_collector *collector) {
    tw_split split = collector->options->split;
    tw_tensor samples = TW_TENSOR_CLOSED, labels = TW_TENSOR_CLOSED;
    const pair *found = NULL;
    tw_status status = find_pair(source, split, &found, &samples);
    if (status == TW_DECLINED)
        status = tw_fail(TW_ERR_FORMAT,
                         "'%s' holds no array under a known name: x_train and y_train (x_test and "
                         "y_test), X and y, images and labels, data and labels",
                         source->path);
    else if (status == TW_OK && samples.path == NULL)
        status = fail_split(source, found, split);
    for (; status == TW_OK; found++) { /* data goes with labels, or with target */
        status = open_array(source, found->labels[split], &labels);
        if (status != TW_DECLINED)
            break;
        int again = found + 1 < pairs + PAIRS && found[1].samples[split] != NULL &&
                    strcmp(found[1].samples[split], found->samples[split]) == 0;
        status =
            again ? TW_OK
                  : tw_fail(TW_ERR_FORMAT, "'%s' has the array '%s', but no '%s' with its labels",
                            source->path, found->samples[split], found->labels[split]);
    }
    if (status == TW_OK)
        status = tw_labelled_read(source->is_directory ? "npy" : "npz", &samples, &labels,
                                  other_classes(source, split, found), collector);
    tw_tensor_close(&samples);
    tw_tensor_close(&labels);
    return status;
}

/* ---- one .npy file ---- */

/* How the name of a file of samples becomes that of its labels, outside of the table of pairs: the
 * last occurrence is replaced. */
static const struct {
    const char *samples, *labels;
} words[] = {{"images", "labels"}, {"features", "labels"}, {"data", "labels"},
             {"_X", "_y"},         {"_x", "_y"},           {"X_", "y_"},
             {"x_", "y_"},         {"X.", "y."},           {"x.", "y."}};

static char *replace(const char *name, const char *from, const char *to) {
    const char *found = NULL;
    for (const char *at = strstr(name, from); at != NULL; at = strstr(at + 1, from))
        found = at;
    size_t size = strlen(name) + strlen(to) + 1;
    char *out = found != NULL ? malloc(size) : NULL;
    if (out != NULL)
        snprintf(out, size, "%.*s%s%s", (int)(found - name), name, to, found + strlen(from));
    return out;
}

/* The path of the labels that stand beside a file of samples, or NULL. */
static char *labels_beside(const tw_source *samples) {
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        char *name = replace(tw_source_name(samples), words[i].samples, words[i].labels);
        char *path = name != NULL ? tw_source_beside(samples, name) : NULL;
        free(name);
        tw_source file;
        if (path != NULL && tw_source_open(path, &file) == TW_OK && is_npy(&file))
            return path;
        free(path);
    }
    return NULL;
}

static tw_status read_file(const tw_source *source, tw_collector *collector) {
    tw_tensor samples = TW_TENSOR_CLOSED, labels = TW_TENSOR_CLOSED;
    tw_status status = tw_source_single_split(source, collector->options->split);
    if (status != TW_OK)
        return status;
    char *path = labels_beside(source);
    if (path == NULL)
        return tw_fail(TW_ERR_IO,
                       "'%s': no labels beside it; call the two files such as 'x_train.npy' and "
                       "'y_train.npy', 'X.npy' and 'y.npy', 'images.npy' and 'labels.npy'",
                       source->path);
    status = tw_tensor_open_npy(&samples, source->path, NULL);
    if (status == TW_OK)
        status = tw_tensor_open_npy(&labels, path, NULL);
    if (status == TW_OK)
        status = tw_labelled_read("npy", &samples, &labels, 0, collector);
    tw_tensor_close(&samples);
    tw_tensor_close(&labels);
    free(path);
    return status;
}

/* ---- the reader ---- */

static int probe(const tw_source *source) {
    if (!source->is_directory)
        return is_zip(source) || is_npy(source);
    for (size_t i = 0; i < PAIRS; i++)
        for (int split = 0; split < 2; split++) {
            char file[NAME_SIZE];
            snprintf(file, sizeof file, "%s.npy",
                     pairs[i].samples[split] != NULL ? pairs[i].samples[split]
                                                     : pairs[i].samples[0]);
            if (tw_source_has(source, file))
                return 1;
        }
    return 0;
}

static tw_status read_npy(const tw_source *source, tw_collector *collector) {
    return source->is_directory || is_zip(source) ? read_arrays(source, collector)
                                                  : read_file(source, collector);
}

const tw_reader tw_reader_npy = {"npz and npy", NULL, probe, read_npy};
