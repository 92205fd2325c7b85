/* The point of a model: given, read, its own start, or drawn. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "study/model_kind.h"
#include "study/study_private.h"
#include "study/weights_like.h"
#include "thalweg/rng.h"

tw_status tw_study_model_draw(const tw_study *study, const char *init, size_t count, double *x) {
    double scale;
    TW_NEED(init);
    TW_NEED(x);
    tw_status status = tw_study_take(study, &study);
    if (status != TW_OK)
        return status;
    if (strcmp(init, "zero") == 0) {
        memset(x, 0, count * sizeof *x);
        return TW_OK;
    }
    if (strncmp(init, "normal:", 7) != 0)
        return tw_fail(TW_ERR_ARGUMENT, "--init: '%s' is neither 'normal:SCALE' nor 'zero'", init);
    status = tw_text_number("--init", init + 7, &scale);
    if (status != TW_OK)
        return status;
    tw_rng_fill_normal(study->seed, tw_rng_stream("init"), 0, count, x);
    for (size_t i = 0; i < count; i++)
        x[i] *= scale;
    return TW_OK;
}

/* Whether the point is the objective's own start: asked for, or nothing else is. */
static int is_standard(const tw_study_model *model) {
    const char *init = model->plan->options.init, *own = model->plan->kind->standard_init;
    const tw_study_model_options *given = &model->plan->options;
    if (given->weights != NULL || given->at.count > 0 ||
        tw_objective_start(model->objective) == NULL)
        return 0;
    return init == NULL || strcmp(init, "standard") == 0 || (own != NULL && strcmp(init, own) == 0);
}

const char *tw_model_init(const tw_study_model *model) {
    const tw_model_plan *plan = model->plan;
    const char *standard = plan->kind->standard_init, *drawn = plan->kind->drawn_init;
    if (plan->moved != NULL)
        return plan->moved;
    if (is_standard(model))
        return standard != NULL ? standard : "standard";
    return plan->options.init != NULL ? plan->options.init : drawn != NULL ? drawn : "normal:1e-4";
}

void tw_study_model_say_drawn(const tw_study_model *model) {
    const tw_model_plan *plan = model->plan;
    if (plan->network != NULL && !model->point_given && plan->moved == NULL)
        tw_study_say(model->study,
                     "note: without --weights those of %s are drawn (--seed %" PRIu64
                     "): it is not trained",
                     model->kind, model->study->seed);
}

/* A point that nobody chose is moved inside the bounds: as far from the nearer one as it was drawn
 * from 0, and no further than the middle. */
static void move_inside(tw_study_model *model) {
    const double *lower = tw_objective_lower(model->objective);
    const double *upper = tw_objective_upper(model->objective);
    for (size_t i = 0; i < model->size; i++) {
        double least = lower != NULL ? lower[i] : -INFINITY;
        double most = upper != NULL ? upper[i] : INFINITY;
        double from = fmin(fabs(model->x[i]), (most - least) / 2);
        if (model->x[i] < least)
            model->x[i] = least + from;
        else if (model->x[i] > most)
            model->x[i] = most - from;
    }
}

tw_status tw_model_set_point(tw_study_model *model) {
    const tw_study_model_options *options = &model->plan->options;
    model->size = tw_objective_size(model->objective);
    tw_status status = tw_doubles_new(model->size, &model->x);
    if (status != TW_OK)
        return status;
    if (options->weights != NULL)
        return tw_study_weights_read(options->weights, tw_objective_space(model->objective),
                                     model->x);
    if (options->at.count > 0) {
        if (options->at.count != model->size)
            return tw_fail(TW_ERR_ARGUMENT, "--at: %zu numbers, and '%s' has %zu parameters",
                           options->at.count, model->kind, model->size);
        memcpy(model->x, options->at.values, model->size * sizeof *model->x);
        return TW_OK;
    }
    if (!is_standard(model)) {
        status = tw_study_model_draw(model->study, tw_model_init(model), model->size, model->x);
        if (status == TW_OK && options->init == NULL)
            move_inside(model);
        return status;
    }
    memcpy(model->x, tw_objective_start(model->objective), model->size * sizeof *model->x);
    return TW_OK;
}

tw_status tw_study_model_move(tw_study_model *model, const double *x, const char *init) {
    TW_NEED(model);
    TW_NEED(x);
    TW_NEED(init);
    char *text = strdup(init);
    if (text == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a text");
    free(model->plan->moved);
    model->plan->moved = text;
    memmove(model->x, x, model->size * sizeof *x);
    return TW_OK;
}
