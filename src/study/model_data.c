/* What kinds of model on data share: the data prepared, and the objective on them. */
#include "study/data.h"
#include "study/model_kind.h"

tw_status tw_model_open_data(tw_study_model *model) {
    tw_model_plan *plan = model->plan;
    model->source = tw_study_data_source(&plan->options.data);
    tw_status status =
        plan->kind->uses & TW_USES_RAW
            ? tw_study_data_raw(model->study, &plan->options.data, &model->data)
            : tw_study_data_centred(model->study, &plan->options.data, &model->data, &plan->mean,
                                    plan->kind->divides ? &plan->deviation : NULL);
    if (status != TW_OK)
        return status;
    size_t samples = tw_dataset_samples(model->data);
    if (plan->example == TW_UNSET || plan->example < samples)
        return TW_OK;
    return tw_fail(TW_ERR_ARGUMENT, "--example: %zu is out of range, '%s' has samples 0 to %zu",
                   plan->example, model->source, samples - 1);
}

tw_status tw_model_make(tw_study_model *model) {
    const tw_model_plan *plan = model->plan;
    int one = plan->example != TW_UNSET;
    return plan->kind->make(model, model->data, one ? plan->example : 0, one ? 1 : 0,
                            &model->objective);
}
