/* cli_completion.h: what the completions of bash, zsh and fish share. */
#ifndef THALWEG_CLI_COMPLETION_H
#define THALWEG_CLI_COMPLETION_H

#include "command/cli_command.h"

/* Which files are offered, as one word list: "" none, "any", "/" folders alone, or endings
 * separated by blanks, folders being offered with them. Of an option, of a command's words. */
const char *completion_paths(const option_spec *spec, char *out, size_t size);
const char *completion_word_paths(const cli_command *command, char *out, size_t size);

/* What a word of the command may be; NULL: a path. */
tw_name_list completion_words(const cli_command *command, const cli_commands *commands);

/* The names with blanks between them. */
void completion_names(FILE *stream, tw_name_list names);

/* The beginning of a help text, up to its first stop and without half words. */
void completion_brief(const char *text, char *out, size_t size);

#endif
