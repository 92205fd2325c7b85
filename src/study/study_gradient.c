/* study_gradient.c: the gradient at a point by a method with a name. */
#include "thalweg/study_gradient.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/clock.h"
#include "core/versioned.h"
#include "study/model_kind.h"
#include "study/study_private.h"
#include "thalweg/diff.h"

static const char analytic[] = "analytic";

const char *tw_study_gradient_method(size_t index) {
    const char *name = tw_diff_method_name(index);
    if (name != NULL)
        return name;
    return index == 0 || tw_diff_method_name(index - 1) != NULL ? analytic : NULL;
}

tw_study_gradient_options tw_study_gradient_defaults(void) {
    return (tw_study_gradient_options){
        .bytes = sizeof(tw_study_gradient_options), .method = -1, .step = NAN};
}

/* ---- what is asked for ---- */

/* More are differentiated by two evaluations each, not twenty, and of still more the model's own
 * gradient is taken where it has one, unless a method is given. */
enum { MOST_LADDERS = 1000, MOST_DIFFERENCES = 100000 };

static int wants_own(const tw_study_model *model, const tw_study_gradient_options *o) {
    return model->difference_step == 0 && isnan(o->step) &&
           model->size > (size_t)MOST_DIFFERENCES &&
           ((tw_objective_capabilities(model->objective) & TW_CAN_GRADIENT) ||
            tw_model_buffers_anew(model));
}

static int method_analytic(void) {
    int index = 0;
    while (tw_study_gradient_method((size_t)index) != analytic)
        index++;
    return index;
}

static void settle(const tw_study_model *model, tw_study_gradient_options *o) {
    double own = model->difference_step;
    if (o->method < 0 && wants_own(model, o))
        o->method = method_analytic();
    else if (o->method < 0)
        o->method = own > 0                                             ? TW_DIFF_FORWARD
                    : o->step > 0 || model->size > (size_t)MOST_LADDERS ? TW_DIFF_CENTRAL
                                                                        : TW_DIFF_LADDER;
    if (isnan(o->step))
        o->step = own;
}

/* ---- what is told of it ---- */

static int is_held(const tw_objective *objective, size_t i) {
    const double *lower = tw_objective_lower(objective), *upper = tw_objective_upper(objective);
    return lower != NULL && upper != NULL && lower[i] == upper[i];
}

static void measure(tw_study_gradient *result) {
    const tw_study_model *model = result->model;
    const double *gradient = result->gradient;
    double sum = 0, max = 0;
    for (size_t i = 0; i < model->size; i++) {
        double size = fabs(gradient[i]);
        if (!isfinite(size) && !is_held(model->objective, i) && result->unknown++ == 0)
            result->first_unknown = i;
        if (!(size <= max)) /* NaN, too */
            max = size;
    }
    /* in units of the largest: squares of huge entries overflow, those of tiny ones vanish */
    double unit = max > 0 && isfinite(max) ? ldexp(1, ilogb(max)) : 1;
    for (size_t i = 0; i < model->size; i++)
        sum += gradient[i] / unit * (gradient[i] / unit);
    result->norm = unit * sqrt(sum);
    result->max = max;
}

tw_status tw_study_gradient_finite(const tw_study_gradient *result) {
    TW_NEED(result);
    if (result->unknown == 0)
        return TW_OK;
    const char *remedy =
        result->method == analytic ? "the model's own formula gives that"
        : isfinite(result->step) && result->step > 0 &&
                tw_diff_method_find(result->method) <= TW_DIFF_CENTRAL
            ? "the loss is not finite at the step; use --method ladder or a smaller --step"
            : "the loss is not finite beside it";
    return tw_fail(TW_ERR_CALLBACK,
                   "%zu of %zu entries of the gradient are not finite, the first "
                   "at parameter %zu, x = %.9g: %s",
                   result->unknown, result->model->size, result->first_unknown,
                   result->model->x[result->first_unknown], remedy);
}

/* ---- taking it ---- */

static tw_status by_formula(tw_study_gradient *result) {
    const tw_study_model *model = result->model;
    double *values = NULL;
    tw_status status = tw_doubles_new(tw_objective_metrics(model->objective), &values);
    unsigned long long before = tw_objective_evaluations(model->objective);
    double begun = tw_clock_seconds();
    if (status == TW_OK)
        status = tw_objective_gradient(model->objective, model->x, values, result->gradient);
    if (status == TW_OK) {
        result->loss = values[0];
        result->step = NAN;
        result->seconds = tw_clock_seconds() - begun;
        result->evaluations = tw_objective_evaluations(model->objective) - before;
    }
    free(values);
    return status;
}

