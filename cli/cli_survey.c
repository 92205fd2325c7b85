#include "cli_survey.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_command.h"
#include "cli_json.h"
#include "cli_progress.h"
#include "cli_repeats.h"
#include "cli_tolerance.h"

static const char *const surface_endings[] = {".h5", NULL};

const option_spec survey_options[] = {
    {"output", 'o', OPTION_FILE, "FILE", offsetof(survey_args, output),
     .help = "write the values: .h5; saved while it runs, continued by the same command"},
    {"plot", 'p', OPTION_FILE, "FILE", offsetof(survey_args, picture),
     .help = "draw it: .png, .svg or .pdf"},
    {"test", 0, OPTION_FLAG, NULL, offsetof(survey_args, test),
     .help = "in the same pass, the test split as well: test_loss, test_acc"},
    {"errors", 0, OPTION_FLAG, NULL, offsetof(survey_args, errors),
     .help = "the standard error of every loss as well, from its spread over the samples: "
             "train_loss_se"},
    {"tolerance", 0, OPTION_TEXT, "T", offsetof(survey_args, tolerance),
     .help = "--errors with as few samples, the same for every point, as bring each standard error "
             "below T (1% or 0.01) of its loss on a coarse grid"},
    {NULL},
};

/* ---- error bars ---- */

static tw_status read_tolerance(const char *text, double *out) {
    size_t length = strlen(text);
    int per_cent = length > 0 && text[length - 1] == '%';
    char *number = strndup(text, length - (size_t)per_cent);
    if (number == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a number");
    tw_status status = text_number("--tolerance", number, out);
    free(number);
    if (status == TW_OK && per_cent)
        *out /= 100;
    if (status == TW_OK && !(*out > 0))
        status = tw_fail(TW_ERR_ARGUMENT, "--tolerance: '%s' must be greater than 0", text);
    return status;
}

static tw_status apply_tolerance(const cli_context *context, const survey_args *args,
                                 const double *dx, const double *dy, cli_model *model) {
    double tolerance;
    if (!args->errors && args->tolerance == NULL)
        return TW_OK;
    if (tolerance_metric(model->objective) < 0 || tw_objective_samples(model->objective) < 2)
        return tw_fail(TW_ERR_ARGUMENT, "%s: '%s' has no spread over samples",
                       args->tolerance != NULL ? "--tolerance" : "--errors", model->kind);
    if (args->tolerance == NULL)
        return TW_OK;
    tw_status status = read_tolerance(args->tolerance, &tolerance);
    return status == TW_OK ? tolerance_apply(context, &args->model, tolerance, &args->x, &args->y,
                                             dx, dy, model)
                           : status;
}

/* ---- train and test in one pass ---- */

/* run->objective is the model's, or with --test both splits' as one. */
static tw_status make_objective(const cli_context *context, const survey_args *args, survey *run) {
    run->objective = run->model.objective;
    if (!args->test)
        return TW_OK;
    if (run->model.data == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "--test: '%s' needs no data, and has no test split",
                       run->model.kind);
    if (args->model.data.split == TW_SPLIT_TEST || args->model.example != OPTION_UNSET)
        return tw_fail(TW_ERR_ARGUMENT, "--test adds the test split; it excludes %s",
                       args->model.example != OPTION_UNSET ? "--example" : "--split test");
    tw_status status =
        model_open_test(context, &args->model, &run->model, &run->test_data, &run->test);
    if (status == TW_OK && run->test == NULL)
        status =
            tw_fail(TW_ERR_ARGUMENT, "--test: '%s' has no test split", args->model.data.source);
    if (status == TW_OK)
        status = tw_objective_join(run->model.objective, run->test, "test_", &run->joined);
    if (status == TW_OK)
        run->objective = run->joined;
    return status;
}

static int is_repeated(const survey_args *args) {
    return args->repeats != OPTION_UNSET && args->repeats > 1;
}

/* With --repeats, run->objective goes along all directions at once; dx is the first of them. */
static tw_status repeat(const cli_context *context, const survey_args *args, survey *run) {
    const char *source = args->direction.dx;
    size_t count = args->repeats, size = run->model.size, all;
    if (!is_repeated(args))
        return TW_OK;
    if (source != NULL && strcmp(source, "random") != 0)
        return tw_fail(TW_ERR_ARGUMENT, "--repeats draws directions; it excludes --dx %s", source);
    if (__builtin_mul_overflow(count, size, &all))
        return tw_fail(TW_ERR_ARGUMENT, "--repeats: %zu is too large", count);
    cli_context seeded = *context;
    tw_status status = doubles_new(all, &run->lines);
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        status = direction_make(&seeded, &run->model, &args->direction, "x", source,
                                run->lines + k * size);
        seeded.common.seed++;
    }
    if (status == TW_OK)
        status = repeats_new(run->objective, count, run->lines, &run->repeated);
    if (status == TW_OK)
        run->objective = run->repeated;
    return status;
}

