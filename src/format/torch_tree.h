/* torch_tree.h: where in a pickled checkpoint the weights are, and their names. */
#ifndef TW_FORMAT_TORCH_TREE_H
#define TW_FORMAT_TORCH_TREE_H

#include "format/checkpoint_reader.h"
#include "format/pickle.h"

typedef tw_status (*tw_torch_visit_fn)(const char *name, uint32_t index, void *user);

/* Calls visit(name, value, user) for every tensor of the weights: the entries of the dictionary
 * that holds them, itself within "state_dict", "model" and the like, or the parameters and buffers
 * of a pickled module. Notes in the checkpoint say what was left out. */
tw_status tw_torch_walk(tw_checkpoint *checkpoint, const tw_pickle *pickle, tw_torch_visit_fn visit,
                        void *user);

#endif
