/* table.c: the table of one level. */
#include "kernel/vector.h"

#define TW_STRING_(x) #x
#define TW_STRING(x) TW_STRING_(x)

extern const tw_kernels KERNEL(table);
const tw_kernels KERNEL(table) = {
    .level = TW_STRING(TW_LEVEL),
    .scores_of = KERNEL(scores_of),
    .scores = KERNEL(scores),
    .accumulate = KERNEL(accumulate),
    .softmax = KERNEL(softmax),
    .softmax_points = KERNEL(softmax_points),
    .softmax_flush = KERNEL(softmax_flush),
    .hinge_points = KERNEL(hinge_points),
    .log_products = KERNEL(log_products),
    .exponentials = KERNEL(exponentials),
    .dots = KERNEL(dots),
    .exp = KERNEL(exp),
    .log = KERNEL(log),
    .log1p = KERNEL(log1p),
    .expm1 = KERNEL(expm1),
};
