/* cli_live.h: 'thalweg view --live': surveys and results on a page that asks (study_live.h). */
#ifndef THALWEG_CLI_LIVE_H
#define THALWEG_CLI_LIVE_H

#include "command/cli_survey.h"

/* Whether it is a command that --live runs. */
int live_is_survey(const char *word);
/* Place of the command in argv that 'view --live COMMAND' runs; 0: it runs none. */
int live_command_at(int argc, char **argv);

/* Of view's options: those of the page; TW_ERR_ARGUMENT for one that --live does not take. */
tw_status view_live_options(const void *view_args, const tw_study_live_options **out);

/* Opens the page and tells its address, which comes first on standard output. */
tw_status live_open(const cli_context *context, const tw_study_live_options *options, size_t count,
                    const char *const *files, int answers, tw_live **out);

/* ---- cli_live_files.c ---- */

/* Result files, the first of which is followed and may be asked, until a signal. */
tw_status live_files(cli_context *context, const tw_study_live_options *options,
                     const option_words *words);

#endif
