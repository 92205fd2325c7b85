/* training_keep.c: what survives of a training: the state of its descent, and beside it where its
 * rows and checkpoints are, in one file that is written whole. Of a trajectory, which grows by
 * itself, the number of rows is kept: what came after them is cut off by who goes on. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/clock.h"
#include "file/output_file.h"
#include "file/part_file.h"
#include "file/provenance_check.h"
#include "study/training_private.h"

/* Saving takes one part in so many of the time, and is rarer for it where models are large. */
static const double SAVE_SHARE = 20, SAVE_EVERY = 2;

enum { ROW_IS_NEW, ROW_IS_SHOWN, ANY_CHECKPOINT, LAST_CHECKPOINT, ITERATIONS, APPENDED };
enum { MARKS, CHECKPOINT, ROW, TABLE, PARTS, MOST_PARTS = 32 };
static const char *const names[PARTS] = {"training.marks", "training.checkpoint", "training.row",
                                         "training.table"};

/* ---- what is compared ---- */

typedef struct key_list {
    tw_provenance *provenance;
    tw_status status;
} key_list;

/* As short as it can be read back. */
static void add_number(key_list *list, const char *key, double value) {
    char text[40];
    snprintf(text, sizeof text, "%.15g", value);
    int digits = strtod(text, NULL) == value ? 15 : 17; /* in one locale, whichever it is */
    if (list->status == TW_OK && !isnan(value))
        list->status = tw_provenance_add(list->provenance, key, "%.*g", digits, value);
}

static void add_size(key_list *list, const char *key, size_t value) {
    if (list->status == TW_OK && value != TW_UNSET)
        list->status = tw_provenance_add(list->provenance, key, "%zu", value);
}

static tw_status add_options(const tw_study_training *t, tw_provenance *provenance) {
    const tw_study_training_options *o = &t->plan->options;
    key_list list = {provenance, TW_OK};
    add_size(&list, "iterations", t->options.iterations);
    add_number(&list, "step", o->step);
    if (t->options.line_search)
        add_size(&list, "line-search", 1);
    add_number(&list, "schedule", o->schedule >= 0 ? o->schedule : NAN);
    add_number(&list, "decay", o->decay);
    add_number(&list, "period", o->period);
    add_size(&list, "batch", o->batch);
    add_number(&list, "momentum", o->momentum);
    add_number(&list, "square-decay", o->square_decay);
    add_number(&list, "epsilon", o->epsilon);
    add_number(&list, "tolerance", o->tolerance);
    add_size(&list, "history", o->history);
    add_size(&list, "report-every", o->report_every);
    add_size(&list, "overfit", o->overfit);
    if (list.status == TW_OK && o->trajectory != NULL)
        list.status = tw_provenance_add(provenance, "trajectory", "%s", o->trajectory);
    add_size(&list, "every", o->every);
    add_size(&list, "checkpoints", o->checkpoints);
    add_number(&list, "spacing", o->spacing >= 0 ? o->spacing : NAN);
    if (list.status == TW_OK)
        list.status =
            tw_provenance_add(provenance, "start_hash", "%016llx",
                              (unsigned long long)tw_provenance_hash(t->model->size, t->model->x));
    if (list.status == TW_OK && t->plan->test_data != NULL) /* losses on it are in the rows */
        list.status = tw_provenance_add(provenance, "test_data_hash", "%016llx",
                                        (unsigned long long)tw_dataset_hash(t->plan->test_data));
    return list.status;
}

/* Beside the first of the files; not beside a pipe or a device. */
static tw_status name_file(tw_training_plan *plan) {
    const tw_study_training_options *o = &plan->options;
    const char *const files[] = {o->output, o->trajectory, o->log, o->picture};
    for (size_t k = 0; k < sizeof files / sizeof files[0]; k++) {
        if (files[k] == NULL || tw_output_is_direct(files[k]))
            continue;
        if (asprintf(&plan->kept, "%s.unfinished", files[k]) < 0) {
            plan->kept = NULL;
            return tw_fail(TW_ERR_MEMORY, "not enough memory for '%s'", files[k]);
        }
        return TW_OK;
    }
    return TW_OK;
}

tw_status tw_training_plan_keep(tw_study_training *t) {
    tw_provenance *made = &t->plan->kept_made;
    tw_status status = name_file(t->plan);
    if (status != TW_OK || t->plan->kept == NULL)
        return status;
    for (size_t k = 0; k < t->provenance.count && status == TW_OK; k++)
        status = tw_provenance_add(made, t->provenance.keys[k], "%s", t->provenance.texts[k]);
    return status == TW_OK ? add_options(t, made) : status;
}

/* ---- saving ---- */

