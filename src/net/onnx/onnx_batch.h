/* onnx_batch.h: files that were exported for one sample at a time. */
#ifndef TW_NET_ONNX_ONNX_BATCH_H
#define TW_NET_ONNX_ONNX_BATCH_H

#include "net/graph/net_graph.h"

/* Where the input's first size is fixed, the file was made for batches of that size, and what is
 * written into Reshapes is it as well: those of the data become such that any will do. A note tells
 * of it. What else is fixed (an Expand, say) is refused when a larger batch is built. */
tw_status tw_net_onnx_widen_batch(tw_net_graph *graph);

#endif
