#include "cli_survey_axes.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli_axis.h"

static int are_given(const direction_args *direction) {
    return direction->dx != NULL || direction->dy != NULL || direction->directions != NULL;
}

/* An option of those that bring directions to their size, if one is given. */
static const char *size_option(const direction_args *direction) {
    return direction->norm >= 0       ? "norm"
           : !isnan(direction->scale) ? "scale"
           : direction->ignore == 1   ? "ignore"
           : direction->peer_rules    ? "peer-rules"
           : direction->orthogonal    ? "orthogonal"
                                      : NULL;
}

static int is_repeated(const survey_args *args) {
    return args->repeats != OPTION_UNSET && args->repeats > 1;
}

/* Directions and paths: of the axes that the paths make nothing else may be said. */
static tw_status check_axes(const survey_args *args) {
    const direction_args *direction = &args->direction;
    const path_args *paths = &args->paths;
    const char *size = size_option(direction);
    int plane = args->y.count > 0; /* slices have no such options */
    if (plane && paths->mean && paths->trajectory == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "--mean applies only to the components of a --trajectory");
    if (plane && !isnan(paths->border) && !paths_given(paths))
        return tw_fail(TW_ERR_ARGUMENT,
                       "--border goes around a --trajectory, or the points --to and --third");
    if (!paths_given(paths))
        return TW_OK;
    if (is_repeated(args))
        return tw_fail(TW_ERR_ARGUMENT, "--repeats draws directions; it cannot be used with --to");
    if (args->paths.trajectory != NULL && (direction->dx != NULL) != (direction->dy != NULL))
        return tw_fail(TW_ERR_ARGUMENT, "--trajectory makes both axes or none: give --dx and --dy, "
                                        "or neither");
    if (args->paths.trajectory == NULL && are_given(direction))
        return tw_fail(TW_ERR_ARGUMENT, "--to and --%s cannot be used together",
                       direction->directions != NULL ? "directions"
                       : direction->dx != NULL       ? "dx"
                                                     : "dy");
    if (paths->trajectory != NULL && size != NULL && strcmp(size, "ignore") == 0)
        size = direction->peer_rules ? "peer-rules" : direction->orthogonal ? "orthogonal" : NULL;
    if (!are_given(direction) && size != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "--%s does not apply to axes that come from points", size);
    return TW_OK;
}

/* ---- a file of before ---- */

/* What made the file that the survey may go on with; nothing where it is none. Whether it is of the
 * same survey is found out later. */
static void read_before(const survey_args *args, tw_provenance *out) {
    struct stat info;
    tw_surface surface = {0};
    if (args->output == NULL || args->keep.restart || stat(args->output, &info) != 0 ||
        !S_ISREG(info.st_mode))
        return;
    if (tw_surface_read(args->output, &surface, out) != TW_OK)
        tw_message_clear();
    tw_surface_release(&surface);
}

/* Axes that were chosen unasked when the file was made are chosen again. */
static void go_on(const tw_provenance *before, int plane, direction_args *direction) {
    const char *dx = tw_provenance_get(before, "dx"), *dy = tw_provenance_get(before, "dy");
    if (dx == NULL || (dy != NULL) != plane)
        return;
    direction->as_drawn = tw_provenance_get(before, "orthogonal") == NULL;
    if (!are_given(direction) && strcmp(dx, "random") == 0) {
        direction->dx = "random";
        direction->dy = plane ? "random" : NULL;
    }
}

/* ---- parameters as axes ---- */

/* Whether something is asked for that parameters as axes do not have. */
static int wants_others(const survey_args *args, const tw_provenance *before) {
    const direction_args *direction = &args->direction;
    const char *size = size_option(direction), *dx = tw_provenance_get(before, "dx");
    return direction->directions != NULL || args->paths.to != NULL || args->paths.mean ||
           is_repeated(args) || direction->norm > TW_NORM_NONE ||
           (size != NULL && strcmp(size, "norm") != 0 && strcmp(size, "orthogonal") != 0) ||
           (dx != NULL && strcmp(dx, "components") == 0);
}

/* Of a model that has as many parameters as the picture has axes, these are the axes; beside one of
 * two the other is. */
static void take_parameters(const survey_args *args, const tw_provenance *before, size_t size,
                            direction_args *direction) {
    static const char *const all[] = {"axis:0", "axis:1"};
    int plane = args->y.count > 0;
    if (size != (plane ? 2 : 1) || wants_others(args, before))
        return;
    if (!are_given(direction)) {
        direction->dx = all[0];
        direction->dy = plane ? all[1] : NULL;
    }
}

