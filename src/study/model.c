/* From words to a model: what is done with all of them. The kinds are in model_<kind>.c. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/data.h"
#include "study/model_kind.h"
#include "study/study_private.h"
#include "thalweg/json.h"

/* ---- what is given ---- */

/* What means nothing to the kind is refused, not passed over. */
static tw_status check_options(const tw_model_plan *plan) {
    const tw_study_model_options *options = &plan->options;
    const tw_study_data_options *data = &options->data;
    const struct {
        const char *option;
        int given;
    } of_data[] = {
        {"data", data->source != NULL},     {"split", data->split >= 0},
        {"limit", data->limit != TW_UNSET}, {"classes", data->classes != NULL},
        {"label", data->label != NULL},     {"labels-from", data->labels_from >= 0},
        {"decimal", data->decimal >= 0},    {"channels", data->channels_last >= 0},
        {"size", data->size != NULL},       {"color", data->color >= 0},
    };
    int with_weights = options->weights != NULL, with_at = options->at.count > 0;
    if ((with_weights || with_at) && (options->init != NULL || (with_weights && with_at)))
        return tw_fail(TW_ERR_ARGUMENT, "--%s and --%s cannot be used together",
                       with_weights ? "weights" : "at", options->init != NULL ? "init" : "at");
    for (size_t i = 0; i < sizeof of_data / sizeof of_data[0]; i++)
        if (of_data[i].given && !(plan->kind->uses & TW_USES_DATA))
            return tw_fail(TW_ERR_ARGUMENT, "--%s: '%s' is %s, which does not use it",
                           of_data[i].option, plan->spec, plan->kind->noun);
    for (size_t k = 0; k < options->settings.count; k++)
        if (!tw_model_setting_known(options->settings.items[k].name))
            return tw_fail(TW_ERR_ARGUMENT, "no model has a setting '%s'",
                           options->settings.items[k].name);
    return tw_model_settings_check(plan);
}

/* ---- opening ---- */

/* What others ask of the plan. */
static void tell(tw_study_model *model) {
    const tw_model_plan *plan = model->plan;
    const tw_study_model_options *options = &plan->options;
    model->split = tw_split_name((size_t)tw_study_data_split(&options->data));
    model->point_known = options->weights != NULL || options->at.count > 0;
    model->point_given = model->point_known || options->init != NULL;
    model->example = plan->example != TW_UNSET;
    model->reg = plan->kind->uses & TW_USES_REG ? tw_model_setting_number(plan, "reg") : 0;
    model->step = plan->kind->step;
    model->entry_step = plan->kind->entry_step;
    model->difference_step = plan->kind->difference_step;
}

static tw_status open_plan(tw_study_model *model) {
    tw_model_plan *plan = model->plan;
    tw_status status = tw_model_find_kind(plan);
    if (status == TW_OK)
        status = check_options(plan);
    if (status != TW_OK)
        return status;
    plan->example = tw_model_setting_size(plan, "example");
    tell(model);
    status = plan->kind->open(model);
    return status == TW_OK ? tw_model_set_point(model) : status;
}

