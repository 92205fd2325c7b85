#include "command/cli_command.h"

typedef struct help_args {
    int all;
} help_args;

static tw_status run(cli_context *context, void *data, const option_words *words) {
    if (words->count == 0) {
        help_general(context->out, context->commands);
        return TW_OK;
    }
    int index = tw_text_find(words->items[0], context->commands->name);
    if (index < 0)
        return tw_text_unknown("command", words->items[0], context->commands->name);
    const help_args *args = data;
    help_command(context->out, context->commands->at((size_t)index), args->all);
    return TW_OK;
}

static const option_spec options[] = {
    {"all", 'a', OPTION_FLAG, NULL, offsetof(help_args, all),
     .help = "all options of the command, not only those that most people use"},
    {NULL},
};

static const option_group groups[] = {{"Help", options, 0}, {NULL}};

const cli_command command_help = {
    .name = "help",
    .words = "[COMMAND]",
    .most_words = 1,
    .word_is_command = 1,
    .summary = "show the commands, or the options of one",
    .groups = groups,
    .args_size = sizeof(help_args),
    .run = run,
};
