#include "file/weights_match.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "file/block_file.h"

int tw_weights_passes_over(const tw_checkpoint_tensor *tensor) {
    static const char *const whole[] = {"int8",   "int16",  "int32",  "int64", "uint8",
                                        "uint16", "uint32", "uint64", "bool"};
    for (size_t k = 0; k < sizeof whole / sizeof *whole; k++)
        if (strcmp(tensor->dtype, whole[k]) == 0)
            return 1;
    return tensor->count == 0;
}

/* ---- names ---- */

typedef struct named {
    const char *name;
    const tw_checkpoint_tensor *tensor;
} named;

typedef struct job {
    const char *path;
    const tw_space *space;
    named *names; /* of the tensors, as this way of comparing has them, in order */
    size_t count;
    const tw_checkpoint_tensor **match;
} job;

/* How many characters of a first part "model." are to be left out where all share it. */
static size_t shared_part(const char *first, const char *name, size_t before) {
    const char *dot = strchr(first, '.');
    size_t length = dot != NULL ? (size_t)(dot - first) + 1 : 0;
    length = before < length ? before : length;
    return strncmp(first, name, length) == 0 ? length : 0;
}

static size_t part_of_tensors(const job *j) {
    size_t length = SIZE_MAX;
    for (size_t k = 0; k < j->count && length > 0; k++)
        length = shared_part(j->names[0].tensor->name, j->names[k].tensor->name, length);
    return j->count > 0 ? length : 0;
}

static size_t part_of_blocks(const tw_space *space) {
    size_t length = SIZE_MAX, blocks = tw_space_blocks(space);
    for (size_t k = 0; k < blocks && length > 0; k++)
        length =
            shared_part(tw_space_block(space, 0)->name, tw_space_block(space, k)->name, length);
    return blocks > 0 ? length : 0;
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const named *)a)->name, ((const named *)b)->name);
}

/* Ways of comparing, in the order in which they are tried. */
enum { AS_STORED, WITHOUT_WRAPPERS, TENSORS_CUT, BLOCKS_CUT, WAYS };

/* How many blocks have a tensor this way. */
static size_t try_way(const job *j, int way) {
    size_t found = 0, cut = way == TENSORS_CUT ? part_of_tensors(j) : 0;
    size_t block_cut = way == BLOCKS_CUT ? part_of_blocks(j->space) : 0;
    for (size_t k = 0; k < j->count; k++) {
        const tw_checkpoint_tensor *tensor = j->names[k].tensor;
        j->names[k].name = way == AS_STORED ? tensor->stored : tensor->name + cut;
    }
    if (j->count > 0)
        qsort(j->names, j->count, sizeof *j->names, by_name);
    for (size_t k = 0; k < tw_space_blocks(j->space); k++) {
        const named wanted = {.name = tw_space_block(j->space, k)->name + block_cut};
        const named *at =
            j->count > 0 ? bsearch(&wanted, j->names, j->count, sizeof wanted, by_name) : NULL;
        j->match[k] = at != NULL ? at->tensor : NULL;
        found += at != NULL;
    }
    return found;
}

static void match_names(const job *j) {
    size_t blocks = tw_space_blocks(j->space), most = 0;
    int best = AS_STORED;
    for (int way = 0; way < WAYS && most < blocks; way++) {
        size_t found = try_way(j, way);
        if (found > most) {
            most = found;
            best = way;
        }
    }
    if (most < blocks)
        try_way(j, best);
}

/* ---- what does not fit ---- */

/* Some names and how many there are. */
typedef struct list {
    size_t count, length;
    char text[240];
} list;

static void add(list *l, const char *name) {
    size_t room = sizeof l->text - l->length;
    if (l->count++ < 4 && strlen(name) + 6 < room)
        l->length +=
            (size_t)snprintf(l->text + l->length, room, "%s%s", l->length > 0 ? ", " : "", name);
}

static int has_shape(const tw_checkpoint_tensor *tensor, const tw_block *block) {
    return tensor->rank == block->rank &&
           memcmp(tensor->shape, block->shape, (size_t)block->rank * sizeof *block->shape) == 0;
}

static void add_shape(list *l, const tw_checkpoint_tensor *tensor, const tw_block *block) {
    char have[80], want[80], text[256];
    tw_shape_text(have, sizeof have, tensor->rank, tensor->shape);
    tw_shape_text(want, sizeof want, block->rank, block->shape);
    snprintf(text, sizeof text, "%.48s is %s, the model's %s", block->name, have, want);
    add(l, text);
}

static int by_tensor(const void *a, const void *b) {
    const tw_checkpoint_tensor *const *x = a, *const *y = b;
    return (*x > *y) - (*x < *y);
}

