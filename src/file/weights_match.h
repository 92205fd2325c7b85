/* weights_match.h: which tensor of a checkpoint is which block of a model. */
#ifndef TW_FILE_WEIGHTS_MATCH_H
#define TW_FILE_WEIGHTS_MATCH_H

#include "format/checkpoint.h"
#include "thalweg/space.h"

/* Whether a tensor is none of the parameters and running statistics that blocks are: counters and
 * other whole numbers (num_batches_tracked), tensors without numbers. */
int tw_weights_passes_over(const tw_checkpoint_tensor *tensor);

/* match[k] is the tensor of block k: by its name in the file; by the name without module. and
 * _orig_mod.; by either without a first part ("model.") that all names of the file, or all blocks,
 * share. TW_ERR_SHAPE, in one line that names blocks, unless every block has a tensor of its shape
 * and every tensor is a block. */
tw_status tw_weights_match(const char *path, const tw_checkpoint *checkpoint, const tw_space *space,
                           const tw_checkpoint_tensor **match);

#endif
