/* cli_context.h: what a running command is given, and how it speaks.
 *
 * Commands return a tw_status and leave their words with tw_fail; the runner (cli_run.c) prints
 * them as one line and turns the status into an exit code. Data goes to `out`, talk to `err`.
 */
#ifndef THALWEG_CLI_CONTEXT_H
#define THALWEG_CLI_CONTEXT_H

#include <stdint.h>
#include <stdio.h>

#include "thalweg/thalweg.h"

struct cli_command;
struct cli_commands;

enum {
    EXIT_DONE = 0,
    EXIT_CRITERION = 1, /* ran, but what was asked did not hold */
    EXIT_USAGE = 2,
    EXIT_RUN_TIME = 3,
    EXIT_INCONCLUSIVE = 4 /* ran, and cannot tell whether it holds */
};

/* Options that every command takes. */
typedef struct common_args {
    uint64_t seed;
    size_t threads;
    const char *cpu;
    int json, quiet, help, help_all, version;
} common_args;

typedef struct cli_context {
    const struct cli_command *command;   /* NULL before one is known */
    const struct cli_commands *commands; /* all of them (cli_command.h) */
    int argc;                            /* the command line as given, */
    char **argv;                         /* for provenance, */
    const unsigned char *silent;         /* without the words marked here (from argv[2] on) */
    common_args common;
    FILE *out, *err;
    struct cli_files *files; /* that the command line names (cli_files.h) */
    tw_runner *runner;
    tw_study *study;                   /* what the library is told of all this (cli_study.h) */
    tw_team *team;                     /* NULL: alone */
    const tw_study_live_options *live; /* of 'view --live COMMAND', which then runs; NULL */
    int outcome; /* set by a command that ran: EXIT_CRITERION or EXIT_INCONCLUSIVE; by one that a
                    signal cancelled: 128 + its number */
} cli_context;

/* Whether this process is the one that speaks and has the files. */
int cli_is_first(const cli_context *context);

/* Talk of the first: to `err`, unless --quiet. One line, of what can be seen (tw_print_visible). */
void cli_talk(const cli_context *context, const char *format, ...) TW_PRINTF(2, 3);

/* Prints what tw_fail recorded for `status` (nothing for TW_OK); the exit code. Processes that are
 * not the first of a team say nothing: the first does. */
int cli_finish(const cli_context *context, tw_status status);

/* How the names of files of these kinds end, NULL-terminated. */
extern const char *const cli_picture_endings[];
extern const char *const cli_table_endings[];
extern const char *const cli_array_endings[];
extern const char *const cli_plugin_endings[];

#endif
