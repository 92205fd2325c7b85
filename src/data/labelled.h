/* labelled.h: a dataset from a tensor of samples and a tensor of labels. */
#ifndef TW_DATA_LABELLED_H
#define TW_DATA_LABELLED_H

#include "data/collector.h"
#include "data/tensor.h"

/* Reads all of `samples` (n x features, n x height x width, n x height x width x channels or n x
 * channels x height x width) with its labels (n). Unsigned bytes stay bytes, all else becomes
 * doubles, which must be finite. The number of classes is the largest label + 1, or
 * `least_classes` if that is more. */
tw_status tw_labelled_read(const char *kind, tw_tensor *samples, tw_tensor *labels,
                           size_t least_classes, tw_collector *collector);

#endif
