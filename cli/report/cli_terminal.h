/* cli_terminal.h: pictures on the terminal that the tool writes to. */
#ifndef THALWEG_CLI_TERMINAL_H
#define THALWEG_CLI_TERMINAL_H

#include "cli_context.h"

/* The option --terminal[=KIND] of a command that puts it at `place`: 0; 1, what the terminal shows
 * best; or 2 and the place of a kind. */
#define TERMINAL_OPTION(place)                                                                     \
    "terminal", 0, OPTION_FLAG, NULL, place, .values = tw_terminal_kind_name, .silent = 1

/* Finds what standard output is; *path is that of a picture on it. What was printed is there first.
 */
tw_status terminal_find(const cli_context *context, int given, tw_terminal *out, const char **path);

#endif
