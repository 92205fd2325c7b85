/* checkpoint.h: the weights of a trained network in another program's file, as named tensors.
 *
 * Opening reads names, types and shapes; numbers are read when they are asked for, from where they
 * lie in the file. What kind of file it is is told by its content:
 *   PyTorch   torch.save, zip archives and the format before 1.6, byte orders, views, strides and
 *             shared storages; TorchScript archives. Of nested dictionaries the weights are taken,
 *             optimizers are not; of whole pickled modules the parameters and buffers.
 *   safetensors
 *   Keras     HDF5 of Keras 2, .weights.h5 and .keras of Keras 3, under PyTorch's names and shapes:
 *             kernels of convolutions (out, in, height, width), of dense layers (out, in)
 *
 * Nothing of a file is executed. What it claims is believed only as far as it has the bytes.
 */
#ifndef TW_FORMAT_CHECKPOINT_H
#define TW_FORMAT_CHECKPOINT_H

#include <stddef.h>
#include <stdint.h>

#include "format/number.h"
#include "thalweg/status.h"

enum { TW_CHECKPOINT_RANK = 8 };

typedef struct tw_checkpoint_tensor {
    char *name;        /* without the prefixes module. and _orig_mod. that wrappers put before it */
    char *stored;      /* as in the file, with dots between its parts */
    const char *dtype; /* as PyTorch says it: "float32", "bfloat16", "int64", "bool", ... */
    int rank;
    size_t shape[TW_CHECKPOINT_RANK];
    size_t count; /* product of the shape */
    /* Where its numbers are: for the readers. */
    tw_number number;     /* item 0: of a type that is not read */
    const uint8_t *bytes; /* of its storage, in memory; */
    char *dataset;        /* or the path of a dataset, whose numbers are taken as doubles; owned; */
    uint64_t at;          /* or in the file */
    uint64_t first;       /* number of the storage */
    uint64_t stride[TW_CHECKPOINT_RANK]; /* in numbers */
} tw_checkpoint_tensor;

typedef struct tw_checkpoint tw_checkpoint;

/* Whether a file is of one of these kinds, whole or not; what is no plain file is left unread. */
tw_status tw_checkpoint_probe(const char *path, int *is);
/* Opens a file. TW_DECLINED, without text, if it is of none of these kinds. *out is owned by the
 * caller. */
tw_status tw_checkpoint_open(const char *path, tw_checkpoint **out);
/* NULL is fine. */
void tw_checkpoint_close(tw_checkpoint *checkpoint);

/* "PyTorch checkpoint", "safetensors file", ... */
const char *tw_checkpoint_kind(const tw_checkpoint *checkpoint);
size_t tw_checkpoint_count(const tw_checkpoint *checkpoint);
/* Tensor `index` in the order of the file, or NULL past the end. Stored names differ. */
const tw_checkpoint_tensor *tw_checkpoint_tensor_at(const tw_checkpoint *checkpoint, size_t index);
/* What was assumed and left out, a line each; NULL past the end. */
const char *tw_checkpoint_note(const tw_checkpoint *checkpoint, size_t index);

/* What the file says of itself in words: the key and *text; NULL past the end. */
const char *tw_checkpoint_word(const tw_checkpoint *checkpoint, size_t index, const char **text);

/* Its numbers in row-major order, `count` of them. TW_ERR_FORMAT for a type that is not read, by
 * name (float8, complex numbers, quantised ones). */
tw_status tw_checkpoint_read(const tw_checkpoint *checkpoint, const tw_checkpoint_tensor *tensor,
                             double *out);

#endif
