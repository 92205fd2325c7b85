/* weights_layers.h: the layers of a checkpoint, by the names of its tensors, and those of a
 * network, by what it does with its blocks. */
#ifndef TW_FILE_WEIGHTS_LAYERS_H
#define TW_FILE_WEIGHTS_LAYERS_H

#include "format/checkpoint.h"
#include "thalweg/space.h"

enum { TW_PARTS = TW_PART_VARIANCE + 1 };

typedef enum tw_layer_kind {
    TW_LAYER_CONVOLUTION,
    TW_LAYER_MATRIX,
    TW_LAYER_NORM,
    TW_LAYER_KINDS /* none of them */
} tw_layer_kind;

typedef struct tw_weights_layer {
    tw_layer_kind kind;
    size_t first;          /* a block or tensor of it, for its name: weight or scale */
    size_t part[TW_PARTS]; /* 1 and the number of the block or tensor; 0: it has none */
} tw_weights_layer;

typedef struct tw_weights_layers {
    size_t count;
    tw_weights_layer *layers; /* owned */
    size_t rest;              /* the first block or tensor of no layer, SIZE_MAX: none */
} tw_weights_layers;

/* Each makes `out`, whose layers are freed by the caller. */
tw_status tw_weights_layers_of_space(const tw_space *space, tw_weights_layers *out);
tw_status tw_weights_layers_of_file(const tw_checkpoint *checkpoint, tw_weights_layers *out);

const char *tw_layer_kind_name(tw_layer_kind kind); /* "convolutions" */

/* Whether the parts of the name of a layer in a file ("model.conv1" of "model.conv1.weight") stand
 * in the name of a block one after the other ("net/model/conv1/Conv2D:0"). Numbers alone say
 * nothing, but that both names are the same. */
int tw_weights_name_fits(const char *tensor, const char *block);

#endif
