/* objective_join.c: two objectives of one parameter space as one, with the metrics of both. */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/objective_around.h"
#include "core/objective_private.h"

typedef struct join {
    tw_objective *first, *second;
    size_t here, there; /* metrics of each */
} join;

static tw_status join_value(void *ctx, size_t n, const double *x, double *values) {
    const join *both = ctx;
    tw_status status = tw_objective_value(both->first, x, values);
    return status == TW_OK ? tw_objective_value(both->second, x, values + both->here) : status;
}

typedef struct join_span {
    tw_span *first, *second;
} join_span;

static void join_span_close(void *ctx, void *span) {
    join_span *opened = span;
    tw_span_close(opened->first);
    tw_span_close(opened->second);
    free(opened);
}

static tw_status join_span_open(void *ctx, size_t n, const double *origin, size_t rank,
                                const double *const *directions, tw_span_how how, void **span) {
    const join *both = ctx;
    join_span *opened = tw_alloc(1, sizeof *opened);
    if (opened == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a span");
    tw_status status = tw_span_open(both->first, origin, rank, directions, how, &opened->first);
    if (status == TW_OK)
        status = tw_span_open(both->second, origin, rank, directions, how, &opened->second);
    if (status != TW_OK) {
        join_span_close(ctx, opened);
        return status;
    }
    *span = opened;
    return TW_OK;
}

static tw_status join_span_values(void *ctx, void *span, size_t count, const double *coefficients,
                                  double *values) {
    const join *both = ctx;
    const join_span *opened = span;
    size_t all = both->here + both->there;
    double *part =
        tw_alloc_raw(count, (both->here > both->there ? both->here : both->there) * sizeof(double));
    if (part == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu points", count);
    tw_status status = tw_span_values(opened->first, count, coefficients, part);
    for (size_t k = 0; k < count && status == TW_OK; k++)
        memcpy(values + k * all, part + k * both->here, both->here * sizeof *values);
    if (status == TW_OK)
        status = tw_span_values(opened->second, count, coefficients, part);
    for (size_t k = 0; k < count && status == TW_OK; k++)
        memcpy(values + k * all + both->here, part + k * both->there, both->there * sizeof *values);
    free(part);
    return status;
}

/* The metrics of both, with their texts still where they are; the caller frees the array. */
static tw_metric *join_metrics(const join *both, const char *split) {
    tw_metric *metrics = tw_alloc(both->here + both->there + 1, sizeof *metrics);
    for (size_t k = 0; metrics != NULL && k < both->here; k++)
        metrics[k] = both->first->metric[k];
    for (size_t k = 0; metrics != NULL && k < both->there; k++) {
        metrics[both->here + k] = both->second->metric[k];
        metrics[both->here + k].split = split;
    }
    return metrics;
}

tw_status tw_objective_join(tw_objective *first, tw_objective *second, const char *split,
                            tw_objective **out) {
    if (first->n != second->n)
        return tw_fail(TW_ERR_SHAPE,
                       "'%s' has %zu parameters and '%s' %zu: they have no points in "
                       "common",
                       first->name, first->n, second->name, second->n);
    tw_objective_ops ops = {.value = join_value,
                            .span_open = join_span_open,
                            .span_values = join_span_values,
                            .span_close = join_span_close,
                            .destroy = free,
                            .concurrent = first->ops.concurrent && second->ops.concurrent};
    join *both = tw_alloc(1, sizeof *both);
    if (both == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for an objective");
    *both = (join){first, second, first->metrics, second->metrics};
    tw_metric *metrics = join_metrics(both, split);
    tw_status status = metrics != NULL
                           ? tw_objective_around(&ops, both, first, second, metrics, out)
                           : tw_fail(TW_ERR_MEMORY, "not enough memory for an objective");
    free(metrics);
    if (status != TW_OK)
        free(both);
    return status;
}
