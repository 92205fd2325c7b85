/* dataset_private.h: what a dataset holds, for the files of src/data. */
#ifndef TW_DATA_DATASET_PRIVATE_H
#define TW_DATA_DATASET_PRIVATE_H

#include "thalweg/dataset.h"

enum {
    TW_DATASET_MAX_CLASSES = 1 << 20, /* a label beyond is taken for a mistake, not for a class */
    TW_DATASET_MAX_NOTES = 8
};

/* Exactly one of bytes and doubles is set once the dataset is complete. */
struct tw_dataset {
    const char *kind; /* static storage */
    size_t samples, features, classes;
    size_t channels, height, width; /* all 0 for plain features */
    uint8_t *bytes;
    double *doubles;
    int32_t *labels;
    char **names; /* `name_count` class names, or NULL */
    size_t name_count;
    int channels_last;
    char *label_source;                /* or NULL */
    char *notes[TW_DATASET_MAX_NOTES]; /* NULL at the end */
};

#endif
