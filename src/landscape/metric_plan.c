#include "thalweg/metric_plan.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

static int is_kept(const tw_metric *metric, int single) {
    int of_samples = metric->unit == TW_METRIC_PERCENT || metric->is_error;
    return !(single && of_samples) && !(metric->of_parameters && metric->split != NULL);
}

tw_status tw_metric_plan_make(const tw_objective *objective, const char *split,
                              tw_metric_plan *out) {
    size_t count = tw_objective_metrics(objective);
    int single = tw_objective_samples(objective) == 1;
    *out = (tw_metric_plan){.source = tw_alloc(count, sizeof *out->source),
                            .scale = tw_alloc(count, sizeof *out->scale),
                            .names = tw_alloc(count, sizeof *out->names)};
    int complete = out->source != NULL && out->scale != NULL && out->names != NULL;
    for (size_t k = 0; k < count && complete; k++) {
        tw_metric metric = *tw_objective_metric(objective, k);
        if (!is_kept(&metric, single))
            continue;
        if (metric.split == NULL && !metric.of_parameters && !tw_metric_is_curvature(&metric))
            metric.split = split;
        out->source[out->count] = k;
        out->scale[out->count] = tw_metric_scale(&metric);
        out->names[out->count] = tw_metric_name(&metric, TW_SPELT_IN_FILES);
        complete = out->names[out->count++] != NULL;
    }
    if (complete)
        return TW_OK;
    tw_metric_plan_release(out);
    return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu metrics", count);
}

void tw_metric_plan_release(tw_metric_plan *plan) {
    for (size_t m = 0; plan->names != NULL && m < plan->count; m++)
        free(plan->names[m]);
    free(plan->names);
    free(plan->scale);
    free(plan->source);
    memset(plan, 0, sizeof *plan);
}
