/* optim.c: the list of methods, and a descent in one call. */
#include "thalweg/optim.h"

#include <string.h>

#include "optim/optimizer.h"

static const tw_optimizer *const optimizers[] = {
    &tw_optimizer_random_search, &tw_optimizer_local_search, &tw_optimizer_gd,
    &tw_optimizer_sgd,           &tw_optimizer_momentum,     &tw_optimizer_nesterov,
    &tw_optimizer_adagrad,       &tw_optimizer_rmsprop,      &tw_optimizer_adam,
#ifdef TW_HAVE_LBFGS
    &tw_optimizer_lbfgs,
#endif
};
enum { OPTIMIZERS = sizeof optimizers / sizeof optimizers[0] };

const tw_optimizer *tw_optimizer_at(size_t index) {
    return index < OPTIMIZERS ? optimizers[index] : NULL;
}

const tw_optimizer *tw_optimizer_find(const char *name) {
    for (size_t k = 0; k < OPTIMIZERS; k++)
        if (strcmp(optimizers[k]->name, name) == 0)
            return optimizers[k];
    return NULL;
}

const char *tw_optimizer_name(const tw_optimizer *optimizer) {
    return optimizer->name;
}

const char *tw_optimizer_summary(const tw_optimizer *optimizer) {
    return optimizer->summary;
}

unsigned tw_optimizer_needs(const tw_optimizer *optimizer) {
    return optimizer->needs;
}

size_t tw_optimizer_default_iterations(const tw_optimizer *optimizer) {
    return optimizer->defaults.iterations;
}

double tw_optimizer_default_step(const tw_optimizer *optimizer) {
    return optimizer->defaults.step;
}

const tw_optim_options *tw_optimizer_defaults(const tw_optimizer *optimizer) {
    return &optimizer->defaults;
}

tw_status tw_optim_run(const tw_optimizer *optimizer, tw_objective *objective, double *x,
                       const tw_optim_options *options, tw_optim_result *result) {
    tw_descent *descent;
    tw_status status = tw_descent_open(optimizer, objective, x, options, &descent);
    if (status != TW_OK)
        return status;
    status = tw_descent_run(descent, SIZE_MAX);
    if (status == TW_OK && result != NULL)
        tw_descent_result(descent, result);
    tw_descent_close(descent);
    return status;
}
