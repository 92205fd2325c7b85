/* class_labels.h: the labels of a source as numbers of classes, however they were written: whole
 * numbers, words, or one row of 0 and 1 a sample. */
#ifndef TW_DATA_LABELS_H
#define TW_DATA_LABELS_H

#include "data/class_words.h"
#include "data/collector.h"
#include "format/tensor.h"

typedef struct tw_class_labels {
    int32_t *numbers; /* one a sample, from 0; owned */
    size_t count;
    size_t classes;       /* largest number + 1; with words, how many there are */
    tw_class_words words; /* names of the classes, sorted; none if labels are numbers */
    int one_hot;          /* they were rows of 0 and 1 */
} tw_class_labels;

/* Reads a tensor of labels: n or n x 1 whole numbers or texts (numbers in texts are numbers), or n
 * x C rows of which one entry is 1 and all others 0. Numbers count from `from`: 0 or 1. */
tw_status tw_class_labels_read(tw_tensor *tensor, int from, tw_class_labels *out);

/* Checks a number that stands in a file as a label counted from `from`, and gives the class's;
 * 0 if it is none. */
int tw_class_labels_class(double value, int from, int32_t *out);
/* The words of labels are sorted, and the numbers go with them. */
tw_status tw_class_labels_sort(tw_class_labels *labels);
/* Labels of two splits of one source get one numbering: the union of the words, or the larger
 * number of classes. `other` is changed as well. Fails where one has words and the other numbers.
 */
tw_status tw_class_labels_agree(const char *path, tw_class_labels *labels, tw_class_labels *other);

/* Hands the names of the classes to the collector, and notes for whoever uses the data: labels that
 * were words or one-hot rows, a class 0 or others without a sample. */
tw_status tw_class_labels_describe(tw_class_labels *labels, tw_collector *collector);

void tw_class_labels_release(tw_class_labels *labels);

#endif
