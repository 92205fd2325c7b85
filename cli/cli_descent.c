#include "cli_descent.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "cli_descent_verdict.h"
#include "cli_interrupt.h"

/* Positions in a row. What a model does not have is left out, and the rest moves up. */
enum { ITERATION, STEP, TRAIN_LOSS, MOST_METRICS = 16 };

const char *optimizer_name(size_t index) {
    const tw_optimizer *optimizer = tw_optimizer_at(index);
    return optimizer != NULL ? tw_optimizer_name(optimizer) : NULL;
}

/* The library's list, ended by the first number whose name does not lead back to it. */
const char *schedule_name(size_t index) {
    const char *name = index < 64 ? tw_schedule_name((tw_schedule)index) : NULL;
    return name != NULL && tw_schedule_find(name) == (int)index ? name : NULL;
}

static double metric(const tw_objective *objective, const double *values, const tw_metric *wanted) {
    int index = tw_objective_metric_find(objective, wanted);
    return index >= 0 ? values[index] : NAN;
}

static const tw_metric ACCURACY = {"accuracy", TW_METRIC_PERCENT};

/* ---- the table ---- */

static int has_accuracy(const descent *walk) {
    return walk->test != NULL || tw_objective_metric_find(walk->model->objective, &ACCURACY) >= 0;
}

/* "ratio_fc1.weight": a slash would be a folder in HDF5. */
static char *ratio_name(const tw_block *block) {
    char *name;
    if (asprintf(&name, "ratio_%s", block->name) < 0)
        return NULL;
    for (char *at = name; *at != '\0'; at++)
        *at = *at == '/' ? '.' : *at;
    return name;
}

static tw_status open_table(descent *walk, int with_ratios) {
    const tw_space *space = tw_objective_space(walk->model->objective);
    size_t blocks = with_ratios ? tw_space_blocks(space) : 0, count = 0;
    const char **names = calloc(blocks + 8, sizeof *names);
    int complete = names != NULL;
    if (complete) {
        names[count++] = "iteration";
        names[count++] = "step";
        names[count++] = "train_loss";
        if (has_accuracy(walk))
            names[count++] = "train_acc";
        if (walk->test != NULL) {
            names[count++] = "test_loss";
            names[count++] = "test_acc";
        }
        if (walk->model->data != NULL)
            names[count++] = "epoch";
        walk->first_ratio = with_ratios ? count : 0;
    }
    for (size_t k = 0; k < blocks && complete; k++)
        complete = (names[count++] = ratio_name(tw_space_block(space, k))) != NULL;
    walk->row = complete ? calloc(count, sizeof *walk->row) : NULL;
    tw_status status = walk->row != NULL ? tw_table_init(&walk->table, "descent", count, names)
                                         : tw_fail(TW_ERR_MEMORY, "not enough memory for a table");
    for (size_t k = walk->first_ratio; names != NULL && k > 0 && k < count; k++)
        free((char *)names[k]);
    free(names);
    return status;
}

static double norm(size_t count, const double *x) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += x[i] * x[i];
    return sqrt(sum);
}

/* |x - before| / |before| of a block, or NaN where it says nothing. */
static double update_ratio(const tw_block *block, const tw_optim_report *told) {
    if (told->before == NULL)
        return NAN;
    const double *before = told->before + block->offset, *x = told->x + block->offset;
    double sum = 0, size = norm(block->count, before);
    for (size_t i = 0; i < block->count; i++)
        sum += (x[i] - before[i]) * (x[i] - before[i]);
    return size > 0 ? sqrt(sum) / size : NAN;
}

/* values and test_values: the metrics on both data. */
static void fill_row(descent *walk, const tw_optim_report *told, const double *test_values) {
    const tw_objective *objective = walk->model->objective;
    const tw_space *space = tw_objective_space(objective);
    double *at = walk->row;
    *at++ = (double)told->iteration;
    *at++ = told->step;
    *at++ = told->values[0];
    if (has_accuracy(walk))
        *at++ = 100 * metric(objective, told->values, &ACCURACY);
    if (walk->test != NULL) {
        *at++ = test_values[0];
        *at++ = 100 * metric(walk->test, test_values, &ACCURACY);
    }
    if (walk->model->data != NULL)
        *at++ = told->epoch;
    for (size_t k = 0; walk->first_ratio > 0 && k < tw_space_blocks(space); k++)
        *at++ = update_ratio(tw_space_block(space, k), told);
    walk->row_is_new = 1;
}

/* ---- the printed table ---- */

static double column_of(const descent *walk, const char *name) {
    int column = tw_table_column(&walk->table, name);
    return column >= 0 ? walk->row[column] : NAN;
}

/* The largest of the blocks; NaN if there is none. */
static double largest_ratio(const descent *walk) {
    double largest = NAN;
    for (size_t k = walk->first_ratio; k > 0 && k < walk->table.columns; k++)
        largest = fmax(largest, walk->row[k]);
    return largest;
}

