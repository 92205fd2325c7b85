/* cli_metrics.h: which metrics of an objective a surface holds, and under which names. */
#ifndef THALWEG_CLI_METRICS_H
#define THALWEG_CLI_METRICS_H

#include "cli_model.h"

/* Metric m of the surface is metric source[m] of the objective times scale[m] (100 where it is an
 * accuracy, which files have in per cent). Zero it, make, release. */
typedef struct metric_plan {
    size_t count;
    size_t *source;
    double *scale;
    char **names; /* "train_loss", "train_acc", "regularizer", ..., "test_loss" */
} metric_plan;

/* All of the `own` first metrics, which are of the split `split`, and of those that follow, named
 * test_..., all but the regulariser, which is the same. The accuracy of a single example says
 * nothing and is left out. */
tw_status metrics_plan(const tw_objective *objective, size_t own, const char *split,
                       metric_plan *out);
void metrics_release(metric_plan *plan);

#endif
