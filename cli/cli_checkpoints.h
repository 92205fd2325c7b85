/* cli_checkpoints.h: which points of a descent go into its trajectory. */
#ifndef THALWEG_CLI_CHECKPOINTS_H
#define THALWEG_CLI_CHECKPOINTS_H

#include "option/cli_options.h"
#include "thalweg/thalweg.h"

typedef struct checkpoint_args {
    const char *path;
    size_t every, count;
    int spacing;
} checkpoint_args;

extern const option_spec checkpoint_options[];

/* Plan, open, add, release. */
typedef struct checkpoints {
    size_t count, *at; /* iterations, ascending: 0 and the last are among them */
    tw_trajectory_writer *writer;
    int any; /* there is one */
    size_t last;
} checkpoints;

/* TW_ERR_ARGUMENT for options that cannot be used together. Without any but the file it takes the
 * reports. */
tw_status checkpoints_plan(const checkpoint_args *args, size_t iterations, size_t report_every,
                           checkpoints *out);

/* Begins the file, with columns of these names. */
tw_status checkpoints_open(checkpoints *c, const char *path, const tw_space *space, size_t columns,
                           const char *const *names, const tw_provenance *provenance);

/* Whether `iteration` was planned and is not in yet. */
int checkpoints_due(const checkpoints *c, size_t iteration);

tw_status checkpoints_add(checkpoints *c, size_t iteration, const double *x, const double *row);

/* Closes the file; fails where what was written did not arrive. */
tw_status checkpoints_close(checkpoints *c);

#endif