static tw_status make_surface(const survey_args *args, survey *run) {
    size_t own = tw_objective_metrics(run->model.objective) * (run->repeated != NULL ? 3 : 1);
    tw_status status = metrics_plan(run->objective, own, run->model.split, &run->metrics);
    if (status == TW_OK)
        status = tw_surface_init(&run->surface, &args->x, args->y.count > 0 ? &args->y : NULL,
                                 run->metrics.count, (const char *const *)run->metrics.names);
    return status;
}

/* ---- what came out ---- */

static void sum_up(const tw_surface *surface, survey_summary *summary) {
    const double *loss = tw_surface_plane(surface, 0);
    summary->points = surface->nx * surface->ny;
    summary->minimum = summary->maximum = NAN;
    summary->minimum_x = summary->minimum_y = NAN;
    for (size_t i = 0; i < summary->points; i++) {
        if (!isfinite(loss[i])) {
            summary->not_finite++;
            continue;
        }
        if (!(loss[i] <= summary->maximum))
            summary->maximum = isnan(summary->maximum) ? loss[i] : fmax(summary->maximum, loss[i]);
        if (isnan(summary->minimum) || loss[i] < summary->minimum) {
            summary->minimum = loss[i];
            summary->minimum_x = surface->x[i % surface->nx];
            summary->minimum_y = surface->y != NULL ? surface->y[i / surface->nx] : 0;
        }
    }
}

/* The largest standard error over its loss. */
static double worst_error(const tw_surface *surface, const char *split) {
    char name[64];
    double worst = NAN;
    snprintf(name, sizeof name, "%s_loss_se", split);
    int metric = tw_surface_metric(surface, name);
    const double *loss = tw_surface_plane(surface, 0);
    for (size_t p = 0; metric >= 0 && p < surface->nx * surface->ny; p++)
        if (isfinite(loss[p]))
            worst = fmax(worst, tw_surface_plane(surface, (size_t)metric)[p] / fabs(loss[p]));
    return worst;
}

/* The loss at coefficient 0 where that is on the grid, or NULL. */
static const double *find_center(const tw_surface *surface) {
    for (size_t i = 0; i < surface->nx * surface->ny; i++)
        if (surface->x[i % surface->nx] == 0 &&
            (surface->y == NULL || surface->y[i / surface->nx] == 0))
            return tw_surface_plane(surface, 0) + i;
    return NULL;
}

/* Whether the centre of the surface, computed as its points are, is the model's own loss but for
 * rounding. Rounding errors go with the terms that are added up, which may be larger than the loss,
 * but hardly larger than 1 and the losses around. */