/* Whether two names stand for one tensor, as tied weights do: the same numbers in the same place.
 */
static int is_tied(const tw_checkpoint_tensor *a, const tw_checkpoint_tensor *b) {
    return a->dataset == NULL && b->dataset == NULL && a->bytes == b->bytes && a->at == b->at &&
           a->first == b->first && a->dtype == b->dtype && a->rank == b->rank &&
           memcmp(a->shape, b->shape, (size_t)a->rank * sizeof *a->shape) == 0 &&
           memcmp(a->stride, b->stride, (size_t)a->rank * sizeof *a->stride) == 0;
}

static int is_tied_to_one(const tw_checkpoint_tensor *tensor, size_t count,
                          const tw_checkpoint_tensor *const *taken) {
    for (size_t k = 0; k < count; k++)
        if (is_tied(tensor, taken[k]))
            return 1;
    return 0;
}

/* Tensors that no block took, in the order of the file; `taken` is of the length of match. One that
 * is tied to a tensor that a block took is not left over: the model has it once. */
static void find_rest(const job *j, const tw_checkpoint *checkpoint,
                      const tw_checkpoint_tensor **taken, list *rest) {
    size_t count = 0;
    for (size_t k = 0; k < tw_space_blocks(j->space); k++)
        if (j->match[k] != NULL)
            taken[count++] = j->match[k];
    if (count > 0)
        qsort(taken, count, sizeof *taken, by_tensor);
    for (size_t k = 0; k < tw_checkpoint_count(checkpoint); k++) {
        const tw_checkpoint_tensor *tensor = tw_checkpoint_tensor_at(checkpoint, k);
        if (!tw_weights_passes_over(tensor) &&
            (count == 0 || bsearch(&tensor, taken, count, sizeof *taken, by_tensor) == NULL) &&
            !is_tied_to_one(tensor, count, taken))
            add(rest, tensor->name);
    }
}

static void say(char *text, size_t room, const char *what, const list *l) {
    size_t length = strlen(text);
    if (l->count > 0)
        snprintf(text + length, room - length, "%s%zu %s (%s%s)", length > 0 ? "; " : "", l->count,
                 what, l->text, l->count > 4 ? ", ..." : "");
}

static tw_status check(const job *j, const tw_checkpoint *checkpoint,
                       const tw_checkpoint_tensor **taken) {
    list missing = {0}, rest = {0}, other = {0};
    char text[1024] = "";
    for (size_t k = 0; k < tw_space_blocks(j->space); k++) {
        const tw_block *block = tw_space_block(j->space, k);
        if (j->match[k] == NULL)
            add(&missing, block->name);
        else if (!has_shape(j->match[k], block))
            add_shape(&other, j->match[k], block);
    }
    find_rest(j, checkpoint, taken, &rest);
    if (missing.count + rest.count + other.count == 0)
        return TW_OK;
    say(text, sizeof text, "missing", &missing);
    say(text, sizeof text, "of another shape", &other);
    say(text, sizeof text, "of the file left over", &rest);
    if (missing.count + other.count == 0)
        return tw_fail(TW_ERR_SHAPE,
                       "'%s': a %s of another model: it has all of the model's %zu "
                       "blocks, and %s",
                       j->path, tw_checkpoint_kind(checkpoint), tw_space_blocks(j->space), text);
    return tw_fail(TW_ERR_SHAPE, "'%s': a %s of another model: of the model's %zu blocks %s",
                   j->path, tw_checkpoint_kind(checkpoint), tw_space_blocks(j->space), text);
}

tw_status tw_weights_match(const char *path, const tw_checkpoint *checkpoint, const tw_space *space,
                           const tw_checkpoint_tensor **match) {
    size_t tensors = tw_checkpoint_count(checkpoint);
    job j = {.path = path, .space = space, .match = match};
    j.names = tw_alloc(tensors, sizeof *j.names);
    const tw_checkpoint_tensor **taken = tw_alloc(tw_space_blocks(space), sizeof *taken);
    tw_status status = j.names != NULL && taken != NULL
                           ? TW_OK
                           : tw_fail(TW_ERR_MEMORY, "'%s': not enough memory", path);
    for (size_t k = 0; k < tensors && status == TW_OK; k++) {
        const tw_checkpoint_tensor *tensor = tw_checkpoint_tensor_at(checkpoint, k);
        if (!tw_weights_passes_over(tensor))
            j.names[j.count++].tensor = tensor;
    }
    if (status == TW_OK) {
        match_names(&j);
        status = check(&j, checkpoint, taken);
    }
    free(j.names);
    free(taken);
    return status;
}
