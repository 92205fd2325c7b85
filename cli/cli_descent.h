/* cli_descent.h: a walk down the loss, watched on training and test data. */
#ifndef THALWEG_CLI_DESCENT_H
#define THALWEG_CLI_DESCENT_H

#include "cli_model.h"

/* A walk and what is kept of it. Set the first five, run, release. */
typedef struct descent {
    const cli_context *context;
    const cli_model *model;
    tw_objective *test; /* NULL: no test data */
    FILE *report;       /* NULL: print nothing */
    double *x;          /* where it starts; replaced by where it ends */
    tw_table table;     /* iteration, step, train_loss, train_acc (, test_loss, test_acc) */
    tw_optim_result result;
    tw_status failure; /* of the evaluation of the test loss */
} descent;

tw_status descent_run(descent *walk, const tw_optimizer *optimizer,
                      const tw_optim_options *options);
void descent_release(descent *walk);

/* The number in the last row of the table, or NaN if there is no such column. */
double descent_last(const descent *walk, const char *column);

const char *optimizer_name(size_t index);
const char *schedule_name(size_t index);

#endif
