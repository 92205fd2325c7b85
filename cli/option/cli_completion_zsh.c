/* Completion for zsh: one case a command, for _arguments. */
#include <string.h>

#include "option/cli_completion.h"

/* Text in single quotes, as a part of a spec of _arguments. */
static void print_escaped(FILE *stream, const char *text) {
    for (; *text != '\0'; text++) {
        if (strchr("[]:\\", *text) != NULL)
            fputc('\\', stream);
        if (*text == '\'')
            fputs("'\\'", stream);
        fputc(*text, stream);
    }
}

static void print_value(FILE *stream, const char *what, tw_name_list names, const char *paths) {
    fputc(':', stream);
    print_escaped(stream, what);
    fputs(": _thalweg_value \"", stream);
    for (size_t i = 0; names != NULL && names(i) != NULL; i++) {
        const char *file = strstr(names(i), "FILE");
        char name[64];
        snprintf(name, sizeof name, "%.*s", file != NULL ? (int)(file - names(i)) : 63, names(i));
        fputs(i > 0 ? " " : "", stream);
        print_escaped(stream, name);
    }
    fprintf(stream, "\" \"%s\"", paths);
}

/* '(-o --output)'{-o+,--output=}'[help]:FILE: action' */
static void print_option(FILE *stream, const option_spec *spec) {
    char brief[70], paths[80];
    const char *ends = spec->kind == OPTION_FLAG ? "" : "=";
    fputs("                ", stream);
    if (spec->letter != 0)
        fprintf(stream, "'(-%c --%s)'{-%c%s,--%s%s}'[", spec->letter, spec->name, spec->letter,
                spec->kind == OPTION_FLAG ? "" : "+", spec->name, ends);
    else
        fprintf(stream, "'--%s%s[", spec->name, ends);
    completion_brief(spec->help, brief, sizeof brief);
    print_escaped(stream, brief);
    fputc(']', stream);
    if (spec->kind != OPTION_FLAG)
        print_value(stream, spec->argument, spec->values,
                    completion_paths(spec, paths, sizeof paths));
    fputs("' \\\n", stream);
}

static void print_groups(FILE *stream, const option_group *groups) {
    const option_spec *spec;
    for (; groups != NULL && groups->options != NULL; groups++)
        for (size_t at = 0; (spec = option_in(groups, at)) != NULL; at++)
            print_option(stream, spec);
}

static void print_command(FILE *stream, const cli_command *command, const cli_commands *commands) {
    char paths[80];
    fprintf(stream, "        %s)\n            _arguments -s -S \\\n", command->name);
    print_groups(stream, command->groups);
    print_groups(stream, cli_common_groups);
    fputs("                '", stream);
    if (command->words == NULL) {
        fputs("*:: :_message \"no more arguments\"'\n            ;;\n", stream);
        return;
    }
    fputc('*', stream);
    print_value(stream, command->words, completion_words(command, commands),
                completion_word_paths(command, paths, sizeof paths));
    fputs("'\n            ;;\n", stream);
}

void help_zsh(FILE *stream, const cli_commands *commands) {
    fputs("#compdef thalweg\n"
          "# zsh completion for thalweg\n\n"
          "# names, then files: \"any\", \"/\" for folders, or endings\n"
          "_thalweg_value() {\n"
          "    local found=1\n"
          "    [[ -n $1 ]] && compadd -- ${=1} && found=0\n"
          "    case $2 in\n"
          "        '') ;;\n"
          "        any) _files && found=0 ;;\n"
          "        /) _files -/ && found=0 ;;\n"
          "        *) _files -g \"*(${(j:|:)${=2}})(-.)\" && found=0 ;;\n"
          "    esac\n"
          "    return found\n"
          "}\n\n"
          "_thalweg() {\n"
          "    local curcontext=\"$curcontext\" state line\n"
          "    local -a commands\n"
          "    commands=(\n",
          stream);
    for (size_t i = 0; commands->at(i) != NULL; i++) {
        fprintf(stream, "        '%s:", commands->at(i)->name);
        print_escaped(stream, commands->at(i)->summary);
        fputs("'\n", stream);
    }
    fputs("    )\n"
          "    _arguments -C '(- *)'{-h,--help}'[show the commands]' "
          "'(- *)'{-V,--version}'[show the version]' \\\n"
          "        '1: :->command' '*:: :->words'\n"
          "    case $state in\n"
          "    command) _describe command commands ;;\n"
          "    words)\n"
          "        case $words[1] in\n",
          stream);
    for (size_t i = 0; commands->at(i) != NULL; i++)
        print_command(stream, commands->at(i), commands);
    fputs("        esac\n"
          "        ;;\n"
          "    esac\n"
          "}\n\n"
          "# read by the completion system, or sourced\n"
          "if [[ $funcstack[1] == _thalweg ]]; then _thalweg \"$@\"; else compdef _thalweg "
          "thalweg; fi\n",
          stream);
}
