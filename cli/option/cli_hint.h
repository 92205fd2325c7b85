/* cli_hint.h: words and files that cannot be what they stand for, and what the user may have meant:
 * a folder in place of a model, a script, a source file, a network of another framework.
 */
#ifndef THALWEG_CLI_HINT_H
#define THALWEG_CLI_HINT_H

#include "cli_context.h"

/* Why `word` is no model, with the remedy: TW_ERR_ARGUMENT, or TW_OK if there is nothing to say. */
tw_status hint_model(const cli_context *context, const char *word);

/* A word too many where a model may stand: as hint_model, of files that other options take. */
tw_status hint_word(const cli_context *context, const char *word);

/* After reading `path` has failed with `status`: says what kind of file that is and what to do, if
 * it is one of another framework; otherwise leaves the message as it is. Returns `status`. */
tw_status hint_file(tw_status status, const char *path);

/* After `command` of --exec has failed with `status`: if it is a file that the shell does not find
 * or may not run, how to call it. */
tw_status hint_exec(const cli_context *context, tw_status status, const char *command);

#endif
