#include "data/class_words.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "data/dataset_private.h"

enum { FIRST_ROOM = 16, LONGEST = 256 };

static tw_status fail_memory(void) {
    return tw_fail(TW_ERR_MEMORY, "not enough memory for the names of the classes");
}

/* FNV-1a. */
static size_t hash(const char *word, size_t length) {
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (size_t i = 0; i < length; i++)
        h = (h ^ (unsigned char)word[i]) * UINT64_C(0x100000001b3);
    return (size_t)(h ^ h >> 32);
}

/* The slot where the word is, or where it belongs. */
static size_t find_slot(const tw_class_words *set, const char *word, size_t length) {
    size_t slot = hash(word, length) & (set->slot_count - 1);
    for (; set->slots[slot] >= 0; slot = (slot + 1) & (set->slot_count - 1)) {
        const char *there = set->words[set->slots[slot]];
        if (strncmp(there, word, length) == 0 && there[length] == '\0')
            break;
    }
    return slot;
}

/* Room for twice as many words; slots are kept twice as many again. */
static tw_status grow(tw_class_words *set) {
    size_t room = set->room > 0 ? 2 * set->room : FIRST_ROOM;
    char **words = realloc(set->words, room * sizeof *words);
    if (words == NULL)
        return fail_memory();
    set->words = words;
    int32_t *slots = tw_alloc_raw(2 * room, sizeof *slots);
    if (slots == NULL)
        return fail_memory();
    free(set->slots);
    set->slots = slots;
    set->slot_count = 2 * room;
    set->room = room;
    memset(slots, 0xff, 2 * room * sizeof *slots);
    for (size_t i = 0; i < set->count; i++)
        slots[find_slot(set, words[i], strlen(words[i]))] = (int32_t)i;
    return TW_OK;
}

tw_status tw_class_words_number(tw_class_words *set, const char *word, size_t length,
                                int32_t *out) {
    *out = -1;
    if (length > LONGEST)
        return tw_fail(TW_ERR_FORMAT, "the name of a class has %zu characters, more than %d",
                       length, LONGEST);
    if (set->count == set->room) {
        tw_status status =
            set->count < TW_DATASET_MAX_CLASSES
                ? grow(set)
                : tw_fail(TW_ERR_FORMAT, "more than %d different labels", TW_DATASET_MAX_CLASSES);
        if (status != TW_OK)
            return status;
    }
    size_t slot = find_slot(set, word, length);
    if (set->slots[slot] < 0) {
        char *copy = strndup(word, length);
        if (copy == NULL)
            return fail_memory();
        set->words[set->count] = copy;
        set->slots[slot] = (int32_t)set->count++;
    }
    *out = set->slots[slot];
    return TW_OK;
}

static int compare(const void *a, const void *b, void *words) {
    char *const *w = words;
    return strcmp(w[*(const int32_t *)a], w[*(const int32_t *)b]);
}

tw_status tw_class_words_sort(tw_class_words *set, int32_t **rank) {
    int32_t *order = tw_alloc_raw(set->count, sizeof *order);
    char **sorted = malloc((set->room > 0 ? set->room : 1) * sizeof *sorted);
    *rank = tw_alloc_raw(set->count, sizeof **rank);
    tw_status status = order != NULL && sorted != NULL && *rank != NULL ? TW_OK : fail_memory();
    for (size_t i = 0; status == TW_OK && i < set->count; i++)
        order[i] = (int32_t)i;
    if (status == TW_OK) {
        qsort_r(order, set->count, sizeof *order, compare, set->words);
        for (size_t i = 0; i < set->count; i++) {
            sorted[i] = set->words[order[i]];
            (*rank)[order[i]] = (int32_t)i;
        }
        for (size_t slot = 0; slot < set->slot_count; slot++)
            if (set->slots[slot] >= 0)
                set->slots[slot] = (*rank)[set->slots[slot]];
        free(set->words);
        set->words = sorted;
        sorted = NULL;
    } else {
        free(*rank);
        *rank = NULL;
    }
    free(order);
    free(sorted);
    return status;
}

void tw_class_words_release(tw_class_words *set) {
    for (size_t i = 0; i < set->count; i++)
        free(set->words[i]);
    free(set->words);
    free(set->slots);
    *set = (tw_class_words){0};
}
