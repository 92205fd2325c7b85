#include "format/checkpoint.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"
#include "format/checkpoint_reader.h"
#include "format/input.h"

static const tw_checkpoint_reader *const readers[] = {&tw_torch_zip_reader, &tw_torch_legacy_reader,
                                                      &tw_safetensors_reader, &tw_keras_reader,
                                                      &tw_keras_archive_reader};

void tw_checkpoint_close(tw_checkpoint *checkpoint) {
    if (checkpoint == NULL)
        return;
    for (size_t k = 0; k < checkpoint->count; k++) {
        free(checkpoint->tensors[k].name);
        free(checkpoint->tensors[k].stored);
        free(checkpoint->tensors[k].dataset);
    }
    for (size_t k = 0; k < checkpoint->note_count; k++)
        free(checkpoint->notes[k]);
    for (size_t k = 0; k < checkpoint->word_count; k++)
        free(checkpoint->words[k]);
    for (size_t k = 0; k < checkpoint->block_count; k++)
        free(checkpoint->blocks[k]);
    free(checkpoint->tensors);
    free(checkpoint->notes);
    free(checkpoint->words);
    free(checkpoint->blocks);
    if (checkpoint->descriptor >= 0)
        close(checkpoint->descriptor);
    free(checkpoint->path);
    free(checkpoint);
}

/* ---- names ---- */

/* What torch.compile puts before the names of a module, anywhere in them. */
static void take_out_compiled(char *name) {
    static const char word[] = "_orig_mod.";
    for (char *at = name; (at = strstr(at, word)) != NULL;)
        if (at == name || at[-1] == '.')
            memmove(at, at + sizeof word - 1, strlen(at + sizeof word - 1) + 1);
        else
            at += sizeof word - 1;
}

static int all_begin_with(const tw_checkpoint *checkpoint, const char *prefix, size_t length) {
    for (size_t k = 0; k < checkpoint->count; k++)
        if (strncmp(checkpoint->tensors[k].name, prefix, length) != 0)
            return 0;
    return checkpoint->count > 0;
}

/* DataParallel puts "module." before all names, or before none. */
static tw_status take_off_prefixes(tw_checkpoint *checkpoint) {
    static const char word[] = "module.";
    const size_t length = sizeof word - 1;
    int compiled = 0, parallel = 0;
    for (size_t k = 0; k < checkpoint->count; k++) {
        tw_checkpoint_tensor *tensor = &checkpoint->tensors[k];
        take_out_compiled(tensor->name);
        compiled |= strcmp(tensor->name, tensor->stored) != 0;
    }
    while (all_begin_with(checkpoint, word, length)) {
        for (size_t k = 0; k < checkpoint->count; k++) {
            char *name = checkpoint->tensors[k].name;
            memmove(name, name + length, strlen(name + length) + 1);
        }
        parallel = 1;
    }
    if (!compiled && !parallel)
        return TW_OK;
    return tw_checkpoint_add_note(checkpoint, "%s%s%s taken off the names",
                                  parallel ? "'module.'" : "", parallel && compiled ? " and " : "",
                                  compiled ? "'_orig_mod.'" : "");
}

static int by_stored_name(const void *a, const void *b) {
    const tw_checkpoint_tensor *const *x = a, *const *y = b;
    return strcmp((*x)->stored, (*y)->stored);
}

