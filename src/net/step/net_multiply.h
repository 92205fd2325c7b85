/* net_multiply.h: the product of matrices that convolutions and matrix products are made of. */
#ifndef TW_NET_STEP_NET_MULTIPLY_H
#define TW_NET_STEP_NET_MULTIPLY_H

#include <stddef.h>

#include "net/step/net_real.h"

/* A matrix whose entry (i, j) is at[i * row + j * column]. */
#define TW_NET_MATRIX(number, suffix)                                                              \
    typedef struct tw_net_matrix_##suffix {                                                        \
        const number *at;                                                                          \
        size_t row, column;                                                                        \
    } tw_net_matrix_##suffix;                                                                      \
    /* c += a b, for a of m x k, b of k x n, and c of m x n, row after row `row` apart. An entry's \
     * sum goes in the order of k, in pieces that k alone decides. */                              \
    void tw_net_multiply_##suffix(size_t m, size_t n, size_t k, tw_net_matrix_##suffix a,          \
                                  tw_net_matrix_##suffix b, number *c, size_t row);
TW_NET_MATRIX(float, f32)
TW_NET_MATRIX(double, f64)

#endif