static void check_center(const cli_context *context, const tw_objective *objective,
                         survey_summary *summary) {
    const double allowed = 1e4 * tw_objective_noise(objective);
    double own = summary->model_loss, gap = fabs(summary->center - own);
    double around = fmin(1, fmax(fabs(summary->minimum), fabs(summary->maximum)));
    double size = fmax(fabs(own), isnan(around) ? 1 : around);
    summary->center_is_off = !(gap <= allowed * size) && summary->center != own &&
                             !(isnan(own) && isnan(summary->center));
    if (summary->center_is_off)
        cli_talk(
            context,
            "note: at the centre the surface has %.10g and the model %.10g, farther apart than "
            "rounding takes them: the points are not evaluated as the model is\n",
            summary->center, own);
}

/* The first of a team has the file; the others only compute. */
static tw_status evaluate(cli_context *context, const survey_args *args, survey *run,
                          const double *dx, const double *dy, double *values) {
    keeper keep = {0};
    tw_status status = TW_OK;
    const double *center = find_center(&run->surface);
    tw_survey_options options = {.metrics = run->metrics.source, .team = context->team};
    if (cli_is_first(context)) {
        status = keep_begin(context, &args->keep, dy == NULL ? "slice" : "plane", args->output,
                            &run->surface, &run->provenance, &keep);
        options.progress = keep_step;
        options.progress_user = &keep;
        options.center = center == NULL ? values : NULL;
    }
    int begun = status == TW_OK;
    status = tw_team_agree(context->team, status, NULL);
    run->summary.continued = keep.taken;
    if (status == TW_OK && (tw_team_size(context->team) > 1 || center == NULL ||
                            keep.taken < run->surface.nx * run->surface.ny))
        status = tw_survey_run(run->objective, run->model.x, dx, dy, run->metrics.scale, &options,
                               &run->surface);
    run->summary.center = center != NULL ? *center : values[0];
    return cli_is_first(context) && begun ? keep_end(&keep, status) : status;
}

static tw_status fill(cli_context *context, const survey_args *args, const double *dx,
                      const double *dy, survey *run) {
    survey_summary *summary = &run->summary;
    const cli_model *model = &run->model;
    memset(summary, 0, sizeof *summary);
    double *values = NULL;
    double begun = clock_seconds();
    tw_status status = doubles_new(tw_objective_metrics(run->objective), &values);
    if (status == TW_OK)
        status = evaluate(context, args, run, dx, dy, values);
    summary->seconds = clock_seconds() - begun;
    if (status == TW_OK && cli_is_first(context))
        status = tw_objective_value(run->objective, model->x, values);
    if (status == TW_OK && cli_is_first(context)) {
        sum_up(&run->surface, summary);
        summary->model_loss = values[0];
        summary->test_loss =
            run->test != NULL
                ? values[tw_objective_metrics(model->objective) * (run->repeated != NULL ? 3 : 1)]
                : NAN;
        summary->cosine = dy == NULL ? NAN : direction_cosine(model->size, dx, dy);
        summary->error = worst_error(&run->surface, model->split);
        summary->samples = tw_objective_samples(model->objective);
        check_center(context, model->objective, summary);
    }
    free(values);
    return status;
}

static void print_json(const cli_context *context, const survey_summary *summary, int rank) {
    double at[2] = {summary->minimum_x, summary->minimum_y};
    json writer = {.out = context->out};
    json_object(&writer, NULL);
    json_number(&writer, "center", summary->center);
    json_number(&writer, "minimum", summary->minimum);
    json_numbers(&writer, "minimum_at", (size_t)rank, at);
    json_number(&writer, "maximum", summary->maximum);
    json_count(&writer, "points", summary->points);
    json_count(&writer, "continued", summary->continued);
    json_count(&writer, "not_finite", summary->not_finite);
    json_number(&writer, "model_loss", summary->model_loss);
    if (!isnan(summary->test_loss))
        json_number(&writer, "test_loss", summary->test_loss);
    if (!isnan(summary->error)) {
        json_number(&writer, "error", summary->error);
        json_count(&writer, "samples", summary->samples);
    }
    if (rank == 2)
        json_number(&writer, "cosine", summary->cosine);
    json_number(&writer, "seconds", summary->seconds);
    json_end(&writer);
}

