/* study_steps.c: the loss after one step against the gradient, for many sizes of the step. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/versioned.h"
#include "study/study_private.h"
#include "thalweg/study_gradient.h"
#include "thalweg/study_picture.h"

tw_study_steps_options tw_study_steps_defaults(void) {
    static const double usual[] = {1e-10, 1e-9, 1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1};
    return (tw_study_steps_options){.bytes = sizeof(tw_study_steps_options),
                                    .gradient = tw_study_gradient_defaults(),
                                    .steps = {sizeof usual / sizeof usual[0], usual}};
}

static tw_status evaluate(const tw_study_model *model, tw_study_steps *steps) {
    const double *gradient = steps->gradient->gradient;
    size_t metrics = tw_objective_metrics(model->objective), count = steps->count;
    double *coefficients = NULL, *values = NULL;
    tw_span *span = NULL;
    tw_status status = tw_doubles_new(count, &coefficients);
    if (status == TW_OK)
        status = tw_doubles_new(count * metrics, &values);
    if (status == TW_OK)
        status = tw_span_open(model->objective, model->x, 1, &gradient, TW_SPAN_ROWS, &span);
    for (size_t i = 0; i < count && status == TW_OK; i++)
        coefficients[i] = -steps->steps[i];
    if (status == TW_OK)
        status = tw_span_values(span, count, coefficients, values);
    for (size_t i = 0; i < count && status == TW_OK; i++)
        steps->losses[i] = values[i * metrics];
    tw_span_close(span);
    free(values);
    free(coefficients);
    return status;
}

static size_t best_of(size_t count, const double *losses) {
    size_t best = count;
    for (size_t i = 0; i < count; i++)
        if (isfinite(losses[i]) && (best == count || losses[i] < losses[best]))
            best = i;
    return best;
}

static tw_status tabulate(tw_study_steps *steps) {
    static const char *const names[] = {"step", "loss"};
    tw_status status = tw_table_init(&steps->table, "steps", 2, names);
    if (status == TW_OK)
        status = tw_table_append(&steps->table, (const double[]){0, steps->gradient->loss});
    for (size_t i = 0; i < steps->count && status == TW_OK; i++)
        status =
            tw_table_append(&steps->table, (const double[]){steps->steps[i], steps->losses[i]});
    return status;
}

static tw_status run(const tw_study_model *model, const tw_study_steps_options *o,
                     tw_study_steps *steps) {
    steps->count = o->steps.count;
    tw_status status = tw_doubles_new(steps->count, &steps->steps);
    if (status == TW_OK)
        status = tw_doubles_new(steps->count, &steps->losses);
    if (status == TW_OK)
        status = tw_study_gradient_run(model, &o->gradient, &steps->gradient);
    if (status == TW_OK)
        status = tw_study_gradient_finite(steps->gradient);
    if (status != TW_OK)
        return status;
    memcpy(steps->steps, o->steps.values, steps->count * sizeof *steps->steps);
    status = evaluate(model, steps);
    if (status == TW_OK) {
        steps->best = best_of(steps->count, steps->losses);
        status = tabulate(steps);
    }
    return status;
}

tw_status tw_study_steps_run(const tw_study_model *model, const tw_study_steps_options *options,
                             tw_study_steps **out) {
    *out = NULL;
    TW_NEED(model);
    tw_study_steps_options settled = tw_study_steps_defaults();
    tw_status status =
        TW_TAKE_OVER(tw_study_steps_options, tw_study_steps_defaults, &settled, options);
    if (status == TW_OK)
        status =
            TW_TAKE_INNER(tw_study_gradient_options, tw_study_gradient_defaults, settled.gradient);
    if (status != TW_OK)
        return status;
    if (settled.steps.count > 0)
        TW_NEED(settled.steps.values);
    if (settled.steps.count == 0)
        settled.steps = tw_study_steps_defaults().steps;
    tw_study_steps *steps = calloc(1, sizeof *steps);
    if (steps == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a study of steps");
    steps->bytes = sizeof *steps;
    status = run(model, &settled, steps);
    if (status == TW_OK)
        *out = steps;
    else
        tw_study_steps_free(steps);
    return status;
}

void tw_study_steps_free(tw_study_steps *steps) {
    if (steps == NULL)
        return;
    tw_study_gradient_free(steps->gradient);
    free(steps->steps);
    free(steps->losses);
    tw_table_release(&steps->table);
    free(steps);
}

tw_status tw_study_steps_write(const tw_study_steps *steps, const char *path, const char *picture) {
    TW_NEED(steps);
    tw_provenance provenance = {0};
    tw_status status = tw_study_model_provenance(steps->gradient->model, &provenance);
    if (status == TW_OK && path != NULL)
        status = tw_table_write(path, &steps->table, &provenance);
    if (status == TW_OK && picture != NULL)
        status = tw_study_picture_table(picture, NULL, &steps->table, &provenance);
    tw_provenance_release(&provenance);
    return status;
}
