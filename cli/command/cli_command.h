/* cli_command.h: what a command is, and the list of them.
 *
 * A command is one const struct in a file of its own; help, man page and completion are made from
 * it. Its options are read into a struct of `args_size` bytes that lives as long as the call, so a
 * command may run twice in one process.
 */
#ifndef THALWEG_CLI_COMMAND_H
#define THALWEG_CLI_COMMAND_H

#include <stddef.h>

#include "cli_context.h"
#include "option/cli_options.h"

typedef struct cli_command {
    const char *name;
    const char *words; /* its arguments that are no options, as in "FILE...", or NULL */
    size_t least_words, most_words;
    tw_name_list word_values; /* what a word may be; NULL: a path */
    int word_is_command;      /* it is the name of a command */
    file_use last_word;       /* of paths: what becomes of word `most_words`; others are read */
    const char *const *word_endings; /* of paths that completion offers; NULL: any, or none beside
                                        `word_values`; */
    tw_name_list word_ending;        /* or what this list has */
    const char *summary;             /* one line */
    const char *description;         /* paragraphs, separated by blank lines */
    const char *const *examples;     /* pairs: command line, what it does; NULL ends them */
    const option_group *groups;      /* NULL: none */
    size_t args_size;
    int json_values; /* has values for --json=values */
    int over_team;   /* run by every process of a team; other commands by the first alone */
    tw_status (*run)(cli_context *context, void *args, const option_words *words);
} cli_command;

/* The list, as those know it who are in it, or below it: it is handed to them (cli_context). */
typedef struct cli_commands {
    const cli_command *(*at)(size_t index); /* NULL past the end; */
    tw_name_list name;                      /* its name likewise */
} cli_commands;

/* Command `index`, or NULL past the end; its name likewise. For the runner alone. */
const cli_command *cli_command_at(size_t index);
const char *cli_command_name(size_t index);

/* The options that every command takes (struct common_args), and the values of --cpu. */
extern const option_group cli_common_groups[];
const char *cli_cpu_name(size_t index);

/* Runs the tool on a whole command line; the exit code. */
int cli_run(int argc, char **argv, FILE *out, FILE *err);
/* The same as one of a team (NULL: alone), of which the first speaks. */
int cli_run_team(int argc, char **argv, FILE *out, FILE *err, tw_team *team);

/* Help, man page and completion, all from the tables. */
void help_general(FILE *stream, const cli_commands *commands);
/* The options that most people use, or all. */
void help_command(FILE *stream, const cli_command *command, int all);
void help_man(FILE *stream, const cli_commands *commands);
void help_bash(FILE *stream, const cli_commands *commands);
void help_zsh(FILE *stream, const cli_commands *commands);
void help_fish(FILE *stream, const cli_commands *commands);

extern const cli_command command_demo, command_info, command_eval, command_gradient,
    command_spectrum, command_gradcheck, command_sharpness, command_steps, command_slice,
    command_plane, command_train, command_plot, command_animate, command_view, command_convert,
    command_fetch, command_serve, command_completion, command_help;

#endif