static tw_status check_names(const tw_checkpoint *checkpoint) {
    const tw_checkpoint_tensor **sorted = tw_alloc(checkpoint->count, sizeof *sorted);
    if (sorted == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu names", checkpoint->count);
    for (size_t k = 0; k < checkpoint->count; k++)
        sorted[k] = &checkpoint->tensors[k];
    qsort(sorted, checkpoint->count, sizeof *sorted, by_stored_name);
    tw_status status = TW_OK;
    for (size_t k = 1; k < checkpoint->count && status == TW_OK; k++)
        if (strcmp(sorted[k - 1]->stored, sorted[k]->stored) == 0)
            status = tw_fail(TW_ERR_FORMAT, "two tensors have the name '%.80s'", sorted[k]->stored);
    free(sorted);
    return status;
}

/* ---- opening ---- */

static tw_status begin(const char *path, tw_checkpoint *checkpoint) {
    struct stat info;
    checkpoint->descriptor = -1;
    checkpoint->path = tw_strdup(path);
    if (checkpoint->path == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", path);
    tw_status status = tw_regular_open(path, &checkpoint->descriptor);
    if (status == TW_OK && fstat(checkpoint->descriptor, &info) != 0)
        status = tw_fail(TW_ERR_IO, "cannot read '%s'", path);
    if (status != TW_OK)
        return status;
    checkpoint->size = (uint64_t)info.st_size;
    size_t head =
        checkpoint->size < TW_CHECKPOINT_HEAD ? (size_t)checkpoint->size : TW_CHECKPOINT_HEAD;
    status = tw_read_at(checkpoint->descriptor, 0, checkpoint->head, head);
    return status == TW_OK ? TW_OK : tw_fail_prefix(status, "'%s'", path);
}

static const tw_checkpoint_reader *find_reader(const tw_checkpoint *checkpoint) {
    for (size_t k = 0; k < sizeof readers / sizeof *readers; k++)
        if (readers[k]->is(checkpoint))
            return readers[k];
    return NULL;
}

/* The readers of archives and of HDF5 name the file themselves. A name in the file may be its path,
 * so that of FORMAT errors only how they begin counts. */
static int is_named(const tw_checkpoint *checkpoint, tw_status status) {
    const char *message = tw_message();
    size_t length = strlen(checkpoint->path);
    if (status != TW_ERR_FORMAT)
        return strstr(message, checkpoint->path) != NULL;
    return message[0] == '\'' && strncmp(message + 1, checkpoint->path, length) == 0;
}

static tw_status read_tensors(const tw_checkpoint_reader *reader, tw_checkpoint *checkpoint) {
    tw_status status = reader->open(checkpoint);
    if (status == TW_OK && checkpoint->count == 0)
        status = tw_fail(TW_ERR_FORMAT,
                         "a %s without tensors; in Python: torch.save(model.state_dict(), FILE)",
                         checkpoint->kind);
    if (status == TW_OK)
        status = check_names(checkpoint);
    if (status == TW_OK)
        status = take_off_prefixes(checkpoint);
    return status == TW_OK || is_named(checkpoint, status)
               ? status
               : tw_fail_prefix(status, "'%s'", checkpoint->path);
}

tw_status tw_checkpoint_open(const char *path, tw_checkpoint **out) {
    *out = NULL;
    tw_checkpoint *checkpoint = calloc(1, sizeof *checkpoint);
    if (checkpoint == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", path);
    tw_status status = begin(path, checkpoint);
    const tw_checkpoint_reader *reader = status == TW_OK ? find_reader(checkpoint) : NULL;
    if (status == TW_OK)
        status = reader != NULL ? read_tensors(reader, checkpoint) : TW_DECLINED;
    if (status == TW_OK)
        *out = checkpoint;
    else
        tw_checkpoint_close(checkpoint);
    return status;
}

tw_status tw_checkpoint_probe(const char *path, int *is) {
    struct stat info;
    *is = 0;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return TW_OK;
    tw_checkpoint *checkpoint = calloc(1, sizeof *checkpoint);
    if (checkpoint == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", path);
    tw_status status = begin(path, checkpoint);
    if (status == TW_OK)
        *is = find_reader(checkpoint) != NULL;
    tw_checkpoint_close(checkpoint);
    return status;
}

/* ---- what is in it ---- */

const char *tw_checkpoint_kind(const tw_checkpoint *checkpoint) {
    return checkpoint->kind;
}

size_t tw_checkpoint_count(const tw_checkpoint *checkpoint) {
    return checkpoint->count;
}

const tw_checkpoint_tensor *tw_checkpoint_tensor_at(const tw_checkpoint *checkpoint, size_t index) {
    return index < checkpoint->count ? &checkpoint->tensors[index] : NULL;
}

const char *tw_checkpoint_note(const tw_checkpoint *checkpoint, size_t index) {
    return index < checkpoint->note_count ? checkpoint->notes[index] : NULL;
}

const char *tw_checkpoint_word(const tw_checkpoint *checkpoint, size_t index, const char **text) {
    if (index >= checkpoint->word_count / 2)
        return NULL;
    *text = checkpoint->words[2 * index + 1];
    return checkpoint->words[2 * index];
}
