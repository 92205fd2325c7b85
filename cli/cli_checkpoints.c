#include "cli_checkpoints.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { LINEAR, LOGARITHMIC, MOST = 10000000 };

static const char *spacing_name(size_t index) {
    static const char *const names[] = {"linear", "log"};
    return index < 2 ? names[index] : NULL;
}

static const char *const trajectory_endings[] = {".h5", NULL};

const option_spec checkpoint_options[] = {
    {"trajectory", 0, OPTION_FILE, "FILE", offsetof(checkpoint_args, path), .use = FILE_WRITTEN,
     .endings = trajectory_endings,
     .help = "write checkpoints of all parameters while it walks: .h5", .usual = 1},
    {"every", 0, OPTION_SIZE, "N", offsetof(checkpoint_args, every), RANGE_POSITIVE,
     .help = "a checkpoint every N iterations", .shown = "with every report"},
    {"checkpoints", 0, OPTION_SIZE, "K", offsetof(checkpoint_args, count), RANGE_POSITIVE,
     .help = "K checkpoints instead, the first and the last among them"},
    {"spacing", 0, OPTION_CHOICE, "NAME", offsetof(checkpoint_args, spacing),
     .values = spacing_name, .help = "how they lie in between", .shown = "linear"},
    {NULL},
};

static tw_status check_args(const checkpoint_args *args) {
    int every = args->every != OPTION_UNSET, count = args->count != OPTION_UNSET;
    if (args->path == NULL && (every || count || args->spacing >= 0))
        return tw_fail(TW_ERR_ARGUMENT, "%s: needs --trajectory FILE",
                       every   ? "--every"
                       : count ? "--checkpoints"
                               : "--spacing");
    if (every && count)
        return tw_fail(TW_ERR_ARGUMENT, "--every and --checkpoints cannot be used together");
    if (args->spacing >= 0 && !count)
        return tw_fail(TW_ERR_ARGUMENT, "--spacing: needs --checkpoints K");
    if (count && args->count < 2)
        return tw_fail(TW_ERR_ARGUMENT,
                       "--checkpoints: give 2 or more, the first and the last among them");
    return TW_OK;
}

/* Checkpoint k of a plan; beyond the end of the run it is cut off. */
static double planned(const checkpoint_args *args, size_t iterations, size_t every, size_t k) {
    if (args->count == OPTION_UNSET)
        return (double)k * (double)every;
    double last = (double)iterations, of = (double)args->count - 1;
    if (args->spacing != LOGARITHMIC)
        return round(last * (double)k / of);
    return k == 0 ? 0 : of == 1 ? last : round(pow(last, (double)(k - 1) / (of - 1)));
}

tw_status checkpoints_plan(const checkpoint_args *args, size_t iterations, size_t report_every,
                           checkpoints *out) {
    memset(out, 0, sizeof *out);
    tw_status status = check_args(args);
    if (status != TW_OK || args->path == NULL)
        return status;
    size_t every = args->every != OPTION_UNSET ? args->every : report_every;
    size_t most = args->count != OPTION_UNSET ? args->count : iterations / every + 1;
    if (most > MOST - 2)
        return tw_fail(TW_ERR_ARGUMENT, "%zu checkpoints are too many; take them further apart",
                       most);
    out->at = calloc(most + 1, sizeof *out->at);
    if (out->at == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a plan of %zu checkpoints", most);
    for (size_t k = 0; k < most; k++) {
        double at = planned(args, iterations, every, k);
        if (at <= (double)iterations && (k == 0 || at > (double)out->at[out->count - 1]))
            out->at[out->count++] = (size_t)at;
    }
    if (out->at[out->count - 1] < iterations)
        out->at[out->count++] = iterations;
    return TW_OK;
}

/* One more than planned: a run may end between two of them. */
tw_status checkpoints_open(checkpoints *c, const char *path, const tw_space *space, size_t columns,
                           const char *const *names, const tw_provenance *provenance) {
    return tw_trajectory_create(path, space, c->count + 1, columns, names, provenance, &c->writer);
}

static int compare(const void *a, const void *b) {
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

int checkpoints_due(const checkpoints *c, size_t iteration) {
    return (!c->any || c->last < iteration) &&
           bsearch(&iteration, c->at, c->count, sizeof *c->at, compare) != NULL;
}

tw_status checkpoints_add(checkpoints *c, size_t iteration, const double *x, const double *row) {
    c->any = 1;
    c->last = iteration;
    return tw_trajectory_append(c->writer, x, row);
}

tw_status checkpoints_close(checkpoints *c) {
    tw_status status = tw_trajectory_finish(c->writer);
    free(c->at);
    memset(c, 0, sizeof *c);
    return status;
}
