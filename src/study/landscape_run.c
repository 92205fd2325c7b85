/* A plan of a landscape carried out: points computed and kept, looked at, written. */
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/clock.h"
#include "study/landscape.h"
#include "study/landscape_keep.h"
#include "study/study_private.h"

/* ---- the points ---- */

/* All points, or those that an adaptive survey takes. A file that is complete has its errors
 * estimated anew, without evaluating anything. */
static tw_status take_points(const tw_study_landscape_plan *plan, const tw_survey_options *options,
                             tw_study_landscape_result *out) {
    tw_study_landscape_adaptive *adaptive = &out->adaptive;
    if (plan->options.adaptive == NULL)
        return tw_survey_run(plan->objective, &plan->plane, options, &out->surface);
    adaptive->errors = calloc(out->surface.metrics, sizeof *adaptive->errors);
    if (adaptive->errors == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu metrics", out->surface.metrics);
    adaptive->used = 1;
    adaptive->tolerance = plan->adaptive.tolerance;
    adaptive->absolute = plan->adaptive.absolute;
    static const char *const ends[] = {TW_METRIC_MIN_EIG, TW_METRIC_MAX_EIG};
    tw_adaptive_options own = plan->adaptive;
    own.also = ends;
    own.also_count = tw_surface_metric(&out->surface, ends[0]) >= 0 ? 2 : 0;
    return tw_survey_adaptive(plan->objective, &plan->plane, options, &own, &out->surface,
                              &adaptive->report, adaptive->errors);
}

static tw_status save_directions(const tw_study_landscape_plan *plan) {
    const char *path = plan->options.directions;
    return path != NULL ? tw_directions_write(path, tw_objective_space(plan->model->objective),
                                              &plan->plane, &plan->provenance)
                        : TW_OK;
}

/* The first of a team has the file; the others only compute. `values` receives the metrics at the
 * centre where they are not on the grid. */
static tw_status evaluate(const tw_study_landscape_plan *plan, tw_keeper *keep, double *values,
                          tw_study_landscape_result *out) {
    const tw_study *study = plan->study;
    const int first = tw_study_is_first(study);
    /* a centre that may be interpolated is evaluated apart */
    const double *center =
        plan->options.adaptive == NULL ? tw_landscape_center(&out->surface, plan->at) : NULL;
    tw_survey_options options = {.bytes = sizeof options,
                                 .metrics = plan->metrics.source,
                                 .scale = plan->metrics.scale,
                                 .team = study->team,
                                 .center_at = plan->at,
                                 .batch_seconds = plan->pace};
    tw_status status = TW_OK;
    if (first) {
        status = tw_keeper_begin(study, &plan->options, &out->surface, &plan->provenance, keep);
        options.progress = tw_keeper_step;
        options.progress_user = keep;
        options.center = center == NULL ? values : NULL;
    }
    int begun = status == TW_OK;
    if (begun && first) /* not before the run is known to be that of the file */
        status = save_directions(plan);
    if (!first && plan->options.output != NULL)
        tw_study_watch(study, 1); /* a signal goes to all; the first saves, and stops the others */
    status = tw_team_agree(study->team, status, NULL);
    out->summary.continued = keep->taken;
    if (status == TW_OK && (tw_team_size(study->team) > 1 || center == NULL ||
                            keep->taken < out->surface.nx * out->surface.ny))
        status = take_points(plan, &options, out);
    out->summary.center = center != NULL ? *center : values[0];
    if (!first)
        tw_study_watch(study, 0);
    return first && begun ? tw_keeper_end(keep, status) : status;
}

/* NaN where there is none. */
static double test_loss(const tw_study_landscape_plan *plan, const double *values) {
    tw_metric wanted = *tw_objective_metric(plan->losses, 0);
    wanted.split = tw_split_name(TW_SPLIT_TEST);
    int found = tw_objective_metric_find(plan->losses, &wanted);
    return found >= 0 ? values[found] : NAN;
}

static tw_status fill(const tw_study_landscape_plan *plan, tw_keeper *keep,
                      tw_study_landscape_result *out) {
    const int first = tw_study_is_first(plan->study);
    double *values = NULL, begun = tw_clock_seconds();
    tw_status status = tw_doubles_new(tw_objective_metrics(plan->objective), &values);
    if (status == TW_OK)
        status = evaluate(plan, keep, values, out);
    out->summary.seconds = tw_clock_seconds() - begun;
    if (status == TW_OK && first)
        status = tw_objective_value(plan->losses, plan->model->x, values);
    if (status == TW_OK && first) {
        out->summary.model_loss = values[0];
        out->summary.test_loss = test_loss(plan, values);
        tw_landscape_sum_up(plan, out);
    }
    free(values);
    return status;
}

/* ---- files ---- */

/* Puts the paths into the surface file, unless it has as many already: it is complete then. */
static tw_status put_paths(const char *path, const tw_paths *paths) {
    tw_paths kept = {0};
    struct stat info; /* what went into a pipe or a device cannot be added to */
    if (paths->count == 0 || stat(path, &info) != 0 || !S_ISREG(info.st_mode))
        return TW_OK;
    tw_status status = tw_paths_read(path, &kept);
    if (status == TW_OK && kept.count != paths->count)
        status = tw_paths_write(path, paths);
    tw_paths_release(&kept);
    return status;
}

static tw_status write_paths(const tw_study_landscape_plan *plan, const tw_paths *paths) {
    const char *output = plan->options.output;
    if (tw_surface_form_can(output) & TW_SURFACE_KEEPS_PATHS)
        return put_paths(output, paths);
    if (paths->count > 0)
        tw_study_say(plan->study, "note: '%s' cannot hold the paths; a .h5 file can", output);
    return TW_OK;
}

static tw_status write_projection(const tw_study_landscape_plan *plan, const tw_path *path) {
    static const char *const columns[] = {TW_PROJECTION_X, TW_PROJECTION_Y, "length",   "distance",
                                          "loss",          "plane_loss",    "iteration"};
    tw_table table = {0};
    tw_status status =
        tw_table_init(&table, TW_PROJECTION_KIND, path->iteration != NULL ? 7 : 6, columns);
    for (size_t k = 0; k < path->count && status == TW_OK; k++) {
        const double row[] = {path->x[k],
                              path->y[k],
                              path->length[k],
                              path->distance[k],
                              path->loss[k],
                              path->plane_loss[k],
                              path->iteration != NULL ? path->iteration[k] : 0};
        status = tw_table_append(&table, row);
    }
    if (status == TW_OK)
        status = tw_projection_write(plan->options.projection, &table, &plan->provenance);
    tw_table_release(&table);
    return status;
}

static tw_status write_files(const tw_study_landscape_plan *plan,
                             const tw_study_landscape_result *out) {
    const char *output = plan->options.output;
    tw_status status = TW_OK;
    if (output != NULL && out->summary.continued < out->summary.points)
        status = tw_surface_write(output, &out->surface, &plan->provenance);
    if (status == TW_OK && output != NULL)
        status = write_paths(plan, &out->paths);
    if (status == TW_OK && plan->options.projection != NULL)
        status = write_projection(plan, &out->paths.path[0]);
    return status;
}

/* ---- all of it ---- */

/* What a reader should know of the surface, and the paths in it. */
static tw_status look(const tw_study_landscape_plan *plan, tw_study_landscape_result *out) {
    out->trajectories = plan->points.sources;
    out->share = plan->points.share;
    tw_status status = tw_landscape_paths_losses(plan, &out->paths);
    if (status == TW_OK)
        status = tw_landscape_curvature_plane(plan, out);
    return status == TW_OK ? tw_landscape_notes_make(plan, out) : status;
}

tw_status tw_study_landscape_run(const tw_study_landscape_plan *plan,
                                 tw_study_landscape_result *out) {
    memset(out, 0, sizeof *out);
    TW_NEED(plan);
    const int is_plane = plan->plane.rank == 2, first = tw_study_is_first(plan->study);
    tw_keeper keep = {0};
    tw_status status =
        tw_surface_init(&out->surface, &plan->x, is_plane ? &plan->y : NULL, plan->metrics.count,
                        (const char *const *)plan->metrics.names);
    status = tw_team_agree(plan->study->team, status, NULL);
    if (status == TW_OK)
        status = fill(plan, &keep, out);
    if (status == TW_OK && first)
        status = look(plan, out);
    if (status == TW_OK && first)
        status = write_files(plan, out);
    tw_claim_release(keep.claim);
    return status;
}

void tw_study_landscape_release(tw_study_landscape_result *result) {
    if (result == NULL)
        return;
    tw_surface_release(&result->surface);
    free(result->adaptive.errors);
    tw_paths_release(&result->paths);
    memset(result, 0, sizeof *result);
}
