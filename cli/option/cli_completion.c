/* What the completions of all shells share; and bash's. Every name comes from the tables and the
 * library's lists. */
#include "option/cli_completion.h"

#include <string.h>

static const char *endings_of(const char *const *endings, char *out, size_t size) {
    size_t used = 0;
    if (endings == NULL)
        return "any";
    out[0] = '\0';
    for (; *endings != NULL && used < size; endings++)
        used += (size_t)snprintf(out + used, size - used, "%s%s", used > 0 ? " " : "", *endings);
    return out;
}

const char *completion_paths(const option_spec *spec, char *out, size_t size) {
    if (spec->kind != OPTION_FILE)
        return "";
    const char *room[MOST_ENDINGS];
    return spec->use == FOLDER_WRITTEN
               ? "/"
               : endings_of(endings_in(spec->endings, spec->ending, room), out, size);
}

const char *completion_word_paths(const cli_command *command, char *out, size_t size) {
    const char *room[MOST_ENDINGS];
    const char *const *endings = endings_in(command->word_endings, command->word_ending, room);
    if (endings == NULL &&
        command->most_words <= (command->word_values != NULL || command->word_is_command))
        return "";
    if (command->last_word == FOLDER_WRITTEN)
        return "/";
    return endings_of(endings, out, size);
}

tw_name_list completion_words(const cli_command *command, const cli_commands *commands) {
    return command->word_is_command ? commands->name : command->word_values;
}

void completion_names(FILE *stream, tw_name_list names) {
    for (size_t i = 0; names != NULL && names(i) != NULL; i++) {
        const char *file = strstr(names(i), "FILE"); /* to:FILE goes on with a name */
        fprintf(stream, "%s%.*s", i > 0 ? " " : "",
                file != NULL ? (int)(file - names(i)) : (int)strlen(names(i)), names(i));
    }
}

void completion_brief(const char *text, char *out, size_t size) {
    size_t length = strcspn(text, ";:(");
    while (length > 0 && text[length - 1] == ' ')
        length--;
    if (length >= size) { /* whole words */
        length = size - 1;
        while (length > 0 && text[length] != ' ')
            length--;
    }
    snprintf(out, size, "%.*s", (int)length, text);
}

/* ---- bash ---- */

static void print_flags(FILE *stream, const option_group *groups, int *first) {
    const option_spec *spec;
    for (; groups != NULL && groups->options != NULL; groups++)
        for (size_t at = 0; (spec = option_in(groups, at)) != NULL; at++) {
            fprintf(stream, "%s--%s", *first ? "" : " ", spec->name);
            *first = 0;
        }
}

/* One branch an option that takes a value: names, paths, or nothing to offer. */
static void print_values(FILE *stream, const char *command, const option_group *groups) {
    char paths[80];
    const option_spec *spec;
    for (; groups != NULL && groups->options != NULL; groups++)
        for (size_t at = 0; (spec = option_in(groups, at)) != NULL; at++) {
            if (spec->kind == OPTION_FLAG)
                continue;
            fprintf(stream, "        %s:--%s", command, spec->name);
            if (spec->letter != 0)
                fprintf(stream, "|%s:-%c", command, spec->letter);
            fputs(") ", stream);
            if (spec->values != NULL) {
                fputs("names='", stream);
                completion_names(stream, spec->values);
                fputs("'; ", stream);
            }
            fprintf(stream, "paths='%s' ;;\n", completion_paths(spec, paths, sizeof paths));
        }
}

static void print_words(FILE *stream, const cli_command *command, const cli_commands *commands) {
    int first = 1;
    char paths[80];
    fprintf(stream, "        %s) options='", command->name);
    print_flags(stream, command->groups, &first);
    print_flags(stream, cli_common_groups, &first);
    fputs("'; words='", stream);
    completion_names(stream, completion_words(command, commands));
    fprintf(stream, "'; paths='%s' ;;\n", completion_word_paths(command, paths, sizeof paths));
}

void help_bash(FILE *stream, const cli_commands *commands) {
    fputs("# bash completion for thalweg\n"
          "_thalweg() {\n"
          "    local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]}\n"
          "    local command=${COMP_WORDS[1]} options= words= names= paths=\n"
          "    COMPREPLY=()\n"
          "    if ((COMP_CWORD == 1)); then\n"
          "        COMPREPLY=($(compgen -W '",
          stream);
    completion_names(stream, commands->name);
    fputs(" --help --version' -- \"$current\"))\n"
          "        return\n"
          "    fi\n"
          "    if [[ $current == = ]]; then current=; "
          "elif [[ $previous == = ]]; then previous=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
          "    local taken=1\n"
          "    case $command:$previous in\n",
          stream);
    for (size_t i = 0; commands->at(i) != NULL; i++)
        print_values(stream, commands->at(i)->name, commands->at(i)->groups);
    print_values(stream, "*", cli_common_groups);
    fputs("        *) taken=0 ;;\n"
          "    esac\n"
          "    if ((!taken)); then case $command in\n",
          stream);
    for (size_t i = 0; commands->at(i) != NULL; i++)
        print_words(stream, commands->at(i), commands);
    fputs("        *) return ;;\n"
          "    esac; fi\n"
          "    if [[ $taken == 0 && $current == -* ]]; then\n"
          "        COMPREPLY=($(compgen -W \"$options\" -- \"$current\"))\n"
          "        return\n"
          "    fi\n"
          "    COMPREPLY=($(compgen -W \"$names $words\" -- \"$current\"))\n"
          "    if [[ -n $paths ]]; then\n"
          "        local path ending\n"
          "        while IFS= read -r path; do COMPREPLY+=(\"$path\"); done < <(\n"
          "            if [[ $paths == any ]]; then compgen -f -- \"$current\"; else\n"
          "                compgen -d -- \"$current\"\n"
          "                for ending in ${paths//\\//}; do\n"
          "                    compgen -f -X \"!*$ending\" -- \"$current\"\n"
          "                done\n"
          "            fi)\n"
          "        compopt -o filenames 2>/dev/null\n"
          "    fi\n"
          "}\n"
          "complete -F _thalweg thalweg\n",
          stream);
}
