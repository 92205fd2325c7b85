/* cli_progress.h: the progress bar, drawn on standard error where that is a terminal. */
#ifndef THALWEG_CLI_PROGRESS_H
#define THALWEG_CLI_PROGRESS_H

#include "cli_context.h"

typedef struct progress_bar {
    const cli_context *context;
    const char *label;
    int shown;
    size_t before;       /* of the work done, what was done before it began */
    double begun, drawn; /* seconds of a steady clock */
    double paced_at; /* when the first step came, which had the preparations in it; 0: not yet */
    size_t paced;    /* what was done by then */
} progress_bar;

/* A bar for work called `label`. */
progress_bar progress_begin(const cli_context *context, const char *label);
/* A tw_progress_fn; `user` is the bar. */
int progress_step(void *user, size_t done, size_t total);
/* Seconds that are left, by the pace since the first step; NaN before there is one. To be asked at
 * every step. */
double progress_left(progress_bar *bar, size_t done, size_t total);
/* Takes the bar away until the next step, */
void progress_hide(progress_bar *bar);
/* or for good. */
void progress_end(progress_bar *bar);

/* "12 s", "3 min 20 s", "2.5 h" into `out`, which is returned. */
const char *progress_time(double seconds, char *out, size_t size);

/* Seconds of a steady clock. */
double clock_seconds(void);

#endif
