/* weights_checkpoint.h: the parameters of a model from a checkpoint (format/checkpoint.h). */
#ifndef TW_FILE_WEIGHTS_CHECKPOINT_H
#define TW_FILE_WEIGHTS_CHECKPOINT_H

#include "thalweg/file.h"

/* tw_weights_read, tw_weights_space and tw_weights_provenance of such a file. */
tw_status tw_weights_checkpoint_read(const char *path, const tw_space *space, double *x);
tw_status tw_weights_checkpoint_note(const char *path, const tw_space *space, size_t size,
                                     char *note);
tw_status tw_weights_checkpoint_space(const char *path, tw_space **out);
tw_status tw_weights_checkpoint_provenance(const char *path, tw_provenance *provenance);

#endif
