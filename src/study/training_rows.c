/* training_rows.c: what a report makes of the table, and of the trajectory. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "study/training_private.h"

/* The first column; what a model does not have is left out, and the rest moves up. */
enum { ITERATION };

static const tw_metric ACCURACY = {"accuracy", TW_METRIC_PERCENT};

/* ---- the table ---- */

static int has_accuracy(const tw_training_walk *walk) {
    return walk->training->test != NULL ||
           tw_objective_metric_find(walk->training->model->objective, &ACCURACY) >= 0;
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

/* As many as there are, in order; 0 if memory is out. All are to be freed. */
static int name_columns(const tw_training_walk *walk, size_t blocks, char **names, size_t *count) {
    const tw_study_training *t = walk->training;
    const tw_space *space = tw_objective_space(t->model->objective);
    int complete = (names[(*count)++] = strdup("iteration")) != NULL &&
                   (names[(*count)++] = strdup("step")) != NULL &&
                   tw_training_name_columns(t->model->objective, tw_split_name(TW_SPLIT_TRAIN), 0,
                                            names, count);
    if (complete && t->test != NULL)
        complete = tw_training_name_columns(t->test, tw_split_name(TW_SPLIT_TEST), 0, names, count);
    if (complete && t->model->data != NULL)
        complete = (names[(*count)++] = strdup("epoch")) != NULL;
    walk->result->first_ratio = blocks > 0 ? *count : 0;
    for (size_t k = 0; k < blocks && complete; k++)
        complete = (names[(*count)++] = ratio_name(tw_space_block(space, k))) != NULL;
    return complete;
}

tw_status tw_training_open_table(tw_training_walk *walk) {
    const tw_study_training *t = walk->training;
    int with_ratios = t->model->data != NULL && tw_optimizer_needs(t->optimizer) != 0;
    size_t blocks = with_ratios ? tw_space_blocks(tw_objective_space(t->model->objective)) : 0;
    size_t count = 0;
    char **names = calloc(blocks + TW_TRAINING_COLUMNS + 1, sizeof *names);
    if (names != NULL && name_columns(walk, blocks, names, &count))
        walk->result->last = calloc(count, sizeof *walk->result->last);
    tw_status status =
        walk->result->last != NULL
            ? tw_table_init(&walk->result->table, "descent", count, (const char *const *)names)
            : tw_fail(TW_ERR_MEMORY, "not enough memory for a table");
    for (size_t k = 0; k < count; k++)
        free(names[k]);
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
static void fill_row(tw_training_walk *walk, const tw_optim_report *told,
                     const double *test_values) {
    const tw_objective *objective = walk->training->model->objective;
    const tw_space *space = tw_objective_space(objective);
    double *at = walk->result->last;
    *at++ = (double)told->iteration;
    *at++ = told->step;
    tw_training_fill_columns(objective, told->values, 0, &at);
    if (walk->training->test != NULL)
        tw_training_fill_columns(walk->training->test, test_values, 0, &at);
    if (walk->training->model->data != NULL)
        *at++ = told->epoch;
    for (size_t k = 0; walk->result->first_ratio > 0 && k < tw_space_blocks(space); k++)
        *at++ = update_ratio(tw_space_block(space, k), told);
    walk->row_is_new = 1;
}

/* ---- showing it ---- */

static tw_status show(tw_training_walk *walk) {
    const tw_study_training *t = walk->training;
    const tw_study_training_row row = {.bytes = sizeof row,
                                       .table = &walk->result->table,
                                       .values = walk->result->last,
                                       .is_first = !walk->has_shown,
                                       .has_data = t->model->data != NULL,
                                       .has_accuracy = has_accuracy(walk),
                                       .has_test = t->test != NULL,
                                       .first_ratio = walk->result->first_ratio};
    walk->row_is_shown = 1;
    if (!walk->shows)
        return TW_OK;
    walk->has_shown = 1;
    tw_status status = walk->watch->show(walk->watch->user, &row);
    const tw_study_training_options *o = &t->plan->options;
    if (status == TW_OK ||
        (o->output == NULL && o->log == NULL && o->picture == NULL && o->trajectory == NULL))
        return status;
    walk->shows = 0; /* that rows were lost is said at the end */
    tw_message_clear();
    return TW_OK;
}

/* A walk that goes back to an earlier point has its row already, or is beyond it. */
static tw_status keep_row(tw_training_walk *walk) {
    tw_table *table = &walk->result->table;
    const double *row = walk->result->last;
    size_t rows = table->rows, show_every = walk->training->show_every;
    walk->row_is_new = 0;
    if (rows > 0 && row[ITERATION] <= table->values[ITERATION][rows - 1])
        return TW_OK;
    tw_status status = tw_table_append(table, row);
    walk->row_is_shown = 0;
    if (status == TW_OK && (show_every == 0 || (size_t)row[ITERATION] % show_every == 0))
        status = show(walk);
    return status;
}

/* ---- reports ---- */

static tw_status take_report(tw_training_walk *walk, const tw_optim_report *told) {
    double test_values[TW_TRAINING_METRICS] = {0};
    tw_status status = TW_OK;
    if (walk->training->test != NULL)
        status = tw_objective_value(walk->training->test, told->x, test_values);
    if (status != TW_OK)
        return status;
    fill_row(walk, told, test_values);
    if (told->iteration % walk->report_every == 0)
        status = keep_row(walk);
    if (walk->writer == NULL)
        return status;
    tw_training_fill_checkpoint(walk, told, test_values);
    if (status == TW_OK && tw_training_checkpoint_due(walk, told->iteration))
        status = tw_training_add_checkpoint(walk, told->iteration, told->x);
    return status;
}

int tw_training_report(void *user, const tw_optim_report *told) {
    tw_training_walk *walk = user;
    double enough = walk->training->enough;
    if (told->iteration == 0)
        tw_training_rules_at_start(walk, told->x, told->values);
    walk->iterations = told->iteration;
    walk->failure = take_report(walk, told);
    walk->result->reached = enough > 0 && told->values[0] <= enough;
    return walk->failure != TW_OK || walk->result->reached;
}

tw_status tw_training_keep_last(tw_training_walk *walk) {
    tw_table *table = &walk->result->table;
    double last = walk->result->last[ITERATION];
    size_t rows = table->rows;
    tw_status status = walk->row_is_new ? keep_row(walk) : TW_OK;
    int is_last = rows > 0 && last == table->values[ITERATION][rows - 1];
    if (status == TW_OK && !walk->row_is_shown && (table->rows > rows || is_last))
        status = show(walk);
    size_t iteration = (size_t)last;
    if (status == TW_OK && walk->writer != NULL &&
        (!walk->any_checkpoint || walk->last_checkpoint < iteration))
        status = tw_training_add_checkpoint(walk, iteration, walk->x);
    return status;
}
