/* step_sparse.h: a sparse matrix along one axis: y[o, i, r] = sum_k weight_k x[o, column_k, r] over
 * start_i <= k < start_(i+1). Interpolation, axis by axis. */
#ifndef TW_NET_STEP_STEP_SPARSE_H
#define TW_NET_STEP_STEP_SPARSE_H

#include "net/step/net_kernel.h"

typedef struct tw_net_sparse {
    size_t outer, run;
    size_t rows, columns; /* entries of y and of x along the axis */
    size_t *start;        /* rows + 1 */
    size_t *column;       /* < columns */
    double *weight;
} tw_net_sparse;

/* A plan with room for `entries` in all, or NULL; freed by the kernel's plan_free. */
tw_net_sparse *tw_net_sparse_new(size_t rows, size_t entries);

TW_NET_KERNEL_DECLARED(tw_net_sparse_product)

#endif
