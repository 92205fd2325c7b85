/* curvature_map.c: the objective around another one, and the chains of its spans. */
#include "thalweg/curvature_map.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/objective_around.h"
#include "core/versioned.h"
#include "curvature/curvature_map_point.h"
#include "curvature/curvature_product.h"
#include "curvature/long_vector.h"
#include "landscape/plane_place.h"
#include "thalweg/rng.h"

enum { DEFAULT_CHAIN = 24, DEFAULT_PRODUCTS = 1000 };
static const double DEFAULT_TOLERANCE = 1e-3;

typedef struct map {
    tw_map_search search;
    int asymmetric; /* as it was asked for */
    size_t own;     /* metrics of the objective itself */
    size_t chain;
    double *x;
} map;

/* ---- spans ---- */

/* Where a search has got to: the point before `next` of row y is what `start` comes from. */
typedef struct chain {
    double y;
    size_t next; /* 0: nowhere */
    double *start;
} chain;

typedef struct map_span {
    tw_span *inner;
    size_t rank;
    int scattered;
    tw_plane plane; /* of the caller's vectors */
    double *point;
    chain chain;
} map_span;

static void span_close(void *ctx, void *span) {
    map_span *s = span;
    tw_span_close(s->inner);
    free(s->point);
    free(s->chain.start);
    free(s);
}

/* Refuses what is not symmetric; that it is not finite here says nothing of other points. */
static tw_status look_at_matrix(const map *m, const double *origin) {
    tw_curvature_options options = m->search.matrix;
    tw_curvature *matrix = NULL;
    options.asymmetric = m->asymmetric;
    tw_status status = tw_curvature_open(m->search.objective, origin, &options, &matrix);
    tw_curvature_close(matrix);
    if (status != TW_ERR_NOT_FINITE)
        return status;
    tw_message_clear();
    return TW_OK;
}

