/* Help on the terminal. */
#include <string.h>

#include "command/cli_command.h"

enum { HELP_COLUMN = 26, FEW_OPTIONS = 12 };

static void print_option(FILE *stream, const option_spec *spec) {
    char left[80], names[256], text[1024];
    char letter[8] = "    ";
    if (spec->letter != 0)
        snprintf(letter, sizeof letter, "-%c, ", spec->letter);
    snprintf(left, sizeof left, "  %s--%s%s%s", letter, spec->name,
             spec->argument != NULL ? "=" : "", spec->argument != NULL ? spec->argument : "");
    size_t used = (size_t)snprintf(text, sizeof text, "%s", spec->help);
    if (spec->values != NULL && used < sizeof text)
        used += (size_t)snprintf(text + used, sizeof text - used, " (%s)",
                                 tw_text_join(spec->values, names, sizeof names));
    const char *shown = spec->fallback != NULL ? spec->fallback : spec->shown;
    if (shown != NULL && used < sizeof text)
        snprintf(text + used, sizeof text - used, " [%s]", shown);
    fputs(left, stream);
    int column = (int)strlen(left);
    if (column >= HELP_COLUMN) {
        fputc('\n', stream);
        column = 0;
    }
    text_wrap(stream, text, column, HELP_COLUMN);
}

/* How many options of some groups are shown, or of all options. */
static size_t count_options(const option_group *groups, int all) {
    size_t count = 0;
    const option_spec *spec;
    for (; groups != NULL && groups->options != NULL; groups++)
        for (size_t at = 0; (spec = option_in(groups, at)) != NULL; at++)
            count += all || (spec->usual && !groups->rare);
    return count;
}

/* A title is printed with the first option under it. */
static void print_groups(FILE *stream, const option_group *groups, int all) {
    const char *title = NULL;
    const option_spec *spec;
    for (; groups != NULL && groups->options != NULL; groups++) {
        title = groups->title != NULL ? groups->title : title;
        for (size_t at = 0; (spec = option_in(groups, at)) != NULL; at++) {
            if (!all && (!spec->usual || groups->rare))
                continue;
            if (title != NULL)
                fprintf(stream, "\n%s:\n", title);
            title = NULL;
            print_option(stream, spec);
        }
    }
}

static void print_options(FILE *stream, const cli_command *command, int all) {
    int all_own = all || count_options(command->groups, 1) <= FEW_OPTIONS;
    print_groups(stream, command->groups, all_own);
    print_groups(stream, cli_common_groups, all);
    size_t more = count_options(command->groups, 1) + count_options(cli_common_groups, 1) -
                  count_options(command->groups, all_own) - count_options(cli_common_groups, all);
    if (more > 0)
        fprintf(stream, "\n%zu more options: thalweg %s --help-all\n", more, command->name);
}

void help_command(FILE *stream, const cli_command *command, int all) {
    fprintf(stream, "Usage: thalweg %s%s%s [OPTION]...\n", command->name,
            command->words != NULL ? " " : "", command->words != NULL ? command->words : "");
    fprintf(stream, "thalweg %s: ", command->name);
    text_wrap(stream, command->summary, 11 + (int)strlen(command->name), 0);
    if (command->description != NULL) {
        fputc('\n', stream);
        text_wrap(stream, command->description, 0, 0);
    }
    print_options(stream, command, all);
    if (command->examples != NULL)
        fputs("\nExamples:\n", stream);
    for (const char *const *at = command->examples; at != NULL && *at != NULL; at += 2) {
        fprintf(stream, "  %s\n", at[0]);
        text_wrap(stream, at[1], 0, 6);
    }
    fputs("\nExit status: 0 done, 1 the criterion failed, 2 usage, 3 failed, 4 cannot tell.\n",
          stream);
}

void help_general(FILE *stream, const cli_commands *commands) {
    fputs("thalweg: look at a loss function, differentiate it numerically, walk down it.\n\n"
          "Usage: thalweg COMMAND [OPTION]...\n\nCommands:\n",
          stream);
    for (size_t i = 0; commands->at(i) != NULL; i++) {
        int column = fprintf(stream, "  %-10s ", commands->at(i)->name);
        text_wrap(stream, commands->at(i)->summary, column, column);
    }
    fputs("\n'thalweg help COMMAND' shows the options of one; 'thalweg --version' the version.\n"
          "Begin with 'thalweg demo'.\n",
          stream);
}
