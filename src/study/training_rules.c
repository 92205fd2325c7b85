#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "study/training_private.h"

void tw_training_note(const tw_training_walk *walk, const char *format, ...) {
    tw_study_training_result *r = walk->result;
    if (r->notes == TW_TRAINING_NOTES)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(r->note[r->notes], sizeof r->note[0], format, arguments);
    va_end(arguments);
    tw_study_say(walk->training->study, "note: %s", r->note[r->notes++]);
}

static int is_zero(size_t count, const double *x) {
    for (size_t i = 0; i < count; i++)
        if (x[i] != 0)
            return 0;
    return 1;
}

void tw_training_rules_at_start(const tw_training_walk *walk, const double *x,
                                const double *values) {
    const tw_study_training *t = walk->training;
    const tw_objective *objective = t->model->objective;
    double data_loss = tw_training_metric(objective, values, &(tw_metric){"data_loss"}),
           loss = values[0];
    double guessed = isnan(data_loss) ? loss : data_loss, reg = t->model->reg;
    if (t->chance > 0 && !(fabs(guessed - t->chance) <= 0.25 * t->chance))
        tw_training_note(walk,
                         "the data loss begins at %.4g, where guessing gives %.4g: are the "
                         "parameters drawn too large, or the data not centred?",
                         guessed, t->chance);
    if (reg > 0 && !isnan(data_loss) && !(loss > data_loss) &&
        !is_zero(tw_objective_size(objective), x))
        tw_training_note(walk, "--reg %g does not raise the loss: it is lost in rounding", reg);
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Median of those that are finite and not 0; NaN if there are none, or memory is out. */
static double median(size_t count, const double *values) {
    double *sorted = malloc((count + 1) * sizeof *sorted), result = NAN;
    size_t kept = 0;
    for (size_t i = 0; sorted != NULL && i < count; i++)
        if (isfinite(values[i]) && values[i] > 0)
            sorted[kept++] = values[i];
    if (kept > 0) {
        qsort(sorted, kept, sizeof *sorted, compare);
        result = sorted[kept / 2];
    }
    free(sorted);
    return result;
}

/* Of all blocks that are out of bounds the one that is farthest out. */
static void judge_ratios(const tw_training_walk *walk) {
    const tw_space *space = tw_objective_space(walk->training->model->objective);
    const tw_table *table = &walk->result->table;
    const tw_block *worst = NULL;
    double worst_ratio = 1e-3;
    for (size_t k = 0; k < tw_space_blocks(space); k++) {
        const tw_block *block = tw_space_block(space, k);
        double ratio = median(table->rows, table->values[walk->result->first_ratio + k]);
        if (block->role != TW_ROLE_WEIGHT || isnan(ratio) || (ratio >= 1e-4 && ratio <= 1e-2))
            continue;
        if (fabs(log(ratio / 1e-3)) > fabs(log(worst_ratio / 1e-3))) {
            worst = block;
            worst_ratio = ratio;
        }
    }
    if (worst != NULL)
        tw_training_note(walk,
                         "one update moves '%s' by %.1e of its size (median of the reports), where "
                         "about 1e-3 is healthy: try a %s --step",
                         worst->name, worst_ratio, worst_ratio > 1e-3 ? "smaller" : "larger");
}

static void judge_gap(const tw_training_walk *walk) {
    const tw_table *table = &walk->result->table;
    static const tw_metric of_training = {"accuracy", TW_METRIC_PERCENT, "train"},
                           of_test = {"accuracy", TW_METRIC_PERCENT, "test"};
    int training = tw_table_metric(table, &of_training), test = tw_table_metric(table, &of_test);
    if (training < 0 || test < 0 || table->rows == 0)
        return;
    double gap = table->values[training][table->rows - 1] - table->values[test][table->rows - 1];
    if (gap > 10)
        tw_training_note(walk,
                         "training accuracy is %.1f points above test accuracy, which is "
                         "overfitting: more --reg, more data, or fewer iterations",
                         gap);
}

void tw_training_rules_at_end(const tw_training_walk *walk, int with_ratios) {
    if (with_ratios && walk->result->first_ratio > 0)
        judge_ratios(walk);
    judge_gap(walk);
}
