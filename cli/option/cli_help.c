/* Help on the terminal. */
#include <string.h>

#include "command/cli_command.h"

enum { HELP_COLUMN = 26, FEW_OPTIONS = 12, MOST_USUAL = 18 };

static void print_option(FILE *stream, const option_spec *spec) {
    char left[80], names[1024], text[2048];
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

/* The most of what is usual that is shown: usual 1, then what is also usual where there is room. */
enum { SOME = 1, MORE = 2, ALL = 3 };

static int is_shown(const option_group *group, const option_spec *spec, int most) {
    return most == ALL || (spec->usual > 0 && spec->usual <= most && !group->rare);
}

/* How many options of some groups are shown. */
static size_t count_options(const option_group *groups, int most) {
    size_t count = 0;
    const option_spec *spec;
    for (; groups != NULL && groups->options != NULL; groups++)
        for (size_t at = 0; (spec = option_in(groups, at)) != NULL; at++)
            count += (size_t)is_shown(groups, spec, most);
    return count;
}

/* What is shown of a command's own options where not all of them are asked for. */
static int usual_of(const cli_command *command) {
    if (count_options(command->groups, ALL) <= FEW_OPTIONS)
        return ALL;
    size_t count = count_options(command->groups, MORE) + count_options(cli_common_groups, SOME);
    return count <= MOST_USUAL ? MORE : SOME;
}

/* A title is printed with the first option under it. */
static void print_groups(FILE *stream, const option_group *groups, int most) {
    const char *title = NULL;
    const option_spec *spec;
    for (; groups != NULL && groups->options != NULL; groups++) {
        title = groups->title != NULL ? groups->title : title;
        for (size_t at = 0; (spec = option_in(groups, at)) != NULL; at++) {
            if (!is_shown(groups, spec, most))
                continue;
            if (title != NULL)
                fprintf(stream, "\n%s:\n", title);
            title = NULL;
            print_option(stream, spec);
        }
    }
}

static void print_options(FILE *stream, const cli_command *command, int all) {
    int own = all ? ALL : usual_of(command), common = all ? ALL : SOME;
    print_groups(stream, command->groups, own);
    print_groups(stream, cli_common_groups, common);
    size_t more = count_options(command->groups, ALL) + count_options(cli_common_groups, ALL) -
                  count_options(command->groups, own) - count_options(cli_common_groups, common);
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
