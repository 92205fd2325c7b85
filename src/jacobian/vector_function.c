/* vector_function.c: residuals, gradients and losses as functions with several values. */
#include "core/objective_private.h"
#include "jacobian/moved.h"

/* A callback that fails without a word, or answers a number that no status has, still leaves one.
 */
static tw_status told(tw_status status, const char *name, const char *operation) {
    if (status > 0)
        return tw_fail(TW_ERR_CALLBACK, "%s: %s answered %d, which is not a status", name,
                       operation, (int)status);
    if (status < 0 && tw_message()[0] == '\0')
        return tw_fail(status, "%s: %s failed", name, operation);
    return status;
}

static tw_status residual_values(void *user, int worker, const double *x, double *values) {
    const tw_residuals *r = user;
    tw_message_clear();
    return told(r->function(r->user, r->n, x, r->m, values), "residuals", "the function");
}

tw_vector_function tw_vector_of_residuals(const tw_residuals *residuals, tw_runner *runner) {
    return (tw_vector_function){.evaluate = residual_values,
                                .user = (void *)residuals,
                                .n = residuals->n,
                                .m = residuals->m,
                                .unit = residuals->noise > 0 ? residuals->noise : 0x1p-52,
                                .runner = residuals->concurrent ? runner : NULL};
}

/* Worker 0 has the objective's own context, the others have clones. */
static tw_status gradient_values(void *user, int worker, const double *x, double *values) {
    tw_objective *objective = user;
    if (worker == 0 || objective->ops.concurrent)
        return tw_objective_gradient(objective, x, NULL, values);
    tw_message_clear();
    tw_status status = objective->ops.gradient(tw_objective_context(objective, worker),
                                               objective->n, x, NULL, values);
    atomic_fetch_add_explicit(&objective->evaluations, 1, memory_order_relaxed);
    return told(status, objective->name, "gradient");
}

static tw_status loss_values(void *user, int worker, const double *x, double *values) {
    tw_objective *objective = user;
    if (worker == 0 || objective->ops.concurrent)
        return tw_objective_value(objective, x, values);
    tw_message_clear();
    tw_status status =
        objective->ops.value(tw_objective_context(objective, worker), objective->n, x, values);
    atomic_fetch_add_explicit(&objective->evaluations, 1, memory_order_relaxed);
    return told(status, objective->name, "value");
}

tw_status tw_vector_of_gradients(tw_objective *objective, tw_vector_function *out) {
    if (objective->ops.gradient == NULL)
        return tw_fail(TW_ERR_UNSUPPORTED,
                       "objective '%s' has no gradient to take second derivatives from; ask for "
                       "them from values",
                       objective->name);
    *out = (tw_vector_function){.evaluate = gradient_values,
                                .user = objective,
                                .n = objective->n,
                                .m = objective->n,
                                .unit = objective->noise};
    return tw_objective_value_runner(objective, &out->runner);
}

tw_status tw_vector_of_values(tw_objective *objective, tw_vector_function *out) {
    *out = (tw_vector_function){.evaluate = loss_values,
                                .user = objective,
                                .n = objective->n,
                                .m = objective->metrics,
                                .unit = objective->noise};
    return tw_objective_value_runner(objective, &out->runner);
}
