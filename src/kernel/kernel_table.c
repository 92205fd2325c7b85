/* kernel_table.c: the table of one level. */
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
    .multiply = KERNEL(multiply),
    .add_products = KERNEL(add_products),
    .add_products_single = KERNEL(add_products_single),
    .sample_panel = KERNEL(sample_panel),
    .feature_panel = KERNEL(feature_panel),
    .units = KERNEL(units),
    .unit_changes = KERNEL(unit_changes),
    .relu_row = KERNEL(relu_row),
    .softmax_panel = KERNEL(softmax_panel),
    .softmax_changes = KERNEL(softmax_changes),
    .winograd_weights = KERNEL(winograd_weights),
    .winograd_weights_adjoint = KERNEL(winograd_weights_adjoint),
    .winograd_scratch = KERNEL(winograd_scratch),
    .winograd = KERNEL(winograd),
    .winograd_adjoint = KERNEL(winograd_adjoint),
    .exp = KERNEL(exp),
    .log = KERNEL(log),
    .log1p = KERNEL(log1p),
    .expm1 = KERNEL(expm1),
    .tanh = KERNEL(tanh),
};
