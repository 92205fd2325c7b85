#include "cli_gradient.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_model.h"
#include "report/cli_progress.h"

/* The library's list, ended by the first number whose name does not lead back to it. */
static const char *difference_name(size_t index) {
    const char *name = index < 64 ? tw_diff_method_name((tw_diff_method)index) : NULL;
    return name != NULL && tw_diff_method_find(name) == (int)index ? name : NULL;
}

static const char analytic[] = "analytic";

const char *gradient_method_name(size_t index) {
    const char *name = difference_name(index);
    if (name != NULL)
        return name;
    return index == 0 || difference_name(index - 1) != NULL ? analytic : NULL;
}

/* More are differentiated by two evaluations each, not twenty, unless a method is given. */
enum { MOST_LADDERS = 1000 };

const char gradient_method_shown[] =
    "forward for softmax and svm; else ladder, with --step or more than 1,000 parameters central";
const char gradient_step_shown[] = "1e-5 for softmax and svm, else 0";

static void settle(const tw_study_model *model, int *method, double *step) {
    double own = model->difference_step;
    if (*method < 0)
        *method = own > 0                                           ? TW_DIFF_FORWARD
                  : *step > 0 || model->size > (size_t)MOST_LADDERS ? TW_DIFF_CENTRAL
                                                                    : TW_DIFF_LADDER;
    if (isnan(*step))
        *step = own;
}

static int is_held(const tw_objective *objective, size_t i) {
    const double *lower = tw_objective_lower(objective), *upper = tw_objective_upper(objective);
    return lower != NULL && upper != NULL && lower[i] == upper[i];
}

static void measure(const tw_study_model *model, const double *gradient, gradient_result *result) {
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

tw_status gradient_check(const tw_study_model *model, const gradient_result *result) {
    if (result->unknown == 0)
        return TW_OK;
    const char *remedy = result->method == analytic ? "the model's own formula gives that"
                         : isfinite(result->step) && result->step > 0 &&
                                 tw_diff_method_find(result->method) <= TW_DIFF_CENTRAL
                             ? "the loss is not finite at the step; take --method ladder or a "
                               "smaller --step"
                             : "the loss is not finite beside it";
    return tw_fail(TW_ERR_CALLBACK,
                   "%zu of %zu entries of the gradient are not finite, the first "
                   "at parameter %zu, x = %.9g: %s",
                   result->unknown, model->size, result->first_unknown,
                   model->x[result->first_unknown], remedy);
}

static tw_status by_formula(const tw_study_model *model, double *gradient,
                            gradient_result *result) {
    double *values = NULL;
    tw_status status = doubles_new(tw_objective_metrics(model->objective), &values);
    unsigned long long before = tw_objective_evaluations(model->objective);
    double begun = clock_seconds();
    if (status == TW_OK)
        status = tw_objective_gradient(model->objective, model->x, values, gradient);
    if (status == TW_OK) {
        result->loss = values[0];
        result->step = NAN;
        result->seconds = clock_seconds() - begun;
        result->evaluations = tw_objective_evaluations(model->objective) - before;
    }
    free(values);
    return status;
}

tw_status gradient_compute(const cli_context *context, const tw_study_model *model, int method,
                           double step, double *gradient, double *bars, gradient_result *result) {
    tw_status status;
    memset(result, 0, sizeof *result);
    settle(model, &method, &step);
    result->method = gradient_method_name((size_t)method);
    result->bar = NAN;
    if (result->method == analytic && bars != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "--bars: the model's own formula has no error bars; take a "
                                        "numerical method");
    if (result->method == analytic) {
        status = by_formula(model, gradient, result);
    } else {
        progress_bar bar = progress_begin(context, "gradient");
        tw_diff_report report = {0};
        tw_diff_options options = {
            .method = (tw_diff_method)method,
            .step = step,
            .bars = bars,
            .progress = progress_step,
            .progress_user = &bar,
        };
        status = tw_diff_gradient(model->objective, model->x, &options, gradient, &report);
        progress_end(&bar);
        result->loss = report.value;
        result->step = report.step;
        result->bar = report.bar;
        result->evaluations = report.evaluations;
        result->seconds = report.seconds;
    }
    if (status == TW_OK)
        measure(model, gradient, result);
    return status;
}
