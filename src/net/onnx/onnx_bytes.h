/* onnx_bytes.h: the bytes of a model's file, and of the files beside it that hold its weights. */
#ifndef TW_NET_ONNX_ONNX_BYTES_H
#define TW_NET_ONNX_ONNX_BYTES_H

#include <stddef.h>

#include "thalweg/status.h"

/* A file, mapped. */
typedef struct tw_net_onnx_bytes {
    void *at;
    size_t size;
} tw_net_onnx_bytes;

tw_status tw_net_onnx_map(const char *path, tw_net_onnx_bytes *out);
void tw_net_onnx_unmap(tw_net_onnx_bytes *bytes);

/* The folder of a model, and the file in it that was used last. */
typedef struct tw_net_onnx_folder {
    int descriptor; /* -1: there is none, and external data are refused */
    char *last;     /* name, NULL: none yet */
    tw_net_onnx_bytes bytes;
} tw_net_onnx_folder;

tw_status tw_net_onnx_folder_open(const char *model, tw_net_onnx_folder *out);
void tw_net_onnx_folder_close(tw_net_onnx_folder *folder);
/* The bytes of a file in the folder or below it, good until the next call. A way that is absolute
 * or has ".." in it, and a link, which could lead out, are refused. */
tw_status tw_net_onnx_folder_bytes(tw_net_onnx_folder *folder, const char *name,
                                   const tw_net_onnx_bytes **out);

#endif
