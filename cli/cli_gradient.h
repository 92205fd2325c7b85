/* cli_gradient.h: the gradient at the model's point by a method with a name. */
#ifndef THALWEG_CLI_GRADIENT_H
#define THALWEG_CLI_GRADIENT_H

#include "cli_model.h"

/* The library's difference methods, and "analytic". */
const char *gradient_method_name(size_t index);
/* What help says where method or step are not given. */
extern const char gradient_method_shown[], gradient_step_shown[];

typedef struct gradient_result {
    const char *method;
    double loss;
    double norm, max;              /* Euclidean; the largest absolute entry */
    double step;                   /* h; NaN for analytic */
    double bar;                    /* the largest error bar; NaN if none was taken */
    size_t unknown, first_unknown; /* entries that are not finite, without those that bounds hold */
    unsigned long long evaluations;
    double seconds;
} gradient_result;

/* gradient (model->size doubles) by method number `method` with step h (0: the library's choice),
 * and bars of the same size unless NULL. A progress bar is drawn for differences. A method of -1 is
 * the kind's own, else the ladder, or central where a step is given or the parameters are many; a
 * step of NaN the kind's own, else the library's choice. */
tw_status gradient_compute(const cli_context *context, const tw_study_model *model, int method,
                           double step, double *gradient, double *bars, gradient_result *result);

/* An error where entries are not finite. */
tw_status gradient_check(const tw_study_model *model, const gradient_result *result);

#endif
