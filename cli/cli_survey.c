#include "cli_survey.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli_interrupt.h"
#include "cli_survey_axes.h"
#include "cli_survey_size.h"
#include "cli_tolerance.h"
#include "command/cli_command.h"
#include "report/cli_progress.h"

static const char *const surface_endings[] = {".h5", ".npz", ".csv", NULL};

const option_spec survey_options[] = {
    {"output", 'o', OPTION_FILE, "FILE", offsetof(survey_args, output), .use = FILE_WRITTEN,
     .endings = surface_endings,
     .help =
         "write the values: .h5, .npz or .csv; saved while it runs, continued by the same command",
     .usual = 1},
    {"plot", 'p', OPTION_FILE, "FILE", offsetof(survey_args, picture), .use = FILE_WRITTEN,
     .endings = cli_picture_endings, .help = "draw it: .png, .svg or .pdf", .usual = 1},
    {"test", 0, OPTION_FLAG, NULL, offsetof(survey_args, test),
     .help = "in the same pass, the test split as well: test_loss, test_acc", .usual = 1},
    {"errors", 0, OPTION_FLAG, NULL, offsetof(survey_args, errors),
     .help = "the standard error of every loss as well, from its spread over the samples: "
             "train_loss_se"},
    {"tolerance", 0, OPTION_TEXT, "T", offsetof(survey_args, tolerance),
     .help = "--errors with just enough samples, the same for every point, to bring each standard "
             "error below T (1% or 0.01) of its loss on a coarse grid"},
    {NULL},
};

/* ---- error bars ---- */

static tw_status read_tolerance(const char *text, double *out) {
    tw_status status = text_share("--tolerance", text, out, NULL);
    if (status == TW_OK && !(*out > 0))
        status = tw_fail(TW_ERR_ARGUMENT, "--tolerance: '%s' must be greater than 0", text);
    return status;
}

static tw_status apply_tolerance(const cli_context *context, const survey_args *args, survey *run) {
    const tw_study_model *model = run->model;
    double tolerance;
    if (!args->errors && args->tolerance == NULL)
        return TW_OK;
    if (tolerance_metric(model->objective) < 0 || tw_objective_samples(model->objective) < 2)
        return tw_fail(TW_ERR_ARGUMENT, "%s: '%s' has no spread over samples",
                       args->tolerance != NULL ? "--tolerance" : "--errors", model->kind);
    if (args->tolerance == NULL)
        return TW_OK;
    tw_status status = read_tolerance(args->tolerance, &tolerance);
    return status == TW_OK ? tolerance_apply(tolerance, &args->x, &args->y, &run->plane, run->model)
                           : status;
}

/* ---- train and test in one pass ---- */

/* run->objective is the model's, or with --test both splits' as one. */
static tw_status make_objective(const cli_context *context, const survey_args *args, survey *run) {
    run->objective = run->model->objective;
    if (!args->test)
        return TW_OK;
    if (run->model->data == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "--test: '%s' needs no data, and has no test split",
                       run->model->kind);
    if (args->model.data.split == TW_SPLIT_TEST || run->model->example)
        return tw_fail(TW_ERR_ARGUMENT, "--test adds the test split; it cannot be used with %s",
                       run->model->example ? "--example" : "--split test");
    tw_status status = tw_study_model_test(run->model, &run->test_data, &run->test);
    if (status == TW_OK && run->test == NULL)
        status = tw_fail(TW_ERR_ARGUMENT, "--test: '%s' has no test split", run->model->source);
    if (status == TW_OK)
        status = tw_objective_join(run->model->objective, run->test, tw_split_name(TW_SPLIT_TEST),
                                   &run->joined);
    if (status == TW_OK)
        run->objective = run->joined;
    return status;
}

static int is_repeated(const survey_args *args) {
    return args->repeats != OPTION_UNSET && args->repeats > 1;
}

