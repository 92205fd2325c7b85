/* The runner: finds the command, reads its options, runs it, and checks that its output arrived. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "cli_study.h"
#include "command/cli_command.h"
#include "command/cli_live.h"
#include "option/cli_files.h"
#include "option/cli_foreign.h"
#include "option/cli_hint.h"
#include "option/cli_model.h"
#include "option/cli_unknown.h"
#include "report/cli_whole.h"

enum { MOST_THREADS = 4096 };

/* A word too many: lr=0.1 for --lr=0.1, or a file that an option takes. */
static tw_status unexpected_word(const cli_context *context, const option_words *words) {
    const cli_command *command = context->command;
    const char *word = words->items[command->most_words];
    tw_status status = TW_OK;
    for (size_t i = 0; command->word_values == tw_study_model_name && i < words->count; i++)
        if (status == TW_OK)
            status = hint_word(context, words->items[i]);
    if (status == TW_OK && strchr(word, '=') != NULL)
        status = tw_fail(TW_ERR_ARGUMENT, "unexpected argument '%s'; options have two dashes: --%s",
                         word, word);
    if (status == TW_OK)
        status =
            tw_fail(TW_ERR_ARGUMENT, "unexpected argument '%s'; usage: thalweg %s%s%s [OPTION]...",
                    word, command->name, command->words != NULL ? " " : "",
                    command->words != NULL ? command->words : "");
    return status;
}

static tw_status check_words(const cli_context *context, const option_words *words) {
    const cli_command *command = context->command;
    if (words->count < command->least_words)
        return tw_fail(TW_ERR_ARGUMENT, "an argument is missing: thalweg %s %s, as in '%s'",
                       command->name, command->words, command->examples[0]);
    if (words->count > command->most_words)
        return unexpected_word(context, words);
    if (context->common.json > 1 && !command->json_values)
        return tw_fail(TW_ERR_ARGUMENT,
                       "--json=values: only slices and planes have values; give --json");
    return TW_OK;
}

static tw_status prepare(cli_context *context) {
    common_args *common = &context->common;
    if (common->threads == OPTION_UNSET)
        common->threads = 0;
    if (common->threads > MOST_THREADS)
        return tw_fail(TW_ERR_ARGUMENT, "--threads: %zu is more than %d", common->threads,
                       MOST_THREADS);
    if (tw_text_find(common->cpu, cli_cpu_name) < 0)
        return tw_fail_prefix(tw_text_unknown("level", common->cpu, cli_cpu_name), "--cpu");
    tw_status status = tw_cpu_level_set(common->cpu);
    if (status != TW_OK)
        return tw_fail_prefix(status, "--cpu");
    return tw_runner_new((int)common->threads, &context->runner);
}

/* Of a team, all but the first have nothing to do with help and with most commands. */
static int is_idle(const cli_context *context) {
    return !cli_is_first(context) &&
           (context->command == NULL || !context->command->over_team || context->common.help ||
            context->common.help_all || context->common.version);
}

static const cli_command *find_command(const char *name) {
    int index = tw_text_find(name, cli_command_name);
    return index < 0 ? NULL : cli_command_at((size_t)index);
}

static void print_version(FILE *stream, const cli_commands *commands) {
    fprintf(stream, "thalweg %s\n", tw_version());
}

/* One JSON object is printed when it is whole (the writer ends it with the only line end), or not
 * at all. */
