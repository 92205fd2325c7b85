/* onnx_classic.h: scikit-learn's models as its exporter writes them (domain ai.onnx.ml), in ONNX's
 * own operators. */
#ifndef TW_NET_ONNX_ONNX_CLASSIC_H
#define TW_NET_ONNX_ONNX_CLASSIC_H

#include "net/graph/net_graph.h"

/* Rewrites a settled graph, which is to be settled again: a LinearClassifier of one row of
 * coefficients a class becomes a Gemm, with its Softmax or Sigmoid; a Normalizer (L1) of what a
 * Softmax gave becomes an Identity. Others stay, for the list of operators to refuse by name. */
tw_status tw_net_onnx_rewrite_classic(tw_net_graph *graph);

#endif