/* With --repeats, run->objective goes along all directions at once; dx is the first of them. */
static tw_status repeat(const cli_context *context, const survey_args *args, survey *run) {
    const char *source = direction_source(&args->direction, 0);
    size_t count = args->repeats, size = run->model->size, all;
    if (!is_repeated(args))
        return TW_OK;
    if (strcmp(source, "random") != 0)
        return tw_fail(TW_ERR_ARGUMENT,
                       "--repeats draws directions; it cannot be used with --%s %s",
                       args->direction.directions != NULL ? "directions" : "dx", source);
    if (__builtin_mul_overflow(count, size, &all))
        return tw_fail(TW_ERR_ARGUMENT, "--repeats: %zu is too large", count);
    cli_context seeded = *context;
    tw_status status = doubles_new(all, &run->lines);
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        status = direction_make(&seeded, run->model, &args->direction, "x", source,
                                run->lines + k * size);
        seeded.common.seed++;
    }
    if (status == TW_OK)
        status = tw_objective_repeat(run->objective, count, run->lines, &run->repeated);
    if (status == TW_OK)
        run->objective = run->repeated;
    return status;
}

static tw_status make_surface(const survey_args *args, survey *run) {
    tw_status status = tw_metric_plan_make(run->objective, run->model->split, &run->metrics);
    if (status == TW_OK)
        status = survey_size(args, run->metrics.count);
    if (status == TW_OK)
        status = tw_surface_init(&run->surface, &args->x, args->y.count > 0 ? &args->y : NULL,
                                 run->metrics.count, (const char *const *)run->metrics.names);
    return status;
}

/* ---- the points ---- */

/* All points, or with --adaptive those that it takes. A file that is complete has its errors
 * estimated anew, without evaluating anything. */
static tw_status take_points(const cli_context *context, const survey_args *args, survey *run,
                             const tw_survey_options *options) {
    if (args->adaptive.tolerance == NULL)
        return tw_survey_run(run->objective, &run->plane, options, &run->surface);
    tw_adaptive_options adaptive = {.seed = context->common.seed};
    tw_status status = adaptive_parse(&args->adaptive, &args->figure, &adaptive);
    if (status == TW_OK)
        status = adaptive_run(run->objective, &run->plane, options, &adaptive, &run->surface,
                              &run->adaptive);
    return status;
}

/* The first of a team has the file; the others only compute. */
static tw_status evaluate(cli_context *context, const survey_args *args, survey *run,
                          double *values) {
    keeper keep = {0};
    tw_status status = TW_OK;
    /* a centre that may be interpolated is evaluated apart */
    const double *center =
        args->adaptive.tolerance == NULL ? survey_center(&run->surface, run->at) : NULL;
    tw_survey_options options = {.metrics = run->metrics.source,
                                 .scale = run->metrics.scale,
                                 .team = context->team,
                                 .center_at = run->at};
    if (cli_is_first(context)) {
        status = keep_begin(context, &args->keep, run->plane.rank == 1 ? "slice" : "plane",
                            args->output, &run->surface, &run->provenance, &keep);
        run->claim = keep.claim;
        keep.foretold = args->adaptive.tolerance != NULL; /* how many there will be is not known */
        options.progress = keep_step;
        options.progress_user = &keep;
        options.center = center == NULL ? values : NULL;
    }
    int begun = status == TW_OK;
    if (begun && cli_is_first(context)) /* not before the run is known to be that of the file */
        status = directions_save(&args->direction, tw_objective_space(run->model->objective),
                                 &run->plane, &run->provenance);
    if (!cli_is_first(context) && args->output != NULL)
        interrupt_watch(); /* a signal goes to all of them; the first saves, and stops the others */
    status = tw_team_agree(context->team, status, NULL);
    run->summary.continued = keep.taken;
    if (status == TW_OK && (tw_team_size(context->team) > 1 || center == NULL ||
                            keep.taken < run->surface.nx * run->surface.ny))
        status = take_points(context, args, run, &options);
    run->summary.center = center != NULL ? *center : values[0];
    if (!cli_is_first(context))
        interrupt_release();
    return cli_is_first(context) && begun ? keep_end(&keep, status) : status;
}

/* NaN without --test. */
static double test_loss(const survey *run, const double *values) {
    tw_metric wanted = *tw_objective_metric(run->objective, 0);
    wanted.split = tw_split_name(TW_SPLIT_TEST);
    int found = tw_objective_metric_find(run->objective, &wanted);
    return found >= 0 ? values[found] : NAN;
}

