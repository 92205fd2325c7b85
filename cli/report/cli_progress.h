/* cli_progress.h: the progress bar, drawn on standard error where that is a terminal. */
#ifndef THALWEG_CLI_PROGRESS_H
#define THALWEG_CLI_PROGRESS_H

#include "cli_context.h"

typedef struct progress_bar {
    const cli_context *context;
    const char *label;
    int shown;
    tw_time_pace pace;
    double begun, drawn; /* seconds of a steady clock */
} progress_bar;

/* A bar for work called `label`. */
progress_bar progress_begin(const cli_context *context, const char *label);
/* A tw_progress_fn; `user` is the bar. */
int progress_step(void *user, size_t done, size_t total);
/* Takes the bar away until the next step, */
void progress_hide(progress_bar *bar);
/* or for good. */
void progress_end(progress_bar *bar);

/* Seconds of a steady clock. */
double clock_seconds(void);

#endif
