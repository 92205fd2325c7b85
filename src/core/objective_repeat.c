/* objective_repeat.c: lines along several directions at once: the band that they fill. */
#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "core/objective_around.h"
#include "core/objective_private.h"

enum { KINDS = TW_BAND_GREATEST + 1 }; /* mean, least, greatest */

typedef struct repeats {
    tw_objective *inner;
    size_t count, metrics; /* metrics of the inner */
    const double *directions;
} repeats;

/* Takes the values of one more direction in; `first` is the first one. */
static void take(double *out, double value, int first) {
    out[0] = first ? value : out[0] + value;
    out[1] = first || isnan(value) || value < out[1] ? value : out[1];
    out[2] = first || isnan(value) || value > out[2] ? value : out[2];
}

static tw_status value(void *ctx, size_t n, const double *x, double *values) {
    const repeats *r = ctx;
    double *own = tw_alloc_raw(r->metrics, sizeof *own);
    if (own == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the metrics");
    tw_status status = tw_objective_value(r->inner, x, own);
    for (size_t k = 0; k < r->metrics * KINDS && status == TW_OK; k++)
        values[k] = own[k / KINDS];
    free(own);
    return status;
}

static void span_close(void *ctx, void *span) {
    const repeats *r = ctx;
    tw_span **spans = span;
    for (size_t k = 0; k < r->count; k++)
        tw_span_close(spans[k]);
    free(spans);
}

static tw_status span_open(void *ctx, size_t n, const double *origin, size_t rank,
                           const double *const *directions, tw_span_how how, void **span) {
    const repeats *r = ctx;
    tw_span **spans = tw_alloc(r->count, sizeof *spans);
    tw_status status = TW_OK;
    if (rank != 1)
        status = tw_fail(TW_ERR_ARGUMENT, "repeats are along a line");
    else if (spans == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu directions", r->count);
    for (size_t k = 0; k < r->count && status == TW_OK; k++) {
        const double *direction = r->directions + k * n;
        status = tw_span_open(r->inner, origin, 1, &direction, how, &spans[k]);
    }
    if (status == TW_OK)
        *span = spans;
    else if (spans != NULL)
        span_close(ctx, spans);
    return status;
}

static tw_status span_values(void *ctx, void *span, size_t count, const double *coefficients,
                             double *values) {
    const repeats *r = ctx;
    double *own = tw_alloc_raw(count, r->metrics * sizeof *own);
    tw_status status =
        own != NULL ? TW_OK : tw_fail(TW_ERR_MEMORY, "not enough memory for %zu points", count);
    for (size_t k = 0; k < r->count && status == TW_OK; k++) {
        status = tw_span_values(((tw_span **)span)[k], count, coefficients, own);
        for (size_t i = 0; i < count * r->metrics && status == TW_OK; i++)
            take(values + i * KINDS, own[i], k == 0);
    }
    for (size_t i = 0; i < count * r->metrics && status == TW_OK; i++) {
        double *out = values + i * KINDS;
        out[0] /= (double)r->count;
        if (isnan(out[0]) && (isnan(out[1]) || isnan(out[2])))
            out[1] = out[2] = out[0];
    }
    free(own);
    return status;
}

static tw_status make(repeats *r, tw_metric *metrics, tw_objective **out) {
    const tw_objective_ops ops = {.value = value,
                                  .span_open = span_open,
                                  .span_values = span_values,
                                  .span_close = span_close,
                                  .destroy = free,
                                  .concurrent = r->inner->ops.concurrent};
    for (size_t k = 0; k < r->metrics * KINDS; k++) {
        metrics[k] = r->inner->metric[k / KINDS];
        metrics[k].band = (tw_metric_band)(k % KINDS);
    }
    return tw_objective_around(&ops, r, r->inner, NULL, metrics, out);
}

tw_status tw_objective_repeat(tw_objective *inner, size_t count, const double *directions,
                              tw_objective **out) {
    repeats *r = tw_alloc(1, sizeof *r);
    tw_metric *metrics = tw_alloc(inner->metrics * KINDS + 1, sizeof *metrics);
    tw_status status = TW_ERR_MEMORY;
    if (count == 0) {
        status = tw_fail(TW_ERR_ARGUMENT, "a band needs one direction or more");
    } else if (r == NULL || metrics == NULL) {
        tw_fail(status, "not enough memory for %zu directions", count);
    } else {
        *r = (repeats){inner, count, inner->metrics, directions};
        status = make(r, metrics, out);
    }
    if (status != TW_OK)
        free(r);
    free(metrics);
    return status;
}
