#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "study/model_kind.h"
#include "study/training_private.h"

static int goes_by_batches(const tw_study_model *model) {
    return (tw_objective_capabilities(model->objective) & TW_CAN_SAMPLE_GRADIENT) &&
           tw_objective_samples(model->objective) > 0;
}

const char *tw_training_method(const tw_study_model *model, int by_steps) {
    if (goes_by_batches(model))
        return "sgd";
    if (!(tw_objective_capabilities(model->objective) & TW_CAN_GRADIENT))
        return "local-search";
    return by_steps || tw_optimizer_find("lbfgs") == NULL ? "gd" : "lbfgs";
}

static double size_of_point(const tw_study_model *model) {
    double sum = 0;
    for (size_t i = 0; i < model->size; i++)
        sum += model->x[i] * model->x[i];
    sum = sqrt(sum / (double)model->size);
    return sum > 0 && isfinite(sum) ? sum : 1;
}

static int keep_step(void *user, const tw_optim_report *report) {
    *(double *)user = report->step;
    return 0;
}

/* The step of a line search at the start; 0 where it finds none, or there is no gradient. */
static tw_status find_first_step(const tw_study_model *model, double *step) {
    *step = 0;
    if (!(tw_objective_capabilities(model->objective) & TW_CAN_GRADIENT))
        return TW_OK;
    double *x = malloc(model->size * sizeof *x);
    if (x == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu parameters", model->size);
    memcpy(x, model->x, model->size * sizeof *x);
    const tw_optim_options options = {.bytes = sizeof options,
                                      .iterations = 1,
                                      .line_search = 1,
                                      .report = keep_step,
                                      .user = step};
    tw_status status = tw_optim_run(tw_optimizer_find("gd"), model->objective, x, &options, NULL);
    free(x);
    return status;
}

/* What moves of a point, or of a gradient there; x NULL: of a point whose entries are all 1. */
static double size_that_moves(const tw_space *space, const double *x) {
    double sum = 0;
    for (size_t k = 0; k < tw_space_blocks(space); k++) {
        const tw_block *block = tw_space_block(space, k);
        for (size_t i = 0; i < block->count && tw_block_moves(block); i++)
            sum += x != NULL ? x[block->offset + i] * x[block->offset + i] : 1;
    }
    return sqrt(sum);
}

/* No longer than what moves parameters of that size by SHARE of it along the gradient. */
static tw_status keep_below(const tw_study_model *model, tw_objective *objective, double size,
                            double *step) {
    static const double SHARE = 0.01;
    double *gradient = NULL;
    tw_status status = tw_doubles_new(model->size, &gradient);
    if (status == TW_OK)
        status = tw_objective_gradient(objective, model->x, NULL, gradient);
    if (status == TW_OK) {
        double most =
            SHARE * size / size_that_moves(tw_objective_space(model->objective), gradient);
        if (most > 0 && most < *step)
            *step = most;
    }
    free(gradient);
    return status;
}

/* What a line search finds along the gradient of all samples is too long for those of batches, one
 * after the other. */
static tw_status keep_for_batches(const tw_study_model *model, double *step) {
    const tw_space *space = tw_objective_space(model->objective);
    double size = size_that_moves(space, model->x);
    return keep_below(model, model->objective, size > 0 ? size : size_that_moves(space, NULL),
                      step);
}

static tw_status step_of_function(const tw_study_model *model, const tw_optimizer *optimizer,
                                  double mu, tw_optim_options *options) {
    const tw_optim_options *usual = tw_optimizer_defaults(optimizer);
    double adam = tw_optimizer_default_step(tw_optimizer_find("adam"));
    if (tw_optimizer_needs(optimizer) == 0) {
        int draws = strcmp(tw_optimizer_name(optimizer), "random-search") == 0;
        options->step = size_of_point(model) * (draws ? 1 : 0.1);
    } else if (usual->epsilon > 0) {
        options->step = size_of_point(model) * 0.01 * usual->step / adam;
    } else if (strcmp(tw_optimizer_name(optimizer), "gd") == 0 &&
               options->schedule == TW_SCHEDULE_CONSTANT) {
        options->line_search = 1;
    } else {
        tw_status status = find_first_step(model, &options->step);
        if (status == TW_OK && options->step > 0 && goes_by_batches(model))
            status = keep_for_batches(model, &options->step);
        options->step *= 1 - mu;
        return status;
    }
    return TW_OK;
}

/* The gradient of a network on few samples tells by orders of magnitude how far its usual step
 * would go: that of a network whose weights are drawn is a thousand times that of a trained one. */
static tw_status step_of_network(const tw_study_model *model, double *step) {
    enum { FEW = 256 };
    size_t samples = tw_objective_samples(model->objective);
    tw_objective *few = NULL;
    *step = model->step;
    if (!(tw_objective_capabilities(model->objective) & TW_CAN_GRADIENT))
        return TW_OK;
    tw_status status = tw_study_model_fewer(model, samples < FEW ? samples : FEW, &few);
    if (status == TW_OK)
        status = keep_below(model, few,
                            size_that_moves(tw_objective_space(model->objective), model->x), step);
    tw_objective_free(few);
    return status;
}

tw_status tw_study_training_step(const tw_study_model *model, const tw_optimizer *optimizer,
                                 tw_optim_options *options) {
    const tw_optim_options *usual = tw_optimizer_defaults(optimizer);
    double mu = options->momentum > 0 && usual->momentum > 0 ? options->momentum : usual->momentum;
    if (usual->step == 0 || options->line_search)
        return TW_OK;
    if (!(mu < 1))
        mu = 0; /* which is refused later */
    if (model->data == NULL)
        return step_of_function(model, optimizer, mu, options);
    if (tw_optimizer_needs(optimizer) == 0 || model->step == 0)
        return TW_OK;
    double step = model->step;
    tw_status status = TW_OK;
    if (usual->epsilon > 0)
        options->step =
            model->entry_step * usual->step / tw_optimizer_default_step(tw_optimizer_find("adam"));
    else if (model->plan->kind->costly)
        status = step_of_network(model, &step);
    if (usual->epsilon <= 0)
        options->step = step * (1 - mu);
    return status;
}