void tw_training_mark_here(tw_training_walk *walk) {
    tw_training_mark *m = &walk->mark;
    m->numbers[ROW_IS_NEW] = walk->row_is_new;
    m->numbers[ROW_IS_SHOWN] = walk->row_is_shown;
    m->numbers[ANY_CHECKPOINT] = walk->any_checkpoint;
    m->numbers[LAST_CHECKPOINT] = (double)walk->last_checkpoint;
    m->numbers[ITERATIONS] = (double)walk->iterations;
    m->numbers[APPENDED] = walk->writer != NULL ? (double)tw_trajectory_appended(walk->writer) : 0;
    memcpy(m->checkpoint, walk->checkpoint, sizeof m->checkpoint);
    memcpy(m->row, walk->result->last, walk->result->table.columns * sizeof *m->row);
    m->rows = walk->result->table.rows;
}

/* Row after row, to be freed; NULL if memory is out. */
static double *flat_table(const tw_training_walk *walk) {
    const tw_table *table = &walk->result->table;
    size_t columns = table->columns, rows = walk->mark.rows;
    double *flat = malloc((rows * columns + 1) * sizeof *flat);
    for (size_t row = 0; flat != NULL && row < rows; row++)
        for (size_t k = 0; k < columns; k++)
            flat[row * columns + k] = table->values[k][row];
    return flat;
}

static tw_status write_file(tw_training_walk *walk) {
    const tw_training_mark *m = &walk->mark;
    size_t count, columns = walk->result->table.columns;
    const tw_descent_part *state;
    tw_descent_part parts[MOST_PARTS];
    tw_status status = tw_descent_state(walk->descent, &count, &state);
    if (status == TW_OK && walk->writer != NULL)
        status = tw_trajectory_sync(walk->writer);
    if (status != TW_OK)
        return status;
    double *flat = flat_table(walk);
    if (flat == NULL || count + PARTS > MOST_PARTS) {
        free(flat);
        return tw_fail(TW_ERR_MEMORY, "not enough memory to save the table");
    }
    parts[MARKS] = (tw_descent_part){names[MARKS], TW_TRAINING_MARKS, m->numbers};
    parts[CHECKPOINT] = (tw_descent_part){names[CHECKPOINT], TW_TRAINING_COLUMNS, m->checkpoint};
    parts[ROW] = (tw_descent_part){names[ROW], columns, m->row};
    parts[TABLE] = (tw_descent_part){names[TABLE], m->rows * columns, flat};
    memcpy(parts + PARTS, state, count * sizeof *state);
    status = tw_descent_write(walk->training->plan->kept, PARTS + count, parts,
                              &walk->training->plan->kept_made);
    free(flat);
    return status;
}

/* A place that takes no file is no reason to end a training that has none yet. What an earlier save
 * left stays good, and the next may find room again. */
void tw_training_save(tw_training_walk *walk) {
    tw_training_keep *keep = &walk->keep;
    double begun = tw_clock_seconds();
    if (keep->claim == NULL)
        return;
    if (write_file(walk) == TW_OK) {
        keep->saved = 1;
        keep->failed = 0;
    } else {
        if (!keep->failed)
            tw_study_say(walk->training->study, "note: it goes on, but %s: %s",
                         keep->saved ? "can be resumed from its last save only"
                                     : "cannot be resumed",
                         tw_message());
        keep->failed = 1;
        tw_message_clear();
    }
    keep->saved_at = tw_clock_seconds();
    if (keep->interval > 0)
        keep->interval = fmax(keep->interval, SAVE_SHARE * (keep->saved_at - begun));
}

void tw_training_keep_step(tw_training_walk *walk) {
    tw_training_keep *keep = &walk->keep;
    if (keep->claim == NULL || tw_clock_seconds() - keep->saved_at < keep->interval)
        return;
    tw_optim_result so_far;
    tw_descent_result(walk->descent, &so_far);
    if (so_far.iterations == 0)
        return;
    tw_training_mark_here(walk);
    tw_training_save(walk);
}

int tw_training_goes_on(const tw_training_walk *walk) {
    return walk->keep.saved;
}

void tw_training_forget(tw_training_walk *walk) {
    if (walk->keep.claim != NULL) {
        unlink(walk->training->plan->kept);
        tw_part_remove_left(walk->training->plan->kept); /* of one that was killed in a save */
    }
    walk->keep.saved = 0;
}

void tw_training_keep_end(tw_training_walk *walk) {
    tw_training_keep *keep = &walk->keep;
    tw_descent_parts_free(keep->parts_count, keep->parts);
    keep->parts = NULL;
    keep->parts_count = 0;
    tw_claim_release(keep->claim);
    keep->claim = NULL;
}

/* ---- going on ---- */

static const tw_descent_part *part(const tw_training_walk *walk, int which) {
    const tw_training_keep *keep = &walk->keep;
    for (size_t k = 0; k < keep->parts_count; k++)
        if (strcmp(keep->parts[k].name, names[which]) == 0)
            return &keep->parts[k];
    return NULL;
}

static int has_count(const tw_training_walk *walk, int which, size_t count) {
    const tw_descent_part *found = part(walk, which);
    return found != NULL && found->count == count;
}

/* Whole numbers that a file which was tampered with need not have. */
static int marks_count(const tw_training_walk *walk) {
    const tw_descent_part *marks = part(walk, MARKS);
    for (size_t k = 0; k < TW_TRAINING_MARKS; k++)
        if (!(marks->values[k] >= 0 && marks->values[k] <= 0x1p53))
            return 0;
    return 1;
}

