/* The curvature beside the losses of a landscape: how it is asked for, and what came out. */
#include <math.h>
#include <stdlib.h>

#include "study/landscape.h"
#include "thalweg/curvature_map.h"

/* ---- what is asked for ---- */

static double factor_of(const tw_study_landscape_plan *plan) {
    size_t batch = plan->options.peer_scale;
    size_t samples = tw_objective_samples(plan->model->objective);
    return batch != TW_UNSET ? (double)((samples + batch - 1) / batch) : 1;
}

static tw_curvature_options matrix_of(const tw_study_landscape_options *options) {
    int peer = options->peer_scale != TW_UNSET;
    return (tw_curvature_options){
        .bytes = sizeof(tw_curvature_options),
        .matrix = options->matrix >= 0 ? (tw_curvature_matrix)options->matrix : TW_MATRIX_HESSIAN,
        .source = options->product >= 0 ? (tw_product_source)options->product : TW_PRODUCT_EXACT,
        .ignore_biasbn = options->eig_ignore >= 0 ? options->eig_ignore : peer};
}

tw_status tw_landscape_curvature(tw_study_landscape_plan *plan) {
    const tw_study_landscape_options *options = &plan->options;
    tw_objective *losses = plan->model->objective;
    double *x = NULL;
    if (!options->curvature)
        return TW_OK;
    if (options->peer_scale != TW_UNSET && tw_objective_samples(losses) == 0)
        return tw_fail(TW_ERR_ARGUMENT, "--peer-scale: '%s' has no samples to make batches of",
                       plan->model->kind);
    const tw_curvature_options matrix = matrix_of(options);
    tw_status status = tw_doubles_new(plan->x.count, &x);
    for (size_t k = 0; k < plan->x.count && status == TW_OK; k++)
        x[k] = tw_axis_value(&plan->x, k);
    const tw_curvature_map_options map = {
        .bytes = sizeof map,
        .curvature = &matrix,
        .tolerance = isnan(options->eig_tolerance) ? 0 : options->eig_tolerance,
        .factor = factor_of(plan),
        .x = x,
        .x_count = plan->x.count,
        .seed = plan->study->seed};
    if (status == TW_OK)
        status = tw_objective_curvature(losses, &map, &plan->curved);
    free(x);
    if (status == TW_OK)
        plan->objective = plan->curved;
    return status;
}

/* All that decides the eigenvalues beside the model, the seed and the axes. */
tw_status tw_landscape_curvature_provenance(tw_study_landscape_plan *plan) {
    const tw_study_landscape_options *options = &plan->options;
    if (!options->curvature)
        return TW_OK;
    const tw_curvature_options matrix = matrix_of(options);
    double tolerance = isnan(options->eig_tolerance) ? 1e-3 : options->eig_tolerance;
    return tw_provenance_add(&plan->provenance, "curvature", "%s %s tolerance %g%s times %g",
                             tw_curvature_matrix_name(matrix.matrix),
                             tw_product_source_name(matrix.source), tolerance,
                             matrix.ignore_biasbn ? " ignore biasbn" : "", factor_of(plan));
}

/* ---- what came out ---- */

/* The planes of values of a surface. */
typedef struct planes {
    const double *least, *greatest, *least_error, *greatest_error, *products;
} planes;

static const double *plane_of(const tw_surface *surface, const char *name) {
    int metric = tw_surface_metric(surface, name);
    return metric >= 0 ? tw_surface_plane(surface, (size_t)metric) : NULL;
}

static int find_planes(const tw_surface *surface, planes *out) {
    *out = (planes){plane_of(surface, TW_METRIC_MIN_EIG), plane_of(surface, TW_METRIC_MAX_EIG),
                    plane_of(surface, TW_METRIC_MIN_EIG_ERROR),
                    plane_of(surface, TW_METRIC_MAX_EIG_ERROR),
                    plane_of(surface, TW_METRIC_EIG_PRODUCTS)};
    return out->least != NULL && out->greatest != NULL && out->least_error != NULL &&
           out->greatest_error != NULL && out->products != NULL;
}

/* fmin and fmax pass over the NaN of the beginning. */
static void take_point(const planes *p, size_t k, tw_study_landscape_curvature *out) {
    double least = p->least[k], greatest = p->greatest[k];
    double larger = fmax(fabs(least), fabs(greatest)), ratio = fabs(least / greatest);
    out->points++;
    if (!isfinite(least) || !isfinite(greatest)) {
        out->not_finite++;
        return;
    }
    out->products += p->products[k];
    out->least = fmin(out->least, least);
    out->greatest = fmax(out->greatest, greatest);
    out->negative += least < -p->least_error[k];
    out->ratio[0] = fmin(out->ratio[0], ratio);
    out->ratio[1] = fmax(out->ratio[1], ratio);
    if (larger > 0)
        out->error = fmax(out->error, fmax(p->least_error[k], p->greatest_error[k]) / larger);
}

/* One eigenvalue alone, the same everywhere: that of a regulariser, where the loss itself is made
 * of straight pieces. */
static int is_of_kinks(const tw_study_landscape_plan *plan, const planes *p, size_t points) {
    double value = p->greatest[0], most = 1e-9 * fabs(value);
    int same = tw_objective_samples(plan->model->objective) > 0 && plan->model->size > 1;
    for (size_t k = 0; k < points && same; k++)
        same = fabs(p->least[k] - value) <= most && fabs(p->greatest[k] - value) <= most;
    return same;
}

void tw_landscape_curvature_sum_up(const tw_study_landscape_plan *plan,
                                   tw_study_landscape_result *result) {
    const tw_surface *surface = &result->surface;
    tw_study_landscape_curvature *out = &result->curvature;
    size_t points = surface->nx * surface->ny;
    planes p;
    if (!plan->options.curvature || !find_planes(surface, &p))
        return;
    *out = (tw_study_landscape_curvature){.used = 1,
                                          .least = NAN,
                                          .greatest = NAN,
                                          .ratio = {NAN, NAN},
                                          .error = 0,
                                          .factor = factor_of(plan)};
    for (size_t k = 0; k < points; k++)
        if (surface->computed[k] == 1)
            take_point(&p, k, out);
    if (is_of_kinks(plan, &p, points))
        snprintf(out->note, sizeof out->note,
                 "every eigenvalue is %g, everywhere: between its kinks the loss is straight, and "
                 "its Hessian is that of the regulariser alone; the kinks do not count",
                 p.greatest[0]);
}
