#include "cli_survey.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_command.h"
#include "cli_json.h"
#include "cli_progress.h"

static const char *const surface_endings[] = {".h5", NULL};
enum { NAME_SIZE = 64 };

/* The file's name of an objective's metric. */
static void metric_name(const char *split, const char *metric, char *out) {
    if (strcmp(metric, "accuracy") == 0)
        snprintf(out, NAME_SIZE, "%s_acc", split);
    else if (strcmp(metric, "regularizer") == 0)
        snprintf(out, NAME_SIZE, "%s", metric);
    else
        snprintf(out, NAME_SIZE, "%s_%s", split, metric);
}

/* The accuracy of a single example says nothing and is left out; it is the last metric. */
static size_t metric_count(const tw_objective *objective) {
    size_t count = tw_objective_metrics(objective);
    int single = tw_objective_samples(objective) == 1;
    return single && strcmp(tw_objective_metric(objective, count - 1), "accuracy") == 0 ? count - 1
                                                                                        : count;
}

static tw_status make_surface(const cli_model *model, const tw_axis *x, const tw_axis *y,
                              tw_surface *surface) {
    size_t count = metric_count(model->objective);
    char(*texts)[NAME_SIZE] = calloc(count, sizeof *texts);
    const char **names = calloc(count, sizeof *names);
    tw_status status;
    if (texts == NULL || names == NULL) {
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu names", count);
    } else {
        for (size_t i = 0; i < count; i++) {
            metric_name(model->split, tw_objective_metric(model->objective, i), texts[i]);
            names[i] = texts[i];
        }
        status = tw_surface_init(surface, x, y, count, names);
    }
    free(names);
    free(texts);
    return status;
}

/* Accuracies are per cent in files. */
static tw_status make_scale(const cli_model *model, double **scale) {
    size_t count = tw_objective_metrics(model->objective);
    tw_status status = doubles_new(count, scale);
    for (size_t i = 0; i < count && status == TW_OK; i++)
        (*scale)[i] = strcmp(tw_objective_metric(model->objective, i), "accuracy") == 0 ? 100 : 1;
    return status;
}

static void sum_up(const tw_surface *surface, survey_summary *summary) {
    const double *loss = tw_surface_plane(surface, 0);
    summary->points = surface->nx * surface->ny;
    summary->center = summary->minimum = summary->maximum = NAN;
    summary->minimum_x = summary->minimum_y = NAN;
    for (size_t i = 0; i < summary->points; i++) {
        double x = surface->x[i % surface->nx];
        double y = surface->y != NULL ? surface->y[i / surface->nx] : 0;
        if (x == 0 && y == 0)
            summary->center = loss[i];
        if (!isfinite(loss[i])) {
            summary->not_finite++;
            continue;
        }
        if (!(loss[i] <= summary->maximum))
            summary->maximum = isnan(summary->maximum) ? loss[i] : fmax(summary->maximum, loss[i]);
        if (isnan(summary->minimum) || loss[i] < summary->minimum) {
            summary->minimum = loss[i];
            summary->minimum_x = x;
            summary->minimum_y = y;
        }
    }
}

static tw_status fill(const cli_context *context, const cli_model *model, const double *dx,
                      const double *dy, tw_surface *surface, survey_summary *summary) {
    memset(summary, 0, sizeof *summary);
    double *scale = NULL, *values = NULL;
    double begun = clock_seconds();
    progress_bar bar = progress_begin(context, dy == NULL ? "slice" : "plane");
    tw_survey_options options = {progress_step, &bar};
    tw_status status = make_scale(model, &scale);
    if (status == TW_OK)
        status = doubles_new(tw_objective_metrics(model->objective), &values);
    if (status == TW_OK)
        status = tw_survey_run(model->objective, model->x, dx, dy, scale, &options, surface);
    progress_end(&bar);
    summary->seconds = clock_seconds() - begun;
    if (status == TW_OK)
        status = tw_objective_value(model->objective, model->x, values);
    if (status == TW_OK) {
        sum_up(surface, summary);
        summary->model_loss = values[0];
        summary->cosine = dy == NULL ? NAN : direction_cosine(model->size, dx, dy);
    }
    free(values);
    free(scale);
    return status;
}

