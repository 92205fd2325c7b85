#include "cli_paths.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "cli_components.h"
#include "report/cli_progress.h"

/* Points of an axis whose range is chosen, and what there is around the coordinates. */
enum { POINTS = 51 };
static const double TRAJECTORY_MARGIN = 0.15, POINTS_MARGIN = 0.2;

const option_spec path_plane_options[] = {
    {"trajectory", 0, OPTION_FILE, "FILE,...", offsetof(path_args, trajectory),
     .use = FILE_LIST_READ, .endings = cli_array_endings,
     .help =
         "trajectories of 'thalweg train', or files of weights that together are one: the plane "
         "of their principal components (unless --dx and --dy are given), with the paths in it",
     .usual = 1},
    {"mean", 0, OPTION_FLAG, NULL, offsetof(path_args, mean),
     .help = "components of the checkpoints about their mean, not about the last one"},
    {"projection", 0, OPTION_FILE, "FILE", offsetof(path_args, projection), .use = FILE_WRITTEN,
     .endings = cli_table_endings,
     .help =
         "write the coordinates of one trajectory in the layout of tomgoldstein/loss-landscape: "
         ".h5, or .csv"},
    {"to", 0, OPTION_FILE, "FILE", offsetof(path_args, to), .endings = cli_array_endings,
     .help = "weights of a second point: the plane through the point, this one and --third"},
    {"third", 0, OPTION_FILE, "FILE", offsetof(path_args, third), .endings = cli_array_endings,
     .help = "weights of a third point"},
    {"border", 0, OPTION_NUMBER, "SHARE", offsetof(path_args, border), RANGE_NOT_NEGATIVE,
     .help = "room around the paths or points where --x and --y are not given, as a share of their "
             "extent",
     .shown = "0.15; 0.2 for points"},
    {NULL},
};

const option_spec path_slice_options[] = {
    {"to", 0, OPTION_FILE, "FILE", offsetof(path_args, to), .endings = cli_array_endings,
     .help = "weights of a second point, at 1: the line from the point to it and beyond, and the "
             "barrier between them",
     .usual = 1},
    {NULL},
};

int paths_given(const path_args *args) {
    return args->trajectory != NULL || args->to != NULL || args->third != NULL ||
           args->projection != NULL; /* which is refused without a trajectory */
}

/* ---- sources ---- */

/* Whether the file is a trajectory; one that cannot be looked at is left to those that open it. */
static int is_trajectory(const char *path) {
    tw_result_kind kind = TW_RESULT_UNKNOWN;
    int is = tw_result_kind_of(path, &kind) == TW_OK && kind == TW_RESULT_TRAJECTORY;
    tw_message_clear();
    return is;
}

