/* training_metric.c: one metric out of those of an objective, for rows, checkpoints and rules. */
#include <math.h>

#include "study/training_private.h"

double tw_training_metric(const tw_objective *objective, const double *values,
                          const tw_metric *wanted) {
    int index = tw_objective_metric_find(objective, wanted);
    return index >= 0 ? values[index] : NAN;
}
