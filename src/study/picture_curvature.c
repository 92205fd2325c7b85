/* What a plane with the extreme eigenvalues in it shows of the curvature. */
#include <math.h>

#include "study/picture.h"
#include "thalweg/curvature_map.h"
#include "thalweg/metric.h"

/* Where lambda_max goes through 0 ratios are as large as one likes, beside which all others would
 * be one colour. At 1 a loss is curved downwards as much as upwards; what is far beyond is told
 * apart by the map of signs. */
static const double MOST = 2;

static const char *const CLASSES[] = {"convex", "saddle", "concave"}; /* of tw_curvature_class */

const char *tw_curvature_picture_name(size_t map) {
    static const char *const names[] = {"ratio", "signs"};
    return map < sizeof names / sizeof names[0] ? names[map] : NULL;
}

static double shown(tw_curvature_picture map, const double *const planes[4], size_t k) {
    double least = planes[0][k], greatest = planes[1][k];
    double least_error = planes[2] != NULL ? planes[2][k] : 0;
    double greatest_error = planes[3] != NULL ? planes[3][k] : 0;
    if (map == TW_PICTURE_RATIO)
        return tw_curvature_ratio(least, greatest, least_error);
    int class = tw_curvature_class(least, greatest, least_error, greatest_error);
    return class < 0 ? NAN : class;
}

static void set_figure(tw_curvature_picture map, const tw_study_picture_options *options,
                       tw_figure *figure) {
    if (options->view < 0)
        figure->view = TW_VIEW_HEAT;
    if (map == TW_PICTURE_SIGNS) {
        figure->classes = CLASSES;
        figure->class_count = sizeof CLASSES / sizeof CLASSES[0];
        figure->value_label = "λmin and λmax of the Hessian";
        return;
    }
    if (!options->log) {
        figure->scale = TW_SCALE_LINEAR;
        figure->most = options->linear ? 0 : MOST;
    }
    figure->value_label = "|λmin / λmax|, 0 where convex";
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
        set_figure(map, options, figure);
    return status;
}