tw_status tw_study_model_open(const tw_study *study, const tw_study_model_options *options,
                              tw_study_model **out) {
    tw_study_model *model = calloc(1, sizeof *model);
    *out = NULL;
    if (model == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a model");
    model->bytes = sizeof *model;
    tw_status status = tw_study_take(study, &model->study);
    if (status == TW_OK)
        status = tw_model_plan_new(options, &model->plan);
    if (status == TW_OK)
        status = open_plan(model);
    if (status == TW_OK)
        *out = model;
    else
        tw_study_model_free(model);
    return status;
}

int tw_study_model_built_in(const tw_study_model_options *options) {
    tw_model_plan *plan = NULL;
    tw_status status = tw_model_plan_new(options, &plan);
    if (status == TW_OK)
        status = tw_model_find_kind(plan);
    int built_in = status == TW_OK && plan->kind->built_in;
    if (status != TW_OK)
        tw_message_clear();
    tw_model_plan_free(plan);
    return built_in;
}

void tw_study_model_free(tw_study_model *model) {
    if (model == NULL)
        return;
    tw_objective_free(model->objective);
    tw_dataset_free(model->data);
    free(model->x);
    tw_model_plan_free(model->plan);
    free(model);
}

/* ---- the same on other samples ---- */

tw_status tw_study_model_test(const tw_study_model *model, tw_dataset **data,
                              tw_objective **objective) {
    *data = NULL;
    *objective = NULL;
    TW_NEED(model);
    tw_study_data_options test = model->plan->options.data;
    test.split = TW_SPLIT_TEST;
    test.limit = TW_UNSET;
    if (model->plan->test != NULL)
        return model->plan->test(model->plan->own_user, objective);
    if (model->data == NULL)
        return TW_OK;
    tw_status status = tw_study_data_open(model->study, &test, data);
    if (tw_study_data_absent(status)) {
        tw_study_say(model->study, "no test data: %s", tw_message());
        tw_message_clear();
        return TW_OK;
    }
    if (status == TW_OK)
        status = model->plan->kind->make(model, *data, 0, 0, objective);
    if (status != TW_OK) {
        tw_dataset_free(*data);
        *data = NULL;
    }
    return status;
}

tw_status tw_study_model_fewer(const tw_study_model *model, size_t samples,
                               tw_objective **objective) {
    *objective = NULL;
    TW_NEED(model);
    if (model->plan->fewer != NULL)
        return model->plan->fewer(model->plan->own_user, samples, objective);
    if (model->data == NULL)
        return tw_fail(TW_ERR_UNSUPPORTED, "'%s' needs no data, and has no samples", model->kind);
    return model->plan->kind->make(model, model->data, 0, samples, objective);
}

void tw_study_model_use(tw_study_model *model, tw_objective *objective) {
    tw_objective_free(model->objective);
    model->objective = objective;
}

/* ---- what a kind knows ---- */

double tw_study_model_chance(const tw_study_model *model) {
    const tw_model_kind *kind = model->plan->kind;
    return kind->chance != NULL ? kind->chance(model) : NAN;
}

int tw_study_model_domain(const tw_study_model *model, double *lower, double *upper) {
    const tw_model_kind *kind = model->plan->kind;
    return kind->domain != NULL && kind->domain(model, lower, upper);
}

int tw_model_buffers_stay(const tw_study_model *model) {
    const tw_model_kind *kind = model->plan->kind;
    return kind->buffers_stay != NULL && kind->buffers_stay(model);
}

int tw_model_buffers_anew(const tw_study_model *model) {
    const tw_model_kind *kind = model->plan->kind;
    return kind->buffers_anew != NULL && kind->buffers_anew(model);
}

tw_status tw_model_check_derivatives(const tw_study_model *model, const char *what) {
    return tw_model_buffers_anew(model)
               ? tw_fail(TW_ERR_ARGUMENT,
                         "--bn reestimated gives values and no derivatives, which %s needs; --bn "
                         "frozen has them",
                         what)
               : TW_OK;
}

/* ---- provenance ---- */

/* What only a model on data has. */
static tw_status data_provenance(const tw_study_model *model, tw_provenance *provenance) {
    char number[32];
    const tw_model_plan *plan = model->plan;
    const char *classes = plan->options.data.classes;
    tw_status status = tw_provenance_add(provenance, "data", "%s", model->source);
    if (status == TW_OK)
        status = tw_provenance_add(provenance, "split", "%s", model->split);
    if (status == TW_OK && classes != NULL)
        status = tw_provenance_add(provenance, "classes", "%s", classes);
    if (status == TW_OK && (plan->kind->uses & TW_USES_REG))
        status = tw_provenance_add(provenance, "reg", "%s",
                                   tw_shortest(model->reg, number, sizeof number));
    if (status == TW_OK)
        status =
            tw_provenance_add(provenance, "data_hash", "%016" PRIx64, tw_dataset_hash(model->data));
    if (status == TW_OK)
        status =
            tw_provenance_add(provenance, "samples", "%zu", tw_objective_samples(model->objective));
    if (status == TW_OK && plan->example != TW_UNSET)
        status = tw_provenance_add(provenance, "example", "%zu", plan->example);
    return status;
}

static tw_status at_provenance(const tw_numbers *at, tw_provenance *provenance) {
    char *text = NULL, number[32];
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    for (size_t k = 0; stream != NULL && k < at->count; k++)
        fprintf(stream, "%s%s", k > 0 ? "," : "",
                tw_shortest(at->values[k], number, sizeof number));
    tw_status status = stream != NULL && fclose(stream) == 0 && text != NULL
                           ? tw_provenance_add(provenance, "at", "%s", text)
                           : tw_fail(TW_ERR_MEMORY, "not enough memory for a text");
    free(text);
    return status;
}

tw_status tw_study_model_provenance(const tw_study_model *model, tw_provenance *provenance) {
    TW_NEED(model);
    const tw_model_plan *plan = model->plan;
    const tw_study_model_options *options = &plan->options;
    tw_status status = tw_study_provenance(model->study, provenance);
    if (status == TW_OK)
        status = tw_provenance_add(provenance, "model", "%s", model->kind);
    if (status == TW_OK && plan->moved == NULL && options->weights != NULL)
        status = tw_provenance_add(provenance, "weights", "%s", options->weights);
    else if (status == TW_OK && plan->moved == NULL && options->at.count > 0)
        status = at_provenance(&options->at, provenance);
    else if (status == TW_OK)
        status = tw_provenance_add(provenance, "init", "%s", tw_model_init(model));
    if (status == TW_OK && model->data != NULL)
        status = data_provenance(model, provenance);
    if (status == TW_OK && plan->kind->provenance != NULL)
        status = plan->kind->provenance(model, provenance);
    return status;
}