static tw_status span_open(void *ctx, size_t n, const double *origin, size_t rank,
                           const double *const *directions, tw_span_how how, void **span) {
    const map *m = ctx;
    if (rank > 2)
        return tw_fail(TW_ERR_ARGUMENT, "maps of curvature are along lines and over planes");
    map_span *s = tw_alloc(1, sizeof *s);
    if (s == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a span");
    *s = (map_span){.rank = rank,
                    .scattered = how == TW_SPAN_SCATTERED,
                    .plane = tw_plane_of(n, origin, directions[0], rank > 1 ? directions[1] : NULL),
                    .point = tw_alloc_raw(n, sizeof(double)),
                    .chain = {.start = tw_alloc_raw(n, sizeof(double))}};
    tw_status status =
        s->point != NULL && s->chain.start != NULL
            ? tw_span_open(m->search.objective, origin, rank, directions, how, &s->inner)
            : tw_fail(TW_ERR_MEMORY, "not enough memory for a span");
    if (status == TW_OK)
        status = look_at_matrix(m, origin);
    if (status != TW_OK) {
        span_close(ctx, s);
        return status;
    }
    *span = s;
    return TW_OK;
}

/* Place of a coefficient on the axis, or its end. */
static size_t place(const map *m, double a) {
    size_t k = 0, count = m->search.options.x_count;
    while (k < count && m->x[k] != a)
        k++;
    return k;
}

/* From the beginning of the piece, or from where the chain is within it. */
static tw_status along_chain(const map *m, map_span *s, size_t ix, double y, double *values) {
    size_t n = tw_objective_size(m->search.objective), first = ix - ix % m->chain;
    chain *c = &s->chain;
    int goes_on = c->next > first && c->next <= ix && c->y == y;
    size_t from = goes_on ? c->next : first;
    tw_status status = TW_OK;
    if (!goes_on)
        memcpy(c->start, m->search.first, n * sizeof *c->start);
    c->next = 0;
    for (size_t k = from; k <= ix && status == TW_OK; k++) {
        tw_plane_place(&s->plane, m->x[k], y, s->point);
        status = tw_map_point(&m->search, s->point, c->start, values);
    }
    if (status == TW_OK) {
        c->y = y;
        c->next = ix + 1;
    }
    return status;
}

static tw_status span_values(void *ctx, void *span, size_t count, const double *coefficients,
                             double *values) {
    const map *m = ctx;
    map_span *s = span;
    size_t all = m->own + TW_MAP_METRICS;
    double *own = tw_alloc_raw(count, m->own * sizeof *own);
    if (own == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu points", count);
    tw_status status = tw_span_values(s->inner, count, coefficients, own);
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        double a = coefficients[k * s->rank], b = s->rank > 1 ? coefficients[2 * k + 1] : 0;
        size_t ix = s->scattered || m->chain < 2 ? m->search.options.x_count : place(m, a);
        memcpy(values + k * all, own + k * m->own, m->own * sizeof *values);
        if (ix < m->search.options.x_count) {
            status = along_chain(m, s, ix, b, values + k * all + m->own);
        } else {
            tw_plane_place(&s->plane, a, b, s->point);
            status = tw_map_point(&m->search, s->point, NULL, values + k * all + m->own);
        }
    }
    free(own);
    return status;
}

/* ---- the objective ---- */

static tw_status value(void *ctx, size_t n, const double *x, double *values) {
    const map *m = ctx;
    tw_status status = tw_objective_value(m->search.objective, x, values);
    return status == TW_OK ? tw_map_point(&m->search, x, NULL, values + m->own) : status;
}

static void destroy(void *ctx) {
    map *m = ctx;
    if (m == NULL)
        return;
    free(m->search.first);
    free(m->x);
    free(m);
}

static tw_status take_options(map *m, const tw_curvature_map_options *given) {
    tw_curvature_map_options *o = &m->search.options;
    tw_status status = TW_TAKE(tw_curvature_map_options, seed, o, given);
    if (status == TW_OK)
        status = TW_TAKE(tw_curvature_options, seed, &m->search.matrix, o->curvature);
    o->curvature = NULL;
    if (status != TW_OK)
        return status;
    if (!(o->tolerance >= 0) || o->tolerance >= 1)
        return tw_fail(TW_ERR_ARGUMENT,
                       "a tolerance of %g: give a share of the larger eigenvalue, such as 1e-3",
                       o->tolerance);
    if (!(o->factor >= 0) || isinf(o->factor))
        return tw_fail(TW_ERR_ARGUMENT, "eigenvalues times %g: give a number above 0", o->factor);
    o->tolerance = o->tolerance > 0 ? o->tolerance : DEFAULT_TOLERANCE;
    o->products = o->products > 0 ? o->products : DEFAULT_PRODUCTS;
    o->factor = o->factor > 0 ? o->factor : 1;
    o->x_count = o->x != NULL ? o->x_count : 0;
    m->asymmetric = m->search.matrix.asymmetric;
    m->search.matrix.asymmetric = 2;
    return tw_curvature_check(m->search.objective, &m->search.matrix);
}

/* Pieces of a row are of one length, but for the last one. */
static void set_chain(map *m) {
    size_t most = m->search.options.chain, count = m->search.options.x_count;
    most = most > 0 ? most : DEFAULT_CHAIN;
    size_t pieces = (count + most - 1) / most;
    m->chain = pieces > 0 ? (count + pieces - 1) / pieces : 0;
}

static tw_status make_first(map *m) {
    size_t n = tw_objective_size(m->search.objective), count = m->search.options.x_count;
    m->search.first = tw_alloc_raw(n, sizeof(double));
    m->x = tw_alloc_raw(count + 1, sizeof(double));
    if (m->search.first == NULL || m->x == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu parameters", n);
    if (count > 0)
        memcpy(m->x, m->search.options.x, count * sizeof *m->x);
    m->search.options.x = NULL;
    tw_rng_fill_normal(m->search.options.seed, tw_rng_stream("curvature map"), 0, n,
                       m->search.first);
    tw_runner *runner = tw_objective_runner(m->search.objective);
    double length = tw_long_length(runner, n, m->search.first);
    if (length > 0)
        tw_long_scale(runner, n, 1 / length, m->search.first);
    return TW_OK;
}

static tw_status make(map *m, tw_objective *inner, tw_objective **out) {
    static const tw_metric own[TW_MAP_METRICS] = {
        [TW_MAP_MAX] = {TW_METRIC_MAX_EIG},
        [TW_MAP_MIN] = {TW_METRIC_MIN_EIG},
        [TW_MAP_MAX_ERROR] = {TW_METRIC_MAX_EIG_ERROR},
        [TW_MAP_MIN_ERROR] = {TW_METRIC_MIN_EIG_ERROR},
        [TW_MAP_PRODUCTS] = {TW_METRIC_EIG_PRODUCTS},
    };
    const tw_objective_ops ops = {.value = value,
                                  .span_open = span_open,
                                  .span_values = span_values,
                                  .span_close = span_close,
                                  .destroy = destroy};
    tw_metric *metrics = tw_alloc(m->own + TW_MAP_METRICS + 1, sizeof *metrics);
    if (metrics == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for an objective");
    memcpy(metrics, tw_objective_metric(inner, 0), m->own * sizeof *metrics);
    memcpy(metrics + m->own, own, sizeof own);
    tw_status status = tw_objective_around(&ops, m, inner, NULL, metrics, out);
    if (status == TW_OK)
        tw_objective_set_chain(*out, m->chain > 1 ? m->chain : 0);
    free(metrics);
    return status;
}

tw_status tw_objective_curvature(tw_objective *inner, const tw_curvature_map_options *options,
                                 tw_objective **out) {
    map *m = tw_alloc(1, sizeof *m);
    if (m == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for an objective");
    m->search.objective = inner;
    m->own = tw_objective_metrics(inner);
    tw_status status = take_options(m, options);
    if (status == TW_OK)
        status = make_first(m);
    if (status == TW_OK)
        set_chain(m);
    if (status == TW_OK)
        status = make(m, inner, out);
    if (status != TW_OK)
        destroy(m);
    return status;
}

/* ---- what the two ends say ---- */

int tw_curvature_class(double least, double greatest, double least_error, double greatest_error) {
    if (!isfinite(least) || !isfinite(greatest))
        return -1;
    if (least >= (least_error > 0 ? -least_error : 0))
        return 0;
    return greatest > (greatest_error > 0 ? greatest_error : 0) ? 1 : 2;
}

double tw_curvature_ratio(double least, double greatest, double least_error) {
    int class = tw_curvature_class(least, greatest, least_error, 0);
    return class < 0 ? NAN : class == 0 ? 0 : fabs(least / greatest);
}
