/* net_entries.h: what operators that work entry by entry are made with: steps of one input and of
 * two, and how operators before opset 7 were broadcast. */
#ifndef TW_NET_OPERATOR_NET_ENTRIES_H
#define TW_NET_OPERATOR_NET_ENTRIES_H

#include "net/program/net_builder.h"
#include "net/step/step_binary.h"
#include "net/step/step_unary.h"

/* y = f(x), of that type; `p` has two parameters, or is NULL. */
tw_status tw_net_unary_step(tw_net_call *call, tw_net_unary_function function, const double *p,
                            tw_net_type type, size_t x, size_t *edge);
/* y = f(a, b) of that type, a and b broadcast; TW_ERR_SHAPE where they cannot be. An integer that
 * is narrower than what it is computed in is wrapped to its width. */
tw_status tw_net_binary_step(tw_net_call *call, tw_net_binary_function function, tw_net_type type,
                             size_t a, size_t b, size_t *edge);

/* The shape that the edges are broadcast to. TW_ERR_SHAPE where there is none; TW_ERR_UNSUPPORTED
 * where the file has numbers for each sample of a batch that it fixes at another size. */
tw_status tw_net_meet(const tw_net_call *call, size_t count, const size_t *edges,
                      tw_net_shape *shape);

/* Before opset 7, the axes of b are those of a from the attribute `axis` on (without it, the last
 * ones): b in a shape that says so by today's rules. */
tw_status tw_net_old_axes(tw_net_call *call, size_t a, size_t b, size_t *aligned);

#endif
