/* onnx_output.h: which of a file's outputs is that of class scores, and which input takes the data.
 */
#ifndef TW_NET_ONNX_ONNX_OUTPUT_H
#define TW_NET_ONNX_ONNX_OUTPUT_H

#include "net/onnx/onnx_skeleton.h"

/* Sets graph->output: to the value of that name, or where it is NULL to the floating-point output
 * that looks most like scores; notes what was chosen among several. */
tw_status tw_net_onnx_choose_output(tw_net_onnx_skeleton *skeleton, const char *name);

/* Sets graph->input, of the graph as it is used (nodes in `order`): the input that the output
 * depends on, a floating-point one if there are several; more than one are refused unless
 * `any`. */
tw_status tw_net_onnx_choose_input(tw_net_graph *graph, const size_t *order, size_t count, int any);

#endif
