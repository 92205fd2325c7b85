/* net_operators.h: the operators, one row each: what docs/networks.md lists, and all that can be
 * built. A row says an operator's name, its inputs and outputs, and how it is said in steps.
 */
#ifndef TW_NET_OPERATOR_NET_OPERATORS_H
#define TW_NET_OPERATOR_NET_OPERATORS_H

#include "net/program/net_builder.h"

/* Operators of a family, ended by a name of NULL: a family has a file of its own, op_<family>.c. */
#define TW_NET_FAMILIES(X)                                                                         \
    X(activation)                                                                                  \
    X(elementwise)                                                                                 \
    X(cast)                                                                                        \
    X(compare)                                                                                     \
    X(movement)                                                                                    \
    X(shape)                                                                                       \
    X(gather)                                                                                      \
    X(resize)                                                                                      \
    X(concat)                                                                                      \
    X(slice)                                                                                       \
    X(pad)                                                                                         \
    X(known)                                                                                       \
    X(convolution)                                                                                 \
    X(pooling)                                                                                     \
    X(product)                                                                                     \
    X(reduction)                                                                                   \
    X(normalization)                                                                               \
    X(softmax)                                                                                     \
    X(loss)                                                                                        \
    X(sklearn)

#define TW_NET_FAMILY_DECLARED(family) extern const tw_net_operator tw_net_family_##family[];
TW_NET_FAMILIES(TW_NET_FAMILY_DECLARED)

/* The operator of that name, or NULL. */
const tw_net_operator *tw_net_operator_find(const char *domain, const char *name);
/* All of them, NULL past the end. */
const tw_net_operator *tw_net_operator_at(size_t index);

#endif
