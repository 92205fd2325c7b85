/* onnx_tensor.h: a tensor of an ONNX file as numbers. */
#ifndef TW_NET_ONNX_ONNX_TENSOR_H
#define TW_NET_ONNX_ONNX_TENSOR_H

#include "net/graph/net_tensor.h"
#include "net/onnx/onnx_bytes.h"
#include "onnx.pb-c.h"

/* Where numbers come from, and how many may still: files in which the same few bytes stand for ever
 * more numbers (functions that are used again and again) end. */
typedef struct tw_net_onnx_source {
    tw_net_onnx_folder folder;
    size_t numbers_left;
} tw_net_onnx_source;

/* Errors say what is wrong, but not the tensor's name. */
tw_status tw_net_onnx_tensor(const Onnx__TensorProto *tensor, tw_net_onnx_source *source,
                             tw_net_tensor *out);

#endif
