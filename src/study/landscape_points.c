/* Trajectories and points: opened, and the rows of the former. */
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "study/finite.h"
#include "study/landscape.h"
#include "study/weights_like.h"

/* ---- sources ---- */

/* Whether the file is a trajectory; one that cannot be looked at is left to those that open it. */
static int is_trajectory(const char *path) {
    tw_result_kind kind = TW_RESULT_UNKNOWN;
    int is = tw_result_kind_of(path, &kind) == TW_OK && kind == TW_RESULT_TRAJECTORY;
    tw_message_clear();
    return is;
}

static tw_status check_size(const tw_trajectory *source, const char *path,
                            const tw_study_model *model) {
    size_t size = tw_space_size(tw_trajectory_space(source));
    if (size != model->size)
        return tw_fail(
            TW_ERR_SHAPE,
            "--trajectory: '%s' has %zu parameters per checkpoint, and the model '%s' has %zu",
            path, size, model->kind, model->size);
    if (tw_trajectory_rows(source) == 0)
        return tw_fail(TW_ERR_ARGUMENT, "--trajectory: '%s' has no checkpoint", path);
    return TW_OK;
}

/* Losses along a path are those of these data, and not what the training met on others. */
static void compare_data(const tw_trajectory *source, const char *path, const tw_study_model *model,
                         tw_landscape_points *out) {
    const char *hash = tw_provenance_get(tw_trajectory_provenance(source), "data_hash");
    char own[32];
    if (hash == NULL || model->data == NULL || out->other_data[0] != '\0')
        return;
    snprintf(own, sizeof own, "%016" PRIx64, tw_dataset_hash(model->data));
    if (strcmp(hash, own) != 0)
        snprintf(out->other_data, sizeof out->other_data,
                 "'%.120s' was made on different data, or on another part of them: the losses here "
                 "are not those it met",
                 path);
}

