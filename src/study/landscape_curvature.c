/* The curvature beside the losses of a landscape: how it is asked for, and what came out. */
#include <math.h>
#include <stdlib.h>

#include "landscape/plane_place.h"
#include "study/landscape.h"
#include "study/model_kind.h"
#include "study/model_kinks.h"
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
    tw_status status = tw_model_check_derivatives(plan->model, "--curvature");
    if (status == TW_OK)
        status = tw_doubles_new(plan->x.count, &x);
    for (size_t k = 0; k < plan->x.count && status == TW_OK; k++)
        x[k] = tw_axis_value(&plan->x, k);
    const tw_curvature_map_options map = {
        .bytes = sizeof map,
        .curvature = &matrix,
        .tolerance = isnan(options->eig_tolerance) ? 0 : options->eig_tolerance,
        .factor = factor_of(plan),
        .x = x,
        .x_count = plan->x.count,
        .seed = plan->study->seed,
        .confirmed = options->eig_confirmed != 0};
    if (status == TW_OK)
        status = tw_objective_curvature(losses, &map, &plan->curved);
    free(x);
    if (status == TW_OK)
        plan->objective = plan->curved;
    return status;
}

static double tolerance_of(const tw_study_landscape_options *options) {
    return isnan(options->eig_tolerance) ? 1e-3 : options->eig_tolerance;
}