static void print_json(const cli_context *context, const survey *done) {
    const survey_summary *summary = &done->summary;
    int rank = done->surface.rank;
    double at[2] = {summary->minimum_x, summary->minimum_y};
    json writer = {.out = context->out};
    json_object(&writer, NULL);
    json_number(&writer, "center", isnan(summary->center) ? summary->model_loss : summary->center);
    json_number(&writer, "minimum", summary->minimum);
    json_numbers(&writer, "minimum_at", (size_t)rank, at);
    json_number(&writer, "maximum", summary->maximum);
    json_count(&writer, "points", summary->points);
    json_count(&writer, "not_finite", summary->not_finite);
    json_number(&writer, "model_loss", summary->model_loss);
    if (rank == 2)
        json_number(&writer, "cosine", summary->cosine);
    json_number(&writer, "seconds", summary->seconds);
    paths_json(&writer, &done->paths);
    notes_json(&writer, &done->notes);
    json_end(&writer);
}

static void print_text(const cli_context *context, const survey *done) {
    const survey_summary *summary = &done->summary;
    int rank = done->surface.rank;
    FILE *out = context->out;
    if (isnan(summary->center))
        fprintf(out, "center   %.10g (the model's own loss; 0 is not on the grid)\n",
                summary->model_loss);
    else
        fprintf(out, "center   %.10g (%.2g from the model's own loss)\n", summary->center,
                fabs(summary->model_loss - summary->center));
    fprintf(out, "minimum  %.10g at x = %g", summary->minimum, summary->minimum_x);
    if (rank == 2)
        fprintf(out, ", y = %g", summary->minimum_y);
    fprintf(out, "\nmaximum  %.10g\npoints   %zu", summary->maximum, summary->points);
    if (summary->not_finite > 0)
        fprintf(out, ", %zu of them not finite", summary->not_finite);
    fprintf(out, "\nseconds  %.3f\n", summary->seconds);
    if (rank == 2)
        fprintf(out, "cosine   %.4f between the axes\n", summary->cosine);
    paths_text(out, &done->paths);
    notes_text(context, &done->notes);
}

static tw_status add_axis(tw_provenance *provenance, const char *key, const tw_axis *axis) {
    char first[32], last[32];
    return tw_provenance_add(provenance, key, "%s:%s:%zu",
                             text_shortest(axis->first, first, sizeof first),
                             text_shortest(axis->last, last, sizeof last), axis->count);
}

/* Where an axis comes from. */
static const char *source_of(const survey_args *args, const survey_paths *paths,
                             const char *given) {
    return paths->made_axes ? (args->paths.to != NULL ? "points" : "components")
           : given != NULL  ? given
                            : "random";
}

static tw_status add_directions(tw_provenance *provenance, const survey_args *args,
                                const survey_paths *paths, int rank) {
    const direction_args *direction = &args->direction;
    tw_status status = add_axis(provenance, "x", &args->x);
    if (status == TW_OK)
        status = tw_provenance_add(provenance, "dx", "%s", source_of(args, paths, direction->dx));
    if (status == TW_OK && rank == 2)
        status = add_axis(provenance, "y", &args->y);
    if (status == TW_OK && rank == 2)
        status = tw_provenance_add(provenance, "dy", "%s", source_of(args, paths, direction->dy));
    if (status == TW_OK && direction->norm >= 0)
        status =
            tw_provenance_add(provenance, "norm", "%s", tw_norm_name((tw_norm)direction->norm));
    if (status == TW_OK && !isnan(direction->scale))
        status = tw_provenance_add(provenance, "scale", "%.17g", direction->scale);
    if (status == TW_OK)
        status = paths_provenance(&args->paths, paths, provenance);
    return status;
}

static tw_status check_outputs(const cli_context *context, const survey_args *args) {
    if (args->output == NULL && args->picture == NULL && !context->common.json)
        return tw_fail(TW_ERR_ARGUMENT, "nothing would be kept; give -o FILE.h5, --plot FILE.png "
                                        "or --json");
    tw_status status = cli_output_check("-o", args->output, surface_endings);
    if (status == TW_OK)
        status = cli_output_check("--plot", args->picture, cli_picture_endings);
    return status;
}

static tw_status make_directions(const cli_context *context, const survey_args *args,
                                 const cli_model *model, double **dx, double **dy) {
    tw_status status = doubles_new(model->size, dx);
    if (status == TW_OK)
        status = direction_make(context, model, &args->direction, "x", args->direction.dx, *dx);
    if (status != TW_OK || args->y.count == 0)
        return status;
    status = doubles_new(model->size, dy);
    if (status == TW_OK)
        status = direction_make(context, model, &args->direction, "y", args->direction.dy, *dy);
    return status;
}

