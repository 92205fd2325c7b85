/* All kinds of model, and which of them is named. */
#include <stdlib.h>
#include <string.h>

#include "study/model_kind.h"

#define IN_LIST(name) &tw_kind_##name,
static const tw_model_kind *const kinds[] = {TW_MODEL_KINDS(IN_LIST)};

enum { KINDS = sizeof kinds / sizeof kinds[0] };

const char *tw_study_model_name(size_t index) {
    for (size_t k = 0; k < KINDS; k++)
        for (size_t i = 0; kinds[k]->names != NULL && kinds[k]->names(i) != NULL; i++)
            if (index-- == 0)
                return kinds[k]->names(i);
    return NULL;
}

/* Moves on by the options of a table; the one at *index if it is among them. */
static const tw_setting_spec *step_over(const tw_setting_spec *table, size_t *index) {
    for (; table != NULL && table->name != NULL; table++)
        if ((*index)-- == 0)
            return table;
    return NULL;
}

/* Settings of models on data, what those share around them, then the others'. */
const tw_setting_spec *tw_study_model_setting(size_t index) {
    const tw_setting_spec *spec = step_over(tw_model_reg_settings, &index);
    for (size_t k = 0; k < KINDS && spec == NULL; k++)
        if (kinds[k]->uses & TW_USES_DATA)
            spec = step_over(kinds[k]->settings, &index);
    if (spec == NULL)
        spec = step_over(tw_model_data_settings, &index);
    for (size_t k = 0; k < KINDS && spec == NULL; k++)
        if (!(kinds[k]->uses & TW_USES_DATA))
            spec = step_over(kinds[k]->settings, &index);
    return spec;
}

int tw_model_setting_known(const char *name) {
    const tw_setting_spec *spec;
    for (size_t k = 0; (spec = tw_study_model_setting(k)) != NULL; k++)
        if (strcmp(spec->name, name) == 0)
            return 1;
    return 0;
}

static int is_named(const tw_model_kind *kind, const char *name) {
    return kind->names != NULL && tw_text_find(name, kind->names) >= 0;
}

static tw_status find_by_text(tw_model_plan *plan) {
    const char *spec = plan->spec;
    char *name = strndup(spec, strcspn(spec, ":"));
    if (name == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a name");
    tw_status status = TW_OK;
    for (size_t k = 0; k < KINDS && plan->kind == NULL; k++)
        if (is_named(kinds[k], name) || (kinds[k]->takes != NULL && kinds[k]->takes(spec)))
            plan->kind = kinds[k];
    if (plan->kind == NULL)
        status = tw_text_unknown("model", name, tw_study_model_name);
    free(name);
    return status;
}

/* The text that says which model, and its kind. */
tw_status tw_model_find_kind(tw_model_plan *plan) {
    plan->spec = plan->options.model;
    for (size_t k = 0; k < KINDS; k++) {
        if (kinds[k]->named_by == NULL || !tw_model_setting_given(plan, kinds[k]->named_by))
            continue;
        if (plan->spec != NULL)
            return tw_fail(TW_ERR_ARGUMENT, "the model is given twice: '%s' and by --%s",
                           plan->spec, kinds[k]->named_by);
        plan->kind = kinds[k];
        plan->spec = tw_model_setting_text(plan, kinds[k]->named_by);
    }
    if (plan->spec == NULL)
        plan->spec = "softmax";
    return plan->kind == NULL ? find_by_text(plan) : TW_OK;
}
