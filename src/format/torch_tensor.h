/* torch_tensor.h: the tensors and storages of PyTorch inside a pickle. */
#ifndef TW_FORMAT_TORCH_TENSOR_H
#define TW_FORMAT_TORCH_TENSOR_H

#include "format/checkpoint.h"
#include "format/pickle.h"

/* How PyTorch names a type, and the storages of it. */
typedef struct tw_torch_type {
    const char *name, *storage;
    tw_number number; /* item 0: not read */
    size_t item;      /* bytes of a number, read or not */
} tw_torch_type;

/* What a file keeps outside the pickle, as the pickle names it. */
typedef struct tw_torch_storage {
    const uint8_t *key; /* `length` bytes of the pickle */
    size_t length;
    const tw_torch_type *type; /* NULL: bytes of any type */
    uint64_t numbers;          /* of that type, or bytes */
    uint64_t first;            /* of a storage that begins within another */
} tw_torch_storage;

/* Whether a stored value is a storage. */
int tw_torch_is_storage(const tw_pickle *pickle, uint32_t index);
tw_status tw_torch_storage_of(const tw_pickle *pickle, uint32_t index, tw_torch_storage *out);

/* Whether a value is a tensor or a parameter, of whatever kind. */
int tw_torch_is_tensor(const tw_pickle *pickle, uint32_t index);
/* Its type, shape, strides and first number, and the storage that they are of. */
tw_status tw_torch_tensor_of(const tw_pickle *pickle, uint32_t index, tw_checkpoint_tensor *out,
                             tw_torch_storage *storage);

#endif
