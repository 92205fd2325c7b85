/* training_metric.c: metrics of an objective for rows, checkpoints and rules. */
#include <math.h>

#include "study/training_private.h"

double tw_training_metric(const tw_objective *objective, const double *values,
                          const tw_metric *wanted) {
    int index = tw_objective_metric_find(objective, wanted);
    return index >= 0 ? values[index] : NAN;
}

static int is_kept(const tw_objective *objective, size_t index, int in_checkpoint) {
    static const tw_metric of_data = {"data_loss"};
    const tw_metric *metric = tw_objective_metric(objective, index);
    return index == 0 || tw_metric_is_share(metric) ||
           (in_checkpoint && tw_metric_same(metric, &of_data));
}

int tw_training_name_columns(const tw_objective *objective, const char *split, int in_checkpoint,
                             char **names, size_t *count) {
    for (size_t k = 0; k < tw_objective_metrics(objective); k++) {
        tw_metric metric = *tw_objective_metric(objective, k);
        metric.split = split;
        if (!is_kept(objective, k, in_checkpoint))
            continue;
        names[*count] = tw_metric_name(&metric, TW_SPELT_IN_FILES);
        if (names[(*count)++] == NULL)
            return 0;
    }
    return 1;
}

void tw_training_fill_columns(const tw_objective *objective, const double *values,
                              int in_checkpoint, double **at) {
    for (size_t k = 0; k < tw_objective_metrics(objective); k++)
        if (is_kept(objective, k, in_checkpoint))
            *(*at)++ = tw_metric_scale(tw_objective_metric(objective, k)) * values[k];
}
