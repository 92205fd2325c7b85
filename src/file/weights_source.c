#include "file/weights_source.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "file/file_kind.h"
#include "format/checkpoint_reader.h"

int tw_weights_is_network(const char *path) {
    return tw_file_has_ending(path, ".onnx");
}

const tw_space *tw_weights_source_space(const tw_weights_source *source) {
    return source->network != NULL ? tw_network_space(source->network) : NULL;
}

/* ---- tensors of a network ---- */

/* The block's axes in the order of PyTorch: use.axes where it says so, else as they are. */
static void set_axes(const tw_block *block, tw_checkpoint_tensor *tensor) {
    size_t stride[TW_MAX_RANK], along = 1;
    for (int k = block->rank; k-- > 0; along *= block->shape[k])
        stride[k] = along;
    for (int k = 0; k < block->rank; k++) {
        int axis = block->use.part == TW_PART_WEIGHT ? block->use.axes[k] : k;
        tensor->shape[k] = block->shape[axis];
        tensor->stride[k] = stride[axis];
    }
}

static tw_status add_tensor(tw_checkpoint *checkpoint, const tw_block *block, const double *x) {
    tw_checkpoint_tensor tensor = {.dtype = "float64",
                                   .rank = block->rank,
                                   .number = {.kind = 'f', .item = sizeof *x},
                                   .bytes = (const uint8_t *)(x + block->offset)};
    const uint16_t one = 1;
    tensor.number.big = *(const uint8_t *)&one == 0;
    if (block->rank > TW_CHECKPOINT_RANK)
        return tw_fail(TW_ERR_SHAPE, "'%.80s' has %d axes, and at most %d are read", block->name,
                       block->rank, TW_CHECKPOINT_RANK);
    set_axes(block, &tensor);
    return tw_checkpoint_add(checkpoint, block->name, &tensor, block->count);
}

/* The numbers stay the network's. */
static tw_status add_tensors(const char *path, const tw_network *network, tw_checkpoint **out) {
    const tw_space *space = tw_network_space(network);
    tw_checkpoint *checkpoint = tw_alloc(1, sizeof *checkpoint);
    *out = checkpoint;
    if (checkpoint == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", path);
    checkpoint->descriptor = -1;
    checkpoint->kind = "network";
    checkpoint->size = tw_space_size(space) * sizeof(double);
    checkpoint->path = tw_strdup(path);
    tw_status status = checkpoint->path != NULL
                           ? TW_OK
                           : tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", path);
    for (size_t k = 0; k < tw_space_blocks(space) && status == TW_OK; k++)
        status = add_tensor(checkpoint, tw_space_block(space, k), tw_network_start(network));
    return status == TW_OK ? TW_OK : tw_fail_prefix(status, "'%s'", path);
}

tw_status tw_weights_source_open(const char *path, tw_weights_source *out) {
    int is = 0;
    *out = (tw_weights_source){0};
    tw_status status = tw_checkpoint_probe(path, &is);
    if (status != TW_OK || is || !tw_weights_is_network(path))
        return status == TW_OK ? tw_checkpoint_open(path, &out->checkpoint) : status;
    status = tw_network_open(path, NULL, &out->network);
    return status == TW_OK ? add_tensors(path, out->network, &out->checkpoint) : status;
}

void tw_weights_source_close(tw_weights_source *source) {
    tw_checkpoint_close(source->checkpoint);
    tw_network_free(source->network);
    *source = (tw_weights_source){0};
}

/* ---- the same blocks ---- */

static int is_same(const tw_block *a, const tw_block *b) {
    return strcmp(a->name, b->name) == 0 && a->rank == b->rank && a->use.part == b->use.part &&
           memcmp(a->shape, b->shape, (size_t)a->rank * sizeof *a->shape) == 0 &&
           (a->use.part != TW_PART_WEIGHT ||
            memcmp(a->use.axes, b->use.axes, (size_t)a->rank * sizeof *a->use.axes) == 0);
}

/* Files of one exporter have them in one order. */
int tw_weights_source_same(const tw_weights_source *source, const tw_space *space, double *x) {
    const tw_space *own = tw_weights_source_space(source);
    size_t blocks = tw_space_blocks(space);
    if (own == NULL || tw_space_blocks(own) != blocks)
        return 0;
    for (size_t k = 0; k < blocks; k++)
        if (!is_same(tw_space_block(own, k), tw_space_block(space, k)))
            return 0;
    if (x != NULL)
        memcpy(x, tw_network_start(source->network), tw_space_size(space) * sizeof *x);
    return 1;
}
