/* safetensors_file.h: parameters as .safetensors, which PyTorch, JAX and others read. */
#ifndef TW_FILE_SAFETENSORS_FILE_H
#define TW_FILE_SAFETENSORS_FILE_H

#include "thalweg/file.h"

/* One tensor a block, by its name and in its shape: F32 where that holds every number of x exactly,
 * else F64. What made it is in __metadata__, beside "format": "pt". */
tw_status tw_safetensors_write(const char *path, const tw_space *space, const double *x,
                               const tw_provenance *provenance);

#endif
