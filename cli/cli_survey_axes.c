#include "cli_survey_axes.h"

#include <math.h>

static tw_status make_directions(const cli_context *context, const survey_args *args,
                                 const cli_model *model, double **dx, double **dy) {
    tw_status status = doubles_new(model->size, dx);
    if (status == TW_OK && args->y.count > 0)
        status = doubles_new(model->size, dy);
    if (status == TW_OK)
        status = directions_make(context, model, &args->direction, *dx, *dy);
    return status;
}

/* Directions and paths: of the axes that the paths make nothing else may be said. */
static tw_status check_axes(const survey_args *args) {
    const direction_args *direction = &args->direction;
    int given =
        direction->directions != NULL ? 2 : (direction->dx != NULL) + (direction->dy != NULL);
    int sized = direction->norm >= 0 || direction->ignore == 1 || direction->peer_rules ||
                direction->orthogonal || !isnan(direction->scale);
    if (!paths_given(&args->paths))
        return TW_OK;
    if (args->repeats != OPTION_UNSET && args->repeats > 1)
        return tw_fail(TW_ERR_ARGUMENT, "--repeats draws directions; it excludes --to");
    if (args->paths.trajectory != NULL && given == 1)
        return tw_fail(TW_ERR_ARGUMENT, "--trajectory makes both axes or none: give --dx and --dy, "
                                        "or neither");
    if (args->paths.trajectory == NULL && given > 0)
        return tw_fail(TW_ERR_ARGUMENT,
                       "--to makes the axes; it excludes --dx, --dy and --directions");
    if (given == 0 && sized)
        return tw_fail(TW_ERR_ARGUMENT, "--norm, --scale and the like mean nothing to axes that "
                                        "come from points");
    return TW_OK;
}

tw_status survey_axes(const cli_context *context, survey_args *args, survey *run, double **dx,
                      double **dy) {
    int with_point = args->model.weights != NULL || args->model.init != NULL;
    int given = args->direction.dx != NULL || args->direction.directions != NULL;
    tw_status status = check_axes(args);
    if (status == TW_OK && !paths_given(&args->paths))
        return make_directions(context, args, &run->model, dx, dy);
    if (status == TW_OK)
        status = paths_open(&args->paths, with_point, &run->model, &run->paths);
    if (status == TW_OK && given)
        status = make_directions(context, args, &run->model, dx, dy);
    if (status == TW_OK && !given)
        status = doubles_new(run->model.size, dx);
    if (status == TW_OK && !given && args->y.count > 0)
        status = doubles_new(run->model.size, dy);
    if (status == TW_OK)
        status = paths_axes(context, &args->paths, given, &run->model, *dx, *dy, &args->x, &args->y,
                            &run->paths);
    if (status == TW_OK && run->paths.sources > 0 && !with_point)
        args->model.init = "last checkpoint";
    if (status == TW_OK && !given)
        args->direction.dx = args->direction.dy = run->paths.sources > 0 ? "components" : "points";
    return status;
}