static tw_status run_json(cli_context *context, void *args, const option_words *words) {
    whole_text whole;
    FILE *out = context->out, *stream = whole_open(&whole);
    if (stream == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the output");
    context->out = stream;
    tw_status status = context->command->run(context, args, words);
    context->out = out;
    if (whole_close(stream, &whole) != 0 && status == TW_OK)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for the output");
    else if (whole.size > 0 && whole.text[whole.size - 1] == '\n' && !whole.lost)
        fwrite(whole.text, 1, whole.size, out);
    free(whole.text);
    return status;
}

static tw_status run_parsed(cli_context *context, const option_binding *bindings, void *args,
                            const option_words *words) {
    const cli_command *command = context->command;
    if (is_idle(context))
        return TW_OK;
    if (context->common.help || context->common.help_all) {
        /* 'help plane --help-all' is about plane */
        const cli_command *about =
            command == &command_help && words->count > 0 ? find_command(words->items[0]) : command;
        help_command(context->out, about != NULL ? about : command, context->common.help_all);
        return TW_OK;
    }
    if (context->common.version) {
        print_version(context->out, context->commands);
        return TW_OK;
    }
    cli_study study = {0};
    tw_status status = check_words(context, words);
    if (status == TW_OK)
        status = prepare(context);
    if (!command->over_team)
        context->team = NULL; /* this one is the first, and goes on alone */
    if (status == TW_OK)
        status = study_open(context, &study);
    if (status == TW_OK && cli_is_first(context))
        status = files_take(context, bindings, words);
    status = tw_team_agree(context->team, status, NULL);
    if (status == TW_OK)
        status = context->common.json && command != &command_serve
                     ? run_json(context, args, words)
                     : command->run(context, args, words);
    study_release(context, &study);
    files_release(context);
    tw_runner_free(context->runner);
    context->runner = NULL;
    return status;
}

/* argv[0] is the first word after the command's name. */
static tw_status run_command(cli_context *context, int argc, char **argv) {
    const cli_command *command = context->command;
    void *args = calloc(1, command->args_size > 0 ? command->args_size : 1);
    option_words words = {
        .items = calloc((size_t)argc + 1, sizeof(char *)),
        .silent = calloc((size_t)argc + 1, 1),
    };
    const option_binding bindings[] = {
        {cli_common_groups, &context->common},
        {command->groups, args}, /* ends the list where a command has no options */
        {NULL, NULL},
    };
    tw_status status;
    if (args == NULL || words.items == NULL || words.silent == NULL) {
        free(args);
        free(words.items);
        free(words.silent);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the command line");
    }
    status = options_defaults(bindings);
    if (status == TW_OK)
        status = options_parse(bindings, argc, argv, &words);
    if (words.unknown[0] != '\0')
        status = unknown_option(context->commands, command, words.unknown);
    context->silent = words.silent;
    if (status == TW_OK)
        status = run_parsed(context, bindings, args, &words);
    context->silent = NULL;
    options_release(bindings);
    free(words.items);
    free(words.silent);
    free(args);
    return status;
}

/* 'view OPTION... --live COMMAND ...': the options are view's, and what follows is a command line
 * of its own, as if it stood alone. argv[at] is the command. */
static tw_status run_live(cli_context *context, int at) {
    const cli_command *view = context->command;
    void *args = calloc(1, view->args_size);
    option_words words = {.items = calloc((size_t)at + 1, sizeof(char *))};
    const option_binding bindings[] = {{view->groups, args}, {NULL, NULL}};
    tw_status status = args != NULL && words.items != NULL
                           ? options_defaults(bindings)
                           : tw_fail(TW_ERR_MEMORY, "not enough memory for the command line");
    if (status == TW_OK)
        status = options_parse(bindings, at - 2, context->argv + 2, &words);
    if (words.unknown[0] != '\0')
        tw_fail(status, "'%s' is no option of the page; options of '%s' follow it", words.unknown,
                context->argv[at]);
    if (status == TW_OK && words.count > 0)
        status = tw_fail(TW_ERR_ARGUMENT, "--live shows files or a command, not both");
    if (status == TW_OK)
        status = view_live_options(args, &context->live);
    if (status == TW_OK) {
        context->argc -= at - 1;
        context->argv += at - 1;
        context->command = find_command(context->argv[1]);
        status = run_command(context, context->argc - 2, context->argv + 2);
    }
    if (args != NULL)
        options_release(bindings);
    context->live = NULL; /* which is in args */
    free(words.items);
    free(args);
    return status;
}

/* What may stand in the place of a command. */
static const struct {
    const char *word;
    void (*print)(FILE *stream, const cli_commands *commands);
} instead[] = {
    {"--help", help_general},   {"-h", help_general},         {"--help-man", help_man},
    {"--help-bash", help_bash}, {"--version", print_version}, {"-V", print_version},
    {"version", print_version},
};

static tw_status run_line(cli_context *context) {
    if (context->argc < 2)
        return tw_fail(
            TW_ERR_ARGUMENT,
            "which command? 'thalweg help' lists them, 'thalweg demo' shows what they do");
    const char *word = context->argv[1];
    context->command = find_command(word);
    if (is_idle(context))
        return TW_OK;
    int asks = strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
    if (asks && context->argc > 2 && find_command(context->argv[2]) != NULL) {
        help_command(context->out, find_command(context->argv[2]), 0);
        return TW_OK;
    }
    for (size_t i = 0; i < sizeof instead / sizeof instead[0]; i++)
        if (strcmp(word, instead[i].word) == 0) {
            instead[i].print(context->out, context->commands);
            return TW_OK;
        }
    if (word[0] == '-')
        return tw_fail(TW_ERR_ARGUMENT,
                       "'%s' comes before the command; write 'thalweg COMMAND [OPTION]...', "
                       "'thalweg help' lists the commands",
                       word);
    if (context->command == NULL && foreign_command(word) != NULL)
        return tw_fail(TW_ERR_ARGUMENT, "unknown command '%s'; thalweg calls it %s", word,
                       foreign_command(word));
    if (context->command == NULL)
        return tw_text_unknown("command", word, cli_command_name);
    int live =
        context->command == &command_view ? live_command_at(context->argc, context->argv) : 0;
    return live > 0 ? run_live(context, live)
                    : run_command(context, context->argc - 2, context->argv + 2);
}

int cli_run(int argc, char **argv, FILE *out, FILE *err) {
    return cli_run_team(argc, argv, out, err, NULL);
}

/* Whether output was lost because its reader has gone, as head goes when it has its lines. */
static int reader_is_gone(FILE *out) {
    struct pollfd end = {.fd = fileno(out), .events = POLLOUT};
    return end.fd >= 0 && ferror(out) && poll(&end, 1, 0) > 0 && (end.revents & POLLERR);
}

int cli_run_team(int argc, char **argv, FILE *out, FILE *err, tw_team *team) {
    static const cli_commands commands = {cli_command_at, cli_command_name};
    cli_context context = {
        .commands = &commands, .argc = argc, .argv = argv, .out = out, .err = err, .team = team};
    tw_message_clear();
    tw_status status = run_line(&context);
    errno = 0;
    int lost = fflush(out) != 0 || ferror(out), error = errno != 0 ? errno : EIO;
    if (lost && (status == TW_OK || status == TW_ERR_IO) && reader_is_gone(out))
        return 128 + SIGPIPE; /* in silence: the reader has what it wanted */
    int code = cli_finish(&context, status);
    if (!lost || code == EXIT_USAGE || code == EXIT_RUN_TIME)
        return code; /* one line is enough */
    tw_fail(TW_ERR_IO, "cannot write standard output: %s", strerror(error));
    return cli_finish(&context, TW_ERR_IO);
}
