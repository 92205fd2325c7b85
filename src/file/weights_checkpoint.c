#include "file/weights_checkpoint.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "file/block_file.h"
#include "file/weights_fit.h"
#include "file/weights_match.h"
#include "file/weights_source.h"

/* ---- into the blocks of a model ---- */

/* Block entry (i_0, i_1, ...) is the tensor's at the index whose kth number is that of the block's
 * axis use.axes[k]. */
static void turn(const tw_checkpoint_tensor *tensor, const tw_block *block, const double *from,
                 double *to) {
    size_t stride[TW_MAX_RANK], index[TW_MAX_RANK] = {0}, along = 1;
    for (int k = tensor->rank; k-- > 0; along *= tensor->shape[k])
        stride[block->use.axes[k]] = along;
    for (size_t i = 0; i < block->count; i++) {
        size_t at = 0;
        for (int k = 0; k < block->rank; k++)
            at += index[k] * stride[k];
        to[i] = from[at];
        for (int k = block->rank; k-- > 0 && ++index[k] == block->shape[k];)
            index[k] = 0;
    }
}

static tw_status take_turned(const char *path, const tw_checkpoint *checkpoint,
                             const tw_checkpoint_tensor *tensor, const tw_block *block, double *x) {
    double *numbers = tw_alloc_raw(tensor->count, sizeof *numbers);
    tw_status status = numbers != NULL ? tw_checkpoint_read(checkpoint, tensor, numbers)
                                       : tw_fail(TW_ERR_MEMORY, "'%s': not enough memory", path);
    if (status == TW_OK)
        turn(tensor, block, numbers, x + block->offset);
    free(numbers);
    return status;
}

static tw_status take_block(const char *path, const tw_checkpoint *checkpoint,
                            const tw_weights_fit *fit, size_t index, const tw_block *block,
                            double *x) {
    const tw_checkpoint_tensor *tensor = fit->tensors[index];
    tw_array array = {.rank = block->rank, .count = tensor->count, .values = x + block->offset};
    memcpy(array.shape, block->shape, sizeof block->shape);
    tw_status status = fit->turned[index] ? take_turned(path, checkpoint, tensor, block, x)
                                          : tw_checkpoint_read(checkpoint, tensor, array.values);
    return status == TW_OK ? tw_block_check(path, "", &array, block) : status;
}

/* The tensors of a network are in PyTorch's axes, also where those of a block have one length. */
static void turn_squares(const tw_space *space, tw_weights_fit *fit) {
    for (size_t k = 0; k < tw_space_blocks(space); k++) {
        const tw_block *block = tw_space_block(space, k);
        for (int axis = 0; axis < block->rank && block->use.part == TW_PART_WEIGHT; axis++)
            fit->turned[k] |= block->use.axes[axis] != axis;
    }
}

/* By names; where none is the same, or only shapes differ, by layers. If that does not help either,
 * why it does not says more where few names are the same. */
static tw_status find_fit(const char *path, const tw_weights_source *source, const tw_space *space,
                          tw_weights_fit *fit) {
    size_t blocks = tw_space_blocks(space), named = 0;
    char reason[1200];
    *fit = (tw_weights_fit){.tensors = tw_alloc(blocks, sizeof *fit->tensors),
                            .turned = tw_alloc(blocks, 1)};
    if (fit->tensors == NULL || fit->turned == NULL)
        return tw_fail(TW_ERR_MEMORY, "'%s': not enough memory", path);
    tw_status status = tw_weights_match(path, source->checkpoint, space, fit->tensors);
    if (status == TW_OK && source->network != NULL)
        turn_squares(space, fit);
    if (status != TW_ERR_SHAPE || !tw_weights_can_fit(space))
        return status;
    for (size_t k = 0; k < blocks; k++)
        named += fit->tensors[k] != NULL;
    snprintf(reason, sizeof reason, "%s", tw_message());
    tw_weights_fit_release(fit);
    status =
        tw_weights_fit_find(path, source->checkpoint, tw_weights_source_space(source), space, fit);
    if (status == TW_ERR_SHAPE && 4 * named >= blocks)
        return tw_fail(status, "%s", reason);
    if (status == TW_OK)
        tw_message_clear();
    return status;
}

static tw_status take_blocks(const char *path, const tw_weights_source *source,
                             const tw_space *space, double *x) {
    tw_weights_fit fit;
    tw_status status = find_fit(path, source, space, &fit);
    for (size_t k = 0; k < tw_space_blocks(space) && status == TW_OK; k++)
        status = take_block(path, source->checkpoint, &fit, k, tw_space_block(space, k), x);
    tw_weights_fit_release(&fit);
    return status;
}

