/* weights_fit.h: which tensor of a checkpoint is which block of a network where the names are
 * others: layer by layer. */
#ifndef TW_FILE_WEIGHTS_FIT_H
#define TW_FILE_WEIGHTS_FIT_H

#include "format/checkpoint.h"
#include "thalweg/space.h"

typedef struct tw_weights_fit {
    const tw_checkpoint_tensor **tensors; /* of each block */
    unsigned char *turned; /* by block: its axes are the tensor's in the order of use.axes */
    size_t by_name, by_order, turns;
    int squares; /* 1: square matrices were turned because PyTorch's are (out, in) */
} tw_weights_fit;

/* Whether the space tells what blocks are to layers. */
int tw_weights_can_fit(const tw_space *space);

/* `from`: what the tensors, which are its blocks, are to layers; NULL: their names tell. Layers are
 * convolutions, matrices and normalisations, each kind in its order: that of the graph, and that of
 * the file. A layer whose name in the file is part of the block's is that one; the others go by
 * their order, and all shapes must fit, as they are or turned. What is ambiguous is refused: names
 * that contradict the order and do not tell all, layers of one shape beside each other without
 * names. TW_ERR_SHAPE names the block. Released by the caller, whatever is returned. */
tw_status tw_weights_fit_find(const char *path, const tw_checkpoint *checkpoint,
                              const tw_space *from, const tw_space *space, tw_weights_fit *out);
void tw_weights_fit_release(tw_weights_fit *fit);

#endif
