/* labelled.h: a dataset from a tensor of samples and a tensor of labels. */
#ifndef TW_DATA_LABELLED_H
#define TW_DATA_LABELLED_H

#include "data/class_labels.h"
#include "data/collector.h"

/* Reads all of `samples` (n x features, n x height x width, n x height x width x channels or n x
 * channels x height x width) with its labels (n). Unsigned bytes stay bytes, all else becomes
 * doubles, which must be finite. `name` is that of the labels in messages. The names of the classes
 * go to the collector. */
tw_status tw_labelled_read(const char *kind, tw_tensor *samples, const char *name,
                           tw_class_labels *labels, tw_collector *collector);

#endif
