/* onnx_ending.h: whether a network's output are logits or probabilities, as its last operators
 * tell. Cross-entropy of probabilities taken for logits would be wrong, and look plausible. */
#ifndef TW_NET_ONNX_ONNX_ENDING_H
#define TW_NET_ONNX_ONNX_ENDING_H

#include "net/onnx/onnx.h"

/* Sets graph->ending. Behind Identity, Cast, Reshape, Flatten, Squeeze and Dropout, a Softmax over
 * the classes is taken off, with a note; LogSoftmax and Sigmoid are found. Where the user has said
 * what the output is, nothing is looked at. */
tw_status tw_net_onnx_find_ending(tw_net_graph *graph, tw_net_onnx_scores said);

#endif
