#include "data/array_pair.h"

#include <stdlib.h>
#include <string.h>

/* Names of arrays that belong together: of the training split, and of the test split where the
 * convention has one. The first pair that is there is taken; rows with the same samples follow one
 * another. */
typedef struct pair {
    const char *samples[2], *labels[2]; /* by split */
} pair;

static const pair pairs[] = {
    {{"x_train", "x_test"}, {"y_train", "y_test"}}, /* Keras */
    {{"X_train", "X_test"}, {"y_train", "y_test"}},
    {{"X_train", "X_test"}, {"Y_train", "Y_test"}},
    {{"train_images", "test_images"}, {"train_labels", "test_labels"}}, /* MedMNIST */
    {{"train_x", "test_x"}, {"train_y", "test_y"}},
    {{"train_data", "test_data"}, {"train_labels", "test_labels"}},
    {{"train_set_x", "test_set_x"}, {"train_set_y", "test_set_y"}},
    {{"X", NULL}, {"y", NULL}},
    {{"X", NULL}, {"Y", NULL}},
    {{"x", NULL}, {"y", NULL}},
    {{"images", NULL}, {"labels", NULL}},
    {{"features", NULL}, {"labels", NULL}},
    {{"features", NULL}, {"target", NULL}},
    {{"data", NULL}, {"labels", NULL}},
    {{"data", NULL}, {"label", NULL}},
    {{"data", NULL}, {"target", NULL}},
};
enum { PAIRS = sizeof pairs / sizeof *pairs };

static const char *split_word(tw_split split) {
    return split == TW_SPLIT_TRAIN ? "train" : "test";
}

const char *tw_array_pair_samples(size_t index) {
    if (index >= 2 * (size_t)PAIRS)
        return NULL;
    const pair *p = &pairs[index / 2];
    return p->samples[index % 2] != NULL ? p->samples[index % 2] : p->samples[0];
}

const char *tw_array_pair_labels(size_t index) {
    if (index >= 2 * (size_t)PAIRS)
        return NULL;
    const pair *p = &pairs[index / 2];
    return p->labels[index % 2] != NULL ? p->labels[index % 2] : p->labels[0];
}

/* The first pair of which any split's samples are there; TW_DECLINED if none is. On success
 * *samples is open, unless only the other split is there. */
static tw_status find_pair(const tw_array_holder *holder, tw_split split, const pair **found,
                           tw_tensor *samples) {
    for (size_t i = 0; i < PAIRS; i++) {
        *found = &pairs[i];
        tw_status status = TW_DECLINED;
        if (pairs[i].samples[split] != NULL)
            status = holder->open(holder, pairs[i].samples[split], 0, samples);
        const char *other = pairs[i].samples[!split];
        if (status == TW_DECLINED && other != NULL) {
            status = holder->open(holder, other, 0, samples);
            tw_tensor_close(samples);
        }
        if (status != TW_DECLINED)
            return status;
    }
    return TW_DECLINED;
}

static tw_status fail_names(const tw_array_holder *holder) {
    char *there = holder->names(holder);
    tw_status status = tw_fail(
        TW_ERR_FORMAT,
        "'%s' holds no arrays under known names%s%s; save them as x_train and y_train (x_test and "
        "y_test), X and y, images and labels, or data and labels",
        holder->path, there != NULL ? ": it has " : "", there != NULL ? there : "");
    free(there);
    return status;
}

static tw_status fail_split(const tw_array_holder *holder, const pair *p, tw_split split) {
    const char *there = p->samples[!split], *missing = p->samples[split];
    if (missing != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "'%s' has '%s', but no '%s': it has no '%s' split",
                       holder->path, there, missing, split_word(split));
    return tw_fail(TW_ERR_ARGUMENT,
                   "'%s' has one pair of arrays, '%s' and '%s', and so one split, 'train': it has "
                   "no 'test' split; name the file with the test samples as the data instead",
                   holder->path, there, p->labels[!split]);
}

/* TW_DECLINED if there is no such array. */
static tw_status read_labels(const tw_array_holder *holder, const char *name, int from,
                             tw_class_labels *out) {
    tw_tensor tensor = TW_TENSOR_CLOSED;
    tw_status status = holder->open(holder, name, 1, &tensor);
    if (status == TW_OK)
        status = tw_class_labels_read(&tensor, from, out);
    tw_tensor_close(&tensor);
    return status;
}

/* Samples may go with labels of several names. */
static tw_status find_labels(const tw_array_holder *holder, const pair **found, tw_split split,
                             int from, tw_class_labels *out) {
    const char *samples = (*found)->samples[split], *first = (*found)->labels[split];
    for (;; (*found)++) {
        tw_status status = read_labels(holder, (*found)->labels[split], from, out);
        if (status != TW_DECLINED)
            return status;
        const pair *next = *found + 1;
        if (next == pairs + PAIRS || next->samples[split] == NULL ||
            strcmp(next->samples[split], samples) != 0)
            return tw_fail(TW_ERR_FORMAT, "'%s' has the array '%s', but no '%s' with its labels",
                           holder->path, samples, first);
    }
}

/* So that both splits agree on the classes. What cannot be read of the other is its own affair. */
static tw_status agree(const tw_array_holder *holder, const pair *p, tw_split split, int from,
                       tw_class_labels *labels) {
    tw_class_labels other = {0};
    tw_status status = TW_OK;
    if (p->labels[!split] != NULL && read_labels(holder, p->labels[!split], from, &other) == TW_OK)
        status = tw_class_labels_agree(holder->path, labels, &other);
    tw_class_labels_release(&other);
    return status;
}

tw_status tw_array_pair_read(const tw_array_holder *holder, tw_collector *collector) {
    tw_split split = collector->options->split;
    int from = collector->options->labels_from;
    tw_tensor samples = TW_TENSOR_CLOSED;
    tw_class_labels labels = {0};
    const pair *found = NULL;
    tw_status status = find_pair(holder, split, &found, &samples);
    if (status == TW_DECLINED)
        status = fail_names(holder);
    else if (status == TW_OK && samples.path == NULL)
        status = fail_split(holder, found, split);
    if (status == TW_OK)
        status = find_labels(holder, &found, split, from, &labels);
    if (status == TW_OK)
        status = agree(holder, found, split, from, &labels);
    if (status == TW_OK)
        status = tw_labelled_read(holder->kind, &samples, found->labels[split], &labels, collector);
    if (status == TW_OK)
        status = tw_collector_label_source(collector, "%s", found->labels[split]);
    tw_tensor_close(&samples);
    tw_class_labels_release(&labels);
    return status;
}
