#include "cli_command.h"

static tw_status run(cli_context *context, void *args, const option_words *words) {
    if (words->count == 0) {
        help_general(context->out);
        return TW_OK;
    }
    int index = text_find(words->items[0], cli_command_name);
    if (index < 0)
        return text_unknown("command", words->items[0], cli_command_name);
    help_command(context->out, cli_command_at((size_t)index));
    return TW_OK;
}

const cli_command command_help = {
    .name = "help",
    .words = "[COMMAND]",
    .most_words = 1,
    .word_values = cli_command_name,
    .summary = "show the commands, or the options of one",
    .run = run,
};
