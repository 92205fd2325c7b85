/* net_multiply.h: the product of matrices that convolutions and matrix products are made of, in the
 * precision of the file that includes this (net_real.h), at the level in force (kernels.h). */
#ifndef TW_NET_STEP_NET_MULTIPLY_H
#define TW_NET_STEP_NET_MULTIPLY_H

#include "kernel/kernels.h"
#include "net/step/net_real.h"

#ifdef TW_NET_SINGLE
typedef tw_matrix_single tw_net_matrix;
#else
typedef tw_matrix tw_net_matrix;
#endif

/* c += a b, as tw_kernels has it. */
static inline void tw_net_multiply(size_t m, size_t n, size_t k, tw_net_matrix a, tw_net_matrix b,
                                   real *c, size_t row) {
#ifdef TW_NET_SINGLE
    tw_kernels_current()->add_products_single(m, n, k, a, b, c, row);
#else
    tw_kernels_current()->add_products(m, n, k, a, b, c, row);
#endif
}

#endif
