/* class_words.h: labels that are words ("setosa", "cat"): a set of names, each met many times, that
 * are numbered in the end in the order of their bytes, as scikit-learn's LabelEncoder does. */
#ifndef TW_DATA_CLASS_WORDS_H
#define TW_DATA_CLASS_WORDS_H

#include <stddef.h>
#include <stdint.h>

#include "thalweg/status.h"

typedef struct tw_class_words {
    char **words; /* owned, in the order in which they were met, or sorted */
    size_t count, room;
    int32_t *slots; /* a hash table of places in `words`, -1: free; a power of two of them */
    size_t slot_count;
} tw_class_words;

/* The number of a word, which is added if it is new: the order in which they came. Fails if memory
 * is out or if there are more classes than TW_DATASET_MAX_CLASSES. */
tw_status tw_class_words_number(tw_class_words *set, const char *word, size_t length, int32_t *out);
/* Sorts the words. rank[i], for the caller to free, is the new number of word i. */
tw_status tw_class_words_sort(tw_class_words *set, int32_t **rank);
void tw_class_words_release(tw_class_words *set);

#endif
