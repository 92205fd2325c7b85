/* The test functions by name (functions.h). */
#include "study/model_kind.h"
#include "thalweg/functions.h"

static tw_status open(tw_study_model *model) {
    tw_status status = tw_function_new(model->plan->spec, model->study->runner, &model->objective);
    if (status == TW_OK)
        status = tw_model_take_name(model, model->objective);
    return status;
}

static int domain(const tw_study_model *model, double *lower, double *upper) {
    return tw_function_domain(model->kind, model->size, lower, upper) == TW_OK;
}

const tw_model_kind tw_kind_function = {
    .noun = "a function",
    .built_in = 1,
    .names = tw_function_name,
    .open = open,
    .domain = domain,
};
