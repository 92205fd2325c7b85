#include "cli_metrics.h"

#include <stdlib.h>
#include <string.h>

static const char TEST[] = "test_";

/* Where a metric of several directions ends in "_min" or "_max"; else its end. */
static const char *ending_of(const char *metric) {
    size_t length = strlen(metric);
    const char *tail = metric + (length > 4 ? length - 4 : length);
    return strcmp(tail, "_min") == 0 || strcmp(tail, "_max") == 0 ? tail : metric + length;
}

static int is_metric(const char *metric, const char *name) {
    size_t length = strlen(name);
    return strncmp(metric, name, length) == 0 && ending_of(metric) == metric + length;
}

static char *metric_name(const char *split, const char *metric) {
    char *text = NULL;
    int length;
    if (is_metric(metric, "accuracy"))
        length = asprintf(&text, "%s_acc%s", split, ending_of(metric));
    else if (is_metric(metric, "regularizer"))
        length = asprintf(&text, "%s", metric);
    else
        length = asprintf(&text, "%s_%s", split, metric);
    return length < 0 ? NULL : text;
}

static tw_status add(metric_plan *plan, size_t source, const char *split, const char *metric) {
    plan->source[plan->count] = source;
    plan->scale[plan->count] = is_metric(metric, "accuracy") ? 100 : 1;
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
        if (single && (is_metric(metric, "accuracy") || is_metric(metric, "loss_se")))
            continue;
        if (k >= own && is_metric(metric, "regularizer"))
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
