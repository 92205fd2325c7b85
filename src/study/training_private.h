/* training_private.h: the parts of a training. training.c plans, training_run.c walks; below them
 * are training_method.c (method and step), training_checkpoints.c (which points are kept),
 * training_rows.c (what a report makes of the table), training_rules.c and training_verdict.c (what
 * it means), training_files.c (what is left behind) and training_keep.c (what survives). */
#ifndef TW_STUDY_TRAINING_PRIVATE_H
#define TW_STUDY_TRAINING_PRIVATE_H

#include "study/study_private.h"
#include "thalweg/study_training.h"
#include "thalweg/trajectory.h"

typedef struct tw_training_plan {
    tw_study_training_options options; /* as given; the texts are copies */
    char *texts[5];
    tw_objective *own_test; /* NULL: none, or the caller's */
    tw_dataset *test_data;
    size_t *at;
    char *kept;              /* PATH.unfinished; NULL: nothing survives */
    tw_provenance kept_made; /* what tells this training from others */
} tw_training_plan;

enum {
    TW_TRAINING_MARKS = 6,
    TW_TRAINING_METRICS = 16,
    TW_TRAINING_COLUMNS = 2 + 2 * TW_TRAINING_METRICS
};

/* Where a walk is, beside its descent: after the last report that is one of the training. */
typedef struct tw_training_mark {
    double numbers[TW_TRAINING_MARKS];
    double checkpoint[TW_TRAINING_COLUMNS];
    double *row;
    size_t rows;
    int is_set; /* at the point where the walk is to end */
} tw_training_mark;

/* What keeps it. */
typedef struct tw_training_keep {
    tw_claim *claim; /* NULL: nothing is kept */
    double interval, saved_at;
    int saved;              /* there is a file */
    int failed;             /* the last save did, and it was said */
    size_t parts_count;     /* of an earlier process; */
    tw_descent_part *parts; /* NULL: begun anew */
} tw_training_keep;

typedef struct tw_training_walk {
    const tw_study_training *training;
    const tw_study_training_watch *watch;
    tw_study_training_result *result;
    tw_descent *descent;
    double *x;
    int shows, has_shown;
    tw_status failure; /* of what was done in reports */
    size_t iterations; /* of the last report, also where the run failed */
    size_t report_every;
    int row_is_new, row_is_shown;           /* of result->last */
    double checkpoint[TW_TRAINING_COLUMNS]; /* of the last report */
    int any_checkpoint;
    size_t last_checkpoint;
    tw_trajectory_writer *writer; /* NULL: no trajectory */
    tw_training_mark mark;
    tw_training_keep keep;
} tw_training_walk;

/* ---- training_method.c ---- */

/* The method that suits a model; `by_steps`: steps are given. */
const char *tw_training_method(const tw_study_model *model, int by_steps);

/* ---- training_metric.c ---- */

/* The number of one metric among `values`, or NaN where the objective has no such metric. */
double tw_training_metric(const tw_objective *objective, const double *values,
                          const tw_metric *wanted);

/* The columns that a data set has: the loss and all shares, and in checkpoints the data's part of
 * the loss. Their names go to names[*count ...], each to be freed, and what `values` has in them to
 * *at ..., which are moved on. 0 if memory is out. */
int tw_training_name_columns(const tw_objective *objective, const char *split, int in_checkpoint,
                             char **names, size_t *count);
void tw_training_fill_columns(const tw_objective *objective, const double *values,
                              int in_checkpoint, double **at);

/* ---- training_checkpoints.c ---- */

/* TW_ERR_ARGUMENT for options that cannot be used together. Into training->checkpoints and at. */
tw_status tw_training_plan_checkpoints(tw_study_training *training);
/* Begins the file, or goes on with it after `rows` rows of an earlier process. */
tw_status tw_training_open_trajectory(tw_training_walk *walk, int resumes, size_t rows);
int tw_training_checkpoint_due(const tw_training_walk *walk, size_t iteration);
tw_status tw_training_add_checkpoint(tw_training_walk *walk, size_t iteration, const double *x);
/* What a report says of the point, one number a column of the trajectory. */
void tw_training_fill_checkpoint(tw_training_walk *walk, const tw_optim_report *told,
                                 const double *test_values);

/* ---- training_rows.c ---- */

tw_status tw_training_open_table(tw_training_walk *walk);
/* What the library reports, to the walk: row, checkpoint, whether that is enough. */
int tw_training_report(void *walk, const tw_optim_report *told);
/* The last report, where it fell between two rows or two checkpoints. */
tw_status tw_training_keep_last(tw_training_walk *walk);

/* ---- training_rules.c ---- */

/* The rules of CS231n's notes on learning that a training can be held against; what they find are
 * notes, and none changes what is computed.
 *
 *   chance   With small random parameters a classifier guesses: the data loss of softmax is ln C,
 *            that of an svm margin (C - 1), C being the number of classes. A start more than a
 *            quarter away says that the parameters are too large or the data not centred.
 *   reg      A regulariser must raise the loss wherever the parameters are not 0.
 *   ratio    |update| / |weights| of a block should be near 1e-3. The median over the reports is
 *            looked at, and complained of outside 1e-4 ... 1e-2; biases are left out.
 *   gap      Training accuracy more than 10 points above test accuracy is overfitting. */
void tw_training_note(const tw_training_walk *walk, const char *format, ...) TW_PRINTF(2, 3);
void tw_training_rules_at_start(const tw_training_walk *walk, const double *x,
                                const double *values);
/* `with_ratios`: the step is one that can be changed. */
void tw_training_rules_at_end(const tw_training_walk *walk, int with_ratios);

/* ---- training_verdict.c ---- */

/* Of first-order methods, as notes: whether the loss was lower before, has levelled off where the
 * gradient is not small, or only crawled. */
tw_status tw_training_note_pace(const tw_training_walk *walk);
/* What the end means, into the result. */
void tw_training_judge(const tw_training_walk *walk);

/* ---- training_files.c ---- */

/* Writes all files; one that fails does not keep the others from being written. The status and the
 * words are those of the first that failed, followed by what is there in spite of it. */
tw_status tw_training_write(const tw_training_walk *walk);
/* The words for a walk that ended early with `status`, whose message is recorded: writes what was
 * reached, and says where it is, and whether it can go on. */
tw_status tw_training_end_early(tw_training_walk *walk, tw_status status);

/* ---- training_keep.c ---- */

/* What is compared with that of an earlier run. */
tw_status tw_training_plan_keep(tw_study_training *training);
/* Claims the file, and reads what an earlier process left. */
tw_status tw_training_keep_begin(tw_training_walk *walk);
/* After a refusal of what it left: adds the remedy to the words. */
tw_status tw_training_refuse_kept(tw_status status);
/* How many rows of the trajectory it had written. */
size_t tw_training_kept_rows(const tw_training_walk *walk);
/* Puts it into the walk, whose table is open, and the descent. */
tw_status tw_training_take_up(tw_training_walk *walk);
/* The walk is where its descent's state is. */
void tw_training_mark_here(tw_training_walk *walk);
/* Saves, if it is time. */
void tw_training_keep_step(tw_training_walk *walk);
void tw_training_save(tw_training_walk *walk);
/* Whether the same training would go on from what is there. */
int tw_training_goes_on(const tw_training_walk *walk);
/* Nothing is left to go on with. */
void tw_training_forget(tw_training_walk *walk);
void tw_training_keep_end(tw_training_walk *walk);

#endif
