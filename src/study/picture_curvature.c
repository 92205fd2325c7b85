/* What a plane with the extreme eigenvalues in it shows of the curvature. */
#include <math.h>

#include "study/picture.h"
#include "thalweg/metric.h"

static const double LINEAR_TO = 10; /* ratios */

const char *tw_curvature_picture_name(size_t map) {
    static const char *const names[] = {"ratio", "signs"};
    return map < sizeof names / sizeof names[0] ? names[map] : NULL;
}

/* -1, 0, 1 beyond the error; an unknown error is none. */
static int sign(double value, double error) {
    error = error > 0 ? error : 0;
    return (value > error) - (value < -error);
}

static double shown(tw_curvature_picture map, const double *const planes[4], size_t k) {
    double least = planes[0][k], greatest = planes[1][k];
    if (!isfinite(least) || !isfinite(greatest))
        return NAN;
    if (map == TW_PICTURE_RATIO)
        return fabs(least / greatest);
    return (sign(least, planes[2] != NULL ? planes[2][k] : 0) +
            sign(greatest, planes[3] != NULL ? planes[3][k] : 0)) /
           2.0;
}

/* Where lambda_max goes through 0 ratios are as large as one likes, beside which all others would
 * be one colour. */
static double greatest_of(const tw_surface *shown) {
    double greatest = 0;
    for (size_t k = 0; k < shown->nx * shown->ny; k++)
        if (shown->computed[k] && isfinite(shown->values[k]))
            greatest = fmax(greatest, shown->values[k]);
    return greatest;
}

static void set_figure(tw_curvature_picture map, const tw_surface *shown,
                       const tw_study_picture_options *options, tw_figure *figure) {
    if (options->view < 0)
        figure->view = TW_VIEW_HEAT;
    if (!options->log && (map == TW_PICTURE_SIGNS || greatest_of(shown) <= LINEAR_TO))
        figure->scale = TW_SCALE_LINEAR;
    if (map == TW_PICTURE_SIGNS && options->colormap < 0)
        figure->colormap = TW_COLORMAP_RDBU;
    figure->value_label =
        map == TW_PICTURE_RATIO ? "|λmin / λmax| of the Hessian" : "1 convex, 0 saddle, −1 concave";
}

tw_status tw_picture_curvature(const tw_surface *surface, tw_curvature_picture map,
                               const tw_study_picture_options *options, tw_figure *figure,
                               tw_surface *out) {
    static const char *const names[] = {TW_METRIC_MIN_EIG, TW_METRIC_MAX_EIG,
                                        TW_METRIC_MIN_EIG_ERROR, TW_METRIC_MAX_EIG_ERROR};
    const double *planes[4];
    for (size_t k = 0; k < 4; k++) {
        int metric = tw_surface_metric(surface, names[k]);
        planes[k] = metric >= 0 ? tw_surface_plane(surface, (size_t)metric) : NULL;
    }
    const char *name = tw_curvature_picture_name(map);
    if (planes[0] == NULL || planes[1] == NULL)
        return tw_fail(TW_ERR_ARGUMENT,
                       "--map %s needs the metrics min_eig and max_eig: 'thalweg plane ... "
                       "--curvature' writes them",
                       name);
    if (surface->rank != 2)
        return tw_fail(TW_ERR_ARGUMENT,
                       "--map %s is of planes; along a line both eigenvalues are drawn beside the "
                       "loss without it",
                       name);
    tw_status status = tw_surface_init_coordinates(out, surface->nx, surface->x, surface->ny,
                                                   surface->y, 1, &name);
    size_t points = surface->nx * surface->ny;
    for (size_t k = 0; k < points && status == TW_OK; k++) {
        out->values[k] = shown(map, planes, k);
        out->computed[k] = surface->computed != NULL ? surface->computed[k] : 1;
    }
    if (status == TW_OK)
        set_figure(map, out, options, figure);
    return status;
}
