/* checkpoint_add.c: what the readers of checkpoints find, checked and kept. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "format/checkpoint_reader.h"

/* So many names are read and compared at ease; the largest networks have some thousand. */
enum { MOST_TENSORS = 1 << 17, MOST_NAME = 1023 };

int tw_checkpoint_holds(const tw_checkpoint *checkpoint, uint64_t bytes) {
    enum { SMALL = 1 << 26, RATIO = 1100 };
    return bytes <= SMALL || bytes / RATIO <= checkpoint->size;
}

void tw_checkpoint_rows(tw_checkpoint_tensor *tensor) {
    uint64_t stride = 1;
    for (int k = tensor->rank - 1; k >= 0; k--) {
        tensor->stride[k] = stride;
        stride *= tensor->shape[k];
    }
}

static tw_status measure(tw_checkpoint *checkpoint, const char *name,
                         tw_checkpoint_tensor *tensor) {
    uint64_t bytes, item = tensor->number.item > 0 ? tensor->number.item : 1;
    tensor->count = 1;
    for (int k = 0; k < tensor->rank; k++)
        if (__builtin_mul_overflow(tensor->count, tensor->shape[k], &tensor->count))
            return tw_fail(TW_ERR_FORMAT, "tensor '%.80s': its shape is larger than any memory",
                           name);
    if (__builtin_mul_overflow(tensor->count, item, &bytes) ||
        __builtin_add_overflow(checkpoint->claimed, bytes, &checkpoint->claimed) ||
        !tw_checkpoint_holds(checkpoint, checkpoint->claimed))
        return tw_fail(TW_ERR_FORMAT,
                       "tensor '%.80s' claims %zu numbers, more than a file of %llu bytes holds",
                       name, tensor->count, (unsigned long long)checkpoint->size);
    return TW_OK;
}

/* The last number that the strides reach must be there. */
static tw_status check_reach(const char *name, const tw_checkpoint_tensor *tensor,
                             uint64_t numbers) {
    uint64_t last = tensor->first, step;
    int fits = 1;
    for (int k = 0; fits && tensor->count > 0 && k < tensor->rank; k++)
        fits = !__builtin_mul_overflow((uint64_t)tensor->shape[k] - 1, tensor->stride[k], &step) &&
               !__builtin_add_overflow(last, step, &last);
    if (tensor->count == 0 || (fits && last < numbers))
        return TW_OK;
    return tw_fail(TW_ERR_FORMAT,
                   "tensor '%.80s' reaches past the %llu numbers of its storage: the file is "
                   "damaged",
                   name, (unsigned long long)numbers);
}

static tw_status make_room(tw_checkpoint *checkpoint) {
    if (checkpoint->count >= MOST_TENSORS)
        return tw_fail(TW_ERR_FORMAT, "more than %d tensors", MOST_TENSORS);
    if (checkpoint->count < checkpoint->room)
        return TW_OK;
    size_t room = checkpoint->room > 0 ? 2 * checkpoint->room : 64;
    tw_checkpoint_tensor *grown = reallocarray(checkpoint->tensors, room, sizeof *grown);
    if (grown == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu tensors", room);
    checkpoint->tensors = grown;
    checkpoint->room = room;
    return TW_OK;
}

tw_status tw_checkpoint_add(tw_checkpoint *checkpoint, const char *name,
                            const tw_checkpoint_tensor *tensor, uint64_t numbers) {
    tw_checkpoint_tensor copy = *tensor;
    tw_status status = strlen(name) <= MOST_NAME
                           ? measure(checkpoint, name, &copy)
                           : tw_fail(TW_ERR_FORMAT, "a name of more than %d bytes", MOST_NAME);
    if (status == TW_OK)
        status = check_reach(name, &copy, numbers);
    if (status == TW_OK)
        status = make_room(checkpoint);
    if (status != TW_OK)
        return status;
    copy.name = tw_strdup(name);
    copy.stored = tw_strdup(name);
    copy.dataset = tensor->dataset != NULL ? tw_strdup(tensor->dataset) : NULL;
    if (copy.name == NULL || copy.stored == NULL ||
        (copy.dataset == NULL) != (tensor->dataset == NULL)) {
        free(copy.dataset);
        free(copy.name);
        free(copy.stored);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for tensor '%.80s'", name);
    }
    checkpoint->tensors[checkpoint->count++] = copy;
    return TW_OK;
}

tw_status tw_checkpoint_add_note(tw_checkpoint *checkpoint, const char *format, ...) {
    char **grown =
        reallocarray(checkpoint->notes, checkpoint->note_count + 1, sizeof *checkpoint->notes);
    if (grown != NULL)
        checkpoint->notes = grown;
    va_list arguments;
    va_start(arguments, format);
    char *note = NULL;
    int length = grown != NULL ? vasprintf(&note, format, arguments) : -1;
    va_end(arguments);
    if (length < 0)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a note");
    checkpoint->notes[checkpoint->note_count++] = note;
    return TW_OK;
}

tw_status tw_checkpoint_add_word(tw_checkpoint *checkpoint, char *key, char *text) {
    char **grown =
        reallocarray(checkpoint->words, checkpoint->word_count + 2, sizeof *checkpoint->words);
    if (grown == NULL) {
        free(key);
        free(text);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the words of a file");
    }
    checkpoint->words = grown;
    grown[checkpoint->word_count++] = key;
    grown[checkpoint->word_count++] = text;
    return TW_OK;
}

tw_status tw_checkpoint_block(tw_checkpoint *checkpoint, size_t count, uint8_t **out) {
    uint8_t **grown =
        reallocarray(checkpoint->blocks, checkpoint->block_count + 1, sizeof *checkpoint->blocks);
    if (grown != NULL)
        checkpoint->blocks = grown;
    *out = grown != NULL ? malloc(count > 0 ? count : 1) : NULL;
    if (*out == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu bytes", count);
    checkpoint->blocks[checkpoint->block_count++] = *out;
    return TW_OK;
}