tw_status tw_weights_checkpoint_note(const char *path, const tw_space *space, size_t size,
                                     char *note) {
    tw_weights_source source;
    tw_weights_fit fit = {0};
    note[0] = '\0';
    tw_status status = tw_weights_source_open(path, &source);
    if (status == TW_OK && !tw_weights_source_same(&source, space, NULL))
        status = find_fit(path, &source, space, &fit);
    if (status == TW_OK && fit.by_name + fit.by_order > 0) {
        int length =
            snprintf(note, size, "'%s': %zu blocks matched by name, %zu by order and shape", path,
                     fit.by_name, fit.by_order);
        if (fit.turns > 0 && length > 0 && (size_t)length < size)
            snprintf(note + length, size - (size_t)length, "; %zu turned as the network has them%s",
                     fit.turns, fit.squares ? ", square matrices as PyTorch's (out, in)" : "");
    }
    tw_weights_fit_release(&fit);
    tw_weights_source_close(&source);
    return status;
}

/* nn.Linear(d, c) in a file of its own, for a linear model's W of d + 1 rows, the last the bias. */
static const tw_checkpoint_tensor *linear_part(const tw_checkpoint *checkpoint, int rank) {
    const tw_checkpoint_tensor *found = NULL;
    size_t others = 0;
    for (size_t k = 0; k < tw_checkpoint_count(checkpoint); k++) {
        const tw_checkpoint_tensor *tensor = tw_checkpoint_tensor_at(checkpoint, k);
        if (tw_weights_passes_over(tensor))
            continue;
        if (tensor->rank == rank && found == NULL)
            found = tensor;
        else if (tensor->rank != 3 - rank)
            others++;
    }
    return others == 0 ? found : NULL;
}

static int is_linear(const tw_checkpoint *checkpoint, const tw_space *space) {
    const tw_block *block = tw_space_blocks(space) == 1 ? tw_space_block(space, 0) : NULL;
    const tw_checkpoint_tensor *weight = linear_part(checkpoint, 2),
                               *bias = linear_part(checkpoint, 1);
    return block != NULL && block->rank == 2 && weight != NULL && bias != NULL &&
           weight->shape[0] == block->shape[1] && weight->shape[1] + 1 == block->shape[0] &&
           bias->shape[0] == block->shape[1];
}

static tw_status take_linear(const char *path, const tw_checkpoint *checkpoint,
                             const tw_space *space, double *x) {
    const tw_block *block = tw_space_block(space, 0);
    const tw_checkpoint_tensor *weight = linear_part(checkpoint, 2);
    size_t features = weight->shape[1], classes = weight->shape[0];
    double *rows = tw_alloc(weight->count, sizeof *rows);
    tw_status status = rows != NULL ? tw_checkpoint_read(checkpoint, weight, rows)
                                    : tw_fail(TW_ERR_MEMORY, "'%s': not enough memory", path);
    if (status == TW_OK)
        status = tw_checkpoint_read(checkpoint, linear_part(checkpoint, 1),
                                    x + block->offset + features * classes);
    for (size_t k = 0; k < features * classes && status == TW_OK; k++)
        x[block->offset + k] = rows[k % classes * features + k / classes];
    free(rows);
    const tw_array whole = {2, {features + 1, classes}, block->count, x + block->offset};
    return status == TW_OK ? tw_block_check(path, "", &whole, block) : status;
}

tw_status tw_weights_checkpoint_read(const char *path, const tw_space *space, double *x) {
    tw_weights_source source;
    tw_status status = tw_weights_source_open(path, &source);
    if (status == TW_OK && !tw_weights_source_same(&source, space, x))
        status = is_linear(source.checkpoint, space)
                     ? take_linear(path, source.checkpoint, space, x)
                     : take_blocks(path, &source, space, x);
    tw_weights_source_close(&source);
    return status;
}

/* ---- where no model says what they are ---- */

static const char *last_part(const char *name) {
    const char *dot = strrchr(name, '.');
    return dot != NULL ? dot + 1 : name;
}

