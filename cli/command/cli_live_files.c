/* Result files on a live page: what made them is planned again, so that it can be asked. */
#include <stdlib.h>
#include <string.h>

#include "command/cli_command.h"
#include "command/cli_live.h"

/* A command line taken apart, and what it asks for. */
typedef struct again {
    char *text, **items; /* the words are in the text */
    int count;
    const cli_command *command;
    common_args common;
    survey_args *args;
    option_words words;
    tw_study_landscape_plan *plan;
} again;

static void again_bindings(again *a, option_binding out[3]) {
    out[0] = (option_binding){cli_common_groups, &a->common};
    out[1] = (option_binding){a->command->groups, a->args};
    out[2] = (option_binding){NULL, NULL};
}

static void again_release(again *a) {
    option_binding bindings[3];
    tw_study_landscape_plan_free(a->plan);
    if (a->args != NULL) {
        again_bindings(a, bindings);
        options_release(bindings);
    }
    free(a->args);
    free(a->words.items);
    free(a->items);
    free(a->text);
}

/* As text_shell_quote writes words, in place: no word becomes longer. */
static tw_status split(const char *line, again *a) {
    a->text = strdup(line);
    a->items = calloc(strlen(line) + 1, sizeof *a->items);
    a->words.items = calloc(strlen(line) + 1, sizeof *a->words.items);
    if (a->text == NULL || a->items == NULL || a->words.items == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a command line");
    char *to = a->text;
    for (const char *at = a->text; *(at += strspn(at, " ")) != '\0';) {
        int quoted = 0, more = 1;
        a->items[a->count++] = to;
        for (; *at != '\0' && (quoted || *at != ' '); at++)
            if (*at == '\'')
                quoted = !quoted;
            else if (*at == '\\' && !quoted && at[1] != '\0')
                *to++ = *++at;
            else
                *to++ = *at;
        more = *at != '\0';
        at += more;
        *to++ = '\0';
        if (!more)
            break;
    }
    return TW_OK;
}

static const cli_command *find(const cli_context *context, const char *word) {
    const cli_command *command = NULL;
    for (size_t k = 0; (command = context->commands->at(k)) != NULL; k++)
        if (strcmp(command->name, word) == 0)
            break;
    return command;
}

static tw_status parse(const cli_context *context, again *a) {
    option_binding bindings[3];
    int is_survey =
        a->count > 1 && strcmp(a->items[0], "thalweg") == 0 && live_is_survey(a->items[1]);
    a->command = is_survey ? find(context, a->items[1]) : NULL;
    if (a->command == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "no 'thalweg plane' or 'thalweg slice' made it");
    a->args = calloc(1, a->command->args_size);
    if (a->args == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a command line");
    again_bindings(a, bindings);
    tw_status status = options_defaults(bindings);
    return status == TW_OK ? options_parse(bindings, a->count - 2, a->items + 2, &a->words)
                           : status;
}

/* Only what a file needs for its questions, and nothing that would run or write what a file that
 * somebody sent has in it: the model is one of the library's own, and no option that names an
 * output is left. */
static tw_status disarm(again *a) {
    tw_study_landscape_options *options = &a->args->options;
    tw_study_model_options named = options->model;
    options->output = options->directions = options->projection = NULL;
    a->args->picture = NULL;
    if (a->words.count > 0)
        named.model = a->words.items[0];
    if (!tw_study_model_built_in(&named))
        return tw_fail(TW_ERR_ARGUMENT, "its command runs a program or a shared object, which a "
                                        "file cannot ask for; if it is yours, 'thalweg view "
                                        "--live' with that command behind it does");
    return TW_OK;
}

/* The plan of the landscape that the file holds; nothing is written by it. */
static tw_status plan_again(cli_context *context, const char *file, again *a) {
    tw_surface surface = {0};
    tw_provenance made = {0};
    tw_status status = tw_surface_read(file, &surface, &made);
    const char *line = status == TW_OK ? tw_provenance_get(&made, "command") : NULL;
    if (status == TW_OK && line == NULL)
        status = tw_fail(TW_ERR_ARGUMENT, "it does not say which command made it");
    if (status == TW_OK)
        status = split(line, a);
    if (status == TW_OK)
        status = parse(context, a);
    if (status == TW_OK)
        status = disarm(a);
    if (status == TW_OK) {
        a->args->options.rank = surface.rank;
        if (surface.rank == 2)
            a->args->options.repeats = TW_UNSET;
        context->study->seed = a->common.seed;
        status = survey_plan(context, a->args, &a->words, &a->plan);
    }
    if (status == TW_OK)
        status = tw_study_live_same(a->plan, &made);
    tw_surface_release(&surface);
    tw_provenance_release(&made);
    return status;
}

/* A file whose command does not work here any more is shown, and not asked. */
static void plan_if_possible(cli_context *context, const char *file, again *a) {
    if (plan_again(context, file, a) == TW_OK)
        return;
    cli_talk(context, "note: '%s' is shown, and cannot be asked: %s\n", file, tw_message());
    tw_message_clear();
    tw_study_landscape_plan_free(a->plan);
    a->plan = NULL;
}

tw_status live_files(cli_context *context, const tw_study_live_options *options,
                     const option_words *words) {
    const char *const *files = (const char *const *)words->items;
    tw_result_kind kind = TW_RESULT_UNKNOWN;
    again a = {0};
    tw_live *live = NULL;
    tw_status status = tw_result_kind_of(files[0], &kind);
    if (status == TW_OK && kind != TW_RESULT_SURFACE)
        status = tw_fail(TW_ERR_ARGUMENT,
                         "'%s' is no plane or slice, which --live shows first; without --live it "
                         "can be viewed",
                         files[0]);
    if (status != TW_OK)
        return status;
    plan_if_possible(context, files[0], &a);
    status = live_open(context, options, words->count, files, a.plan != NULL, &live);
    if (status == TW_OK)
        status = tw_study_live_serve(context->study, live, a.plan, files[0]);
    tw_live_free(live);
    again_release(&a);
    return status;
}
