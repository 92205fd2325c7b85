/* step_binary.h: y = f(a, b), entry by entry, a and b broadcast to one shape.
 *
 * Where a maximum or minimum is attained by both, the derivative goes to b: of max(x, 0) at x = 0
 * it is 0, that of the side where the unit is off. PRelu is a, where a > 0, and a b elsewhere.
 * Comparisons, logic and integer arithmetic pass none.
 */
#ifndef TW_NET_STEP_STEP_BINARY_H
#define TW_NET_STEP_STEP_BINARY_H

#include "net/step/net_broadcast.h"
#include "net/step/net_kernel.h"

#define TW_NET_BINARIES(X)                                                                         \
    X(ADD, add)                                                                                    \
    X(SUB, sub)                                                                                    \
    X(MUL, mul)                                                                                    \
    X(DIV, div)                                                                                    \
    X(POW, power)                                                                                  \
    X(MAX, max)                                                                                    \
    X(MIN, min)                                                                                    \
    X(PRELU, prelu)                                                                                \
    X(DIV_WHOLE, div_whole) /* towards 0; by 0: 0 */                                               \
    X(REMAINDER, rest)      /* with the sign of a, as fmod */                                      \
    X(MODULO, modulo)       /* with the sign of b */                                               \
    X(EQUAL, equal)                                                                                \
    X(LESS, less)                                                                                  \
    X(LESS_EQUAL, less_equal)                                                                      \
    X(AND, both)                                                                                   \
    X(OR, either)                                                                                  \
    X(XOR, one)

#define TW_NET_BINARY_NAMED(NAME, name) TW_NET_##NAME,
typedef enum tw_net_binary_function {
    TW_NET_BINARIES(TW_NET_BINARY_NAMED) TW_NET_BINARY_COUNT
} tw_net_binary_function;

typedef struct tw_net_binary_plan {
    tw_net_binary_function function;
    tw_net_broadcast broadcast; /* of a and b */
} tw_net_binary_plan;

/* One kernel for each way that derivatives pass, all with this plan: ADD and SUB; MUL; what is
 * curved or in pieces; what is flat. */
TW_NET_KERNEL_DECLARED(tw_net_binary)
extern const tw_net_kernel tw_net_binary_linear, tw_net_binary_product, tw_net_binary_flat;

/* The kernel that a function belongs to. */
const tw_net_kernel *tw_net_binary_kernel(tw_net_binary_function function);

#endif
