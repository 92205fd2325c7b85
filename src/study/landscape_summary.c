/* What came out of a landscape, summed up. */
#include <math.h>

#include "study/landscape.h"

static void sum_up(const tw_surface *surface, tw_study_landscape_summary *summary) {
    const double *loss = tw_surface_plane(surface, 0);
    summary->points = surface->nx * surface->ny;
    summary->minimum = summary->maximum = NAN;
    summary->minimum_x = summary->minimum_y = NAN;
    for (size_t i = 0; i < summary->points; i++) {
        if (!isfinite(loss[i])) {
            summary->not_finite++;
            continue;
        }
        if (surface->computed[i] != 1) /* no minimum is interpolated */
            continue;
        if (!(loss[i] <= summary->maximum))
            summary->maximum = isnan(summary->maximum) ? loss[i] : fmax(summary->maximum, loss[i]);
        if (isnan(summary->minimum) || loss[i] < summary->minimum) {
            summary->minimum = loss[i];
            summary->minimum_x = surface->x[i % surface->nx];
            summary->minimum_y = surface->y != NULL ? surface->y[i / surface->nx] : 0;
        }
    }
}

/* The largest standard error over its loss. */
static double worst_error(const tw_surface *surface) {
    tw_metric error = surface->metric[0];
    double worst = NAN;
    error.is_error = 1;
    int metric = tw_surface_metric_find(surface, &error);
    const double *loss = tw_surface_plane(surface, 0);
    for (size_t p = 0; metric >= 0 && p < surface->nx * surface->ny; p++)
        if (isfinite(loss[p]))
            worst = fmax(worst, tw_surface_plane(surface, (size_t)metric)[p] / fabs(loss[p]));
    return worst;
}

const double *tw_landscape_center(const tw_surface *surface, const double at[2]) {
    for (size_t i = 0; i < surface->nx * surface->ny; i++)
        if (surface->x[i % surface->nx] == at[0] &&
            (surface->y == NULL || surface->y[i / surface->nx] == at[1]))
            return tw_surface_plane(surface, 0) + i;
    return NULL;
}

/* Whether the centre of the surface, computed as its points are, is the model's own loss but for
 * rounding. Rounding errors go with the terms that are added up, which may be larger than the loss,
 * but hardly larger than 1 and the losses around. */
static void check_center(const tw_study *study, const tw_objective *objective,
                         tw_study_landscape_summary *summary) {
    const double allowed = 1e4 * tw_objective_noise(objective);
    double own = summary->model_loss, gap = fabs(summary->center - own);
    double around = fmin(1, fmax(fabs(summary->minimum), fabs(summary->maximum)));
    double size = fmax(fabs(own), isnan(around) ? 1 : around);
    summary->center_is_off = !(gap <= allowed * size) && summary->center != own &&
                             !(isnan(own) && isnan(summary->center));
    if (summary->center_is_off)
        tw_study_say(
            study,
            "note: at the centre the surface has %.10g and the model %.10g, further apart than "
            "rounding explains: the points are not evaluated as the model is",
            summary->center, own);
}

void tw_landscape_sum_up(const tw_study_landscape_plan *plan, tw_study_landscape_result *result) {
    const tw_objective *objective = plan->model->objective;
    sum_up(&result->surface, &result->summary);
    result->summary.error = worst_error(&result->surface);
    result->summary.samples = tw_objective_samples(objective);
    check_center(plan->study, objective, &result->summary);
    tw_landscape_curvature_sum_up(plan, result);
}
