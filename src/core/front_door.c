/* front_door.c: the one way to an objective's answers. Where an operation is missing or declines,
 * the general way of objective_default.c takes its place, here and nowhere else. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/objective_private.h"

static void count_evaluations(tw_objective *objective, size_t count) {
    atomic_fetch_add_explicit(&objective->evaluations, count, memory_order_relaxed);
}

static tw_status unsupported(const tw_objective *objective, const char *what, const char *remedy) {
    return tw_fail(TW_ERR_UNSUPPORTED, "objective '%s' has no %s%s", objective->name, what, remedy);
}

/* A callback that fails without a word, or answers a number that no status has, still leaves one.
 */
static tw_status checked(const tw_objective *objective, const char *operation, tw_status status) {
    if (status == TW_OK || (status < 0 && tw_message()[0] != '\0'))
        return status;
    if (status > 0)
        return tw_fail(TW_ERR_CALLBACK, "objective '%s': %s answered %d, which is not a status",
                       objective->name, operation, (int)status);
    return tw_fail(status, "objective '%s': %s failed", objective->name, operation);
}

tw_status tw_worker_value(tw_objective *objective, int worker, const double *x, double *values) {
    tw_message_clear();
    tw_status status =
        objective->ops.value(tw_objective_context(objective, worker), objective->n, x, values);
    count_evaluations(objective, 1);
    return checked(objective, "value", status);
}

tw_status tw_objective_value(tw_objective *objective, const double *x, double *values) {
    return tw_worker_value(objective, 0, x, values);
}

tw_status tw_worker_batch(tw_objective *objective, int worker, size_t count, const double *x,
                          double *values) {
    tw_status status = TW_DECLINED;
    tw_message_clear();
    if (objective->ops.batch != NULL)
        status = objective->ops.batch(tw_objective_context(objective, worker), objective->n, count,
                                      x, values);
    if (status != TW_DECLINED) {
        count_evaluations(objective, count);
        return checked(objective, "batch", status);
    }
    status = TW_OK;
    for (size_t k = 0; k < count && status == TW_OK; k++)
        status = tw_worker_value(objective, worker, x + k * objective->n,
                                 values + k * objective->metrics);
    return status;
}

tw_status tw_objective_batch(tw_objective *objective, size_t count, const double *x,
                             double *values) {
    tw_status status = TW_DECLINED;
    tw_message_clear();
    if (objective->ops.batch != NULL)
        status = objective->ops.batch(objective->ctx, objective->n, count, x, values);
    if (status == TW_DECLINED)
        status = tw_default_batch(objective, count, x, values);
    count_evaluations(objective, count);
    return checked(objective, "batch", status);
}

/* Whatever the loss would do if buffers moved: none is taken along. */
static void mask(const tw_objective *objective, tw_status status, double *gradient) {
    if (status == TW_OK)
        tw_space_keep_still(objective->space, NULL, gradient);
}

tw_status tw_worker_gradient(tw_objective *objective, int worker, const double *x, double *values,
                             double *gradient) {
    tw_status status = TW_DECLINED;
    tw_message_clear();
    if (objective->ops.gradient != NULL)
        status = objective->ops.gradient(tw_objective_context(objective, worker), objective->n, x,
                                         values, gradient);
    if (status == TW_DECLINED)
        return unsupported(objective, "gradient",
                           "; ask for a numerical one, or use a method that needs none");
    mask(objective, status, gradient);
    count_evaluations(objective, 1);
    return checked(objective, "gradient", status);
}

tw_status tw_objective_gradient(tw_objective *objective, const double *x, double *values,
                                double *gradient) {
    return tw_worker_gradient(objective, 0, x, values, gradient);
}

static tw_status check_batch(const tw_objective *objective, const tw_batch *batch) {
    if (batch->count == 0)
        return tw_fail(TW_ERR_ARGUMENT, "the gradient over no samples is not defined");
    for (size_t k = 0; k < batch->count; k++)
        if (batch->samples[k] >= objective->samples)
            return tw_fail(TW_ERR_ARGUMENT, "sample %zu: objective '%s' has %zu", batch->samples[k],
                           objective->name, objective->samples);
    return TW_OK;
}

tw_status tw_worker_sample_gradient(tw_objective *objective, int worker, const double *x,
                                    const tw_batch *batch, double *values, double *gradient) {
    tw_message_clear();
    int there = objective->ops.sample_gradient != NULL;
    tw_status status = there ? check_batch(objective, batch) : TW_DECLINED;
    if (there && status == TW_OK)
        status = objective->ops.sample_gradient(tw_objective_context(objective, worker),
                                                objective->n, x, batch, values, gradient);
    if (status == TW_DECLINED)
        return unsupported(objective, "gradient over chosen samples", "; use the whole gradient");
    mask(objective, status, gradient);
    count_evaluations(objective, 1);
    return checked(objective, "sample_gradient", status);
}