static void print_text(const cli_context *context, const survey_summary *summary, int rank) {
    FILE *out = context->out;
    fprintf(out, "center   %.10g (%.2g from the model's own loss)\n", summary->center,
            summary->center == summary->model_loss ? 0
                                                   : fabs(summary->model_loss - summary->center));
    if (!isnan(summary->test_loss))
        fprintf(out, "test     %.10g there, on the test split\n", summary->test_loss);
    fprintf(out, "minimum  %.10g at x = %g", summary->minimum, summary->minimum_x);
    if (rank == 2)
        fprintf(out, ", y = %g", summary->minimum_y);
    fprintf(out, "\nmaximum  %.10g\npoints   %zu", summary->maximum, summary->points);
    if (summary->not_finite > 0)
        fprintf(out, ", %zu of them not finite", summary->not_finite);
    if (summary->continued > 0)
        fprintf(out, ", %zu of them from the file", summary->continued);
    if (!isnan(summary->error))
        fprintf(out, "\nerror    %.3g %% of the loss at most, the standard error over %zu samples",
                100 * summary->error, summary->samples);
    fprintf(out, "\nseconds  %.3f\n", summary->seconds);
    if (rank == 2)
        fprintf(out, "cosine   %.4f between the axes\n", summary->cosine);
}

static tw_status add_axis(tw_provenance *provenance, const char *key, const tw_axis *axis) {
    char first[32], last[32];
    return tw_provenance_add(provenance, key, "%s:%s:%zu",
                             text_shortest(axis->first, first, sizeof first),
                             text_shortest(axis->last, last, sizeof last), axis->count);
}

static tw_status add_hash(tw_provenance *provenance, const char *key, size_t count,
                          const double *values) {
    return tw_provenance_add(provenance, key, "%016" PRIx64, tw_provenance_hash(count, values));
}

static tw_status add_direction(tw_provenance *provenance, const tw_axis *axis, const char *name,
                               const char *source) {
    char key[16];
    snprintf(key, sizeof key, "d%s", name);
    tw_status status = add_axis(provenance, name, axis);
    if (status == TW_OK)
        status = tw_provenance_add(provenance, key, "%s", source != NULL ? source : "random");
    return status;
}

static tw_status add_options(tw_provenance *provenance, const survey_args *args) {
    const direction_args *direction = &args->direction;
    tw_status status = add_direction(provenance, &args->x, "x", direction->dx);
    if (status == TW_OK && args->y.count > 0)
        status = add_direction(provenance, &args->y, "y", direction->dy);
    if (status == TW_OK && direction->norm >= 0)
        status =
            tw_provenance_add(provenance, "norm", "%s", tw_norm_name((tw_norm)direction->norm));
    if (status == TW_OK && !isnan(direction->scale))
        status = tw_provenance_add(provenance, "scale", "%.17g", direction->scale);
    if (status == TW_OK && is_repeated(args))
        status = tw_provenance_add(provenance, "repeats", "%zu", args->repeats);
    if (status == TW_OK && args->tolerance != NULL)
        status = tw_provenance_add(provenance, "tolerance", "%s", args->tolerance);
    return status;
}

