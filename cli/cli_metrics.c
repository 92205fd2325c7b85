#include "cli_metrics.h"

#include <stdlib.h>
#include <string.h>

static const char TEST[] = "test_";

static char *metric_name(const char *split, const char *metric) {
    char *text = NULL;
    int length;
    if (strcmp(metric, "accuracy") == 0)
        length = asprintf(&text, "%s_acc", split);
    else if (strcmp(metric, "regularizer") == 0)
        length = asprintf(&text, "%s", metric);
    else
        length = asprintf(&text, "%s_%s", split, metric);
    return length < 0 ? NULL : text;
}

static tw_status add(metric_plan *plan, size_t source, const char *split, const char *metric) {
    plan->source[plan->count] = source;
    plan->scale[plan->count] = strcmp(metric, "accuracy") == 0 ? 100 : 1;
    plan->names[plan->count] = metric_name(split, metric);
    if (plan->names[plan->count] == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for '%s'", metric);
    plan->count++;
    return TW_OK;
}

tw_status metrics_plan(const tw_objective *objective, size_t own, const char *split,
                       metric_plan *out) {
    size_t count = tw_objective_metrics(objective);
    int single = tw_objective_samples(objective) == 1;
    out->source = calloc(count, sizeof *out->source);
    out->scale = calloc(count, sizeof *out->scale);
    out->names = calloc(count, sizeof *out->names);
    if (out->source == NULL || out->scale == NULL || out->names == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu metrics", count);
    tw_status status = TW_OK;
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        const char *metric = tw_objective_metric(objective, k);
        if (k >= own)
            metric += strlen(TEST);
        if (single && (strcmp(metric, "accuracy") == 0 || strcmp(metric, "loss_se") == 0))
            continue;
        if (k >= own && strcmp(metric, "regularizer") == 0)
            continue;
        status = add(out, k, k >= own ? "test" : split, metric);
    }
    return status;
}

void metrics_release(metric_plan *plan) {
    for (size_t m = 0; m < plan->count; m++)
        free(plan->names[m]);
    free(plan->names);
    free(plan->scale);
    free(plan->source);
    memset(plan, 0, sizeof *plan);
}
