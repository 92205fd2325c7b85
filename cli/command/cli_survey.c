#include "command/cli_survey.h"

#include <math.h>
#include <string.h>
#include <sys/stat.h>

#include "command/cli_command.h"
#include "command/cli_live.h"
#include "report/cli_terminal.h"

static tw_status check_outputs(const cli_context *context, const survey_args *args) {
    if (args->options.output == NULL && args->picture == NULL && !args->terminal &&
        !context->common.json && context->live == NULL)
        return tw_fail(TW_ERR_ARGUMENT,
                       "no output was asked for; give -o FILE.h5, --plot FILE.png, "
                       "--terminal or --json");
    if (args->terminal && (args->picture != NULL || context->common.json))
        return tw_fail(TW_ERR_ARGUMENT, "--terminal and %s cannot be used together",
                       args->picture != NULL ? "--plot" : "--json");
    if (args->options.adaptive != NULL && args->figure.log && args->figure.linear)
        return tw_fail(TW_ERR_ARGUMENT, "--log and --linear cannot be used together");
    return TW_OK;
}

tw_status survey_plan(cli_context *context, const survey_args *args, const option_words *words,
                      tw_study_landscape_plan **out) {
    tw_study_landscape_options options = args->options;
    tw_study_model *model = NULL;
    *out = NULL;
    options.adaptive_scale = args->figure.log      ? TW_ADAPTIVE_LOG
                             : args->figure.linear ? TW_ADAPTIVE_LINEAR
                                                   : TW_ADAPTIVE_AUTO;
    options.model.errors = options.errors || options.tolerance != NULL;
    tw_status status = tw_study_landscape_check(&options);
    if (status == TW_OK)
        status = model_open(context, &options.model, words, &model);
    status = tw_team_agree(context->team, status, NULL);
    if (status == TW_OK)
        return tw_study_landscape_plan_on(context->study, model, &options, out);
    tw_study_model_free(model);
    return status;
}

static tw_status draw(const cli_context *context, const survey_args *args,
                      const tw_study_landscape_plan *plan,
                      const tw_study_landscape_result *result) {
    tw_study_picture_options figure = args->figure;
    const char *picture = args->picture;
    tw_terminal terminal;
    tw_status status =
        args->terminal ? terminal_find(context, args->terminal, &terminal, &picture) : TW_OK;
    figure.terminal = args->terminal ? &terminal : NULL;
    /* where there is no eigenvalue to draw the loss still is there */
    int curved = result->curvature.used && result->curvature.points > result->curvature.not_finite;
    if (curved && result->surface.rank == 2 && figure.metric == NULL && figure.map < 0)
        figure.map = TW_PICTURE_RATIO;
    return status == TW_OK && picture != NULL
               ? tw_study_picture_surface(picture, &figure, &result->surface, &result->paths,
                                          tw_study_landscape_plan_provenance(plan))
               : status;
}

static void say_command(const cli_context *context, const char *command, const char *output) {
    fprintf(context->err, "%s ", command);
    text_shell_quote(context->err, output);
    fputc('\n', context->err);
}

/* For those who do not know the commands. A pipe or a device is no file to draw. */
static void say_how_to_look(const cli_context *context, const char *output, int rank) {
    struct stat info;
    if (output == NULL || context->common.quiet || stat(output, &info) != 0 ||
        !S_ISREG(info.st_mode))
        return;
    char seen[4096];
    if (strcmp(tw_visible(output, seen, sizeof seen), output) != 0)
        return; /* a name that no terminal shows as it is cannot be copied from there */
    if (tw_plot_available())
        say_command(context, "draw it: thalweg plot", output);
    if (rank == 2 && (tw_surface_form_can(output) & TW_SURFACE_READ_BACK))
        say_command(context, "turn it: thalweg view", output);
}

/* On a live page, or without one. */
static tw_status run_plan(const cli_context *context, tw_study_landscape_plan *plan, tw_live **live,
                          tw_study_landscape_result *result) {
    if (context->live == NULL)
        return tw_study_landscape_run(plan, result);
    tw_status status = live_open(context, context->live, 0, NULL, 1, live);
    return status == TW_OK ? tw_study_live_run(*live, plan, result) : status;
}

tw_status survey_command(cli_context *context, survey_args *args, int rank,
                         const option_words *words) {
    tw_study_landscape_plan *plan = NULL;
    tw_study_landscape_result result = {0};
    tw_live *live = NULL;
    args->options.rank = rank;
    if (rank == 2) /* what has no option is zero */
        args->options.repeats = TW_UNSET;
    tw_status status = cli_is_first(context) ? check_outputs(context, args) : TW_OK;
    status = tw_team_agree(context->team, status, NULL);
    if (status == TW_OK)
        status = survey_plan(context, args, words, &plan);
    if (status == TW_OK)
        status = run_plan(context, plan, &live, &result);
    if (status == TW_OK && cli_is_first(context)) {
        status = draw(context, args, plan, &result);
        if (status == TW_OK)
            survey_print(context, plan, &result);
        if (status == TW_OK && args->picture == NULL)
            say_how_to_look(context, args->options.output, rank);
    }
    if (status == TW_OK && live != NULL) {
        fflush(context->out);
        status = tw_study_live_serve(context->study, live, plan, NULL);
    }
    tw_live_free(live);
    tw_study_landscape_release(&result);
    tw_study_landscape_plan_free(plan);
    return status;
}