tw_status tw_training_refuse_kept(tw_status status) {
    char text[512];
    snprintf(text, sizeof text, "%s", tw_message());
    return tw_fail(status, "%s; --restart starts again", text);
}

static tw_status read_file(tw_training_walk *walk) {
    const tw_training_plan *plan = walk->training->plan;
    tw_provenance made = {0};
    struct stat info;
    if (stat(plan->kept, &info) != 0 && errno == ENOENT)
        return TW_OK;
    tw_status status =
        tw_descent_read(plan->kept, &walk->keep.parts_count, &walk->keep.parts, &made);
    if (status == TW_OK)
        status = tw_provenance_check(plan->kept, &made, &plan->kept_made);
    if (status == TW_OK && (!has_count(walk, MARKS, TW_TRAINING_MARKS) || !marks_count(walk) ||
                            !has_count(walk, CHECKPOINT, TW_TRAINING_COLUMNS) ||
                            part(walk, ROW) == NULL || part(walk, TABLE) == NULL))
        status = tw_fail(TW_ERR_FORMAT, "'%s': not the state of a training", plan->kept);
    tw_provenance_release(&made);
    if (status == TW_OK)
        return TW_OK;
    return tw_training_refuse_kept(status);
}

tw_status tw_training_keep_begin(tw_training_walk *walk) {
    const tw_training_plan *plan = walk->training->plan;
    tw_training_keep *keep = &walk->keep;
    if (plan->kept == NULL)
        return TW_OK;
    tw_status status = tw_claim_take(plan->kept, &keep->claim);
    if (status != TW_OK || keep->claim == NULL)
        return status;
    keep->interval = isnan(plan->options.save_every) ? SAVE_EVERY : plan->options.save_every;
    keep->saved_at = tw_clock_seconds();
    if (plan->options.restart && unlink(plan->kept) != 0 && errno != ENOENT)
        return tw_fail(TW_ERR_IO, "cannot remove '%s': %s", plan->kept, strerror(errno));
    status = read_file(walk);
    keep->saved = status == TW_OK && keep->parts != NULL;
    return status;
}

size_t tw_training_kept_rows(const tw_training_walk *walk) {
    return walk->keep.parts != NULL ? (size_t)part(walk, MARKS)->values[APPENDED] : 0;
}

static tw_status take_rows(tw_training_walk *walk) {
    tw_study_training_result *r = walk->result;
    const double *numbers = part(walk, MARKS)->values;
    const tw_descent_part *table = part(walk, TABLE), *row = part(walk, ROW);
    size_t columns = r->table.columns;
    if (row->count != columns || table->count % columns != 0)
        return tw_fail(TW_ERR_FORMAT,
                       "'%s': its rows have different columns; --restart starts again",
                       walk->training->plan->kept);
    tw_status status = TW_OK;
    for (size_t at = 0; at < table->count && status == TW_OK; at += columns)
        status = tw_table_append(&r->table, table->values + at);
    memcpy(r->last, row->values, columns * sizeof *r->last);
    memcpy(walk->checkpoint, part(walk, CHECKPOINT)->values, sizeof walk->checkpoint);
    walk->row_is_new = numbers[ROW_IS_NEW] != 0;
    walk->row_is_shown = numbers[ROW_IS_SHOWN] != 0;
    walk->any_checkpoint = numbers[ANY_CHECKPOINT] != 0;
    walk->last_checkpoint = (size_t)numbers[LAST_CHECKPOINT];
    walk->iterations = (size_t)numbers[ITERATIONS];
    return status;
}

/* The notes of the start are made once more: they are of the result, and worth reading again. */
static tw_status look_at_start(tw_training_walk *walk) {
    const tw_study_model *model = walk->training->model;
    double *values = NULL;
    tw_status status = tw_doubles_new(tw_objective_metrics(model->objective), &values);
    if (status == TW_OK)
        status = tw_objective_value(model->objective, model->x, values);
    if (status == TW_OK)
        tw_training_rules_at_start(walk, model->x, values);
    free(values);
    return status;
}

tw_status tw_training_take_up(tw_training_walk *walk) {
    tw_descent *descent = walk->descent;
    const tw_study_training *t = walk->training;
    tw_optim_result so_far;
    if (walk->keep.parts == NULL)
        return TW_OK;
    tw_status status = take_rows(walk);
    if (status == TW_OK)
        status = tw_descent_restore(descent, walk->keep.parts_count, walk->keep.parts);
    if (status == TW_OK)
        status = look_at_start(walk);
    if (status != TW_OK)
        return status;
    tw_descent_result(descent, &so_far);
    walk->result->resumed = so_far.iterations;
    tw_study_say(t->study, "continuing '%s': %zu of %zu iterations are done", t->plan->kept,
                 so_far.iterations, t->options.iterations);
    tw_descent_parts_free(walk->keep.parts_count, walk->keep.parts);
    walk->keep.parts = NULL;
    walk->keep.parts_count = 0;
    return TW_OK;
}
