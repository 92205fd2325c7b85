/* step_unary.h: y = f(x), entry by entry, for the functions below.
 *
 * At a kink the derivative is the one of the side where the unit is off, as it is in the networks
 * of src/model/mlp: of Relu at 0 it is 0, of Clip at its bounds too, and that of |x| at 0 is 0.
 * Functions that are flat wherever they have a derivative (signs, roundings, questions) pass none.
 */
#ifndef TW_NET_STEP_STEP_UNARY_H
#define TW_NET_STEP_STEP_UNARY_H

#include "net/step/net_kernel.h"

/* Every function with the meaning of its parameters p; step_unary.c has the formulas. */
#define TW_NET_UNARIES(X)                                                                          \
    X(RELU, relu)                                                                                  \
    X(LEAKY_RELU, leaky_relu)             /* slope below 0 */                                      \
    X(THRESHOLDED_RELU, thresholded_relu) /* threshold */                                          \
    X(CLIP, clip)                         /* least, most */                                        \
    X(HARD_SIGMOID, hard_sigmoid)         /* slope, offset */                                      \
    X(HARD_SWISH, hard_swish)                                                                      \
    X(SHRINK, shrink) /* threshold, bias */                                                        \
    X(ELU, elu)       /* alpha */                                                                  \
    X(SELU, selu)     /* alpha, gamma */                                                           \
    X(CELU, celu)     /* alpha */                                                                  \
    X(SIGMOID, sigmoid)                                                                            \
    X(SWISH, swish) /* alpha */                                                                    \
    X(TANH, tanh)                                                                                  \
    X(SOFTPLUS, softplus)                                                                          \
    X(SOFTSIGN, softsign)                                                                          \
    X(MISH, mish)                                                                                  \
    X(GELU, gelu)                                                                                  \
    X(GELU_TANH, gelu_tanh)                                                                        \
    X(ERF, erf)                                                                                    \
    X(ABS, abs)                                                                                    \
    X(NEG, neg)                                                                                    \
    X(SQUARE, square)                                                                              \
    X(POWER, power) /* exponent */                                                                 \
    X(SQRT, sqrt)                                                                                  \
    X(RECIPROCAL, reciprocal)                                                                      \
    X(EXP, exp)                                                                                    \
    X(LOG, log)                                                                                    \
    X(SIN, sin)                                                                                    \
    X(COS, cos)                                                                                    \
    X(TAN, tan)                                                                                    \
    X(ASIN, asin)                                                                                  \
    X(ACOS, acos)                                                                                  \
    X(ATAN, atan)                                                                                  \
    X(SINH, sinh)                                                                                  \
    X(COSH, cosh)                                                                                  \
    X(ASINH, asinh)                                                                                \
    X(ACOSH, acosh)                                                                                \
    X(ATANH, atanh)                                                                                \
    X(SIGN, sign)                                                                                  \
    X(FLOOR, floor)                                                                                \
    X(CEIL, ceil)                                                                                  \
    X(ROUND, round) /* halves to even */                                                           \
    X(IS_NAN, is_nan)                                                                              \
    X(IS_INF, is_inf) /* whether +inf counts, whether -inf does */                                 \
    X(NOT, logical_not)                                                                            \
    X(HOLD, hold) /* the type (tw_net_type) that holds it */

#define TW_NET_UNARY_NAMED(NAME, name) TW_NET_##NAME,
typedef enum tw_net_unary_function {
    TW_NET_UNARIES(TW_NET_UNARY_NAMED) TW_NET_UNARY_COUNT
} tw_net_unary_function;

typedef struct tw_net_unary_plan {
    tw_net_unary_function function;
    size_t count;
    double p[2];
} tw_net_unary_plan;

TW_NET_KERNEL_DECLARED(tw_net_unary)
extern const tw_net_kernel tw_net_unary_flat; /* the same, for functions that pass no derivative */

/* The kernel that a function belongs to. */
const tw_net_kernel *tw_net_unary_kernel(tw_net_unary_function function);

#endif
