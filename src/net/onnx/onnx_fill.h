/* onnx_fill.h: attributes of nodes and numbers of constants, for what is used of a skeleton. */
#ifndef TW_NET_ONNX_ONNX_FILL_H
#define TW_NET_ONNX_ONNX_FILL_H

#include "net/onnx/onnx_skeleton.h"
#include "net/onnx/onnx_tensor.h"

/* Fills the nodes that are in `order`, and the constants that they use; a Constant node's result
 * becomes a constant itself. With `single`, numbers of half precision become single, and *halves
 * counts the tensors and casts for which that was so. */
tw_status tw_net_onnx_fill(tw_net_onnx_skeleton *skeleton, tw_net_onnx_source *source,
                           const size_t *order, size_t count, int single, size_t *halves);

#endif
