/* net_formula.h: a formula of operators, for those that are compositions: line by line, with one
 * look at the end whether all of it went well.
 *
 *     tw_net_formula f = {call};
 *     size_t mean = tw_net_formula_reduce(&f, "ReduceMean", x, count, axes);
 *     call->outputs[0] = tw_net_formula_two(&f, "Sub", x, mean);
 *     return f.status;
 *
 * After a failure the other lines do nothing.
 */
#ifndef TW_NET_OPERATOR_NET_FORMULA_H
#define TW_NET_OPERATOR_NET_FORMULA_H

#include "net/program/net_builder.h"

typedef struct tw_net_formula {
    tw_net_call *call;
    tw_status status; /* TW_OK: 0 */
} tw_net_formula;

/* Each gives the edge of its result. */
size_t tw_net_formula_one(tw_net_formula *f, const char *op, size_t a);
size_t tw_net_formula_two(tw_net_formula *f, const char *op, size_t a, size_t b);
size_t tw_net_formula_three(tw_net_formula *f, const char *op, size_t a, size_t b, size_t c);
/* op(a, number), the number in a's type. */
size_t tw_net_formula_with(tw_net_formula *f, const char *op, size_t a, double number);
/* The number alone, in a's type. */
size_t tw_net_formula_number(tw_net_formula *f, size_t a, double number);
/* op(a) with that number as its attribute `axis`. */
size_t tw_net_formula_along(tw_net_formula *f, const char *op, size_t a, int64_t axis);
/* ReduceSum or ReduceMean over axes, which are kept with a size of 1. */
size_t tw_net_formula_reduce(tw_net_formula *f, const char *op, size_t a, size_t count,
                             const int64_t *axes);
size_t tw_net_formula_reshape(tw_net_formula *f, size_t a, const tw_net_shape *shape);
/* The numbers 0, 1, ..., n - 1 in that shape of n entries. */
size_t tw_net_formula_count(tw_net_formula *f, tw_net_type type, const tw_net_shape *shape);

#endif