/* All that decides the eigenvalues beside the model, the seed and the axes. */
tw_status tw_landscape_curvature_provenance(tw_study_landscape_plan *plan) {
    const tw_study_landscape_options *options = &plan->options;
    if (!options->curvature)
        return TW_OK;
    const tw_curvature_options matrix = matrix_of(options);
    return tw_provenance_add(&plan->provenance, "curvature", "%s %s tolerance %g%s%s times %g",
                             tw_curvature_matrix_name(matrix.matrix),
                             tw_product_source_name(matrix.source), tolerance_of(options),
                             options->eig_confirmed ? " confirmed" : "",
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
    double larger = fmax(fabs(least), fabs(greatest)),
           ratio = tw_curvature_ratio(least, greatest, p->least_error[k]);
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

/* Rounding of products, or the room of the search, ended it before. */
static void note_missed(double tolerance, tw_study_landscape_curvature *out) {
    if (out->error > tolerance * (1 + 1e-9))
        snprintf(out->missed, sizeof out->missed,
                 "errors of eigenvalues came down to %.1e of the larger one, not to the "
                 "--eig-tolerance of %g: products are no better, or the search had no more room",
                 out->error, tolerance);
}

/* Points that are computed right at a kink. */
static int has_kink(const tw_study_landscape_plan *plan, const tw_surface *surface) {
    double *x = NULL;
    int found = 0;
    if (plan->model->plan->kind != &tw_kind_function)
        return 0;
    if (tw_doubles_new(plan->plane.size, &x) != TW_OK) {
        tw_message_clear();
        return 0;
    }
    for (size_t k = 0; k < surface->nx * surface->ny && !found; k++) {
        double b = surface->rank == 2 ? surface->y[k / surface->nx] : 0;
        tw_plane_place(&plan->plane, surface->x[k % surface->nx], b, x);
        found = surface->computed[k] == 1 && tw_model_is_kink(plan->model, x);
    }
    free(x);
    return found;
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
    note_missed(tolerance_of(&plan->options), out);
    const tw_curvature_options matrix = matrix_of(&plan->options);
    tw_model_kinks_say(plan->model, matrix.matrix, matrix.source, out->note);
    if (out->note[0] == '\0' && has_kink(plan, surface))
        snprintf(out->note, sizeof out->note,
                 "at a point of the grid the loss has a kink, and no second derivatives: the "
                 "eigenvalues there are of what is smooth in it");
    if (is_of_kinks(plan, &p, points))
        snprintf(out->note, sizeof out->note,
                 "every eigenvalue is %g, everywhere: between its kinks the loss is straight, and "
                 "its Hessian is that of the regulariser alone; the kinks do not count",
                 p.greatest[0]);
}

/* ---- what the plane does not show ---- */

/* The point nearest to the one the picture is about whose eigenvalues are known; points: none. */
static size_t nearest_known(const tw_study_landscape_plan *plan, const tw_surface *surface,
                            const planes *p) {
    size_t points = surface->nx * surface->ny, found = points;
    double least = INFINITY;
    for (size_t k = 0; k < points; k++) {
        double x = surface->x[k % surface->nx] - (plan->whole ? 0 : plan->at[0]);
        double y =
            surface->rank == 2 ? surface->y[k / surface->nx] - (plan->whole ? 0 : plan->at[1]) : 0;
        int known = surface->computed[k] == 1 && isfinite(p->least[k]) && isfinite(p->greatest[k]);
        if (known && hypot(x, y) < least) {
            least = hypot(x, y);
            found = k;
        }
    }
    return found;
}

static tw_status open_at(const tw_study_landscape_plan *plan, const double at[2],
                         tw_curvature **out) {
    const tw_curvature_options matrix = matrix_of(&plan->options);
    const tw_plane *plane = &plan->plane;
    double *x = NULL;
    tw_status status = tw_doubles_new(plane->size, &x);
    if (status == TW_OK)
        tw_plane_place(plane, at[0], at[1], x);
    if (status == TW_OK)
        status = tw_curvature_open(plan->model->objective, x, &matrix, out);
    free(x);
    return status;
}

/* A negative eigenvalue of which the plane has nothing. */
static void note_hidden(const tw_study_landscape_plan *plan, double error,
                        tw_study_landscape_curvature *out) {
    const char *where = plan->plane.rank == 2 ? "plane" : "line";
    if (!(out->point_least < -error && out->plane[0] >= 0))
        return;
    snprintf(out->hidden, sizeof out->hidden,
             "the %s hides negative curvature: within it second derivatives are %.3g ... %.3g, "
             "but the Hessian has %.3g there; of random directions like these they are "
             "%.2g +- %.1g on average; --%s eigen:-1 shows it",
             where, out->plane[0], out->plane[1], out->point_least, out->random, out->random_error,
             plan->plane.rank == 2 ? "dy" : "dx");
}

/* A product that is not finite, or wrong, says nothing here: the former was counted before. */
tw_status tw_landscape_curvature_plane(const tw_study_landscape_plan *plan,
                                       tw_study_landscape_result *result) {
    const tw_surface *surface = &result->surface;
    tw_study_landscape_curvature *out = &result->curvature;
    tw_plane_curvature found = {.bytes = sizeof found};
    tw_curvature *curvature = NULL;
    planes p;
    if (!out->used || plan->repeated != NULL || !find_planes(surface, &p))
        return TW_OK;
    size_t k = nearest_known(plan, surface, &p);
    if (k == surface->nx * surface->ny)
        return TW_OK;
    out->at[0] = surface->x[k % surface->nx];
    out->at[1] = surface->rank == 2 ? surface->y[k / surface->nx] : 0;
    tw_status status = open_at(plan, out->at, &curvature);
    if (status == TW_OK)
        status = tw_curvature_of_plane(curvature, &plan->plane, 0, plan->study->seed, &found);
    tw_curvature_close(curvature);
    if (status == TW_ERR_NOT_FINITE || status == TW_ERR_ARGUMENT || status == TW_ERR_CALLBACK) {
        tw_message_clear();
        return TW_OK;
    }
    if (status != TW_OK)
        return status;
    out->directions = found.draws;
    out->plane[0] = found.least * out->factor;
    out->plane[1] = found.greatest * out->factor;
    out->random = found.random * out->factor;
    out->random_error = found.random_error * out->factor;
    out->point_least = p.least[k];
    if (plan->options.matrix <= 0)
        note_hidden(plan, p.least_error[k], out);
    return TW_OK;
}
