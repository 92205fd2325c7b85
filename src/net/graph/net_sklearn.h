/* net_sklearn.h: classifiers of scikit-learn (ONNX's domain ai.onnx.ml), whose weights are
 * attributes of nodes. */
#ifndef TW_NET_GRAPH_NET_SKLEARN_H
#define TW_NET_GRAPH_NET_SKLEARN_H

#include "net/graph/net_graph.h"

/* Makes parameters of the coefficients and intercepts of every LinearClassifier in the graph: they
 * become its inputs 2, of (classes, features), and 3. What it does to the scores afterwards becomes
 * a node of its own, Softmax or Sigmoid, so that the scores can be asked for. Integers given to it
 * are made float32 by a Cast. Its first output, the label, is no output any more.
 *
 * TW_ERR_FORMAT, TW_ERR_UNSUPPORTED: a line that names the graph and the node. Nodes of the domain
 * other than these are left as they are. */
tw_status tw_net_graph_sklearn(tw_net_graph *graph);

#endif
