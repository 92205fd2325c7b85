/* cli_gradient.h: the gradient at the model's point by a method with a name. */
#ifndef THALWEG_CLI_GRADIENT_H
#define THALWEG_CLI_GRADIENT_H

#include "cli_model.h"

/* The library's difference methods, and "analytic". */
const char *gradient_method_name(size_t index);

typedef struct gradient_result {
    const char *method;
    double loss;
    double norm, max; /* Euclidean; the largest absolute entry */
    double step;      /* h; NaN for analytic */
    double bar;       /* the largest error bar; NaN if none was taken */
    unsigned long long evaluations;
    double seconds;
} gradient_result;

/* gradient (model->size doubles) by method number `method` with step h (0: the library's choice),
 * and bars of the same size unless NULL. A progress bar is drawn for differences. */
tw_status gradient_compute(const cli_context *context, const cli_model *model, int method,
                           double step, double *gradient, double *bars, gradient_result *result);

#endif
