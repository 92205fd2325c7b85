/* training_run.c: one walk, from its beginning, or from where another process was, to its files. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/training_private.h"

/* Asked after every iteration, and within line searches: that is when there is a state to keep.
 * Once it is to end, what is reported is not part of the walk. */
static int cancelled(void *user) {
    tw_training_walk *walk = user;
    if (tw_study_interrupted(walk->training->study) == 0) {
        tw_training_keep_step(walk);
        return 0;
    }
    if (!walk->mark.is_set)
        tw_training_mark_here(walk);
    walk->mark.is_set = 1;
    return 1;
}

static tw_status open_walk(const tw_study_training *t, const tw_study_training_watch *watch,
                           tw_study_training_result *result, tw_training_walk *walk) {
    *walk = (tw_training_walk){.training = t, .watch = watch, .result = result};
    walk->shows = watch != NULL && watch->show != NULL;
    walk->report_every = t->options.report_every > 0 ? t->options.report_every : SIZE_MAX;
    if (t->test != NULL && tw_objective_metrics(t->test) > TW_TRAINING_METRICS)
        return tw_fail(TW_ERR_UNSUPPORTED, "the model has more than %d metrics",
                       TW_TRAINING_METRICS);
    tw_status status = tw_doubles_new(t->model->size, &result->x);
    if (status != TW_OK)
        return status;
    walk->x = result->x;
    memcpy(walk->x, t->model->x, t->model->size * sizeof *walk->x);
    status = tw_training_open_table(walk);
    return status == TW_OK ? tw_doubles_new(result->table.columns, &walk->mark.row) : status;
}

static tw_status open_descent(tw_training_walk *walk) {
    const tw_study_training *t = walk->training;
    tw_optim_options own = t->options;
    own.report = tw_training_report;
    own.cancelled = cancelled;
    own.user = walk;
    own.report_at = t->at;
    own.report_at_count = t->checkpoints;
    tw_status status =
        tw_descent_open(t->optimizer, t->model->objective, walk->x, &own, &walk->descent);
    return status == TW_OK ? tw_training_take_up(walk) : status;
}

/* An interrupted walk is kept as it was before its last words, one that failed between two reports
 * as it was before that. */
static void save_early(tw_training_walk *walk, tw_status status) {
    char text[512];
    int ended = status == TW_OK && walk->result->signal == 0;
    if (ended || walk->failure != TW_OK || walk->iterations == 0)
        return;
    snprintf(text, sizeof text, "%s", tw_message());
    if (!walk->mark.is_set)
        tw_training_mark_here(walk);
    size_t count;
    const tw_descent_part *parts;
    if (tw_descent_state(walk->descent, &count, &parts) == TW_OK)
        tw_training_save(walk);
    if (status != TW_OK)
        tw_fail(status, "%s", text);
}

static tw_status look_back(tw_training_walk *walk) {
    const tw_study_training *t = walk->training;
    if (t->enough != 0 || walk->result->signal != 0)
        return TW_OK;
    /* who has no step can change none */
    tw_training_rules_at_end(walk, tw_optimizer_default_step(t->optimizer) > 0 &&
                                       !t->options.line_search);
    return tw_training_note_pace(walk);
}

static tw_status walk_down(tw_training_walk *walk) {
    tw_study_training_result *r = walk->result;
    tw_status status = open_descent(walk);
    if (status == TW_OK) {
        status = tw_descent_run(walk->descent, SIZE_MAX);
        tw_descent_result(walk->descent, &r->end);
        if (tw_study_interrupted(walk->training->study) != 0 &&
            (status != TW_OK || r->end.stop == TW_STOP_CANCELLED))
            r->signal = tw_study_interrupted(walk->training->study);
        save_early(walk, status);
    }
    tw_descent_close(walk->descent);
    if (status == TW_OK)
        status = walk->failure;
    if (status == TW_OK)
        status = tw_training_keep_last(walk);
    return status == TW_OK ? look_back(walk) : status;
}

/* The words of the first that failed are kept. */
static tw_status walk_and_close(tw_training_walk *walk) {
    char text[512];
    tw_status status = walk_down(walk);
    snprintf(text, sizeof text, "%s", tw_message());
    tw_status closed = tw_trajectory_finish(walk->writer);
    walk->writer = NULL;
    return status == TW_OK ? closed : tw_fail(status, "%s", text);
}

/* Writes whatever there is, also where the walk was interrupted or failed on its way. */
static tw_status walk_and_write(tw_training_walk *walk) {
    tw_study_training_result *r = walk->result;
    tw_status status = walk_and_close(walk);
    r->complete = status == TW_OK;
    if (!r->complete || r->signal != 0)
        return tw_training_end_early(walk, status);
    status = tw_training_write(walk);
    if (status == TW_OK)
        tw_training_forget(walk);
    return status;
}

static void tell_end(tw_training_walk *walk) {
    tw_study_training_result *r = walk->result;
    r->stop = r->signal != 0 ? "interrupted" : r->reached ? "reached" : tw_stop_name(r->end.stop);
    if (r->complete && r->signal == 0)
        tw_training_judge(walk);
}

tw_status tw_study_training_run(const tw_study_training *t, const tw_study_training_watch *watch,
                                tw_study_training_result *result) {
    tw_training_walk walk;
    memset(result, 0, sizeof *result);
    result->bytes = sizeof *result;
    result->stop = tw_stop_name(TW_STOP_ITERATIONS);
    TW_NEED(t);
    tw_study_watch(t->study, 1); /* before the first file is begun, which would be left half made */
    tw_status status = open_walk(t, watch, result, &walk);
    if (status == TW_OK)
        status = tw_training_keep_begin(&walk);
    if (status == TW_OK && t->plan->options.trajectory != NULL)
        status = tw_training_open_trajectory(&walk, walk.keep.parts != NULL,
                                             tw_training_kept_rows(&walk));
    if (status == TW_OK) {
        status = walk_and_write(&walk);
        tell_end(&walk);
    }
    tw_training_keep_end(&walk);
    tw_study_watch(t->study, 0);
    free(walk.mark.row);
    return status;
}

void tw_study_training_result_release(tw_study_training_result *result) {
    if (result == NULL)
        return;
    tw_table_release(&result->table);
    free(result->x);
    free(result->last);
    memset(result, 0, sizeof *result);
}

double tw_study_training_last(const tw_study_training_result *result, const char *column) {
    int index = tw_table_column(&result->table, column);
    return index >= 0 && result->table.rows > 0 ? result->last[index] : NAN;
}
