/* objective_join.c: two objectives of one parameter space as one, with the metrics of both. */
#include <stdio.h>
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

/* The names of both; the caller frees the array and the texts from `here` on. */
static char **join_names(const join *both, const char *prefix) {
    char **names = tw_alloc(both->here + both->there + 1, sizeof *names);
    for (size_t k = 0; names != NULL && k < both->here; k++)
        names[k] = both->first->metric_names[k];
    for (size_t k = 0; names != NULL && k < both->there; k++)
        if (asprintf(&names[both->here + k], "%s%s", prefix, both->second->metric_names[k]) < 0)
            names[both->here + k] = NULL;
    return names;
}

static int names_are_there(char *const *names, size_t count) {
    for (size_t k = 0; names != NULL && k < count; k++)
        if (names[k] == NULL)
            return 0;
    return names != NULL;
}

tw_status tw_objective_join(tw_objective *first, tw_objective *second, const char *prefix,
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
    size_t here = both->here, all = here + both->there;
    char **names = join_names(both, prefix);
    tw_status status =
        names_are_there(names, all)
            ? tw_objective_around(&ops, both, first, second, (const char *const *)names, out)
            : tw_fail(TW_ERR_MEMORY, "not enough memory for %zu names", all);
    for (size_t k = here; names != NULL && k < all; k++)
        free(names[k]);
    free(names);
    if (status != TW_OK)
        free(both);
    return status;
}