/* Whether the tensor beside it of the same layer scales: a weight of one axis. */
static int is_beside_scale(const tw_checkpoint_tensor *tensor, const tw_checkpoint_tensor *other) {
    size_t stem = (size_t)(last_part(tensor->name) - tensor->name);
    return other != NULL && strncmp(other->name, tensor->name, stem) == 0 &&
           strcmp(other->name + stem, "weight") == 0 && other->rank == 1;
}

/* A weight of one axis is that of a normalisation, and so is the bias beside it. */
static tw_role role_of(const tw_checkpoint *checkpoint, size_t index) {
    const tw_checkpoint_tensor *tensor = tw_checkpoint_tensor_at(checkpoint, index);
    const char *part = last_part(tensor->name);
    if (strncmp(part, "running_", 8) == 0)
        return TW_ROLE_BUFFER;
    if (tensor->rank >= 2)
        return TW_ROLE_WEIGHT;
    if (strcmp(part, "weight") == 0)
        return TW_ROLE_NORM;
    int beside =
        is_beside_scale(tensor, tw_checkpoint_tensor_at(checkpoint, index + 1)) ||
        (index > 0 && is_beside_scale(tensor, tw_checkpoint_tensor_at(checkpoint, index - 1)));
    return beside ? TW_ROLE_NORM : TW_ROLE_BIAS;
}

static tw_status add_block(tw_space *space, const tw_checkpoint *checkpoint, size_t index) {
    const tw_checkpoint_tensor *tensor = tw_checkpoint_tensor_at(checkpoint, index);
    tw_block block = {.name = tensor->name, .rank = tensor->rank};
    if (tensor->rank > TW_MAX_RANK)
        return tw_fail(TW_ERR_SHAPE, "tensor '%.80s' has %d axes, and at most %d are read",
                       tensor->name, tensor->rank, TW_MAX_RANK);
    for (int k = 0; k < tensor->rank; k++)
        block.shape[k] = tensor->shape[k];
    block.role = role_of(checkpoint, index);
    return tw_space_add(space, &block);
}

/* A network says itself what its blocks are. */
static tw_status network_space(const char *path, tw_space **out) {
    tw_network *network = NULL;
    tw_status status = tw_network_open(path, NULL, &network);
    if (status == TW_OK)
        status = tw_space_copy(tw_network_space(network), out);
    tw_network_free(network);
    return status;
}

tw_status tw_weights_checkpoint_space(const char *path, tw_space **out) {
    tw_checkpoint *checkpoint;
    tw_status status = tw_checkpoint_open(path, &checkpoint);
    if (status == TW_DECLINED && tw_weights_is_network(path))
        return network_space(path, out);
    if (status != TW_OK)
        return status;
    status = tw_space_new(out);
    for (size_t k = 0; k < tw_checkpoint_count(checkpoint) && status == TW_OK; k++) {
        if (!tw_weights_passes_over(tw_checkpoint_tensor_at(checkpoint, k)))
            status = add_block(*out, checkpoint, k);
    }
    if (status == TW_OK && tw_space_size(*out) == 0)
        status = tw_fail(TW_ERR_FORMAT, "no tensors of real numbers");
    if (status != TW_OK) {
        status = tw_fail_prefix(status, "'%s'", path);
        tw_space_free(*out);
        *out = NULL;
    }
    tw_checkpoint_close(checkpoint);
    return status;
}

/* What made it, where it says so, else what kind of file it is; and what was assumed of it. */
tw_status tw_weights_checkpoint_provenance(const char *path, tw_provenance *provenance) {
    tw_weights_source source;
    const char *note, *key, *text;
    tw_status status = tw_weights_source_open(path, &source);
    const tw_checkpoint *checkpoint = source.checkpoint;
    for (size_t k = 0; status == TW_OK && (key = tw_checkpoint_word(checkpoint, k, &text)) != NULL;
         k++)
        if (strcmp(key, "format") != 0 && strcmp(key, "kind") != 0 && key[0] != '\0' &&
            tw_provenance_get(provenance, key) == NULL)
            status = tw_provenance_add(provenance, key, "%s", text);
    if (status == TW_OK && tw_provenance_get(provenance, "version") == NULL)
        status = tw_provenance_add(provenance, "from", "%s", tw_checkpoint_kind(checkpoint));
    for (size_t k = 0; status == TW_OK && (note = tw_checkpoint_note(checkpoint, k)) != NULL; k++) {
        char name[32];
        snprintf(name, sizeof name, "note_%zu", k + 1);
        status = tw_provenance_add(provenance, name, "%s", note);
    }
    tw_weights_source_close(&source);
    return status;
}