/* Without folder and ending. */
static char *run_name(const char *path) {
    const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
    const char *dot = strrchr(name, '.');
    return dot != NULL && dot > name ? strndup(name, (size_t)(dot - name)) : strdup(name);
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
                         survey_paths *out) {
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
                              survey_paths *out) {
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

static tw_status name_paths(char **files, size_t count, survey_paths *out) {
    for (size_t k = 0; k < out->sources; k++) {
        out->paths.path[k].name =
            out->sources == count ? run_name(files[k]) : strdup("checkpoints");
        if (out->paths.path[k].name == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for a name");
    }
    return TW_OK;
}

static tw_status open_trajectories(const path_args *args, int with_point, tw_study_model *model,
                                   survey_paths *out) {
    size_t count = 0;
    char *text = strdup(args->trajectory), **files = text != NULL ? cut(text, &count) : NULL;
    tw_status status =
        files != NULL ? TW_OK : tw_fail(TW_ERR_MEMORY, "not enough memory for a name");
    for (size_t k = 0; k < count && status == TW_OK; k++)
        if (files[k][0] == '\0')
            status = tw_fail(TW_ERR_ARGUMENT, "--trajectory: file %zu of '%s' has no name", k + 1,
                             args->trajectory);
    if (status == TW_OK)
        status = open_sources(files, count, model, out);
    if (status == TW_OK)
        status = name_paths(files, count, out);
    if (status == TW_OK && !with_point)
        status =
            tw_trajectory_read(out->source[0], tw_trajectory_rows(out->source[0]) - 1, model->x);
    free(files);
    free(text);
    return status;
}

static tw_status read_point(const char *option, const char *path, const tw_study_model *model,
                            double **out) {
    if (path == NULL)
        return TW_OK;
    tw_status status = doubles_new(model->size, out);
    if (status == TW_OK)
        status = tw_weights_read(path, tw_objective_space(model->objective), *out);
    return status == TW_OK ? TW_OK : tw_fail_prefix(status, "%s", option);
}

tw_status paths_open(const path_args *args, int with_point, tw_study_model *model,
                     survey_paths *out) {
    out->share = NAN;
    if (args->trajectory != NULL && (args->to != NULL || args->third != NULL))
        return tw_fail(TW_ERR_ARGUMENT, "--trajectory and --to cannot be used together");
    if (args->third != NULL && args->to == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "--third needs a second point: give --to as well");
    tw_status status = TW_OK;
    if (args->trajectory != NULL)
        status = open_trajectories(args, with_point, model, out);
    if (status == TW_OK && args->projection != NULL && out->sources != 1)
        status =
            tw_fail(TW_ERR_ARGUMENT, "--projection takes one trajectory, not %zu", out->sources);
    if (status == TW_OK)
        status = read_point("--to", args->to, model, &out->to);
    if (status == TW_OK)
        status = read_point("--third", args->third, model, &out->third);
    return status;
}

void paths_release(survey_paths *paths) {
    for (size_t k = 0; k < paths->sources; k++)
        tw_trajectory_close(paths->source[k]);
    free(paths->source);
    tw_paths_release(&paths->paths);
    free(paths->to);
    free(paths->third);
    memset(paths, 0, sizeof *paths);
}

/* ---- rows ---- */

static tw_status read_row(void *user, size_t index, double *row) {
    return tw_trajectory_read(user, index, row);
}

static tw_rows rows_of(tw_trajectory *source, size_t size) {
    return (tw_rows){tw_trajectory_rows(source), size, read_row, source};
}

/* The rows of all of them, one after the other. */
static tw_status read_any_row(void *user, size_t index, double *row) {
    const survey_paths *paths = user;
    size_t k = 0;
    while (index >= tw_trajectory_rows(paths->source[k]))
        index -= tw_trajectory_rows(paths->source[k++]);
    return tw_trajectory_read(paths->source[k], index, row);
}

static tw_rows all_rows(survey_paths *paths, size_t size) {
    tw_rows rows = {.size = size, .read = read_any_row, .user = paths};
    for (size_t k = 0; k < paths->sources; k++)
        rows.count += tw_trajectory_rows(paths->source[k]);
    return rows;
}

/* ---- axes ---- */

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

static tw_status component_axes(const cli_context *context, const path_args *args,
                                int ignore_biasbn, const tw_study_model *model, tw_plane *plane,
                                survey_paths *paths) {
    tw_rows rows = all_rows(paths, model->size);
    tw_status status = components_find(context, &rows, args->mean, ignore_biasbn, model, plane);
    paths->pca = plane->pca;
    if (status == TW_OK)
        status = set_label(&paths->paths.labels[0], "PC1, %.1f %%", 100 * paths->pca.share[0]);
    if (status == TW_OK && plane->rank == 2)
        status = set_label(&paths->paths.labels[1], "PC2, %.1f %%", 100 * paths->pca.share[1]);
    return status == TW_OK ? TW_OK : tw_fail_prefix(status, "--trajectory");
}

static tw_status place_trajectories(const cli_context *context, const tw_study_model *model,
                                    const tw_plane *plane, survey_paths *paths) {
    const tw_plane at_point = tw_plane_of(model->size, model->x, plane->x, plane->y);
    tw_status status = TW_OK;
    for (size_t k = 0; k < paths->sources && status == TW_OK; k++) {
        tw_rows rows = rows_of(paths->source[k], model->size);
        char *name = paths->paths.path[k].name; /* the path is made anew */
        status = tw_path_project(&rows, name, &at_point, context->runner, &paths->paths.path[k]);
        free(name);
    }
    if (status == TW_OK)
        paths->share = tw_paths_share(paths->paths.count, paths->paths.path);
    return status == TW_OK ? TW_OK : tw_fail_prefix(status, "--trajectory");
}

static tw_status add_point(survey_paths *paths, const char *name, double x, double y) {
    tw_path *path = &paths->paths.path[paths->paths.count];
    tw_status status = tw_path_init(path, name, 1);
    if (status != TW_OK)
        return status;
    paths->paths.count++;
    path->x[0] = x;
    path->y[0] = y;
    path->length[0] = hypot(x, y);
    return TW_OK;
}

/* A at 0, B at 1. */
static tw_status line_between(const tw_study_model *model, double *dx, survey_paths *paths) {
    double length = 0;
    for (size_t i = 0; i < model->size; i++) {
        dx[i] = paths->to[i] - model->x[i];
        length = hypot(length, dx[i]);
    }
    if (length == 0)
        return tw_fail(TW_ERR_ARGUMENT, "--to: it is the same point");
    paths->paths.path = calloc(2, sizeof *paths->paths.path);
    if (paths->paths.path == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for two points");
    tw_status status = add_point(paths, "A", 0, 0);
    if (status == TW_OK)
        status = add_point(paths, "B", 1, 0);
    if (status == TW_OK)
        paths->paths.path[1].length[0] = length;
    if (status == TW_OK)
        status = set_label(&paths->paths.labels[0], "from A (0) to B (1)");
    return status;
}

static tw_status plane_between(const tw_study_model *model, tw_plane *plane, survey_paths *paths) {
    tw_plane found;
    static const char *const names[] = {"A", "B", "C"};
    double at[6];
    if (paths->third == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "--to gives a plane two points: give --third as well, or "
                                        "draw the line between the two with 'thalweg slice'");
    paths->paths.path = calloc(3, sizeof *paths->paths.path);
    if (paths->paths.path == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for three points");
    tw_status status = tw_plane_through(model->size, model->x, paths->to, paths->third, &found, at);
    if (status != TW_OK)
        return tw_fail_prefix(status, "--to, --third");
    memcpy(plane->x, found.x, model->size * sizeof *plane->x);
    memcpy(plane->y, found.y, model->size * sizeof *plane->y);
    tw_plane_release(&found);
    for (int k = 0; k < 3 && status == TW_OK; k++)
        status = add_point(paths, names[k], at[2 * k], at[2 * k + 1]);
    if (status == TW_OK)
        status = set_label(&paths->paths.labels[0], "distance from A towards B");
    if (status == TW_OK)
        status = set_label(&paths->paths.labels[1], "distance from AB towards C");
    return status;
}

tw_status paths_axes(const cli_context *context, const path_args *args, int axes_given,
                     int ignore_biasbn, const tw_study_model *model, tw_plane *plane,
                     survey_paths *paths) {
    tw_status status = TW_OK;
    if (paths->sources == 0)
        return plane->rank == 1 ? line_between(model, plane->x, paths)
                                : plane_between(model, plane, paths);
    if (!axes_given)
        status = component_axes(context, args, ignore_biasbn, model, plane, paths);
    return status == TW_OK ? place_trajectories(context, model, plane, paths) : status;
}

void paths_shift(survey_paths *paths, const double at[2]) {
    for (size_t p = 0; p < paths->paths.count; p++)
        for (size_t k = 0; k < paths->paths.path[p].count; k++) {
            paths->paths.path[p].x[k] += at[0];
            paths->paths.path[p].y[k] += at[1];
        }
}

/* ---- ranges ---- */

/* `wanted` stays where it holds the paths. */
static tw_axis widen(const path_args *args, size_t count, const double *values, double margin,
                     const tw_axis *wanted) {
    double low = values[0], high = values[0];
    for (size_t k = 1; k < count; k++) {
        low = fmin(low, values[k]);
        high = fmax(high, values[k]);
    }
    double border = margin * (high - low);
    if (!isnan(args->border) && high > low)
        return (tw_axis){low - border, high + border, wanted->count};
    return (tw_axis){low < wanted->first ? low - border : wanted->first,
                     high > wanted->last ? high + border : wanted->last, wanted->count};
}

tw_status paths_range(const path_args *args, const survey_paths *paths, int axis,
                      const tw_axis *wanted, tw_axis *out) {
    double margin = !isnan(args->border) ? args->border
                    : paths->sources > 0 ? TRAJECTORY_MARGIN
                                         : POINTS_MARGIN;
    size_t count = 0, at = 0;
    for (size_t p = 0; p < paths->paths.count; p++)
        count += paths->paths.path[p].count;
    double *values;
    tw_status status = doubles_new(count, &values);
    for (size_t p = 0; p < paths->paths.count && status == TW_OK; p++) {
        const tw_path *path = &paths->paths.path[p];
        memcpy(values + at, axis == 0 ? path->x : path->y, path->count * sizeof *values);
        at += path->count;
    }
    if (status == TW_OK && wanted != NULL)
        *out = widen(args, count, values, margin, wanted);
    else if (status == TW_OK)
        status = tw_axis_around(count, values, margin, POINTS, out);
    free(values);
    return status;
}

/* ---- losses ---- */

static tw_status point_loss(const tw_study_model *model, const double *x, double *values,
                            tw_path *path) {
    tw_status status = tw_objective_value(model->objective, x, values);
    if (status == TW_OK)
        path->loss[0] = path->plane_loss[0] = values[0];
    return status;
}

tw_status paths_losses(const cli_context *context, const tw_study_model *model,
                       const tw_plane *plane, survey_paths *paths) {
    double *values = NULL;
    tw_status status = doubles_new(tw_objective_metrics(model->objective), &values);
    for (size_t k = 0; k < paths->sources && status == TW_OK; k++) {
        tw_rows rows = rows_of(paths->source[k], model->size);
        progress_bar bar = progress_begin(context, paths->paths.path[k].name);
        status = tw_path_losses(model->objective, &rows, plane, progress_step, &bar,
                                &paths->paths.path[k]);
        progress_end(&bar);
    }
    const double *points[] = {model->x, paths->to, paths->third};
    for (size_t k = 0; k < paths->paths.count && paths->sources == 0 && status == TW_OK; k++)
        status = point_loss(model, points[k], values, &paths->paths.path[k]);
    free(values);
    return status;
}
