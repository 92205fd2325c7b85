/* study_training.h: a training by a method's name: watched, with checkpoints, files and a verdict,
 * and resumed to the same bits after whatever ended it.
 *
 *     tw_study_training_options options = tw_study_training_defaults();
 *     tw_study_training *training = NULL;
 *     tw_study_training_result result = {0};
 *     options.method = "adam";
 *     options.output = "w.npy";
 *     options.trajectory = "run.h5";
 *     if (tw_study_training_plan(NULL, model, &options, &training) == TW_OK &&
 *         tw_study_training_run(training, NULL, &result) == TW_OK)
 *         printf("loss %g after %zu iterations\n", result.end.loss, result.end.iterations);
 *     tw_study_training_result_release(&result);
 *     tw_study_training_free(training);
 *
 * `model` is that of study_model.h; of whom to tell, see study.h. examples/training.c is a whole
 * program.
 */
#ifndef THALWEG_STUDY_TRAINING_H
#define THALWEG_STUDY_TRAINING_H

#include "file.h"
#include "optim.h"
#include "study_model.h"

TW_BEGIN_DECLS

typedef struct tw_study_training_options {
    size_t bytes;
    const char *method; /* sgd where there are samples; of functions lbfgs, gd where steps are
                           given, local-search where there is no gradient */
    size_t iterations;  /* the method's */
    double step;        /* what suits method and model, see tw_study_training_step */
    int line_search;    /* gd looks for its steps, as it does on functions without a step */
    int schedule;       /* tw_schedule; constant */
    double decay, period;
    size_t batch;
    double momentum, square_decay, epsilon, tolerance; /* optim.h */
    size_t history;
    size_t report_every; /* iterations between rows; a twentieth of all */
    size_t overfit;      /* a check instead, on a model of tw_study_model_open_few: it ends when the
                            loss is as good as none; the number of its samples */
    tw_objective *test;  /* further data to look at, not owned; NULL: the test split of the model's
                            source, if it has one and the model is not on it */
    int no_test;         /* 1: no further data where `test` is NULL */

    /* ---- files; NULL: not written ---- */

    const char *output;     /* the parameters reached: .npy, .npz, .h5 or .safetensors */
    const char *log;        /* the rows as a table: .csv or .h5 */
    const char *picture;    /* and as a figure: .png, .svg or .pdf */
    const char *trajectory; /* checkpoints of all parameters, as it goes: .h5 */
    size_t every;           /* a checkpoint every so many iterations; with the rows */
    size_t checkpoints;     /* so many instead, 2 at least, the first and the last among them */
    int spacing;            /* how they lie between: 0 linear, 1 logarithmic; 0 */

    /* ---- what survives ---- */

    int restart;       /* 1: starts again, whatever an earlier run has left */
    double save_every; /* seconds between two saves of where it is, 0 for after every iteration,
                          whatever that costs; 2 */
} tw_study_training_options;

TW_API tw_study_training_options tw_study_training_defaults(void);

/* "linear", "log", NULL past the end: the values of `spacing`. */
TW_API const char *tw_study_training_spacing(size_t index);

/* A model for the check of `overfit`: on the first `samples` samples and without regulariser.
 * TW_ERR_ARGUMENT if the options choose samples themselves. */
TW_API tw_status tw_study_model_open_few(const tw_study *study,
                                         const tw_study_model_options *options, size_t samples,
                                         tw_study_model **out);

/* What was decided: read it. */
typedef struct tw_study_training {
    size_t bytes;
    const tw_study *study;
    const tw_study_model *model;
    const tw_optimizer *optimizer;
    tw_optim_options options;      /* without reports and calls */
    tw_objective *test;            /* NULL: none */
    size_t show_every;             /* rows of these iterations, and the last, are shown */
    double chance;                 /* data loss of a guess, which it should begin with; or NaN */
    double enough;                 /* it ends where the loss is not above this; 0: never */
    size_t checkpoints;            /* how many are planned, */
    const size_t *at;              /* and after which iterations; 0 and the last are among them */
    tw_provenance provenance;      /* of its files */
    struct tw_training_plan *plan; /* the library's own */
} tw_study_training;

/* Decides everything before a long run; study NULL is the model's. The model, whose point is where
 * it begins, must outlive it; the options may go. *out is freed with tw_study_training_free, NULL
 * after a failure. */