static tw_status find_entries(const tw_study_model *model, int axes, direction_args *direction,
                              size_t entry[2], survey *run) {
    const tw_space *space = tw_objective_space(model->objective);
    const char **sources[] = {&direction->dx, &direction->dy};
    tw_status status = TW_OK;
    for (int k = 0; k < axes && status == TW_OK; k++) {
        const char *other = axes == 2 ? *sources[1 - k] : NULL;
        if (*sources[k] == NULL && axis_label(other) != NULL && model->size == 2) {
            status = axis_find(other, space, &entry[k]); /* the other of two */
            entry[k] = status == TW_OK ? 1 - entry[k] : 0;
        } else if (axis_label(*sources[k]) != NULL) {
            status = axis_find(*sources[k], space, &entry[k]);
        } else {
            continue;
        }
        if (status == TW_OK)
            status = axis_source(space, entry[k], &run->names[k]);
        if (status != TW_OK)
            return tw_fail_prefix(status, "--d%c", "xy"[k]);
    }
    for (int k = 0; k < axes; k++)
        if (run->names[k] != NULL)
            *sources[k] = run->names[k];
    if (run->names[0] != NULL && run->names[1] != NULL && entry[0] == entry[1])
        return tw_fail(TW_ERR_ARGUMENT, "--dy: '%s' is the parameter of the other axis as well",
                       run->names[1]);
    return TW_OK;
}

static tw_status check_sizes(const survey_args *args, const survey *run) {
    const direction_args *direction = &args->direction;
    const char *option = direction->norm == TW_NORM_NONE ? NULL : size_option(direction);
    int axes = args->y.count > 0 ? 2 : 1;
    if (axes == 2 && run->model->size == 1)
        return tw_fail(TW_ERR_ARGUMENT,
                       "'%s' has one parameter, and a plane needs two directions; "
                       "'thalweg slice' draws it",
                       run->model->kind);
    if (run->names[0] == NULL || (axes == 2 && run->names[1] == NULL) || option == NULL ||
        direction->orthogonal)
        return TW_OK;
    return tw_fail(TW_ERR_ARGUMENT, "--%s does not apply to axes that are parameters", option);
}

/* Coefficients of such axes are values: they begin where the parameter is 0. */
static void set_origin(const size_t entry[2], survey *run) {
    const tw_study_model *model = run->model;
    double *origin = run->plane.origin;
    memcpy(origin, model->x, model->size * sizeof *origin);
    for (int k = 0; k < 2; k++)
        if (run->names[k] != NULL) {
            run->at[k] = model->x[entry[k]];
            origin[entry[k]] = 0;
        }
    run->whole = (run->names[0] != NULL) + (run->names[1] != NULL) == (int)model->size;
}

/* ---- ranges ---- */

static tw_status choose_range(const survey_args *args, const survey *run, int axis, size_t entry,
                              tw_axis *out) {
    tw_axis wanted;
    if (out->count != RANGE_CHOSEN)
        return TW_OK;
    if (run->names[axis] != NULL)
        wanted = axis_range(run->model, entry);
    if (run->paths.paths.count > 0 && args->y.count > 0)
        return paths_range(&args->paths, &run->paths, axis,
                           run->names[axis] != NULL ? &wanted : NULL, out);
    *out = run->names[axis] != NULL    ? wanted
           : paths_given(&args->paths) ? (tw_axis){-0.5, 1.5, 101}
                                       : (tw_axis){-1, 1, 51};
    return TW_OK;
}

/* ---- all of it ---- */

/* The sources of the directions, as far as they are not said. */
static tw_status choose_sources(survey_args *args, survey *run, size_t entry[2]) {
    tw_provenance before = {0};
    int plane = args->y.count > 0;
    read_before(args, &before);
    go_on(&before, plane, &args->direction);
    take_parameters(args, &before, run->model->size, &args->direction);
    tw_provenance_release(&before);
    tw_status status = find_entries(run->model, plane ? 2 : 1, &args->direction, entry, run);
    return status == TW_OK ? check_sizes(args, run) : status;
}

static tw_status make_axes(const cli_context *context, survey_args *args, survey *run, int given) {
    tw_plane *plane = &run->plane;
    int with_paths = paths_given(&args->paths);
    tw_status status = TW_OK;
    if (given)
        status = directions_make(context, run->model, &args->direction, plane->x, plane->y);
    if (status == TW_OK && with_paths)
        status = paths_axes(context, &args->paths, given, args->direction.ignore == 1, run->model,
                            plane, &run->paths);
    if (status == TW_OK)
        paths_shift(&run->paths, run->at);
    return status;
}

tw_status survey_axes(const cli_context *context, survey_args *args, survey *run) {
    int with_point = run->model->point_given, with_paths = paths_given(&args->paths);
    size_t entry[2] = {0, 0};
    tw_status status = check_axes(args);
    if (status == TW_OK && with_paths) /* first: the point of the model may be theirs */
        status = paths_open(&args->paths, with_point, run->model, &run->paths);
    if (status == TW_OK)
        status = tw_plane_init(&run->plane, args->y.count > 0 ? 2 : 1, run->model->size);
    if (status == TW_OK)
        status = choose_sources(args, run, entry);
    if (status == TW_OK)
        set_origin(entry, run);
    int given = !with_paths || are_given(&args->direction);
    if (status == TW_OK)
        status = make_axes(context, args, run, given);
    if (status == TW_OK)
        status = choose_range(args, run, 0, entry[0], &args->x);
    if (status == TW_OK)
        status = choose_range(args, run, 1, entry[1], &args->y);
    if (status == TW_OK && run->paths.sources > 0 && !with_point)
        status = tw_study_model_move(run->model, run->model->x, "last checkpoint");
    if (status == TW_OK && !given)
        args->direction.dx = args->direction.dy = run->paths.sources > 0 ? "components" : "points";
    return status;
}
