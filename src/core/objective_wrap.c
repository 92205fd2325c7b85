/* objective_wrap.c: objectives made around something else: a plain function, another objective. */
#include <stdlib.h>

#include "core/alloc.h"
#include "core/objective_around.h"
#include "core/objective_private.h"

typedef struct function_context {
    tw_function function;
    tw_gradient_function gradient; /* NULL: none */
    void *user;
} function_context;

static tw_status function_value(void *ctx, size_t n, const double *x, double *values) {
    const function_context *context = ctx;
    values[0] = context->function(n, x, context->user);
    return TW_OK;
}

static tw_status function_gradient(void *ctx, size_t n, const double *x, double *values,
                                   double *gradient) {
    const function_context *context = ctx;
    if (values != NULL)
        values[0] = context->function(n, x, context->user);
    context->gradient(n, x, gradient, context->user);
    return TW_OK;
}

static tw_status wrap_functions(tw_function function, tw_gradient_function gradient, void *user,
                                size_t n, tw_objective **out) {
    tw_objective_ops ops = {.value = function_value, .destroy = free, .concurrent = 1};
    if (gradient != NULL)
        ops.gradient = function_gradient;
    if (function == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "an objective needs a function");
    function_context *context = malloc(sizeof *context);
    if (context == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for an objective");
    *context = (function_context){function, gradient, user};
    tw_objective_traits traits = {.name = "function"};
    tw_status status = tw_objective_new(&ops, context, n, &traits, out);
    if (status != TW_OK)
        free(context);
    return status;
}

tw_status tw_objective_from_function(tw_function function, void *user, size_t n,
                                     tw_objective **out) {
    return wrap_functions(function, NULL, user, n, out);
}

tw_status tw_objective_from_functions(tw_function function, tw_gradient_function gradient,
                                      void *user, size_t n, tw_objective **out) {
    if (gradient == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "a function and its gradient: the gradient is missing");
    return wrap_functions(function, gradient, user, n, out);
}

/* The wrapper's context is the inner objective; its operations go straight to the inner ones, so
 * that nothing that is hidden comes back through the inner front door. */

static tw_status plain_value(void *ctx, size_t n, const double *x, double *values) {
    tw_objective *inner = ctx;
    return inner->ops.value(inner->ctx, n, x, values);
}

static tw_status plain_batch(void *ctx, size_t n, size_t count, const double *x, double *values) {
    return tw_objective_batch(ctx, count, x, values);
}

static tw_status plain_span_open(void *ctx, size_t n, const double *origin, size_t rank,
                                 const double *const *directions, tw_span_how how, void **span) {
    tw_span *opened = NULL;
    tw_status status = tw_span_open(ctx, origin, rank, directions, how, &opened);
    *span = opened;
    return status;
}

static tw_status plain_span_values(void *ctx, void *span, size_t count, const double *coefficients,
                                   double *values) {
    return tw_span_values(span, count, coefficients, values);
}

static void plain_span_close(void *ctx, void *span) {
    tw_span_close(span);
}

static tw_status plain_coordinates(void *ctx, size_t n, const double *x, size_t count,
                                   const size_t *indices, const double *steps,
                                   double *differences) {
    return tw_objective_coordinate_differences(ctx, x, count, indices, steps, differences);
}

static tw_status plain_gradient(void *ctx, size_t n, const double *x, double *values,
                                double *gradient) {
    return tw_objective_gradient(ctx, x, values, gradient);
}

static tw_status plain_hessian(void *ctx, size_t n, const double *x, size_t count,
                               const double *vectors, double *products) {
    return tw_objective_hessian_products(ctx, x, count, vectors, products);
}

static tw_status plain_gauss_newton(void *ctx, size_t n, const double *x, size_t count,
                                    const double *vectors, double *products) {
    return tw_objective_gauss_newton_products(ctx, x, count, vectors, products);
}

/* The inner one declines still: its front door says so with TW_ERR_UNSUPPORTED. */
static tw_status plain_diagonal(void *ctx, size_t n, const double *x, tw_curvature_matrix matrix,
                                double *diagonal) {
    return tw_objective_curvature_diagonal(ctx, x, matrix, diagonal);
}

static tw_status plain_samples(void *ctx, size_t n, const double *x, const tw_batch *batch,
                               double *values, double *gradient) {
    return tw_objective_sample_gradient(ctx, x, batch, values, gradient);
}

static tw_status plain_settle(void *ctx, size_t n, double *x, const tw_batch *batch) {
    return tw_objective_settle(ctx, x, batch);
}

static tw_status plain_complex(void *ctx, size_t n, const double *x, const double *y,
                               double *value) {
    tw_objective *inner = ctx;
    return inner->ops.complex_value(inner->ctx, n, x, y, value);
}

tw_status tw_objective_plain(tw_objective *inner, unsigned keep, tw_objective **out) {
    unsigned can = tw_objective_capabilities(inner) & keep;
    tw_objective_ops ops = {
        .bytes = sizeof ops, .value = plain_value, .concurrent = inner->ops.concurrent};
    if (can & TW_CAN_BATCH)
        ops.batch = plain_batch;
    if (can & TW_CAN_SPAN) {
        ops.span_open = plain_span_open;
        ops.span_values = plain_span_values;
        ops.span_close = plain_span_close;
    }
    if (can & TW_CAN_COORDINATES)
        ops.coordinate_differences = plain_coordinates;
    if (can & TW_CAN_GRADIENT)
        ops.gradient = plain_gradient;
    if (can & TW_CAN_HESSIAN_PRODUCT)
        ops.hessian_products = plain_hessian;
    if (can & TW_CAN_GAUSS_NEWTON)
        ops.gauss_newton_products = plain_gauss_newton;
    if (can & TW_CAN_CURVATURE_DIAGONAL)
        ops.curvature_diagonal = plain_diagonal;
    if (can & TW_CAN_SAMPLE_GRADIENT)
        ops.sample_gradient = plain_samples;
    if (can & TW_CAN_COMPLEX)
        ops.complex_value = plain_complex;
    if (can & TW_CAN_SETTLE)
        ops.settle = plain_settle;
    return tw_objective_around(&ops, inner, inner, NULL, NULL, out);
}
