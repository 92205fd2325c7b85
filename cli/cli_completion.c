/* Completion for bash, with every name taken from the tables and the library's lists. */
#include "cli_command.h"

static void print_names(FILE *stream, name_list names) {
    for (size_t i = 0; names(i) != NULL; i++)
        fprintf(stream, "%s%s", i > 0 ? " " : "", names(i));
}

static void print_flags(FILE *stream, const option_group *groups, int *first) {
    for (; groups != NULL && groups->options != NULL; groups++)
        for (const option_spec *spec = groups->options; spec->name != NULL; spec++) {
            fprintf(stream, "%s--%s", *first ? "" : " ", spec->name);
            *first = 0;
        }
}

/* One branch an option that takes a value: names, paths, or nothing to offer. */
static void print_values(FILE *stream, const char *command, const option_group *groups) {
    for (; groups != NULL && groups->options != NULL; groups++)
        for (const option_spec *spec = groups->options; spec->name != NULL; spec++) {
            if (spec->kind == OPTION_FLAG)
                continue;
            fprintf(stream, "        %s:--%s", command, spec->name);
            if (spec->letter != 0)
                fprintf(stream, "|%s:-%c", command, spec->letter);
            fputs(") ", stream);
            if (spec->values != NULL) {
                fputs("names='", stream);
                print_names(stream, spec->values);
                fputs("'; ", stream);
            }
            fprintf(stream, "paths=%d ;;\n", spec->kind == OPTION_FILE);
        }
}

static void print_words(FILE *stream, const cli_command *command) {
    int first = 1;
    fprintf(stream, "        %s) options='", command->name);
    print_flags(stream, command->groups, &first);
    print_flags(stream, cli_common_groups, &first);
    fputs("'; words='", stream);
    if (command->word_values != NULL)
        print_names(stream, command->word_values);
    fprintf(stream, "'; paths=%d ;;\n", command->most_words > (command->word_values != NULL));
}

void help_bash(FILE *stream) {
    fputs("# bash completion for thalweg\n"
          "_thalweg() {\n"
          "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
          "    local command=${COMP_WORDS[1]} options= words= names= paths=0\n"
          "    COMPREPLY=()\n"
          "    if ((COMP_CWORD == 1)); then\n"
          "        COMPREPLY=($(compgen -W '",
          stream);
    print_names(stream, cli_command_name);
    fputs(" --help --version' -- \"$current\"))\n"
          "        return\n"
          "    fi\n"
          "    if [[ $current == = ]]; then current=; "
          "elif [[ $previous == = ]]; then previous=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
          "    local taken=1\n"
          "    case $command:$previous in\n",
          stream);
    for (size_t i = 0; cli_command_at(i) != NULL; i++)
        print_values(stream, cli_command_at(i)->name, cli_command_at(i)->groups);
    print_values(stream, "*", cli_common_groups);
    fputs("        *) taken=0 ;;\n"
          "    esac\n"
          "    if ((!taken)); then case $command in\n",
          stream);
    for (size_t i = 0; cli_command_at(i) != NULL; i++)
        print_words(stream, cli_command_at(i));
    fputs("        *) return ;;\n"
          "    esac; fi\n"
          "    if [[ $taken == 0 && $current == -* ]]; then\n"
          "        COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))\n"
          "        return\n"
          "    fi\n"
          "    COMPREPLY=($(compgen -W \"$names $words\" -- \"$current\"))\n"
          "    if ((paths)); then\n"
          "        local path\n"
          "        while IFS= read -r path; do COMPREPLY+=(\"$path\"); "
          "done < <(compgen -f -- \"$current\")\n"
          "        compopt -o filenames 2>/dev/null\n"
          "    fi\n"
          "}\n"
          "complete -F _thalweg thalweg\n",
          stream);
}
