/* Completion for fish: one line an option. */
#include <string.h>

#include "option/cli_completion.h"

/* Text in single quotes. */
static void print_quoted(FILE *stream, const char *text) {
    fputc('\'', stream);
    for (; *text != '\0'; text++) {
        if (*text == '\'' || *text == '\\')
            fputc('\\', stream);
        fputc(*text, stream);
    }
    fputc('\'', stream);
}

/* -a '...': names, and files by the function below. */
static void print_values(FILE *stream, tw_name_list names, const char *paths) {
    if (names == NULL && paths[0] == '\0')
        return;
    fputs(" -a '", stream);
    completion_names(stream, names);
    if (paths[0] != '\0')
        fprintf(stream, "%s(__thalweg_files %s)", names != NULL ? " " : "", paths);
    fputc('\'', stream);
}

static void print_option(FILE *stream, const char *condition, const option_spec *spec) {
    char brief[70], paths[80];
    fprintf(stream, "complete -c thalweg -n '%s' -l %s", condition, spec->name);
    if (spec->letter != 0)
        fprintf(stream, " -s %c", spec->letter);
    if (spec->kind != OPTION_FLAG)
        fputs(" -x", stream);
    completion_brief(spec->help, brief, sizeof brief);
    fputs(" -d ", stream);
    print_quoted(stream, brief);
    if (spec->kind != OPTION_FLAG)
        print_values(stream, spec->values, completion_paths(spec, paths, sizeof paths));
    fputc('\n', stream);
}

static void print_groups(FILE *stream, const char *condition, const option_group *groups) {
    const option_spec *spec;
    for (; groups != NULL && groups->options != NULL; groups++)
        for (size_t at = 0; (spec = option_in(groups, at)) != NULL; at++)
            print_option(stream, condition, spec);
}

static void print_command(FILE *stream, const cli_command *command, const cli_commands *commands) {
    char condition[64], paths[80];
    fprintf(stream, "complete -c thalweg -n 'not __thalweg_in' -a %s -d ", command->name);
    print_quoted(stream, command->summary);
    fputc('\n', stream);
    snprintf(condition, sizeof condition, "__thalweg_in %s", command->name);
    print_groups(stream, condition, command->groups);
    if (command->words == NULL)
        return;
    fprintf(stream, "complete -c thalweg -n '%s'", condition);
    print_values(stream, completion_words(command, commands),
                 completion_word_paths(command, paths, sizeof paths));
    fputc('\n', stream);
}

void help_fish(FILE *stream, const cli_commands *commands) {
    fputs("# fish completion for thalweg\n\n"
          "# whether the command is the one named, or any\n"
          "function __thalweg_in\n"
          "    set -l words (commandline -opc)\n"
          "    test (count $words) -gt 1; or return 1\n"
          "    test (count $argv) -eq 0; or test $words[2] = $argv[1]\n"
          "end\n\n"
          "# files: \"any\", \"/\" for folders, or endings\n"
          "function __thalweg_files\n"
          "    set -l word (string replace -r '^--[^=]*=' '' -- (commandline -ct))\n"
          "    set -l ends (string escape --style=regex -- $argv | string join '|')\n"
          "    test $argv[1] = any; and set ends '.'\n"
          "    complete -C \"__fish_command_without_completions $word\" |\n"
          "        string match -r -- \"^[^\\t]*(?:/|$ends)(?:\\t.*)?\\$\"\n"
          "end\n\n"
          "complete -c thalweg -f\n"
          "complete -c thalweg -n 'not __thalweg_in' -s h -l help -d 'show the commands'\n"
          "complete -c thalweg -n 'not __thalweg_in' -s V -l version -d 'show the version'\n",
          stream);
    print_groups(stream, "__thalweg_in", cli_common_groups);
    for (size_t i = 0; commands->at(i) != NULL; i++)
        print_command(stream, commands->at(i), commands);
}
