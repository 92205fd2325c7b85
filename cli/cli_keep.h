/* cli_keep.h: a survey that survives: continued from its file, saved while it computes. */
#ifndef THALWEG_CLI_KEEP_H
#define THALWEG_CLI_KEEP_H

#include "option/cli_options.h"
#include "report/cli_progress.h"

typedef struct keep_args {
    int restart;
    double save_every; /* seconds */
} keep_args;

extern const option_spec keep_options[];

/* Begun with keep_begin; lives as long as the survey. */
typedef struct keeper {
    cli_context *context;
    const char *path; /* NULL: nothing is saved */
    const tw_surface *surface;
    const tw_provenance *provenance;
    tw_claim *claim; /* of the file, which the caller releases when all is written */
    progress_bar bar;
    size_t taken;           /* points that the file held */
    double interval;        /* seconds between two saves */
    double least, saved_at; /* the shortest interval; when it was saved last */
    int foretold;           /* whether the whole time has been estimated */
    tw_status status;       /* of a save that failed, and its words */
    char text[512];
} keeper;

/* Waits, and says so, while another process is at a survey of the same file; one of another run is
 * refused at once. Takes what `path` holds of the survey into `surface` (unless args->restart), and
 * watches for signals. `path` may be NULL, a pipe or a device, to none of which anything is saved
 * underway. */
tw_status keep_begin(cli_context *context, const keep_args *args, const char *label,
                     const char *path, tw_surface *surface, const tw_provenance *provenance,
                     keeper *out);

/* A tw_progress_fn; `user` is the keeper. */
int keep_step(void *user, size_t done, size_t total);

/* After the survey, with its status: takes the bar away, saves what there is if it did not come to
 * its end, and tells how to go on. Sets the exit code of a signal. The status that remains. */
tw_status keep_end(keeper *keep, tw_status status);

#endif
