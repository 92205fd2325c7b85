/* cli_unknown.h: what is said about an option that a command does not have: its name here, the
 * command that has it, or the nearest by spelling.
 */
#ifndef THALWEG_CLI_UNKNOWN_H
#define THALWEG_CLI_UNKNOWN_H

#include "command/cli_command.h"

/* `word` is as typed, dashes included, without =VALUE; `commands` are those that may have it.
 * Always a failure, TW_ERR_ARGUMENT. */
tw_status unknown_option(const cli_commands *commands, const cli_command *command,
                         const char *word);

#endif