static tw_status fill(cli_context *context, const survey_args *args, survey *run) {
    survey_summary *summary = &run->summary;
    const tw_study_model *model = run->model;
    memset(summary, 0, sizeof *summary);
    double *values = NULL;
    double begun = clock_seconds();
    tw_status status = doubles_new(tw_objective_metrics(run->objective), &values);
    if (status == TW_OK)
        status = evaluate(context, args, run, values);
    summary->seconds = clock_seconds() - begun;
    if (status == TW_OK && cli_is_first(context))
        status = tw_objective_value(run->objective, model->x, values);
    if (status == TW_OK && cli_is_first(context)) {
        summary->model_loss = values[0];
        summary->test_loss = test_loss(run, values);
        tw_plane_measure(&run->plane);
        summary->cosine = run->plane.cosine;
        summary->angle = run->plane.angle;
        survey_sum_up(context, run);
    }
    free(values);
    return status;
}

static tw_status add_axis(tw_provenance *provenance, const char *key, const tw_axis *axis) {
    char first[32], last[32];
    return tw_provenance_add(provenance, key, "%s:%s:%zu",
                             tw_shortest(axis->first, first, sizeof first),
                             tw_shortest(axis->last, last, sizeof last), axis->count);
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
        status = tw_provenance_add(provenance, key, "%s", source);
    return status;
}

static tw_status add_options(tw_provenance *provenance, const survey_args *args) {
    const direction_args *direction = &args->direction;
    tw_status status = add_direction(provenance, &args->x, "x", direction_source(direction, 0));
    if (status == TW_OK && args->y.count > 0)
        status = add_direction(provenance, &args->y, "y", direction_source(direction, 1));
    if (status == TW_OK)
        status = direction_provenance(direction, provenance);
    if (status == TW_OK && is_repeated(args))
        status = tw_provenance_add(provenance, "repeats", "%zu", args->repeats);
    if (status == TW_OK && args->tolerance != NULL)
        status = tw_provenance_add(provenance, "tolerance", "%s", args->tolerance);
    if (status == TW_OK && args->adaptive.tolerance != NULL)
        status = adaptive_provenance(&args->adaptive, &args->figure, provenance);
    return status == TW_OK ? paths_provenance(&args->paths, provenance) : status;
}

/* The vectors that came of the options, last: what differs is told in this order. */
static tw_status add_hashes(survey *run, size_t repeats) {
    size_t size = run->model->size;
    const double *dx = run->plane.x, *dy = run->plane.y;
    tw_status status = TW_OK;
    if (run->test != NULL) {
        status = tw_provenance_add(&run->provenance, "test_data_hash", "%016" PRIx64,
                                   tw_dataset_hash(run->test_data));
        if (status == TW_OK)
            status = tw_provenance_add(&run->provenance, "test_samples", "%zu",
                                       tw_objective_samples(run->test));
    }
    if (status == TW_OK)
        status = add_hash(&run->provenance, "point_hash", size, run->model->x);
    if (status == TW_OK)
        status = run->repeated != NULL
                     ? add_hash(&run->provenance, "dx_hash", size * repeats, run->lines)
                     : add_hash(&run->provenance, "dx_hash", size, dx);
    if (status == TW_OK && dy != NULL)
        status = add_hash(&run->provenance, "dy_hash", size, dy);
    return status == TW_OK ? paths_hash(&run->paths, &run->provenance) : status;
}

static tw_status check_outputs(const cli_context *context, const survey_args *args) {
    if (args->output == NULL && args->picture == NULL && !context->common.json)
        return tw_fail(TW_ERR_ARGUMENT, "no output was asked for; give -o FILE.h5, --plot FILE.png "
                                        "or --json");
    if (is_repeated(args) && args->direction.save != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "--repeats and --save-directions cannot be used together");
    tw_status status = direction_check(&args->direction);
    tw_adaptive_options adaptive;
    if (status == TW_OK && args->adaptive.tolerance != NULL)
        status = adaptive_parse(&args->adaptive, &args->figure, &adaptive);
    return status;
}

