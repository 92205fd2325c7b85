/* The paths of a landscape: placed in its plane, the ranges that hold them, and their losses. */
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "study/landscape.h"

/* Points of an axis whose range is chosen, and what there is around the coordinates. */
enum { POINTS = 51 };
static const double TRAJECTORY_MARGIN = 0.15, POINTS_MARGIN = 0.2;

/* ---- places in the plane ---- */

static tw_status set_label(char **label, const char *format, ...) TW_PRINTF(2, 3);
static tw_status set_label(char **label, const char *format, ...) {
    char text[128];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    *label = strdup(text);
    return *label != NULL ? TW_OK : tw_fail(TW_ERR_MEMORY, "not enough memory for a label");
}

static tw_status label_components(const tw_plane *plane, tw_paths *paths) {
    tw_status status = set_label(&paths->labels[0], "PC1, %.1f %%", 100 * plane->pca.share[0]);
    if (status == TW_OK && plane->rank == 2)
        status = set_label(&paths->labels[1], "PC2, %.1f %%", 100 * plane->pca.share[1]);
    return status;
}

/* The iterations that a path has kept, if it has and they rise. */
static tw_status take_iterations(const double *kept, tw_path *path) {
    for (size_t k = 0; k < path->count && kept != NULL; k++)
        if (!isfinite(kept[k]) || (k > 0 && !(kept[k] > kept[k - 1])))
            return TW_OK;
    if (kept == NULL)
        return TW_OK;
    tw_status status = tw_doubles_new(path->count, &path->iteration);
    if (status == TW_OK)
        memcpy(path->iteration, kept, path->count * sizeof *kept);
    return status;
}

/* About the model's point, whatever the origin. */
static tw_status place_trajectories(tw_study_landscape_plan *plan) {
    tw_landscape_points *points = &plan->points;
    const tw_plane plane =
        tw_plane_of(plan->plane.size, plan->model->x, plan->plane.x, plan->plane.y);
    tw_status status = TW_OK;
    for (size_t k = 0; k < points->sources && status == TW_OK; k++) {
        tw_rows rows = tw_landscape_rows(points, k, plane.size);
        char *name = points->paths.path[k].name; /* the path is made anew */
        status = tw_path_project(&rows, name, &plane, plan->study->runner, &points->paths.path[k]);
        free(name);
        if (status == TW_OK)
            status = take_iterations(tw_trajectory_column(points->source[k], "iteration"),
                                     &points->paths.path[k]);
    }
    if (status == TW_OK)
        points->share = tw_paths_share(points->paths.count, points->paths.path);
    return status == TW_OK ? TW_OK : tw_fail_prefix(status, "--trajectory");
}

static tw_status add_point(tw_paths *paths, const char *name, double x, double y, double length) {
    tw_path *path = &paths->path[paths->count];
    tw_status status = tw_path_init(path, name, 1);
    if (status != TW_OK)
        return status;
    paths->count++;
    path->x[0] = x;
    path->y[0] = y;
    path->length[0] = length;
    return TW_OK;
}

/* A at 0, B at 1. */
static tw_status place_two(const tw_plane *plane, tw_paths *paths) {
    double length = 0;
    for (size_t i = 0; i < plane->size; i++)
        length = hypot(length, plane->x[i]);
    tw_status status = add_point(paths, "A", 0, 0, 0);
    if (status == TW_OK)
        status = add_point(paths, "B", 1, 0, length);
    if (status == TW_OK)
        status = set_label(&paths->labels[0], "from A (0) to B (1)");
    return status;
}

static tw_status place_three(const tw_plane *plane, const double at[6], tw_paths *paths) {
    static const char *const names[] = {"A", "B", "C"};
    tw_status status = TW_OK;
    for (int k = 0; k < 3 && status == TW_OK; k++)
        status =
            add_point(paths, names[k], at[2 * k], at[2 * k + 1], hypot(at[2 * k], at[2 * k + 1]));
    if (status == TW_OK)
        status = set_label(&paths->labels[0], "distance from A towards B");
    if (status == TW_OK)
        status = set_label(&paths->labels[1], "distance from AB towards C");
    return status;
}

