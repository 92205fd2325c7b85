/* preparation.h: samples as a network takes them: x = (pixel * scale - mean_c) / std_c, in single
 * or double precision, in the order of its input. A batch is prepared from the data set as it is
 * kept, so there is no second copy of the set. */
#ifndef TW_DATA_PREPARATION_H
#define TW_DATA_PREPARATION_H

#include "thalweg/dataset.h"

typedef struct tw_preparation_options {
    size_t channels, height, width; /* of the network's input; 0, 0, 0: those of the data */
    int channels_last;              /* order of the output: 0: n x c x h x w, 1: n x h x w x c */
    double scale;                   /* 0: 1/255 for bytes, as ToTensor does it, 1 for doubles */
    /* In units of what the scale gives. One number for all channels, or one for each; none (count
     * 0): mean 0, std 1. They are copied. */
    const double *mean, *std;
    size_t mean_count, std_count;
} tw_preparation_options;

typedef struct tw_preparation tw_preparation;

/* Checks that the data fit the input, and makes the tables of what each byte becomes: to be made
 * once, and used for every batch, by any number of threads at a time. `options` NULL: all zero.
 *
 * Where the data are images, their channels, height and width must be those of the input:
 * TW_ERR_SHAPE says with which of --size and --color they can be. Plain features need only be as
 * many, and are taken to be in the order of the output already; without a shape from either side
 * each feature is a channel of one pixel. TW_ERR_ARGUMENT for a std that is not above 0, for
 * numbers that are not finite, and for another count of them. *out is owned by the caller;
 * `dataset` must outlive it. */
tw_status tw_preparation_new(const tw_dataset *dataset, const tw_preparation_options *options,
                             tw_preparation **out);
/* NULL is allowed. */
void tw_preparation_free(tw_preparation *preparation);

/* Writes `count` samples, tw_dataset_features numbers each, one after the other: those that
 * `samples` names, or with NULL `first`, first + 1, ... Computed in double and rounded once.
 * TW_ERR_ARGUMENT for a sample that the set does not have; nothing is allocated. */
tw_status tw_prepare_f32(const tw_preparation *preparation, size_t count, const size_t *samples,
                         size_t first, float *out);
tw_status tw_prepare_f64(const tw_preparation *preparation, size_t count, const size_t *samples,
                         size_t first, double *out);

#endif
