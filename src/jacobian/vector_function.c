/* vector_function.c: residuals, gradients and losses as functions with several values. */
#include "core/front_door.h"
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

static tw_status gradient_values(void *user, int worker, const double *x, double *values) {
    return tw_worker_gradient(user, worker, x, NULL, values);
}

static tw_status loss_values(void *user, int worker, const double *x, double *values) {
    return tw_worker_value(user, worker, x, values);
}

tw_status tw_vector_of_gradients(tw_objective *objective, tw_vector_function *out) {
    if (!(tw_objective_capabilities(objective) & TW_CAN_GRADIENT))
        return tw_fail(TW_ERR_UNSUPPORTED,
                       "objective '%s' has no gradient to take second derivatives from; ask for "
                       "them from values",
                       tw_objective_name(objective));
    size_t n = tw_objective_size(objective);
    *out = (tw_vector_function){.evaluate = gradient_values,
                                .user = objective,
                                .n = n,
                                .m = n,
                                .unit = tw_objective_noise(objective)};
    return tw_worker_runner(objective, &out->runner);
}

tw_status tw_vector_of_values(tw_objective *objective, tw_vector_function *out) {
    *out = (tw_vector_function){.evaluate = loss_values,
                                .user = objective,
                                .n = tw_objective_size(objective),
                                .m = tw_objective_metrics(objective),
                                .unit = tw_objective_noise(objective)};
    return tw_worker_runner(objective, &out->runner);
}
