/* net_arguments.h: what a node is told beside its data: axes, sizes, pads. Older opsets give them
 * as attributes and newer ones as inputs; an operator asks for both, so that it reads every opset.
 */
#ifndef TW_NET_OPERATOR_NET_ARGUMENTS_H
#define TW_NET_OPERATOR_NET_ARGUMENTS_H

#include "net/program/net_builder.h"

/* The integers of the attribute `name`, or else of input `index`, `most` at the most. *count = 0
 * where neither is given. */
tw_status tw_net_integers(const tw_net_call *call, const char *name, size_t index, size_t most,
                          int64_t *numbers, size_t *count);
/* The same for one number: `fallback` where it is not given. */
tw_status tw_net_integer(const tw_net_call *call, const char *name, size_t index, int64_t fallback,
                         int64_t *number);
/* The real numbers of the attribute or of the input, likewise. */
tw_status tw_net_reals(const tw_net_call *call, const char *name, size_t index, size_t most,
                       double *numbers, size_t *count);
/* Axes among `rank` (at most TW_NET_RANK), each at most once, as numbers from 0. */
tw_status tw_net_axes(const tw_net_call *call, const char *name, size_t index, size_t rank,
                      size_t *axes, size_t *count);
/* The axis that attribute "axis" names among `rank`. */
tw_status tw_net_axis(const tw_net_call *call, size_t rank, int64_t fallback, size_t *axis);
/* An axis among `rank` of which the number is given. */
tw_status tw_net_axis_of(const tw_net_call *call, size_t rank, int64_t number, size_t *axis);

/* Whether the axis of the input is the batch, which the graph declares as another size than what is
 * built: what singles entries out along it, or mixes them, cannot be right. */
int tw_net_is_batch_axis(const tw_net_call *call, size_t index, size_t axis);
/* The failure that says what is done to it: "squeezed away". */
tw_status tw_net_batch_fail(const tw_net_call *call, const char *done);

#endif
