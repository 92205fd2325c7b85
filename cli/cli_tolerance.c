#include "cli_tolerance.h"

#include <math.h>
#include <stdlib.h>

#include "cli_model.h"

enum { SIDE = 9, FIRST_SAMPLES = 256 };

int tolerance_metric(const tw_objective *objective) {
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

static tw_status pilot(tw_objective *objective, const tw_axis *x, const tw_axis *y,
                       const tw_plane *plane, double *worst) {
    static const char *const names[] = {"loss", "error"};
    double xs[SIDE], ys[SIDE];
    const size_t metrics[] = {0, (size_t)tolerance_metric(objective)};
    const tw_survey_options options = {.metrics = metrics};
    tw_surface surface;
    size_t nx = coarse(x, xs), ny = plane->rank == 2 ? coarse(y, ys) : 1;
    tw_status status =
        tw_surface_init_coordinates(&surface, nx, xs, ny, plane->rank == 2 ? ys : NULL, 2, names);
    if (status != TW_OK)
        return status;
    status = tw_survey_run(objective, plane, &options, &surface);
    if (status == TW_OK)
        *worst = worst_error(&surface);
    tw_surface_release(&surface);
    return status;
}

tw_status tolerance_apply(double tolerance, const tw_axis *x, const tw_axis *y,
                          const tw_plane *plane, tw_study_model *model) {
    size_t all = tw_objective_samples(model->objective);
    for (size_t samples = FIRST_SAMPLES; samples < all; samples *= 2) {
        tw_objective *objective = NULL;
        double worst = INFINITY;
        tw_status status = tw_study_model_fewer(model, samples, &objective);
        if (status == TW_OK)
            status = pilot(objective, x, y, plane, &worst);
        if (status == TW_OK && worst <= tolerance) {
            tw_study_model_use(model, objective);
            return TW_OK;
        }
        tw_objective_free(objective);
        if (status != TW_OK)
            return status;
    }
    return TW_OK;
}
