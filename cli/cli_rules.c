#include "cli_rules.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void rules_note(rules *r, const char *format, ...) {
    if (r->count == MOST_NOTES)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(r->notes[r->count], sizeof r->notes[0], format, arguments);
    va_end(arguments);
    cli_talk(r->context, "note: %s\n", r->notes[r->count++]);
}

static double metric(const tw_objective *objective, const double *values, const tw_metric *wanted) {
    int index = tw_objective_metric_find(objective, wanted);
    return index >= 0 ? values[index] : NAN;
}

static int is_zero(size_t count, const double *x) {
    for (size_t i = 0; i < count; i++)
        if (x[i] != 0)
            return 0;
    return 1;
}

void rules_at_start(rules *r, const tw_objective *objective, const double *x,
                    const double *values) {
    double data_loss = metric(objective, values, &(tw_metric){"data_loss"}), loss = values[0];
    double guessed = isnan(data_loss) ? loss : data_loss;
    if (r->chance > 0 && !(fabs(guessed - r->chance) <= 0.25 * r->chance))
        rules_note(r,
                   "the data loss begins at %.4g, where a guess has %.4g: are the parameters drawn "
                   "too large, or the data not centred?",
                   guessed, r->chance);
    if (r->reg > 0 && !isnan(data_loss) && !(loss > data_loss) &&
        !is_zero(tw_objective_size(objective), x))
        rules_note(r, "--reg %g does not raise the loss: it is lost in its rounding", r->reg);
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
static void judge_ratios(rules *r, const tw_space *space, const tw_table *table,
                         size_t first_ratio) {
    const tw_block *worst = NULL;
    double worst_ratio = 1e-3;
    for (size_t k = 0; k < tw_space_blocks(space); k++) {
        const tw_block *block = tw_space_block(space, k);
        double ratio = median(table->rows, table->values[first_ratio + k]);
        if (block->role != TW_ROLE_WEIGHT || isnan(ratio) || (ratio >= 1e-4 && ratio <= 1e-2))
            continue;
        if (fabs(log(ratio / 1e-3)) > fabs(log(worst_ratio / 1e-3))) {
            worst = block;
            worst_ratio = ratio;
        }
    }
    if (worst != NULL)
        rules_note(r,
                   "one update moves '%s' by %.1e of its size (median of the reports), where about "
                   "1e-3 is healthy: try a %s --step",
                   worst->name, worst_ratio, worst_ratio > 1e-3 ? "smaller" : "larger");
}

static void judge_gap(rules *r, const tw_table *table) {
    int training = tw_table_column(table, "train_acc"), test = tw_table_column(table, "test_acc");
    if (training < 0 || test < 0 || table->rows == 0)
        return;
    double gap = table->values[training][table->rows - 1] - table->values[test][table->rows - 1];
    if (gap > 10)
        rules_note(r,
                   "training accuracy is %.1f points above test accuracy, which is overfitting: "
                   "more --reg, more data, or fewer iterations",
                   gap);
}

void rules_at_end(rules *r, const tw_space *space, const tw_table *table, size_t first_ratio) {
    if (first_ratio > 0)
        judge_ratios(r, space, table, first_ratio);
    judge_gap(r, table);
}
