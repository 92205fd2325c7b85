#include "thalweg/space.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

struct tw_space {
    tw_block *blocks;
    size_t count, capacity;
    size_t size;
    size_t still; /* entries that do not move */
};

tw_status tw_space_new(tw_space **out) {
    *out = tw_alloc(1, sizeof **out);
    return *out != NULL ? TW_OK : tw_fail(TW_ERR_MEMORY, "not enough memory for a space");
}

void tw_space_free(tw_space *space) {
    if (space == NULL)
        return;
    for (size_t k = 0; k < space->count; k++)
        free((char *)space->blocks[k].name);
    free(space->blocks);
    free(space);
}

static tw_status check_block(const tw_space *space, const tw_block *block, size_t *count) {
    if (block->name == NULL || block->name[0] == '\0')
        return tw_fail(TW_ERR_ARGUMENT, "a block needs a name");
    if (tw_space_find(space, block->name) != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "there is already a block '%s'", block->name);
    if (block->rank < 0 || block->rank > TW_MAX_RANK)
        return tw_fail(TW_ERR_ARGUMENT, "block '%s': rank %d is not in 0 ... %d", block->name,
                       block->rank, TW_MAX_RANK);
    if (block->filter_axis < 0 || (block->filter_axis > 0 && block->filter_axis >= block->rank))
        return tw_fail(TW_ERR_ARGUMENT, "block '%s': it has no axis %d", block->name,
                       block->filter_axis);
    *count = 1;
    for (int axis = 0; axis < block->rank; axis++)
        if (block->shape[axis] == 0 || __builtin_mul_overflow(*count, block->shape[axis], count))
            return tw_fail(TW_ERR_ARGUMENT, "block '%s': axis %d has a length that cannot be used",
                           block->name, axis);
    size_t size;
    if (__builtin_add_overflow(space->size, *count, &size) || size > PTRDIFF_MAX / sizeof(double))
        return tw_fail(TW_ERR_ARGUMENT, "block '%s': too many entries", block->name);
    return TW_OK;
}

tw_status tw_space_add(tw_space *space, const tw_block *block) {
    size_t count = 0;
    tw_status status = check_block(space, block, &count);
    if (status != TW_OK)
        return status;
    if (space->count == space->capacity) {
        size_t capacity = space->capacity == 0 ? 4 : 2 * space->capacity;
        tw_block *blocks = realloc(space->blocks, capacity * sizeof *blocks);
        if (blocks == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for a block");
        space->blocks = blocks;
        space->capacity = capacity;
    }
    char *name = tw_strdup(block->name);
    if (name == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a block");
    tw_block *added = &space->blocks[space->count++];
    *added = *block;
    added->name = name;
    added->offset = space->size;
    added->count = count;
    space->size += count;
    space->still += tw_block_moves(added) ? 0 : count;
    return TW_OK;
}

tw_status tw_space_copy(const tw_space *space, tw_space **out) {
    tw_space *copy;
    tw_status status = tw_space_new(&copy);
    for (size_t k = 0; status == TW_OK && k < space->count; k++)
        status = tw_space_add(copy, &space->blocks[k]);
    if (status == TW_OK)
        *out = copy;
    else
        tw_space_free(copy);
    return status;
}

size_t tw_space_blocks(const tw_space *space) {
    return space->count;
}

const tw_block *tw_space_block(const tw_space *space, size_t index) {
    return index < space->count ? &space->blocks[index] : NULL;
}

const tw_block *tw_space_find(const tw_space *space, const char *name) {
    for (size_t k = 0; k < space->count; k++)
        if (strcmp(space->blocks[k].name, name) == 0)
            return &space->blocks[k];
    return NULL;
}

const tw_block *tw_space_at(const tw_space *space, size_t entry) {
    for (size_t k = 0; k < space->count; k++)
        if (entry - space->blocks[k].offset < space->blocks[k].count)
            return &space->blocks[k];
    return NULL;
}

int tw_block_moves(const tw_block *block) {
    return block->role != TW_ROLE_BUFFER;
}

size_t tw_space_still(const tw_space *space) {
    return space->still;
}

int tw_space_moves(const tw_space *space, size_t entry) {
    if (space->still == 0)
        return entry < space->size;
    const tw_block *block = tw_space_at(space, entry);
    return block != NULL && tw_block_moves(block);
}

void tw_space_keep_still(const tw_space *space, const double *from, double *x) {
    for (size_t k = 0; space->still > 0 && k < space->count; k++) {
        const tw_block *block = &space->blocks[k];
        if (tw_block_moves(block))
            continue;
        for (size_t i = block->offset; i < block->offset + block->count; i++)
            x[i] = from != NULL ? from[i] : 0;
    }
}

const char *tw_block_place(const tw_block *block, size_t place, char *text, size_t size) {
    size_t index[TW_MAX_RANK] = {0}, used = 0;
    for (int k = block->rank; k-- > 0; place /= block->shape[k])
        index[k] = place % block->shape[k];
    if (size > 0)
        text[0] = '\0';
    for (int k = 0; k < block->rank && used < size; k++)
        used += (size_t)snprintf(text + used, size - used, "%s%zu%s", k == 0 ? "[" : ", ", index[k],
                                 k + 1 == block->rank ? "]" : "");
    return text;
}

size_t tw_space_size(const tw_space *space) {
    return space->size;
}

const char *tw_role_name(size_t role) {
    static const char *const names[] = {"weight", "bias", "norm", "buffer"};
    return role < sizeof names / sizeof names[0] ? names[role] : NULL;
}
