#include "cli_descent.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const columns[] = {"iteration", "step",      "train_loss",
                                      "train_acc", "test_loss", "test_acc"};
enum { COLUMNS = 6, COLUMNS_WITHOUT_TEST = 4, COLUMNS_WITHOUT_ACCURACY = 3, MOST_METRICS = 16 };

const char *optimizer_name(size_t index) {
    const tw_optimizer *optimizer = tw_optimizer_at(index);
    return optimizer != NULL ? tw_optimizer_name(optimizer) : NULL;
}

/* The library's list, ended by the first number whose name does not lead back to it. */
const char *schedule_name(size_t index) {
    const char *name = index < 64 ? tw_schedule_name((tw_schedule)index) : NULL;
    return name != NULL && tw_schedule_find(name) == (int)index ? name : NULL;
}

/* Loss and accuracy (per cent) out of the metrics of an objective. */
static void pick(const tw_objective *objective, const double *values, double *row) {
    int accuracy = tw_objective_metric_find(objective, "accuracy");
    row[0] = values[0];
    row[1] = accuracy >= 0 ? 100 * values[accuracy] : NAN;
}

/* A reader that is gone ends the walk. */
static tw_status print_row(FILE *out, const double *row, size_t count) {
    if (count == COLUMNS_WITHOUT_ACCURACY)
        fprintf(out, "%9.0f  %10.4g  %12.6g", row[0], row[1], row[2]);
    else
        fprintf(out, "%9.0f  %10.4g  %12.6f  %8.2f %%", row[0], row[1], row[2], row[3]);
    if (count == COLUMNS)
        fprintf(out, "  %12.6f  %8.2f %%", row[4], row[5]);
    fputc('\n', out);
    if (fflush(out) != 0)
        return tw_fail(TW_ERR_IO, "cannot write standard output: %s", strerror(errno));
    return TW_OK;
}

static int report(void *user, const tw_optim_report *told) {
    descent *walk = user;
    double row[COLUMNS] = {(double)told->iteration, told->step};
    const double *x = told->x, *values = told->values;
    double test_values[MOST_METRICS];
    pick(walk->model->objective, values, row + 2);
    if (walk->test != NULL) {
        walk->failure = tw_objective_value(walk->test, x, test_values);
        if (walk->failure == TW_OK)
            pick(walk->test, test_values, row + 4);
    }
    if (walk->failure == TW_OK)
        walk->failure = tw_table_append(&walk->table, row);
    if (walk->failure == TW_OK && walk->report != NULL)
        walk->failure = print_row(walk->report, row, walk->table.columns);
    return walk->failure != TW_OK;
}

static void print_head(const descent *walk) {
    fprintf(walk->report, "%9s  %10s  %12s", "iteration", "step",
            walk->model->data != NULL ? "train loss" : "loss");
    if (walk->table.columns > COLUMNS_WITHOUT_ACCURACY)
        fprintf(walk->report, "  %10s", "accuracy");
    if (walk->test != NULL)
        fprintf(walk->report, "  %12s  %10s", "test loss", "accuracy");
    fputc('\n', walk->report);
}

static size_t column_count(const descent *walk) {
    if (walk->test != NULL)
        return COLUMNS;
    return tw_objective_metric_find(walk->model->objective, "accuracy") >= 0
               ? COLUMNS_WITHOUT_TEST
               : COLUMNS_WITHOUT_ACCURACY;
}

tw_status descent_run(descent *walk, const tw_optimizer *optimizer,
                      const tw_optim_options *options) {
    tw_optim_options own = *options;
    own.report = report;
    own.user = walk;
    walk->failure = TW_OK;
    if (walk->test != NULL && tw_objective_metrics(walk->test) > MOST_METRICS)
        return tw_fail(TW_ERR_UNSUPPORTED, "the model has more than %d metrics", MOST_METRICS);
    tw_status status = tw_table_init(&walk->table, "descent", column_count(walk), columns);
    if (status != TW_OK)
        return status;
    if (walk->report != NULL)
        print_head(walk);
    status = tw_optim_run(optimizer, walk->model->objective, walk->x, &own, &walk->result);
    return status != TW_OK ? status : walk->failure;
}

void descent_release(descent *walk) {
    tw_table_release(&walk->table);
}

double descent_last(const descent *walk, const char *column) {
    int index = tw_table_column(&walk->table, column);
    if (index < 0 || walk->table.rows == 0)
        return NAN;
    return walk->table.values[index][walk->table.rows - 1];
}
