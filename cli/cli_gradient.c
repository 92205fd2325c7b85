#include "cli_gradient.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_progress.h"

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

static void measure(size_t count, const double *gradient, gradient_result *result) {
    double sum = 0, max = 0;
    for (size_t i = 0; i < count; i++) {
        double size = fabs(gradient[i]);
        sum += size * size;
        if (!(size <= max)) /* NaN, too */
            max = size;
    }
    result->norm = sqrt(sum);
    result->max = max;
}

static tw_status by_formula(const cli_model *model, double *gradient, gradient_result *result) {
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

tw_status gradient_compute(const cli_context *context, const cli_model *model, int method,
                           double step, double *gradient, double *bars, gradient_result *result) {
    tw_status status;
    memset(result, 0, sizeof *result);
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
        measure(model->size, gradient, result);
    return status;
}