tw_status tw_objective_sample_gradient(tw_objective *objective, const double *x,
                                       const tw_batch *batch, double *values, double *gradient) {
    return tw_worker_sample_gradient(objective, 0, x, batch, values, gradient);
}

typedef tw_status (*products_fn)(void *ctx, size_t n, const double *x, size_t count,
                                 const double *vectors, double *products);

/* The matrix of the parameters that move, where some do not. */
static tw_status masked_products(tw_objective *objective, products_fn operation, void *ctx,
                                 const double *x, size_t count, const double *vectors,
                                 double *products) {
    size_t n = objective->n;
    double *moving = tw_alloc_raw(count, n * sizeof *moving);
    if (moving == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu vectors", count);
    memcpy(moving, vectors, count * n * sizeof *moving);
    for (size_t k = 0; k < count; k++)
        tw_space_keep_still(objective->space, NULL, moving + k * n);
    tw_status status = operation(ctx, n, x, count, moving, products);
    for (size_t k = 0; k < count; k++)
        mask(objective, status, products + k * n);
    free(moving);
    return status;
}

/* TW_DECLINED where there is no such operation. */
static tw_status worker_products(tw_objective *objective, products_fn operation, int worker,
                                 const double *x, size_t count, const double *vectors,
                                 double *products) {
    void *ctx = tw_objective_context(objective, worker);
    tw_message_clear();
    if (operation == NULL)
        return TW_DECLINED;
    tw_status status = tw_space_still(objective->space) > 0
                           ? masked_products(objective, operation, ctx, x, count, vectors, products)
                           : operation(ctx, objective->n, x, count, vectors, products);
    if (status != TW_DECLINED)
        count_evaluations(objective, count);
    return status;
}

tw_status tw_worker_hessian_products(tw_objective *objective, int worker, const double *x,
                                     size_t count, const double *vectors, double *products) {
    tw_status status = worker_products(objective, objective->ops.hessian_products, worker, x, count,
                                       vectors, products);
    if (status == TW_DECLINED)
        return unsupported(objective, "Hessian product", "");
    return checked(objective, "hessian_products", status);
}

tw_status tw_worker_gauss_newton_products(tw_objective *objective, int worker, const double *x,
                                          size_t count, const double *vectors, double *products) {
    tw_status status = worker_products(objective, objective->ops.gauss_newton_products, worker, x,
                                       count, vectors, products);
    if (status == TW_DECLINED)
        return unsupported(objective, "Gauss-Newton product", "; ask for the Hessian");
    return checked(objective, "gauss_newton_products", status);
}

tw_status tw_objective_gauss_newton_products(tw_objective *objective, const double *x, size_t count,
                                             const double *vectors, double *products) {
    return tw_worker_gauss_newton_products(objective, 0, x, count, vectors, products);
}

tw_status tw_worker_curvature_diagonal(tw_objective *objective, int worker, const double *x,
                                       tw_curvature_matrix matrix, double *diagonal) {
    tw_status status = TW_DECLINED;
    tw_message_clear();
    if (objective->ops.curvature_diagonal != NULL)
        status = objective->ops.curvature_diagonal(tw_objective_context(objective, worker),
                                                   objective->n, x, matrix, diagonal);
    if (status == TW_DECLINED)
        return unsupported(objective, "exact diagonal of this matrix", "; estimate it");
    mask(objective, status, diagonal);
    count_evaluations(objective, 1);
    return checked(objective, "curvature_diagonal", status);
}

tw_status tw_objective_curvature_diagonal(tw_objective *objective, const double *x,
                                          tw_curvature_matrix matrix, double *diagonal) {
    return tw_worker_curvature_diagonal(objective, 0, x, matrix, diagonal);
}

tw_status tw_objective_hessian_products(tw_objective *objective, const double *x, size_t count,
                                        const double *vectors, double *products) {
    return tw_worker_hessian_products(objective, 0, x, count, vectors, products);
}

tw_status tw_objective_hessian_product(tw_objective *objective, const double *x,
                                       const double *vector, double *product) {
    return tw_worker_hessian_products(objective, 0, x, 1, vector, product);
}

tw_status tw_worker_complex_value(tw_objective *objective, int worker, const double *x,
                                  const double *y, double *value) {
    tw_status status = TW_DECLINED;
    tw_message_clear();
    if (objective->ops.complex_value != NULL)
        status = objective->ops.complex_value(tw_objective_context(objective, worker), objective->n,
                                              x, y, value);
    if (status == TW_DECLINED)
        return unsupported(objective, "value at complex points",
                           "; use the method 'ladder', or provide the operation 'complex_value'");
    count_evaluations(objective, 1);
    return checked(objective, "complex_value", status);
}

tw_status tw_objective_complex_value(tw_objective *objective, const double *x, const double *y,
                                     double *value) {
    return tw_worker_complex_value(objective, 0, x, y, value);
}

/* Of all that settle wrote only buffers may differ; the first entry that is none fails. */
static tw_status check_settled(const tw_objective *objective, const double *before,
                               const double *x) {
    const tw_block *block;
    for (size_t k = 0; (block = tw_space_block(objective->space, k)) != NULL; k++)
        for (size_t i = 0; tw_block_moves(block) && i < block->count; i++)
            if (memcmp(&before[block->offset + i], &x[block->offset + i], sizeof *x) != 0)
                return tw_fail(TW_ERR_CALLBACK,
                               "objective '%s': settle wrote entry %zu of block '%s', which is "
                               "not a buffer",
                               objective->name, i, block->name);
    return TW_OK;
}

tw_status tw_worker_settle(tw_objective *objective, int worker, double *x, const tw_batch *batch) {
    size_t n = objective->n;
    tw_message_clear();
    if (objective->ops.settle == NULL)
        return unsupported(objective, "buffers that settle", "");
    tw_status status = batch != NULL ? check_batch(objective, batch) : TW_OK;
    double *before = status == TW_OK ? tw_alloc_raw(n, sizeof *before) : NULL;
    if (status == TW_OK && before == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a copy of %zu parameters", n);
    if (status != TW_OK)
        return status;
    memcpy(before, x, n * sizeof *x);
    status = objective->ops.settle(tw_objective_context(objective, worker), n, x, batch);
    if (status == TW_OK)
        status = check_settled(objective, before, x);
    if (status != TW_OK)
        memcpy(x, before, n * sizeof *x);
    free(before);
    if (status == TW_DECLINED)
        return unsupported(objective, "buffers that settle", "");
    count_evaluations(objective, 1);
    return checked(objective, "settle", status);
}

tw_status tw_objective_settle(tw_objective *objective, double *x, const tw_batch *batch) {
    return tw_worker_settle(objective, 0, x, batch);
}

tw_status tw_objective_coordinate_differences(tw_objective *objective, const double *x,
                                              size_t count, const size_t *indices,
                                              const double *steps, double *differences) {
    tw_status status = TW_DECLINED;
    tw_message_clear();
    for (size_t k = 0; k < count; k++)
        if (indices[k] >= objective->n)
            return tw_fail(TW_ERR_ARGUMENT, "coordinate %zu: objective '%s' has %zu", indices[k],
                           objective->name, objective->n);
    if (objective->ops.coordinate_differences != NULL)
        status = objective->ops.coordinate_differences(objective->ctx, objective->n, x, count,
                                                       indices, steps, differences);
    if (status == TW_DECLINED)
        status =
            tw_default_coordinate_differences(objective, x, count, indices, steps, differences);
    count_evaluations(objective, count);
    return checked(objective, "coordinate_differences", status);
}

struct tw_span {
    tw_objective *objective;
    void *native; /* the objective's own span, or NULL for the general way */
    int is_native;
    const double *origin;
    const double **directions;
    size_t rank;
};

tw_status tw_span_open(tw_objective *objective, const double *origin, size_t rank,
                       const double *const *directions, tw_span_how how, tw_span **out) {
    tw_message_clear();
    if (rank == 0)
        return tw_fail(TW_ERR_ARGUMENT, "a span needs at least one direction");
    tw_span *span = tw_alloc(1, sizeof *span);
    const double **kept = span != NULL ? tw_alloc(rank, sizeof *kept) : NULL;
    if (kept == NULL) {
        free(span);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a span");
    }
    for (size_t k = 0; k < rank; k++)
        kept[k] = directions[k];
    *span = (tw_span){.objective = objective, .origin = origin, .directions = kept, .rank = rank};
    tw_status status = TW_DECLINED;
    if (objective->ops.span_open != NULL)
        status = objective->ops.span_open(objective->ctx, objective->n, origin, rank,
                                          span->directions, how, &span->native);
    if (status != TW_OK && status != TW_DECLINED) {
        free(kept);
        free(span);
        return checked(objective, "span_open", status);
    }
    span->is_native = status == TW_OK;
    *out = span;
    return TW_OK;
}

tw_status tw_span_values(tw_span *span, size_t count, const double *coefficients, double *values) {
    tw_objective *objective = span->objective;
    tw_message_clear();
    tw_status status =
        span->is_native
            ? objective->ops.span_values(objective->ctx, span->native, count, coefficients, values)
            : tw_default_span_values(objective, span->origin, span->rank, span->directions, count,
                                     coefficients, values);
    count_evaluations(objective, count);
    return checked(objective, "span_values", status);
}

void tw_span_close(tw_span *span) {
    if (span == NULL)
        return;
    if (span->is_native)
        span->objective->ops.span_close(span->objective->ctx, span->native);
    free(span->directions);
    free(span);
}
