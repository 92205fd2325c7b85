/* step_product.h: products of matrices, y = a b, many of them at once.
 *
 * Every matrix is stored row by row without gaps. The products are counted along up to 8 axes; a
 * factor that is the same for all along one has the stride 0 there. BILINEAR in (a, b).
 */
#ifndef TW_NET_STEP_STEP_PRODUCT_H
#define TW_NET_STEP_STEP_PRODUCT_H

#include "net/graph/net_shape.h"
#include "net/step/net_kernel.h"

typedef struct tw_net_product_plan {
    size_t m, n, k;               /* y is m x n, and k is summed over */
    int transposed_a;             /* a is stored as k x m, else m x k */
    int transposed_b;             /* b is stored as n x k, else k x n */
    tw_net_shape batch;           /* of the products: row by row in y. Rank 0: one */
    size_t stride_a[TW_NET_RANK]; /* from one to the next along each axis of it, in matrices */
    size_t stride_b[TW_NET_RANK];
} tw_net_product_plan;

TW_NET_KERNEL_DECLARED(tw_net_product)

#endif