/* What the points are evaluated with; axes and ranges that paths make are put into args. */
static tw_status prepare(cli_context *context, survey_args *args, const option_words *words,
                         survey *out) {
    tw_status status = model_open(context, &args->model, words, &out->model);
    if (status == TW_OK)
        status = survey_axes(context, args, out);
    if (status == TW_OK)
        status = apply_tolerance(context, args, out);
    if (status == TW_OK)
        status = make_objective(context, args, out);
    if (status == TW_OK)
        status = repeat(context, args, out);
    if (status == TW_OK)
        status = make_surface(args, out);
    if (status == TW_OK)
        status = tw_study_model_provenance(out->model, &out->provenance);
    if (status == TW_OK)
        status = add_options(&out->provenance, args);
    if (status == TW_OK)
        status = add_hashes(out, args->repeats);
    return status;
}

/* What the reader is told of the surface, and the paths in it. */
static tw_status look(const cli_context *context, survey *run) {
    tw_status status = paths_losses(context, run->model, &run->plane, &run->paths);
    const notes_view view = {.model = run->model,
                             .surface = &run->surface,
                             .plane = &run->plane,
                             .repeated = run->repeated != NULL,
                             .at = {run->whole ? NAN : run->at[0], run->at[1]}};
    if (status == TW_OK)
        status = notes_make(&view, &run->paths, &run->notes);
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
    survey_args own = *args;
    tw_status status = prepare(context, &own, words, out);
    status = agree(context, out, status);
    if (status == TW_OK)
        status = fill(context, &own, out);
    if (status == TW_OK && cli_is_first(context))
        status = look(context, out);
    return status;
}

void survey_release(survey *done) {
    tw_claim_release(done->claim);
    tw_provenance_release(&done->provenance);
    paths_release(&done->paths);
    tw_surface_release(&done->surface);
    adaptive_release(&done->adaptive);
    tw_metric_plan_release(&done->metrics);
    tw_objective_free(done->repeated);
    free(done->lines);
    tw_objective_free(done->joined);
    tw_objective_free(done->test);
    tw_dataset_free(done->test_data);
    tw_plane_release(&done->plane);
    free(done->names[0]);
    free(done->names[1]);
    tw_study_model_free(done->model);
}

/* Only .h5 files have room for them. */
static tw_status write_paths(const cli_context *context, const survey_args *args,
                             const survey *done) {
    if (!cli_has_ending(args->output, ".npz") && !cli_has_ending(args->output, ".csv"))
        return paths_write(args->output, &done->paths);
    if (done->paths.paths.count > 0)
        cli_talk(context, "note: '%s' cannot hold the paths; a .h5 file can\n", args->output);
    return TW_OK;
}

static tw_status write_files(const cli_context *context, const survey_args *args,
                             const survey *done) {
    tw_status status = TW_OK;
    if (args->output != NULL && done->summary.continued < done->summary.points)
        status = tw_surface_write(args->output, &done->surface, &done->provenance);
    if (status == TW_OK && args->output != NULL)
        status = write_paths(context, args, done);
    if (status == TW_OK)
        status = paths_projection(&args->paths, &done->paths, &done->provenance);
    if (status == TW_OK && args->picture != NULL)
        status = tw_study_picture_surface(args->picture, &args->figure, &done->surface,
                                          &done->paths.paths, &done->provenance);
    return status;
}

/* For those who do not know the command. A pipe or a device is no file to draw. */
static void say_how_to_draw(const cli_context *context, const char *output) {
    struct stat info;
    if (output == NULL || context->common.quiet || !tw_plot_available() ||
        stat(output, &info) != 0 || !S_ISREG(info.st_mode))
        return;
    char seen[4096];
    if (strcmp(tw_visible(output, seen, sizeof seen), output) != 0)
        return; /* a name that no terminal shows as it is cannot be copied from there */
    fputs("draw it: thalweg plot ", context->err);
    text_shell_quote(context->err, output);
    fputc('\n', context->err);
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
        status = write_files(context, args, &done);
        if (status == TW_OK)
            survey_print(context, &done);
        if (status == TW_OK && args->picture == NULL)
            say_how_to_draw(context, args->output);
    }
    survey_release(&done);
    return status;
}
