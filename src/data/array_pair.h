/* array_pair.h: a data set as named arrays: which names belong together, whatever holds them (an
 * .npz archive, a directory of .npy files, an HDF5 file). */
#ifndef TW_DATA_ARRAY_PAIR_H
#define TW_DATA_ARRAY_PAIR_H

#include "data/labelled.h"

/* What holds the arrays. */
typedef struct tw_array_holder {
    const char *kind, *path;
    /* Opens the array of that name; TW_DECLINED, without text, if there is none. `labels`: text
     * will do as well as numbers. */
    tw_status (*open)(const struct tw_array_holder *holder, const char *name, int labels,
                      tw_tensor *out);
    /* The names that are there, separated by commas, for messages; to be freed; may be NULL. */
    char *(*names)(const struct tw_array_holder *holder);
    void *user;
} tw_array_holder;

/* Name number `index` of an array of samples that is known, and of its labels; NULL past the last.
 */
const char *tw_array_pair_samples(size_t index);
const char *tw_array_pair_labels(size_t index);

/* Reads the split that the collector asks for from the first pair that is there. */
tw_status tw_array_pair_read(const tw_array_holder *holder, tw_collector *collector);

#endif
