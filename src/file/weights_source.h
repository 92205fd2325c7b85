/* weights_source.h: where the tensors of a model come from: a checkpoint (format/checkpoint.h), or
 * the network in an ONNX file, whose parameters are tensors in the axes that PyTorch has them in:
 * (outputs, inputs, height, width). */
#ifndef TW_FILE_WEIGHTS_SOURCE_H
#define TW_FILE_WEIGHTS_SOURCE_H

#include "format/checkpoint.h"
#include "thalweg/network.h"

typedef struct tw_weights_source {
    tw_checkpoint *checkpoint; /* tensor k is block k of the network, if there is one */
    tw_network *network;       /* NULL: a checkpoint */
} tw_weights_source;

/* Whether the file is taken for a network, by its name. */
int tw_weights_is_network(const char *path);

/* Closed by the caller, whatever is returned. */
tw_status tw_weights_source_open(const char *path, tw_weights_source *out);
void tw_weights_source_close(tw_weights_source *source);

/* NULL: it does not tell what its tensors are to layers. */
const tw_space *tw_weights_source_space(const tw_weights_source *source);

/* Whether the network has the blocks of `space` one by one: the same names, shapes and meaning of
 * axes. Then x, if it is not NULL, becomes its parameters. */
int tw_weights_source_same(const tw_weights_source *source, const tw_space *space, double *x);

#endif