static tw_status by_differences(const tw_study_gradient_options *o, tw_study_gradient *result) {
    const tw_study_model *model = result->model;
    tw_study_work work = tw_study_work_begin(model->study, "gradient", 0, model->size);
    tw_diff_report report = {0};
    tw_diff_options options = {
        .method = (tw_diff_method)o->method,
        .step = o->step,
        .bars = result->bars,
        .progress = tw_study_work_step,
        .progress_user = &work,
    };
    tw_status status =
        tw_diff_gradient(model->objective, model->x, &options, result->gradient, &report);
    tw_study_work_end(&work);
    result->loss = report.value;
    result->step = report.step;
    result->bar = report.bar;
    result->evaluations = report.evaluations;
    result->seconds = report.seconds;
    return status;
}

static tw_status compute(const tw_study_gradient_options *o, tw_study_gradient *result) {
    result->method = tw_study_gradient_method((size_t)o->method);
    result->bar = NAN;
    if (result->method == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "no method number %d of a gradient", o->method);
    if (result->method == analytic && o->bars)
        return tw_fail(TW_ERR_ARGUMENT,
                       "--bars: the model's own formula has no error bars; use a numerical method");
    tw_status status = result->method == analytic
                           ? tw_model_check_derivatives(result->model, "a gradient")
                           : TW_OK;
    if (status == TW_OK)
        status = tw_doubles_new(result->model->size, &result->gradient);
    if (status == TW_OK && o->bars)
        status = tw_doubles_new(result->model->size, &result->bars);
    if (status == TW_OK)
        status = result->method == analytic ? by_formula(result) : by_differences(o, result);
    return status;
}

tw_status tw_study_gradient_run(const tw_study_model *model,
                                const tw_study_gradient_options *options, tw_study_gradient **out) {
    *out = NULL;
    TW_NEED(model);
    tw_study_gradient_options settled = tw_study_gradient_defaults();
    tw_status status =
        TW_TAKE_OVER(tw_study_gradient_options, tw_study_gradient_defaults, &settled, options);
    if (status != TW_OK)
        return status;
    tw_study_gradient *result = calloc(1, sizeof *result);
    if (result == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a gradient");
    result->bytes = sizeof *result;
    result->model = model;
    settle(model, &settled);
    tw_study_model_say_drawn(model);
    status = compute(&settled, result);
    if (status == TW_OK) {
        measure(result);
        *out = result;
    } else {
        tw_study_gradient_free(result);
    }
    return status;
}

void tw_study_gradient_free(tw_study_gradient *gradient) {
    if (gradient == NULL)
        return;
    free(gradient->gradient);
    free(gradient->bars);
    free(gradient);
}

/* ---- files ---- */

tw_status tw_study_gradient_bars_path(const char *path, char **out) {
    *out = NULL;
    TW_NEED(path);
    size_t length = strlen(path);
    const char *ending = length > 3 && strcmp(path + length - 3, ".h5") == 0    ? ".h5"
                         : length > 4 && strcmp(path + length - 4, ".npy") == 0 ? ".npy"
                                                                                : NULL;
    if (ending == NULL)
        return tw_fail(TW_ERR_ARGUMENT,
                       "--bars: '%s' is not a .npy or .h5 file, beside which the bars could go",
                       path);
    int stem = (int)(length - strlen(ending));
    if (asprintf(out, "%.*s.bars%s", stem, path, ending) < 0) {
        *out = NULL;
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a path");
    }
    return TW_OK;
}

static tw_status write_vector(const tw_study_model *model, const char *path, const double *vector) {
    tw_provenance provenance = {0};
    tw_status status = tw_study_model_provenance(model, &provenance);
    if (status == TW_OK)
        status = tw_weights_write(path, tw_objective_space(model->objective), vector, &provenance);
    tw_provenance_release(&provenance);
    return status;
}

static tw_status write_bars(const tw_study_gradient *gradient, const char *path) {
    char *bars = NULL;
    tw_status status = tw_study_gradient_bars_path(path, &bars);
    if (status == TW_OK)
        status = write_vector(gradient->model, bars, gradient->bars);
    free(bars);
    return status;
}

static size_t largest(size_t count, const double *vector) {
    size_t at = 0;
    for (size_t i = 0; i < count; i++)
        if (fabs(vector[i]) > fabs(vector[at]))
            at = i;
    return at;
}

tw_status tw_study_gradient_write(const tw_study_gradient *gradient, const char *path,
                                  const char *sweep) {
    TW_NEED(gradient);
    const tw_study_model *model = gradient->model;
    tw_status status = TW_OK, next = TW_OK;
    char text[512] = "";
    for (int file = 0; file < 3; file++) {
        if (file == 0 && path != NULL)
            next = write_vector(model, path, gradient->gradient);
        else if (file == 1 && path != NULL && gradient->bars != NULL)
            next = write_bars(gradient, path);
        else if (file == 2 && sweep != NULL)
            next = tw_study_sweep(model, largest(model->size, gradient->gradient), sweep);
        if (next != TW_OK && status == TW_OK) {
            status = next;
            snprintf(text, sizeof text, "%s", tw_message());
        }
    }
    return status == TW_OK ? TW_OK : tw_fail(status, "%s", text);
}