/* The vectors that came of the options, last: what differs is told in this order. */
static tw_status add_hashes(survey *run, size_t repeats, const double *dx, const double *dy) {
    size_t size = run->model.size;
    tw_status status = TW_OK;
    if (run->test != NULL) {
        status = tw_provenance_add(&run->provenance, "test_data_hash", "%016" PRIx64,
                                   tw_dataset_hash(run->test_data));
        if (status == TW_OK)
            status = tw_provenance_add(&run->provenance, "test_samples", "%zu",
                                       tw_objective_samples(run->test));
    }
    if (status == TW_OK)
        status = add_hash(&run->provenance, "point_hash", size, run->model.x);
    if (status == TW_OK)
        status = run->repeated != NULL
                     ? add_hash(&run->provenance, "dx_hash", size * repeats, run->lines)
                     : add_hash(&run->provenance, "dx_hash", size, dx);
    if (status == TW_OK && dy != NULL)
        status = add_hash(&run->provenance, "dy_hash", size, dy);
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

/* What the points are evaluated with. */
static tw_status prepare(cli_context *context, const survey_args *args, const option_words *words,
                         survey *out, double **dx, double **dy) {
    tw_status status = model_open(context, &args->model, words, &out->model);
    if (status == TW_OK)
        status = make_directions(context, args, &out->model, dx, dy);
    if (status == TW_OK)
        status = apply_tolerance(context, args, *dx, *dy, &out->model);
    if (status == TW_OK)
        status = make_objective(context, args, out);
    if (status == TW_OK)
        status = repeat(context, args, out);
    if (status == TW_OK)
        status = make_surface(args, out);
    if (status == TW_OK)
        status = model_provenance(context, &args->model, &out->model, &out->provenance);
    if (status == TW_OK)
        status = add_options(&out->provenance, args);
    if (status == TW_OK)
        status = add_hashes(out, args->repeats, *dx, *dy);
    return status;
}

/* All of a team must be at the same survey of the same data, on processors of one level. */
static tw_status agree(const cli_context *context, const survey *run, tw_status status) {
    char *text = NULL;
    size_t size = 0;
    if (tw_team_size(context->team) == 1)
        return status;
    FILE *stream = status == TW_OK ? open_memstream(&text, &size) : NULL;
    if (status == TW_OK && stream == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a text");
    for (size_t k = 0; stream != NULL && k < run->provenance.count; k++)
        if (strcmp(run->provenance.keys[k], "command") != 0)
            fprintf(stream, "%s: %s\n", run->provenance.keys[k], run->provenance.texts[k]);
    if (stream != NULL && fclose(stream) != 0)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a text");
    status = tw_team_agree(context->team, status, status == TW_OK ? text : NULL);
    free(text);
    return status;
}

tw_status survey_run(cli_context *context, const survey_args *args, const option_words *words,
                     survey *out) {
    double *dx = NULL, *dy = NULL;
    tw_status status = prepare(context, args, words, out, &dx, &dy);
    status = agree(context, out, status);
    if (status == TW_OK)
        status = fill(context, args, dx, dy, out);
    free(dy);
    free(dx);
    return status;
}

void survey_release(survey *done) {
    tw_provenance_release(&done->provenance);
    tw_surface_release(&done->surface);
    metrics_release(&done->metrics);
    tw_objective_free(done->repeated);
    free(done->lines);
    tw_objective_free(done->joined);
    tw_objective_free(done->test);
    tw_dataset_free(done->test_data);
    model_release(&done->model);
}

static tw_status write_files(const survey_args *args, const survey *done) {
    tw_status status = TW_OK;
    if (args->output != NULL && done->summary.continued < done->summary.points)
        status = tw_surface_write(args->output, &done->surface, &done->provenance);
    if (status == TW_OK && args->picture != NULL)
        status = figure_surface(args->picture, &args->figure, &done->surface, &done->provenance);
    return status;
}

tw_status survey_command(cli_context *context, const survey_args *given,
                         const option_words *words) {
    survey done = {0};
    survey_args own = *given, *args = &own;
    own.model.errors = own.errors || own.tolerance != NULL;
    tw_status status = cli_is_first(context) ? check_outputs(context, args) : TW_OK;
    status = tw_team_agree(context->team, status, NULL);
    if (status == TW_OK)
        status = survey_run(context, args, words, &done);
    if (status == TW_OK && cli_is_first(context)) {
        status = write_files(args, &done);
        if (status == TW_OK && context->common.json)
            print_json(context, &done.summary, done.surface.rank);
        else if (status == TW_OK)
            print_text(context, &done.summary, done.surface.rank);
    }
    survey_release(&done);
    return status;
}