/* Directions and paths: of the axes that the paths make nothing else may be said. */
static tw_status check_axes(const survey_args *args) {
    const direction_args *direction = &args->direction;
    int given = (direction->dx != NULL) + (direction->dy != NULL);
    if (!paths_given(&args->paths))
        return TW_OK;
    if (args->paths.trajectory != NULL && given == 1)
        return tw_fail(TW_ERR_ARGUMENT, "--trajectory makes both axes or none: give --dx and --dy, "
                                        "or neither");
    if (args->paths.trajectory == NULL && given > 0)
        return tw_fail(TW_ERR_ARGUMENT, "--to and --dx exclude each other");
    if (given == 0 && (direction->norm >= 0 || !isnan(direction->scale)))
        return tw_fail(TW_ERR_ARGUMENT, "--norm and --scale mean nothing to axes that come from "
                                        "points");
    return TW_OK;
}

/* The axes from the paths or the options, and the paths in them. `args` get the ranges chosen. */
static tw_status find_axes(const cli_context *context, survey_args *args, survey *run, double **dx,
                           double **dy) {
    int given = args->direction.dx != NULL, with_paths = paths_given(&args->paths);
    int with_point = args->model.weights != NULL || args->model.init != NULL;
    tw_status status = check_axes(args);
    if (status == TW_OK && with_paths)
        status = paths_open(&args->paths, with_point, &run->model, &run->paths);
    if (status == TW_OK && run->paths.sources > 0 && !with_point)
        args->model.init = "last checkpoint";
    if (status == TW_OK && (!with_paths || given))
        return make_directions(context, args, &run->model, dx, dy);
    if (status == TW_OK)
        status = doubles_new(run->model.size, dx);
    if (status == TW_OK && args->y.count > 0)
        status = doubles_new(run->model.size, dy);
    return status;
}

static tw_status look(const cli_context *context, const double *dx, const double *dy, survey *run) {
    tw_status status = paths_losses(context, &run->model, dx, dy, &run->paths);
    if (status == TW_OK)
        status = notes_make(&run->model, &run->surface, dx, dy, run->summary.cosine, &run->paths,
                            &run->notes);
    return status;
}

tw_status survey_run(const cli_context *context, const survey_args *args, const option_words *words,
                     survey *out) {
    survey_args own = *args;
    int rank = args->y.count > 0 ? 2 : 1;
    double *dx = NULL, *dy = NULL;
    tw_status status = model_open(context, &args->model, words, &out->model);
    if (status == TW_OK)
        status = find_axes(context, &own, out, &dx, &dy);
    if (status == TW_OK && paths_given(&own.paths))
        status = paths_axes(context, &own.paths, own.direction.dx != NULL, &out->model, dx, dy,
                            &own.x, &own.y, &out->paths);
    if (status == TW_OK)
        status = make_surface(&out->model, &own.x, rank == 2 ? &own.y : NULL, &out->surface);
    if (status == TW_OK)
        status = fill(context, &out->model, dx, dy, &out->surface, &out->summary);
    if (status == TW_OK)
        status = look(context, dx, dy, out);
    if (status == TW_OK)
        status = model_provenance(context, &own.model, &out->model, &out->provenance);
    if (status == TW_OK)
        status = add_directions(&out->provenance, &own, &out->paths, rank);
    free(dy);
    free(dx);
    return status;
}

void survey_release(survey *done) {
    tw_provenance_release(&done->provenance);
    paths_release(&done->paths);
    tw_surface_release(&done->surface);
    model_release(&done->model);
}

tw_status survey_command(cli_context *context, const survey_args *args, const option_words *words) {
    survey done = {0};
    tw_status status = check_outputs(context, args);
    if (status == TW_OK)
        status = survey_run(context, args, words, &done);
    if (status == TW_OK && args->output != NULL)
        status = tw_surface_write(args->output, &done.surface, &done.provenance);
    if (status == TW_OK && args->output != NULL && done.paths.paths.count > 0)
        status = tw_paths_write(args->output, &done.paths.paths);
    if (status == TW_OK && args->picture != NULL)
        status = figure_surface_paths(args->picture, &args->figure, &done.surface,
                                      &done.paths.paths, &done.provenance);
    if (status == TW_OK && context->common.json)
        print_json(context, &done);
    else if (status == TW_OK)
        print_text(context, &done);
    survey_release(&done);
    return status;
}
