/* cli_descent.h: a walk down the loss, watched on training and test data. */
#ifndef THALWEG_CLI_DESCENT_H
#define THALWEG_CLI_DESCENT_H

#include "cli_checkpoints.h"
#include "cli_model.h"
#include "cli_rules.h"

enum { MOST_CHECKPOINT_COLUMNS = 8 };

/* A walk and what is kept of it. Set what stands before the table, run, release. */
typedef struct descent {
    const cli_context *context;
    const tw_study_model *model;
    tw_objective *test;       /* NULL: no test data */
    FILE *report;             /* NULL: print nothing */
    double *x;                /* where it starts; replaced by where it ends */
    checkpoints *checkpoints; /* planned and opened; NULL: none */
    rules *rules;             /* NULL: nobody minds */
    double enough;            /* the run ends where the loss is not above this; 0: never */
    int interruptible;        /* it ends at a signal that interrupt_seen has */
    size_t print_every;       /* rows of these iterations, and the last, are printed; 0: all */
    int keeps;                /* it writes files, so that it goes on where nobody reads its rows */

    /* iteration, step, train_loss (, train_acc) (, test_loss, test_acc), and on data epoch and one
     * ratio_BLOCK a block: the size of the last update over that of the block */
    tw_table table;
    tw_optim_result result;
    tw_status failure; /* of what was done in reports */
    int reached;       /* `enough` was */
    size_t iterations; /* of the last report, also where the run failed */
    int signal;        /* that ended the walk, or 0 */
    double *start;     /* where it began */

    double *row; /* of the last report, in the order of the table */
    int row_is_new, row_is_printed;
    double checkpoint[8];             /* of the last report */
    size_t report_every, first_ratio; /* position in the row; 0: no ratios */
} descent;

/* Begins the file of the checkpoints, before the run. */
tw_status descent_open_checkpoints(const descent *walk, const char *path,
                                   const tw_provenance *provenance);
tw_status descent_run(descent *walk, const tw_optimizer *optimizer,
                      const tw_optim_options *options);
void descent_release(descent *walk);

/* Whether it came anywhere that is worth keeping, also where the run failed. */
int descent_has_moved(const descent *walk);

/* The number of the last report, which is that of the point kept, or NaN if there is no such
 * column.
 */
double descent_last(const descent *walk, const char *column);

const char *optimizer_name(size_t index);
const char *schedule_name(size_t index);

#endif
