#include "study/weights_like.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "net/known/known_like.h"
#include "thalweg/file.h"

/* In the axes that PyTorch has them in. */
static void shape_of(const tw_block *block, tw_net_shape *out) {
    int turned = block->use.part == TW_PART_WEIGHT;
    out->rank = (size_t)block->rank;
    for (int k = 0; k < block->rank; k++)
        out->size[k] = block->shape[turned ? block->use.axes[k] : k];
}

static tw_status find_like(const tw_space *file, size_t size, char *like) {
    size_t blocks = tw_space_blocks(file);
    tw_net_shape *shapes = tw_alloc(blocks, sizeof *shapes);
    if (shapes == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu shapes", blocks);
    for (size_t k = 0; k < blocks; k++)
        shape_of(tw_space_block(file, k), &shapes[k]);
    tw_status status = tw_net_known_like(blocks, shapes, size, like);
    free(shapes);
    return status;
}

/* It is said first, since lists of blocks may be long and messages end somewhere. What goes wrong
 * here is not what went wrong: it is left out. */
static tw_status fail_like(const char *path) {
    char reason[2048], like[256] = "";
    tw_space *file = NULL;
    snprintf(reason, sizeof reason, "%s", tw_message());
    if (tw_weights_space(path, &file) != TW_OK || find_like(file, sizeof like, like) != TW_OK)
        like[0] = '\0';
    tw_space_free(file);
    size_t length = strlen(path), named = reason[0] == '\'' &&
                                                  strncmp(reason + 1, path, length) == 0 &&
                                                  strncmp(reason + 1 + length, "': ", 3) == 0
                                              ? length + 4
                                              : 0;
    if (like[0] == '\0')
        return tw_fail(TW_ERR_SHAPE, "%s", reason);
    return tw_fail(TW_ERR_SHAPE, "'%s': its shapes are those of %s; %s", path, like,
                   reason + named);
}

tw_status tw_study_weights_read(const char *path, const tw_space *space, double *x) {
    tw_status status = tw_weights_read(path, space, x);
    return status == TW_ERR_SHAPE ? fail_like(path) : status;
}