static void print_head(const descent *walk) {
    fprintf(walk->report, "%9s  %10s  %12s", "iteration", "step",
            walk->model->data != NULL ? "train loss" : "loss");
    if (has_accuracy(walk))
        fprintf(walk->report, "  %10s", "accuracy");
    if (walk->test != NULL)
        fprintf(walk->report, "  %12s  %10s", "test loss", "accuracy");
    if (walk->model->data != NULL)
        fprintf(walk->report, "  %8s", "epoch");
    if (walk->first_ratio > 0)
        fprintf(walk->report, "  %8s", "update");
    fputc('\n', walk->report);
}

static tw_status print_row(const descent *walk) {
    FILE *out = walk->report;
    const double *row = walk->row;
    double ratio = largest_ratio(walk);
    fprintf(out, has_accuracy(walk) ? "%9.0f  %10.4g  %12.6f" : "%9.0f  %10.4g  %12.6g",
            row[ITERATION], row[STEP], row[TRAIN_LOSS]);
    if (has_accuracy(walk))
        fprintf(out, "  %8.2f %%", column_of(walk, "train_acc"));
    if (walk->test != NULL)
        fprintf(out, "  %12.6f  %8.2f %%", column_of(walk, "test_loss"),
                column_of(walk, "test_acc"));
    if (walk->model->data != NULL)
        fprintf(out, "  %8.2f", column_of(walk, "epoch"));
    if (walk->first_ratio > 0 && isnan(ratio))
        fprintf(out, "  %8s", "-");
    else if (walk->first_ratio > 0)
        fprintf(out, "  %8.1e", ratio);
    fputc('\n', out);
    if (fflush(out) != 0)
        return tw_fail(TW_ERR_IO, "cannot write standard output: %s", strerror(errno));
    return TW_OK;
}

/* The head comes with the first row, so that nothing is printed before a run that is refused. */
static tw_status print_kept(descent *walk) {
    walk->row_is_printed = 1;
    if (walk->report == NULL)
        return TW_OK;
    if (walk->table.rows == 1)
        print_head(walk);
    tw_status status = print_row(walk);
    if (status == TW_OK || !walk->keeps)
        return status;
    walk->report = NULL; /* that rows were lost is said at the end */
    tw_message_clear();
    return TW_OK;
}

/* A walk that goes back to an earlier point has its row already, or is beyond it. */
static tw_status keep_row(descent *walk) {
    walk->row_is_new = 0;
    size_t rows = walk->table.rows;
    if (rows > 0 && walk->row[ITERATION] <= walk->table.values[ITERATION][rows - 1])
        return TW_OK;
    tw_status status = tw_table_append(&walk->table, walk->row);
    walk->row_is_printed = 0;
    if (status == TW_OK &&
        (walk->print_every == 0 || (size_t)walk->row[ITERATION] % walk->print_every == 0))
        status = print_kept(walk);
    return status;
}

/* ---- checkpoints ---- */

/* The columns of one data set; those of metrics that the model has not are left out. */
static const struct {
    tw_metric metric;
    const char *train, *test;
} checkpoint_metrics[] = {{{"data_loss"}, "train_data_loss", "test_data_loss"},
                          {{"accuracy", TW_METRIC_PERCENT}, "train_acc", "test_acc"}};

static size_t name_metrics(const tw_objective *objective, int is_test, const char **names) {
    size_t count = 0;
    names[count++] = is_test ? "test_loss" : "train_loss";
    for (size_t k = 0; k < 2; k++)
        if (tw_objective_metric_find(objective, &checkpoint_metrics[k].metric) >= 0)
            names[count++] = is_test ? checkpoint_metrics[k].test : checkpoint_metrics[k].train;
    return count;
}

static size_t fill_metrics(const tw_objective *objective, const double *values, double *out) {
    size_t count = 0;
    out[count++] = values[0];
    for (size_t k = 0; k < 2; k++)
        if (tw_objective_metric_find(objective, &checkpoint_metrics[k].metric) >= 0)
            out[count++] = tw_metric_scale(&checkpoint_metrics[k].metric) *
                           metric(objective, values, &checkpoint_metrics[k].metric);
    return count;
}

tw_status descent_open_checkpoints(const descent *walk, const char *path,
                                   const tw_provenance *provenance) {
    const char *names[MOST_CHECKPOINT_COLUMNS] = {"iteration", "epoch"};
    size_t count = 2 + name_metrics(walk->model->objective, 0, names + 2);
    if (walk->test != NULL)
        count += name_metrics(walk->test, 1, names + count);
    return checkpoints_open(walk->checkpoints, path, tw_objective_space(walk->model->objective),
                            count, names, provenance);
}

static void fill_checkpoint(descent *walk, const tw_optim_report *told, const double *test_values) {
    double *row = walk->checkpoint;
    row[0] = (double)told->iteration;
    row[1] = told->epoch;
    size_t count = 2 + fill_metrics(walk->model->objective, told->values, row + 2);
    if (walk->test != NULL)
        fill_metrics(walk->test, test_values, row + count);
}