TW_API tw_status tw_study_training_plan(const tw_study *study, const tw_study_model *model,
                                        const tw_study_training_options *options,
                                        tw_study_training **out);
/* NULL is allowed. */
TW_API void tw_study_training_free(tw_study_training *training);

/* The columns of the rows are iteration, step, train_loss (, train_acc) (, test_loss, test_acc),
 * the loss and all that is in per cent of each, and on data epoch and, of methods that follow a
 * gradient, one ratio_BLOCK a block: the size of the last update over that of the block. */
typedef struct tw_study_training_row {
    size_t bytes;
    const tw_table *table; /* of all rows, this one the last */
    const double *values;  /* one a column */
    int is_first;          /* nothing was shown before */
    int has_data, has_accuracy, has_test;
    size_t first_ratio; /* column of the first ratio; 0: there are none */
} tw_study_training_row;

/* Who looks on. Each call may be NULL. */
typedef struct tw_study_training_watch {
    size_t bytes;
    void *user;
    /* A row that is to be shown. Where it fails the training goes on without showing more if it
     * writes files, and else ends. */
    tw_status (*show)(void *user, const tw_study_training_row *row);
} tw_study_training_watch;

enum { TW_TRAINING_NOTES = 8 };

typedef struct tw_study_training_result {
    size_t bytes;
    int complete;        /* the walk came to an end of its own or by a signal: `end` is known */
    tw_optim_result end; /* counts are those of the whole training, seconds of this process */
    const char *stop;    /* tw_stop_name, "interrupted" by a signal, "reached" what is enough */
    int signal;          /* that ended it, or 0 */
    int reached;         /* the loss came below `enough` */
    int is_down;         /* 0: it has failed: diverged, without a lower end, not a step down, or
                            far above its start; or the check of overfit has */
    char verdict[400];   /* what its end means, one line; may be empty */
    char overfit[400];   /* what the check of overfit says; empty without */
    size_t resumed;      /* iterations that earlier processes had done */
    double *x;           /* the point reached, model->size numbers */
    tw_table table;      /* of the rows; kind "descent" */
    double *last;        /* the numbers of the last report, one a column */
    size_t first_ratio;  /* column of the first ratio; 0: none */
    size_t notes;        /* what the rules of CS231n's notes on learning find wrong, */
    char note[TW_TRAINING_NOTES][240]; /* which `say` was told as "note: ..." */
} tw_study_training_result;

/* Trains, and writes the files. While it runs, where it is is kept beside the first of its files
 * (output, trajectory, log, picture), as PATH.unfinished: whole at every instant, saved every
 * save_every seconds, less often where writing takes more than a twentieth of the time, and removed
 * when all is written. A process that is killed, whenever, leaves it, and so does one that is
 * interrupted; the same training, planned and run again, then goes on from there, and ends with the
 * same parameters, rows, checkpoints and counts, bit for bit, as one that was left alone. Another
 * one is refused (TW_ERR_ARGUMENT), and what differs is named: a key of the provenance, or of the
 * options. Of two processes at one file the first has what survives. What goes to a pipe or a
 * device alone is not resumed.
 *
 * After an interruption (tw_study's `interrupted`; TW_ERR_CANCELLED) or an evaluation that fails,
 * the files hold what was reached. *result is filled in in every case: release it. `watch` may be
 * NULL. */
TW_API tw_status tw_study_training_run(const tw_study_training *training,
                                       const tw_study_training_watch *watch,
                                       tw_study_training_result *result);
TW_API void tw_study_training_result_release(tw_study_training_result *result);

/* The last report's number in a column, which is that of the point kept, or NaN if there is none.
 */
TW_API double tw_study_training_last(const tw_study_training_result *result, const char *column);

/* The step where none is given, into options->step or options->line_search. Classifiers take the
 * method's (0), networks those of their kind. Of functions nothing is known beforehand: gd looks
 * for every step by a line search, sgd, momentum and nesterov take the first that such a search
 * finds at the start, the latter two times 1 - mu, and where steps are along gradients over chosen
 * samples none that moves x by more than a hundredth of its size; where entries have their own
 * lengths of step it is a hundredth of the size of x (adagrad: a tenth), random-search draws of
 * that size and local-search a tenth of it. The size is the root mean square at the start, or 1
 * where that is 0.
 */
TW_API tw_status tw_study_training_step(const tw_study_model *model, const tw_optimizer *optimizer,
                                        tw_optim_options *options);

TW_END_DECLS

#endif
