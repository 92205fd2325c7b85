/* A model that is an objective of the caller's: it has no name that could open it. */
#include <stdlib.h>
#include <string.h>

#include "core/versioned.h"
#include "study/finite.h"
#include "study/model_kind.h"

/* The plan has copies of the keys and texts as settings, which are of no use to it otherwise. */
static tw_status provenance(const tw_study_model *model, tw_provenance *out) {
    const tw_settings *says = &model->plan->options.settings;
    size_t samples = tw_objective_samples(model->objective);
    tw_status status = samples > 0 ? tw_provenance_add(out, "samples", "%zu", samples) : TW_OK;
    for (size_t k = 0; k < says->count && status == TW_OK; k++)
        status = tw_provenance_add(out, says->items[k].name, "%s", says->items[k].text);
    return status;
}

/* By whether one loss takes long, which is asked of the kind. */
static const tw_model_kind kinds[] = {
    {.noun = "a function", .provenance = provenance},
    {.noun = "a function", .provenance = provenance, .costly = 1},
};

static tw_status take_plan(const tw_study_model_own *own, tw_model_plan **out) {
    tw_study_model_options options = tw_study_model_defaults();
    options.model = own->name;
    options.settings = own->says;
    tw_status status = tw_model_plan_new(&options, out);
    if (status != TW_OK)
        return status;
    tw_model_plan *plan = *out;
    plan->kind = &kinds[own->costly != 0];
    plan->spec = plan->options.model;
    plan->fewer = own->fewer;
    plan->test = own->test;
    plan->own_user = own->user;
    const char *init = own->init != NULL ? own->init : "given";
    if (own->x != NULL && (plan->moved = strdup(init)) == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a text");
    return TW_OK;
}

static tw_status take_point(const double *given, const tw_objective *objective,
                            tw_study_model *model) {
    const double *x = given != NULL ? given : tw_objective_start(objective);
    model->size = tw_objective_size(objective);
    tw_status status = tw_doubles_new(model->size, &model->x);
    for (size_t i = 0; i < model->size && status == TW_OK; i++)
        model->x[i] = x != NULL ? x[i] : 0;
    return status == TW_OK ? tw_study_check_finite("the point: parameter", model->size, model->x)
                           : status;
}

static tw_status fill(tw_objective *objective, const tw_study_model_own *own,
                      tw_study_model *model) {
    tw_status status = take_plan(own, &model->plan);
    if (status == TW_OK)
        status = take_point(own->x, objective, model);
    if (status == TW_OK && model->plan->spec == NULL) {
        status = tw_model_take_name(model, objective);
        model->plan->spec = model->kind;
    }
    if (status != TW_OK)
        return status;
    model->kind = model->plan->spec;
    model->split = tw_split_name(TW_SPLIT_TRAIN);
    model->point_given = model->point_known = own->x != NULL;
    model->objective = objective;
    return TW_OK;
}

tw_status tw_study_model_of(const tw_study *study, tw_objective *objective,
                            const tw_study_model_own *given, tw_study_model **out) {
    tw_study_model_own own;
    *out = NULL;
    TW_NEED(objective);
    tw_status status = TW_TAKE(tw_study_model_own, fewer, &own, given);
    if (status != TW_OK)
        return status;
    tw_study_model *model = calloc(1, sizeof *model);
    if (model == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a model");
    model->bytes = sizeof *model;
    status = tw_study_take(study, &model->study);
    if (status == TW_OK)
        status = fill(objective, &own, model);
    if (status == TW_OK)
        *out = model;
    else
        tw_study_model_free(model); /* the objective is not in it yet: it stays the caller's */
    return status;
}
