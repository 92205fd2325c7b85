/* A model's options and its name, copied: what the caller gave may go. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/versioned.h"
#include "study/model_kind.h"
#include "study/study_private.h"

tw_study_model_options tw_study_model_defaults(void) {
    return (tw_study_model_options){.bytes = sizeof(tw_study_model_options),
                                    .data = tw_study_data_defaults()};
}

/* Makes the plan the owner of a copy. */
static void *copy(tw_model_plan *plan, const void *bytes, size_t size, tw_status *status) {
    void *made = *status == TW_OK ? malloc(size > 0 ? size : 1) : NULL;
    if (made == NULL) {
        if (*status == TW_OK)
            *status = tw_fail(TW_ERR_MEMORY, "not enough memory for the options of a model");
        return NULL;
    }
    plan->owned[plan->owned_count++] = made;
    return size > 0 ? memcpy(made, bytes, size) : made; /* bytes may be NULL then */
}

static void copy_text(tw_model_plan *plan, const char **text, tw_status *status) {
    if (*text != NULL)
        *text = copy(plan, *text, strlen(*text) + 1, status);
}

static tw_status copy_all(tw_model_plan *plan) {
    tw_study_model_options *options = &plan->options;
    const char **texts[] = {&options->model,       &options->weights,      &options->init,
                            &options->data.source, &options->data.classes, &options->data.label};
    enum { TEXTS = sizeof texts / sizeof texts[0] };
    tw_status status = TW_OK;
    if (options->settings.count > 0)
        TW_NEED(options->settings.items);
    if (options->at.count > 0)
        TW_NEED(options->at.values);
    plan->owned = calloc(TEXTS + 2 + 2 * options->settings.count, sizeof *plan->owned);
    if (plan->owned == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the options of a model");
    for (size_t k = 0; k < TEXTS; k++)
        copy_text(plan, texts[k], &status);
    if (options->at.count > 0)
        options->at.values =
            copy(plan, options->at.values, options->at.count * sizeof *options->at.values, &status);
    tw_setting *settings =
        copy(plan, options->settings.items, options->settings.count * sizeof *settings, &status);
    for (size_t k = 0; k < options->settings.count && status == TW_OK; k++) {
        if (settings[k].name == NULL || settings[k].text == NULL)
            return tw_fail(TW_ERR_ARGUMENT, "setting %zu has no name or no text", k);
        copy_text(plan, &settings[k].name, &status);
        copy_text(plan, &settings[k].text, &status);
    }
    options->settings.items = settings;
    return status;
}

tw_status tw_model_plan_new(const tw_study_model_options *options, tw_model_plan **out) {
    tw_model_plan *plan = *out = calloc(1, sizeof *plan);
    if (plan == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a model");
    plan->example = TW_UNSET;
    plan->options = tw_study_model_defaults();
    tw_status status =
        TW_TAKE_OVER(tw_study_model_options, tw_study_model_defaults, &plan->options, options);
    if (status == TW_OK)
        status = TW_TAKE_INNER(tw_study_data_options, tw_study_data_defaults, plan->options.data);
    return status == TW_OK ? copy_all(plan) : status;
}

tw_status tw_model_take_name(tw_study_model *model, const tw_objective *objective) {
    model->kind = model->plan->name = strdup(tw_objective_name(objective));
    return model->kind != NULL ? TW_OK : tw_fail(TW_ERR_MEMORY, "not enough memory for a name");
}

void tw_model_plan_free(tw_model_plan *plan) {
    if (plan == NULL)
        return;
    for (size_t k = 0; k < plan->owned_count; k++)
        free(plan->owned[k]);
    free(plan->owned);
    free(plan->mean);
    tw_network_free(plan->network);
    free(plan->name);
    free(plan->moved);
    free(plan);
}
