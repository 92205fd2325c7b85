/* cli_files.h: the files that a command line names, held against each other in one place before any
 * of them is written. What is read and what is written is marked in the tables of options and
 * commands. */
#ifndef THALWEG_CLI_FILES_H
#define THALWEG_CLI_FILES_H

#include "cli_context.h"
#include "option/cli_options.h"

/* What the options and words name: every ending, no file written that another option writes or
 * reads too (by device and inode), each of the written ones such as can be written. TW_ERR_ARGUMENT
 * or TW_ERR_IO; release in either case. */
tw_status files_take(cli_context *context, const option_binding *bindings,
                     const option_words *words);
/* The same for a file that will be written beside those of the tables, on behalf of `option`.
 * `endings` may be NULL: any. */
tw_status files_add(const cli_context *context, const char *option, const char *path,
                    const char *const *endings);
void files_release(cli_context *context);

#endif
