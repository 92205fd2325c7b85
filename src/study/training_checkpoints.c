#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "study/training_private.h"

enum { LINEAR, LOGARITHMIC, MOST = 10000000 };

const char *tw_study_training_spacing(size_t index) {
    static const char *const names[] = {"linear", "log"};
    return index < 2 ? names[index] : NULL;
}

static tw_status check_options(const tw_study_training_options *o) {
    int every = o->every != TW_UNSET, count = o->checkpoints != TW_UNSET;
    if (o->trajectory == NULL && (every || count || o->spacing >= 0))
        return tw_fail(TW_ERR_ARGUMENT, "%s: needs --trajectory FILE",
                       every   ? "--every"
                       : count ? "--checkpoints"
                               : "--spacing");
    if (every && count)
        return tw_fail(TW_ERR_ARGUMENT, "--every and --checkpoints cannot be used together");
    if (o->spacing >= 0 && !count)
        return tw_fail(TW_ERR_ARGUMENT, "--spacing: needs --checkpoints K");
    if (count && o->checkpoints < 2)
        return tw_fail(TW_ERR_ARGUMENT,
                       "--checkpoints: give 2 or more, the first and the last among them");
    return TW_OK;
}

/* Checkpoint k of a plan; beyond the end of the run it is cut off. */
static double planned(const tw_study_training_options *o, size_t iterations, size_t every,
                      size_t k) {
    if (o->checkpoints == TW_UNSET)
        return (double)k * (double)every;
    double last = (double)iterations, of = (double)o->checkpoints - 1;
    if (o->spacing != LOGARITHMIC)
        return round(last * (double)k / of);
    return k == 0 ? 0 : of == 1 ? last : round(pow(last, (double)(k - 1) / (of - 1)));
}

tw_status tw_training_plan_checkpoints(tw_study_training *t) {
    const tw_study_training_options *o = &t->plan->options;
    size_t iterations = t->options.iterations;
    tw_status status = check_options(o);
    if (status != TW_OK || o->trajectory == NULL)
        return status;
    size_t every = o->every != TW_UNSET ? o->every : t->options.report_every, *at;
    size_t most = o->checkpoints != TW_UNSET ? o->checkpoints : iterations / every + 1, count = 0;
    if (most > MOST - 2)
        return tw_fail(TW_ERR_ARGUMENT, "%zu checkpoints are too many; space them further apart",
                       most);
    at = t->plan->at = calloc(most + 1, sizeof *at);
    if (at == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a plan of %zu checkpoints", most);
    for (size_t k = 0; k < most; k++) {
        double next = planned(o, iterations, every, k);
        if (next <= (double)iterations && (k == 0 || next > (double)at[count - 1]))
            at[count++] = (size_t)next;
    }
    if (at[count - 1] < iterations)
        at[count++] = iterations;
    t->at = at;
    t->checkpoints = count;
    return TW_OK;
}

/* ---- the file ---- */

/* There is room for one more than planned: a run may end between two of them. */
tw_status tw_training_open_trajectory(tw_training_walk *walk, int resumes, size_t rows) {
    const tw_study_training *t = walk->training;
    const tw_space *space = tw_objective_space(t->model->objective);
    const char *path = t->plan->options.trajectory;
    char *made[TW_TRAINING_COLUMNS] = {NULL};
    const char *names[TW_TRAINING_COLUMNS] = {"iteration", "epoch"};
    size_t count = 2;
    int complete = tw_training_name_columns(t->model->objective, tw_split_name(TW_SPLIT_TRAIN), 1,
                                            made, &count);
    if (complete && t->test != NULL)
        complete = tw_training_name_columns(t->test, tw_split_name(TW_SPLIT_TEST), 1, made, &count);
    for (size_t k = 2; k < count; k++)
        names[k] = made[k];
    tw_status status =
        !complete ? tw_fail(TW_ERR_MEMORY, "not enough memory for the columns of '%s'", path)
        : resumes ? tw_trajectory_continue(path, space, t->checkpoints + 1, rows, count, names,
                                           &walk->writer)
                  : tw_trajectory_create(path, space, t->checkpoints + 1, count, names,
                                         &t->provenance, &walk->writer);
    for (size_t k = 2; k < count; k++)
        free(made[k]);
    return status == TW_OK || !complete || !resumes ? status : tw_training_refuse_kept(status);
}

void tw_training_fill_checkpoint(tw_training_walk *walk, const tw_optim_report *told,
                                 const double *test_values) {
    const tw_study_training *t = walk->training;
    double *row = walk->checkpoint;
    row[0] = (double)told->iteration;
    row[1] = told->epoch;
    double *at = row + 2;
    tw_training_fill_columns(t->model->objective, told->values, 1, &at);
    if (t->test != NULL)
        tw_training_fill_columns(t->test, test_values, 1, &at);
}

static int compare(const void *a, const void *b) {
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* Whether `iteration` was planned and is not in yet. */
int tw_training_checkpoint_due(const tw_training_walk *walk, size_t iteration) {
    const tw_study_training *t = walk->training;
    return (!walk->any_checkpoint || walk->last_checkpoint < iteration) &&
           bsearch(&iteration, t->at, t->checkpoints, sizeof *t->at, compare) != NULL;
}

tw_status tw_training_add_checkpoint(tw_training_walk *walk, size_t iteration, const double *x) {
    walk->any_checkpoint = 1;
    walk->last_checkpoint = iteration;
    return tw_trajectory_append(walk->writer, x, walk->checkpoint);
}
