#include "command/cli_command.h"

static const struct {
    const char *name;
    void (*print)(FILE *stream, const cli_commands *commands);
} shells[] = {{"bash", help_bash}, {"zsh", help_zsh}, {"fish", help_fish}};

static const char *shell_name(size_t index) {
    return index < sizeof shells / sizeof shells[0] ? shells[index].name : NULL;
}

static tw_status run(cli_context *context, void *args, const option_words *words) {
    int index = tw_text_find(words->items[0], shell_name);
    if (index < 0)
        return tw_text_unknown("shell", words->items[0], shell_name);
    shells[index].print(context->out, context->commands);
    return TW_OK;
}

static const char *const examples[] = {
    "source <(thalweg completion bash)",
    "in ~/.bashrc",
    "source <(thalweg completion zsh)",
    "in ~/.zshrc, after compinit",
    "thalweg completion fish > ~/.config/fish/completions/thalweg.fish",
    "once",
    NULL,
};

const cli_command command_completion = {
    .name = "completion",
    .words = "SHELL",
    .least_words = 1,
    .most_words = 1,
    .word_values = shell_name,
    .summary = "print the completion script for a shell: bash, zsh or fish",
    .description =
        "Commands, options, names and the files that fit are completed with the Tab key. "
        "'make install' puts the scripts where the shells find them; this is for a tool "
        "that is not installed.",
    .examples = examples,
    .run = run,
};