static tw_status place_points(tw_study_landscape_plan *plan) {
    tw_paths *paths = &plan->points.paths;
    paths->path = calloc(3, sizeof *paths->path);
    if (paths->path == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for three points");
    return plan->plane.rank == 1 ? place_two(&plan->plane, paths)
                                 : place_three(&plan->plane, plan->corners, paths);
}

/* Gives the model's point its coefficients. */
static void shift(tw_paths *paths, const double at[2]) {
    for (size_t p = 0; p < paths->count; p++)
        for (size_t k = 0; k < paths->path[p].count; k++) {
            paths->path[p].x[k] += at[0];
            paths->path[p].y[k] += at[1];
        }
}

tw_status tw_landscape_paths_place(tw_study_landscape_plan *plan) {
    tw_landscape_points *points = &plan->points;
    tw_status status = TW_OK;
    if (!tw_landscape_has_points(&plan->options))
        return TW_OK;
    if (points->sources == 0)
        status = place_points(plan);
    if (points->sources > 0 && plan->plane.principal)
        status = label_components(&plan->plane, &points->paths);
    if (status == TW_OK && points->sources > 0)
        status = place_trajectories(plan);
    if (status == TW_OK)
        shift(&points->paths, plan->at);
    return status;
}

/* ---- ranges ---- */

/* `wanted` stays where it holds the paths. */
static tw_axis widen(double share, size_t count, const double *values, double margin,
                     const tw_axis *wanted) {
    double low = values[0], high = values[0];
    for (size_t k = 1; k < count; k++) {
        low = fmin(low, values[k]);
        high = fmax(high, values[k]);
    }
    double border = margin * (high - low);
    if (!isnan(share) && high > low)
        return (tw_axis){low - border, high + border, wanted->count};
    return (tw_axis){low < wanted->first ? low - border : wanted->first,
                     high > wanted->last ? high + border : wanted->last, wanted->count};
}

tw_status tw_landscape_paths_range(const tw_study_landscape_plan *plan, int axis,
                                   const tw_axis *wanted, tw_axis *out) {
    const tw_paths *paths = &plan->points.paths;
    double border = plan->options.border, margin = border;
    size_t given = axis == 0 ? plan->options.x.count : plan->options.y.count;
    size_t count = 0, at = 0, points = given > 0 ? given : POINTS;
    if (isnan(border))
        margin = plan->points.sources > 0 ? TRAJECTORY_MARGIN : POINTS_MARGIN;
    for (size_t p = 0; p < paths->count; p++)
        count += paths->path[p].count;
    double *values;
    tw_status status = tw_doubles_new(count, &values);
    for (size_t p = 0; p < paths->count && status == TW_OK; p++) {
        const tw_path *path = &paths->path[p];
        memcpy(values + at, axis == 0 ? path->x : path->y, path->count * sizeof *values);
        at += path->count;
    }
    if (status == TW_OK && wanted != NULL)
        *out = widen(border, count, values, margin, wanted);
    else if (status == TW_OK)
        status = tw_axis_around(count, values, margin, points, out);
    free(values);
    return status;
}

/* ---- losses ---- */

static tw_status copy_path(const tw_path *path, tw_path *out) {
    const size_t bytes = path->count * sizeof *path->x;
    tw_status status = tw_path_init(out, path->name, path->count);
    if (status != TW_OK)
        return status;
    memcpy(out->x, path->x, bytes);
    memcpy(out->y, path->y, bytes);
    memcpy(out->length, path->length, bytes);
    memcpy(out->distance, path->distance, bytes);
    status = take_iterations(path->iteration, out);
    if (status != TW_OK)
        tw_path_release(out);
    return status;
}

static tw_status copy_paths(const tw_paths *paths, tw_paths *out) {
    tw_status status = TW_OK;
    if (paths->count == 0)
        return TW_OK;
    out->path = calloc(paths->count, sizeof *out->path);
    if (out->path == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu paths", paths->count);
    for (; out->count < paths->count && status == TW_OK; out->count += status == TW_OK)
        status = copy_path(&paths->path[out->count], &out->path[out->count]);
    for (int k = 0; k < 2 && status == TW_OK; k++)
        if (paths->labels[k] != NULL)
            status = set_label(&out->labels[k], "%s", paths->labels[k]);
    return status;
}

static tw_status point_loss(const tw_study_model *model, const double *x, double *values,
                            tw_path *path) {
    tw_status status = tw_objective_value(model->objective, x, values);
    if (status == TW_OK)
        path->loss[0] = path->plane_loss[0] = values[0];
    return status;
}

tw_status tw_landscape_paths_losses(const tw_study_landscape_plan *plan, tw_paths *out) {
    const tw_study_model *model = plan->model;
    const tw_landscape_points *points = &plan->points;
    double *values = NULL;
    tw_status status = tw_doubles_new(tw_objective_metrics(model->objective), &values);
    if (status == TW_OK)
        status = copy_paths(&points->paths, out);
    for (size_t k = 0; k < points->sources && status == TW_OK; k++) {
        tw_rows rows = tw_landscape_rows(points, k, model->size);
        tw_study_work work = tw_study_work_begin(plan->study, out->path[k].name, 0, rows.count);
        status = tw_path_losses(model->objective, &rows, &plan->plane, tw_study_work_step, &work,
                                &out->path[k]);
        tw_study_work_end(&work);
    }
    const double *at[] = {model->x, points->to, points->third};
    for (size_t k = 0; k < out->count && points->sources == 0 && status == TW_OK; k++)
        status = point_loss(model, at[k], values, &out->path[k]);
    free(values);
    return status;
}

/* ---- provenance ---- */

tw_status tw_landscape_paths_provenance(const tw_study_plane_options *options,
                                        tw_provenance *provenance) {
    tw_status status = TW_OK;
    if (options->trajectory != NULL)
        status = tw_provenance_add(provenance, "trajectory", "%s", options->trajectory);
    if (status == TW_OK && options->trajectory != NULL && options->mean)
        status = tw_provenance_add(provenance, "components_about", "mean");
    if (status == TW_OK && options->to != NULL)
        status = tw_provenance_add(provenance, "to", "%s", options->to);
    if (status == TW_OK && options->third != NULL)
        status = tw_provenance_add(provenance, "third", "%s", options->third);
    return status;
}

tw_status tw_landscape_paths_hash(const tw_landscape_points *points, tw_provenance *provenance) {
    size_t count = 0, at = 0;
    for (size_t k = 0; k < points->paths.count; k++)
        count += points->paths.path[k].count;
    if (count == 0)
        return TW_OK;
    double *all;
    tw_status status = tw_doubles_new(4 * count, &all);
    for (size_t k = 0; k < points->paths.count && status == TW_OK; k++) {
        const tw_path *path = &points->paths.path[k];
        const double *lists[] = {path->x, path->y, path->length, path->distance};
        for (int list = 0; list < 4; list++, at += path->count)
            memcpy(all + at, lists[list], path->count * sizeof *all);
    }
    if (status == TW_OK)
        status = tw_provenance_add(provenance, "paths_hash", "%016" PRIx64,
                                   tw_provenance_hash(4 * count, all));
    free(all);
    return status;
}
