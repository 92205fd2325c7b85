#include "cli_survey_axes.h"

#include <math.h>

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

/* Directions and paths: of the axes that the paths make nothing else may be said. */
static tw_status check_axes(const survey_args *args) {
    const direction_args *direction = &args->direction;
    const path_args *paths = &args->paths;
    const char *size = size_option(direction);
    int plane = args->y.count > 0; /* slices have no such options */
    if (plane && paths->mean && paths->trajectory == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "--mean is said of the components of a --trajectory");
    if (plane && !isnan(paths->border) && !paths_given(paths))
        return tw_fail(TW_ERR_ARGUMENT,
                       "--border goes around a --trajectory, or the points --to and --third");
    if (!paths_given(paths))
        return TW_OK;
    if (args->repeats != OPTION_UNSET && args->repeats > 1)
        return tw_fail(TW_ERR_ARGUMENT, "--repeats draws directions; it excludes --to");
    if (args->paths.trajectory != NULL && (direction->dx != NULL) != (direction->dy != NULL))
        return tw_fail(TW_ERR_ARGUMENT, "--trajectory makes both axes or none: give --dx and --dy, "
                                        "or neither");
    if (args->paths.trajectory == NULL && are_given(direction))
        return tw_fail(TW_ERR_ARGUMENT, "--to and --%s exclude each other",
                       direction->directions != NULL ? "directions"
                       : direction->dx != NULL       ? "dx"
                                                     : "dy");
    if (!are_given(direction) && size != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "--%s means nothing to axes that come from points", size);
    return TW_OK;
}

tw_status survey_axes(const cli_context *context, survey_args *args, survey *run, double **dx,
                      double **dy) {
    int with_point = args->model.weights != NULL || args->model.init != NULL;
    int with_paths = paths_given(&args->paths), given = !with_paths || are_given(&args->direction);
    tw_status status = check_axes(args);
    if (status == TW_OK && with_paths) /* first: the point of the model may be theirs */
        status = paths_open(&args->paths, with_point, &run->model, &run->paths);
    if (status == TW_OK)
        status = doubles_new(run->model.size, dx);
    if (status == TW_OK && args->y.count > 0)
        status = doubles_new(run->model.size, dy);
    if (status == TW_OK && given)
        status = directions_make(context, &run->model, &args->direction, *dx, *dy);
    if (status == TW_OK && with_paths)
        status = paths_axes(context, &args->paths, given, &run->model, *dx, *dy, &args->x, &args->y,
                            &run->paths);
    if (status == TW_OK && run->paths.sources > 0 && !with_point)
        args->model.init = "last checkpoint";
    if (status == TW_OK && !given)
        args->direction.dx = args->direction.dy = run->paths.sources > 0 ? "components" : "points";
    return status;
}
