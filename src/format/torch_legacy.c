/* torch_legacy.c: what torch.save wrote before 1.6: five pickles (magic number, protocol, system,
 * objects, keys of the storages), then the storages in the order of their keys, each its length in
 * numbers and the numbers, lowest byte first whatever the system says. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "format/checkpoint_reader.h"
#include "format/input.h"
#include "format/torch_tensor.h"
#include "format/torch_tree.h"

/* Where a storage is in the file, and how long. */
typedef struct place {
    const uint8_t *key;
    size_t length;
    uint64_t item, at, numbers;
} place;

typedef struct job {
    tw_checkpoint *checkpoint;
    const uint8_t *bytes;
    size_t size, position;
    tw_pickle pickle;
    place *places; /* by key */
    size_t count;
} job;

static int compare(const void *a, const void *b) {
    const place *x = a, *y = b;
    size_t shorter = x->length < y->length ? x->length : y->length;
    int order = shorter > 0 ? memcmp(x->key, y->key, shorter) : 0;
    return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

static place *find_place(const job *j, const uint8_t *key, size_t length) {
    const place wanted = {.key = key, .length = length};
    return j->count > 0 ? bsearch(&wanted, j->places, j->count, sizeof wanted, compare) : NULL;
}

/* The storages that the objects name, whose types say how wide their numbers are. */
static tw_status collect_places(job *j) {
    size_t stored = 0;
    for (uint32_t k = 0; k < j->pickle.count; k++)
        stored += tw_torch_is_storage(&j->pickle, k) != 0;
    j->places = tw_alloc(stored, sizeof *j->places);
    if (j->places == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu storages", stored);
    for (uint32_t k = 0; k < j->pickle.count; k++) {
        tw_torch_storage storage;
        if (!tw_torch_is_storage(&j->pickle, k))
            continue;
        tw_status status = tw_torch_storage_of(&j->pickle, k, &storage);
        if (status != TW_OK)
            return status;
        j->places[j->count++] =
            (place){storage.key, storage.length, storage.type != NULL ? storage.type->item : 1};
    }
    if (j->count > 0)
        qsort(j->places, j->count, sizeof *j->places, compare);
    size_t kept = 0;
    for (size_t k = 0; k < j->count; k++)
        if (kept == 0 || compare(&j->places[kept - 1], &j->places[k]) != 0)
            j->places[kept++] = j->places[k];
    j->count = kept;
    return TW_OK;
}

static tw_status take_storage(job *j, const tw_pickle_value *key) {
    if (key->kind != TW_PICKLE_TEXT && key->kind != TW_PICKLE_BYTES)
        return tw_fail(TW_ERR_FORMAT, "a storage whose key is no text");
    place *found = find_place(j, key->as.text.data, key->as.text.length);
    if (found == NULL)
        return tw_fail(TW_ERR_FORMAT, "a storage that no object names");
    uint64_t numbers = 0, bytes;
    if (j->size - j->position < 8)
        return tw_fail(TW_ERR_FORMAT, "it ends before its storages: it is cut short");
    for (int k = 7; k >= 0; k--)
        numbers = numbers << 8 | j->bytes[j->position + (size_t)k];
    j->position += 8;
    if (__builtin_mul_overflow(numbers, found->item, &bytes) || bytes > j->size - j->position)
        return tw_fail(TW_ERR_FORMAT,
                       "a storage of %llu numbers reaches past the end: it is cut short or damaged",
                       (unsigned long long)numbers);
    found->at = j->position;
    found->numbers = numbers;
    j->position += (size_t)bytes;
    return TW_OK;
}

static tw_status take_storages(job *j, const tw_pickle *keys) {
    const tw_pickle_value *list = tw_pickle_at(keys, keys->root);
    if (list->kind != TW_PICKLE_LIST)
        return tw_fail(TW_ERR_FORMAT, "it has no list of storages");
    tw_status status = collect_places(j);
    for (uint32_t k = 0; status == TW_OK && k < list->count; k++)
        status = take_storage(j, tw_pickle_at(keys, list->as.list.items[k]));
    return status;
}

static tw_status add_tensor(const char *name, uint32_t index, void *user) {
    job *j = user;
    tw_checkpoint_tensor tensor;
    tw_torch_storage storage;
    tw_status status = tw_torch_tensor_of(&j->pickle, index, &tensor, &storage);
    if (status != TW_OK)
        return tw_fail_prefix(status, "tensor '%.80s'", name);
    const place *found = find_place(j, storage.key, storage.length);
    if (found == NULL || found->at == 0)
        return tw_fail(TW_ERR_FORMAT, "tensor '%.80s': its storage is not in the file", name);
    tensor.bytes = j->bytes + found->at;
    return tw_checkpoint_add(j->checkpoint, name, &tensor,
                             found->numbers * found->item / storage.type->item);
}

static tw_status next_pickle(job *j, tw_pickle *out) {
    size_t used = 0;
    tw_status status =
        tw_pickle_read_any(j->bytes + j->position, j->size - j->position, out, &used);
    j->position += used;
    return status;
}

/* The whole file is in memory: where the pickles end is known only when they are read. */
static tw_status read_file(job *j) {
    tw_pickle other = {0};
    tw_status status = TW_OK;
    for (int k = 0; k < 3 && status == TW_OK; k++) {
        status = next_pickle(j, &other);
        tw_pickle_release(&other);
    }
    if (status == TW_OK)
        status = next_pickle(j, &j->pickle);
    if (status == TW_OK)
        status = next_pickle(j, &other);
    if (status == TW_OK)
        status = take_storages(j, &other);
    if (status == TW_OK)
        status = tw_torch_walk(j->checkpoint, &j->pickle, add_tensor, j);
    tw_pickle_release(&other);
    tw_pickle_release(&j->pickle);
    free(j->places);
    return status;
}

/* The magic number 0x1950a86a20f9469cfc6c as a pickle of any protocol from 2. */
static int is_legacy(const tw_checkpoint *checkpoint) {
    static const uint8_t magic[] = {0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9,
                                    0x20, 0x6a, 0xa8, 0x50, 0x19, '.'};
    const uint8_t *head = checkpoint->head, *at = head + 2;
    if (head[0] != 0x80)
        return 0;
    if (*at == 0x95) /* a frame, of protocol 4 */
        at += 9;
    return memcmp(at, magic, sizeof magic) == 0;
}

static tw_status open_legacy(tw_checkpoint *checkpoint) {
    uint8_t *bytes = NULL;
    checkpoint->kind = "PyTorch checkpoint";
    tw_status status = checkpoint->size < SIZE_MAX
                           ? tw_checkpoint_block(checkpoint, (size_t)checkpoint->size, &bytes)
                           : tw_fail(TW_ERR_MEMORY, "it is larger than any memory");
    if (status == TW_OK)
        status = tw_read_at(checkpoint->descriptor, 0, bytes, (size_t)checkpoint->size);
    if (status != TW_OK)
        return status;
    job j = {.checkpoint = checkpoint, .bytes = bytes, .size = (size_t)checkpoint->size};
    return read_file(&j);
}

const tw_checkpoint_reader tw_torch_legacy_reader = {.is = is_legacy, .open = open_legacy};
