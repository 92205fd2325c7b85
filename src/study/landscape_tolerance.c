/* How many samples a surface needs for its error bars to be as small as is asked. */
#include <math.h>
#include <stdlib.h>

#include "study/landscape.h"
#include "thalweg/words.h"

enum { SIDE = 9, FIRST_SAMPLES = 256 };

/* Position of the metric of the standard error, or -1. */
static int error_metric(const tw_objective *objective) {
    tw_metric error = *tw_objective_metric(objective, 0);
    error.is_error = 1;
    return tw_objective_metric_find(objective, &error);
}

/* At most SIDE coefficients of the axis, evenly over it, with both ends. */
static size_t coarse(const tw_axis *axis, double *out) {
    size_t count = axis->count < SIDE ? axis->count : SIDE;
    for (size_t k = 0; k < count; k++)
        out[k] = tw_axis_value(axis, count > 1 ? k * (axis->count - 1) / (count - 1) : 0);
    return count;
}

/* The largest standard error over the loss of its point. Points without a finite loss do not
 * count: no number of samples makes them better. */
static double worst_error(const tw_surface *surface) {
    const double *loss = tw_surface_plane(surface, 0), *error = tw_surface_plane(surface, 1);
    double worst = 0;
    for (size_t p = 0; p < surface->nx * surface->ny; p++)
        if (isfinite(loss[p]) && error[p] > 0)
            worst = fmax(worst, error[p] / fabs(loss[p]));
    return worst;
}

static tw_status pilot(const tw_study_landscape_plan *plan, tw_objective *objective,
                       double *worst) {
    static const char *const names[] = {"loss", "error"};
    const int is_plane = plan->plane.rank == 2;
    double xs[SIDE], ys[SIDE];
    const size_t metrics[] = {0, (size_t)error_metric(objective)};
    const tw_survey_options options = {.bytes = sizeof options, .metrics = metrics};
    tw_surface surface;
    size_t nx = coarse(&plan->x, xs), ny = is_plane ? coarse(&plan->y, ys) : 1;
    tw_status status =
        tw_surface_init_coordinates(&surface, nx, xs, ny, is_plane ? ys : NULL, 2, names);
    if (status != TW_OK)
        return status;
    status = tw_survey_run(objective, &plan->plane, &options, &surface);
    if (status == TW_OK)
        *worst = worst_error(&surface);
    tw_surface_release(&surface);
    return status;
}

/* Looks at a coarse grid of the surface's with 256, 512, 1024, ... samples from the first on, until
 * the standard error of every point is at most `tolerance` times its loss, or there are no more.
 * The same for every point of the surface; it depends on the model and its data only. */
static tw_status choose_samples(tw_study_landscape_plan *plan, double tolerance) {
    size_t all = tw_objective_samples(plan->model->objective);
    for (size_t samples = FIRST_SAMPLES; samples < all; samples *= 2) {
        tw_objective *objective = NULL;
        double worst = INFINITY;
        tw_status status = tw_study_model_fewer(plan->model, samples, &objective);
        if (status == TW_OK)
            status = pilot(plan, objective, &worst);
        if (status == TW_OK && worst <= tolerance) {
            tw_study_model_use(plan->model, objective);
            return TW_OK;
        }
        tw_objective_free(objective);
        if (status != TW_OK)
            return status;
    }
    return TW_OK;
}

tw_status tw_landscape_tolerance(tw_study_landscape_plan *plan) {
    const tw_study_landscape_options *options = &plan->options;
    const tw_study_model *model = plan->model;
    const char *text = options->tolerance;
    double tolerance;
    if (!options->errors && text == NULL)
        return TW_OK;
    if (error_metric(model->objective) < 0 || tw_objective_samples(model->objective) < 2)
        return tw_fail(TW_ERR_ARGUMENT, "%s: '%s' has no spread over samples",
                       text != NULL ? "--tolerance" : "--errors", model->kind);
    if (text == NULL)
        return TW_OK;
    tw_status status = tw_text_share("--tolerance", text, &tolerance, NULL);
    if (status == TW_OK && !(tolerance > 0))
        status = tw_fail(TW_ERR_ARGUMENT, "--tolerance: '%s' must be greater than 0", text);
    return status == TW_OK ? choose_samples(plan, tolerance) : status;
}
