/* cli_study.h: the library's studies (study.h) speak by way of the tool. */
#ifndef THALWEG_CLI_STUDY_H
#define THALWEG_CLI_STUDY_H

#include "cli_context.h"
#include "report/cli_progress.h"

typedef struct cli_study {
    tw_study study;
    const cli_context *context;
    char *line; /* the command line */
    int busy;   /* a bar is there */
    progress_bar bar;
} cli_study;

/* Fills in *out and makes it the context's; it stays where it is until it is released. */
tw_status study_open(cli_context *context, cli_study *out);
void study_release(cli_context *context, cli_study *study);

#endif
