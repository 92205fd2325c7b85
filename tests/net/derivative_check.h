/* derivative_check.h: the derivatives of a network's output by its parameters, against differences.
 */
#ifndef DERIVATIVE_CHECK_H
#define DERIVATIVE_CHECK_H

#include "net/operator/net_build.h"
#include "net/program/net_pass.h"

/* Numbers of a stream that tests draw from, uniform on [0, 1) and N(0, 1). */
double drawn_uniform(void);
double drawn_normal(void);

/* The numbers of the graph's parameters, one behind the other; freed by the caller. */
double *parameter_numbers(const tw_net_graph *graph);

/* Checks that f(x) = sum_i r_i y_i, r drawn, has at x the gradient and the Hessian's product with a
 * vector that differences give; that backward adds to what is there; that single precision
 * gives the same to its rounding; the product out of a room that the passes at x filled
 * (net_pass.h). The program's inputs are all parameters or known, and its output
 * depends on them. NULL, or what is wrong (static storage). */
const char *check_derivatives(const tw_net_program *program, const double *x);

/* The output's numbers in double at x; freed by the caller. NULL if it cannot be computed, for
 * which tw_message says why. */
double *program_values(const tw_net_program *program, const double *x);

#endif
