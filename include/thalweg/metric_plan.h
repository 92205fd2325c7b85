/* metric_plan.h: which metrics of an objective a surface holds, and under which names.
 *
 *     tw_metric_plan plan;
 *     tw_metric_plan_make(objective, "train", &plan);
 *     tw_surface_init(&surface, &x, &y, plan.count, (const char *const *)plan.names);
 *     options.metrics = plan.source;
 *     options.scale = plan.scale;
 *     tw_survey_run(objective, &plane, &options, &surface);
 *     tw_metric_plan_release(&plan);
 */
#ifndef THALWEG_METRIC_PLAN_H
#define THALWEG_METRIC_PLAN_H

#include <stddef.h>

#include "objective.h"
#include "status.h"

TW_BEGIN_DECLS

/* Metric m of the surface is metric source[m] of the objective times scale[m] (100 for per cent).
 */
typedef struct tw_metric_plan {
    size_t count;
    size_t *source;
    double *scale;
    char **names; /* in files: "train_loss", "train_acc", "regularizer", ..., "test_loss" */
} tw_metric_plan;

/* All metrics of the objective, those without a split being of `split` (curvature stays without
 * one), but for a second one of the parameters alone (the regulariser of a join, which is the same)
 * and what says nothing of a single sample: its accuracy, its standard error. TW_ERR_MEMORY. */
TW_API tw_status tw_metric_plan_make(const tw_objective *objective, const char *split,
                                     tw_metric_plan *out);
TW_API void tw_metric_plan_release(tw_metric_plan *plan);

TW_END_DECLS

#endif