/* Every file is a trajectory, or all of them are the checkpoints of one. */
static tw_status open_sources(char **files, size_t count, const tw_study_model *model,
                              tw_landscape_points *out) {
    size_t runs = 0;
    for (size_t k = 0; k < count; k++)
        runs += (size_t)is_trajectory(files[k]);
    if (runs > 0 && runs < count)
        return tw_fail(TW_ERR_ARGUMENT, "--trajectory: some of the files are trajectories and some "
                                        "are not; give only one kind");
    size_t paths = runs > 0 ? runs : 1;
    out->source = calloc(paths, sizeof *out->source);
    out->paths.path = calloc(paths, sizeof *out->paths.path);
    if (out->source == NULL || out->paths.path == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu trajectories", paths);
    out->sources = out->paths.count = paths;
    tw_status status = TW_OK;
    if (runs == 0)
        status = tw_trajectory_open_list(count, (const char *const *)files,
                                         tw_objective_space(model->objective), &out->source[0]);
    for (size_t k = 0; k < runs && status == TW_OK; k++)
        status = tw_trajectory_open(files[k], &out->source[k]);
    for (size_t k = 0; k < paths && status == TW_OK; k++)
        status = check_size(out->source[k], files[k], model);
    for (size_t k = 0; k < runs && status == TW_OK; k++)
        compare_data(out->source[k], files[k], model, out);
    return status;
}

/* "a.h5,b.h5" in place: the list of its pieces, to be freed. */
static char **cut(char *text, size_t *count) {
    *count = 1;
    for (const char *at = text; *at != '\0'; at++)
        *count += *at == ',';
    char **files = calloc(*count, sizeof *files);
    for (size_t k = 0; files != NULL && k < *count; k++)
        files[k] = strsep(&text, ",");
    return files;
}

static tw_status name_paths(char **files, size_t count, tw_landscape_points *out) {
    for (size_t k = 0; k < out->sources; k++) {
        out->paths.path[k].name =
            out->sources == count ? tw_path_stem(files[k]) : strdup("checkpoints");
        if (out->paths.path[k].name == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for a name");
    }
    return TW_OK;
}

static tw_status open_trajectories(const char *list, const tw_study_model *model,
                                   tw_landscape_points *out) {
    size_t count = 0;
    char *text = strdup(list), **files = text != NULL ? cut(text, &count) : NULL;
    tw_status status =
        files != NULL ? TW_OK : tw_fail(TW_ERR_MEMORY, "not enough memory for a name");
    for (size_t k = 0; k < count && status == TW_OK; k++)
        if (files[k][0] == '\0')
            status =
                tw_fail(TW_ERR_ARGUMENT, "--trajectory: file %zu of '%s' has no name", k + 1, list);
    if (status == TW_OK)
        status = open_sources(files, count, model, out);
    if (status == TW_OK)
        status = name_paths(files, count, out);
    free(files);
    free(text);
    return status;
}

/* To the last checkpoint of the first. */
static tw_status move_model(const tw_landscape_points *points, tw_study_model *model) {
    tw_trajectory *first = points->source[0];
    double *x = NULL;
    tw_status status = tw_doubles_new(model->size, &x);
    if (status == TW_OK)
        status = tw_trajectory_read(first, tw_trajectory_rows(first) - 1, x);
    if (status == TW_OK)
        status = tw_study_model_move(model, x, "last checkpoint");
    free(x);
    return status;
}

static tw_status read_point(const char *option, const char *path, const double *given,
                            const tw_study_model *model, double **out) {
    if (path == NULL)
        return given == NULL ? TW_OK
                             : tw_fail(TW_ERR_ARGUMENT, "%s: the point has no name", option);
    tw_status status = tw_doubles_new(model->size, out);
    if (status == TW_OK && given == NULL)
        status = tw_study_weights_read(path, tw_objective_space(model->objective), *out);
    else if (status == TW_OK)
        status = tw_study_check_finite("entry", model->size,
                                       memcpy(*out, given, model->size * sizeof *given));
    return status == TW_OK ? TW_OK : tw_fail_prefix(status, "%s", option);
}

tw_status tw_landscape_points_open(tw_study_landscape_plan *plan) {
    const tw_study_plane_options *options = &plan->options.plane;
    tw_landscape_points *out = &plan->points;
    tw_status status = TW_OK;
    out->share = NAN;
    if (options->trajectory == NULL)
        tw_study_model_say_drawn(plan->model);
    if (!tw_landscape_has_points(&plan->options))
        return TW_OK;
    if (options->trajectory != NULL && (options->to != NULL || options->third != NULL))
        return tw_fail(TW_ERR_ARGUMENT, "--trajectory and --to cannot be used together");
    if (options->third != NULL && options->to == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "--third needs a second point: give --to as well");
    if (options->trajectory != NULL)
        status = open_trajectories(options->trajectory, plan->model, out);
    if (status == TW_OK && out->sources > 0 && !plan->model->point_given)
        status = move_model(out, plan->model);
    if (status == TW_OK && plan->options.projection != NULL && out->sources != 1)
        status =
            tw_fail(TW_ERR_ARGUMENT, "--projection takes one trajectory, not %zu", out->sources);
    if (status == TW_OK)
        status = read_point("--to", options->to, options->to_point, plan->model, &out->to);
    if (status == TW_OK)
        status =
            read_point("--third", options->third, options->third_point, plan->model, &out->third);
    return status;
}

void tw_landscape_points_release(tw_landscape_points *points) {
    for (size_t k = 0; k < points->sources; k++)
        tw_trajectory_close(points->source[k]);
    free(points->source);
    tw_paths_release(&points->paths);
    free(points->to);
    free(points->third);
    memset(points, 0, sizeof *points);
}

/* ---- rows ---- */

static tw_status read_row(void *user, size_t index, double *row) {
    return tw_trajectory_read(user, index, row);
}

tw_rows tw_landscape_rows(const tw_landscape_points *points, size_t k, size_t size) {
    return (tw_rows){tw_trajectory_rows(points->source[k]), size, read_row, points->source[k]};
}

static tw_status read_any_row(void *user, size_t index, double *row) {
    const tw_landscape_points *points = user;
    size_t k = 0;
    while (index >= tw_trajectory_rows(points->source[k]))
        index -= tw_trajectory_rows(points->source[k++]);
    return tw_trajectory_read(points->source[k], index, row);
}

tw_rows tw_landscape_all_rows(const tw_landscape_points *points, size_t size) {
    tw_rows rows = {.size = size, .read = read_any_row, .user = (void *)points};
    for (size_t k = 0; k < points->sources; k++)
        rows.count += tw_trajectory_rows(points->source[k]);
    return rows;
}
