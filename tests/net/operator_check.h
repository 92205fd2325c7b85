/* operator_check.h: an operator alone, its inputs all parameters or known: values, and derivatives
 * against differences. */
#ifndef OPERATOR_CHECK_H
#define OPERATOR_CHECK_H

#include "net/operator/net_build.h"
#include "net/program/net_pass.h"

/* A graph of one node `op` to come. */
tw_net_graph *operator_graph(void);
/* A parameter "pK" of that shape, with numbers drawn from N(0, 1), or a known tensor. */
size_t operator_parameter(tw_net_graph *graph, size_t rank, const size_t *sizes);
size_t operator_known(tw_net_graph *graph, tw_net_type type, size_t rank, const size_t *sizes,
                      const double *numbers);
/* Adds the node, whose result is the graph's output, for attributes to be set. */
tw_net_node *operator_node(tw_net_graph *graph, const char *op, int64_t opset, size_t count,
                           const size_t *inputs);

/* The output's numbers in double, of that count; freed by the caller. */
double *operator_values(const tw_net_graph *graph, tw_net_shape *shape);
/* Checks that f = sum_i r_i y_i, r drawn, has the gradient and the Hessian's product with a vector
 * that differences give; that backward adds to what is there; and that single precision gives the
 * same to its rounding. Frees the graph. */
void check_operator(tw_net_graph *graph);

#endif
