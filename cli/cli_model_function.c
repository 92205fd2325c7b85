/* The test functions by name (functions.h). */
#include "cli_model_kind.h"

static tw_status open(const cli_context *context, const model_args *args, const char *spec,
                      cli_model *out) {
    tw_status status = tw_function_new(spec, context->runner, &out->objective);
    if (status == TW_OK)
        out->kind = tw_objective_name(out->objective);
    return status;
}

static int domain(const cli_model *model, double *lower, double *upper) {
    return tw_function_domain(model->kind, model->size, lower, upper) == TW_OK;
}

const model_kind model_function = {
    .noun = "a function",
    .names = tw_function_name,
    .open = open,
    .domain = domain,
};
