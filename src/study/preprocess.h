/* preprocess.h: the usual ways of preparing pixels x for a network: (x * scale - mean) / std. */
#ifndef TW_STUDY_PREPROCESS_H
#define TW_STUDY_PREPROCESS_H

#include <stddef.h>

typedef struct tw_preprocess {
    const char *name;
    double scale; /* 0: 1/255 for bytes */
    size_t count; /* of channels that mean and std are for: 3, or 1 for any number of them */
    double mean[3], std[3];
} tw_preprocess;

/* NULL past the end. */
const tw_preprocess *tw_preprocess_at(size_t index);
const char *tw_preprocess_name(size_t index);
/* The same names, and after them "try". */
const char *tw_preprocess_choice(size_t index);

#endif