/* ---- the run ---- */

static tw_status take_report(descent *walk, const tw_optim_report *told) {
    double test_values[MOST_METRICS] = {0};
    tw_status status = TW_OK;
    if (walk->test != NULL)
        status = tw_objective_value(walk->test, told->x, test_values);
    if (status != TW_OK)
        return status;
    fill_row(walk, told, test_values);
    if (told->iteration % walk->report_every == 0)
        status = keep_row(walk);
    if (walk->checkpoints != NULL)
        fill_checkpoint(walk, told, test_values);
    if (status == TW_OK && walk->checkpoints != NULL &&
        checkpoints_due(walk->checkpoints, told->iteration))
        status = checkpoints_add(walk->checkpoints, told->iteration, told->x, walk->checkpoint);
    return status;
}

static int report(void *user, const tw_optim_report *told) {
    descent *walk = user;
    if (told->iteration == 0 && walk->rules != NULL)
        rules_at_start(walk->rules, walk->model->objective, told->x, told->values);
    walk->iterations = told->iteration;
    walk->failure = take_report(walk, told);
    walk->reached = walk->enough > 0 && told->values[0] <= walk->enough;
    return walk->failure != TW_OK || walk->reached;
}

static int cancelled(void *user) {
    const descent *walk = user;
    return walk->interruptible && interrupt_seen() != 0;
}

/* The last report, where it fell between two rows or two checkpoints. */
static tw_status keep_last(descent *walk) {
    size_t rows = walk->table.rows;
    tw_status status = walk->row_is_new ? keep_row(walk) : TW_OK;
    int is_last = rows > 0 && walk->row[ITERATION] == walk->table.values[ITERATION][rows - 1];
    if (status == TW_OK && !walk->row_is_printed && (walk->table.rows > rows || is_last))
        status = print_kept(walk);
    checkpoints *c = walk->checkpoints;
    size_t iteration = (size_t)walk->row[ITERATION];
    if (status == TW_OK && c != NULL && (!c->any || c->last < iteration))
        status = checkpoints_add(c, iteration, walk->x, walk->checkpoint);
    return status;
}

static tw_status keep_start(descent *walk) {
    walk->start = malloc(walk->model->size * sizeof *walk->start);
    if (walk->start == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu parameters", walk->model->size);
    memcpy(walk->start, walk->x, walk->model->size * sizeof *walk->start);
    return TW_OK;
}

int descent_has_moved(const descent *walk) {
    return walk->iterations > 0 ||
           (walk->start != NULL &&
            memcmp(walk->start, walk->x, walk->model->size * sizeof *walk->start) != 0);
}

tw_status descent_run(descent *walk, const tw_optimizer *optimizer,
                      const tw_optim_options *options) {
    const tw_objective *objective = walk->model->objective;
    tw_optim_options own = *options;
    own.report = report;
    own.cancelled = cancelled;
    own.user = walk;
    if (walk->checkpoints != NULL) {
        own.report_at = walk->checkpoints->at;
        own.report_at_count = walk->checkpoints->count;
    }
    walk->failure = TW_OK;
    walk->report_every = own.report_every > 0 ? own.report_every : SIZE_MAX;
    if (walk->test != NULL && tw_objective_metrics(walk->test) > MOST_METRICS)
        return tw_fail(TW_ERR_UNSUPPORTED, "the model has more than %d metrics", MOST_METRICS);
    tw_status status =
        open_table(walk, walk->model->data != NULL && tw_optimizer_needs(optimizer) != 0);
    if (status == TW_OK)
        status = keep_start(walk);
    if (status != TW_OK)
        return status;
    status = tw_optim_run(optimizer, walk->model->objective, walk->x, &own, &walk->result);
    if (cancelled(walk) && (status != TW_OK || walk->result.stop == TW_STOP_CANCELLED))
        walk->signal = interrupt_seen();
    if (status == TW_OK)
        status = walk->failure;
    if (status == TW_OK)
        status = keep_last(walk);
    if (status == TW_OK && walk->rules != NULL && walk->enough == 0 && walk->signal == 0) {
        int given = tw_optimizer_default_step(optimizer) > 0 && !options->line_search;
        rules_at_end(walk->rules, tw_objective_space(objective), &walk->table,
                     given ? walk->first_ratio : 0); /* who has no --step can change none */
        status = descent_note_pace(walk, optimizer, options);
    }
    return status;
}

void descent_release(descent *walk) {
    tw_table_release(&walk->table);
    free(walk->row);
    free(walk->start);
    walk->row = walk->start = NULL;
}

double descent_last(const descent *walk, const char *column) {
    int index = tw_table_column(&walk->table, column);
    if (index < 0 || walk->table.rows == 0)
        return NAN;
    return walk->row[index];
}
