/* density_run.c: Lanczos from random vectors, some of them side by side, and the nodes and weights
 * of each. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algebra/eigen_symmetric.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "core/versioned.h"
#include "curvature/curvature_unit.h"
#include "curvature/density_private.h"
#include "curvature/long_vector.h"
#include "curvature/probe.h"
#include "thalweg/density.h"

enum { DEFAULT_PROBES = 4, DEFAULT_STEPS = 80 };

typedef tw_density_lane lane;

typedef struct density_job {
    tw_curvature *curvature;
    tw_runner *runner;
    tw_density_options options;
    tw_density *density;
    size_t n;
    lane *lanes;                /* of the density's rest */
    double *vectors, *products; /* as many as there are lanes, x n */
    double *errors;             /* as many */
    double *sums;               /* steps */
    size_t made, all;           /* products, for progress */
} density_job;

static void begin_lane(const density_job *job, lane *l, size_t draw) {
    tw_probe_fill(job->curvature, job->options.seed, "density probe", draw, l->basis);
    tw_long_scale(job->runner, job->n, 1 / tw_long_length(job->runner, job->n, l->basis), l->basis);
    l->count = 0;
    l->error = 0;
    l->closed = 0;
}

/* The product w with the last vector, and its error: coefficients, and the next vector. */
static tw_status step_lane(density_job *job, lane *l, double *w, double error) {
    size_t j = l->count, n = job->n;
    const tw_long_set set = {job->runner, n, j + 1, l->basis};
    tw_curvature_facts facts;
    tw_status status = TW_OK;
    tw_curvature_facts_of(job->curvature, &facts);
    l->error = fmax(l->error, error);
    l->alpha[j] = tw_long_dot(job->runner, n, l->basis + j * n, w);
    for (int pass = 0; pass < 3 && status == TW_OK; pass++)
        status = tw_long_project(&set, job->sums, w);
    if (status != TW_OK)
        return status;
    l->beta[j] = tw_long_length(job->runner, n, w);
    l->count = j + 1;
    l->closed = l->count == facts.dimension || l->beta[j] <= 8 * l->error;
    if (l->closed || l->count == job->options.steps)
        return TW_OK;
    memcpy(l->basis + l->count * n, w, n * sizeof *w);
    tw_long_scale(job->runner, n, 1 / l->beta[j], l->basis + l->count * n);
    return TW_OK;
}

/* One product for each of `count` lanes that still go on. */
static tw_status step_lanes(density_job *job, size_t count, int *more) {
    size_t n = job->n, open = 0;
    for (size_t k = 0; k < count; k++)
        if (!job->lanes[k].closed && job->lanes[k].count < job->options.steps)
            memcpy(job->vectors + open++ * n, job->lanes[k].basis + job->lanes[k].count * n,
                   n * sizeof(double));
    *more = open > 0;
    if (open == 0)
        return TW_OK;
    tw_status status =
        tw_curvature_unit_products(job->curvature, open, job->vectors, job->products, job->errors);
    job->density->products += status == TW_OK ? open : 0;
    size_t at = 0;
    for (size_t k = 0; k < count && status == TW_OK; k++)
        if (!job->lanes[k].closed && job->lanes[k].count < job->options.steps) {
            status = step_lane(job, &job->lanes[k], job->products + at * n, job->errors[at]);
            at++;
        }
    job->made += open;
    const tw_density_options *o = &job->options;
    if (status == TW_OK && o->progress != NULL &&
        o->progress(o->progress_user, job->made, job->all) != 0)
        status =
            tw_fail(TW_ERR_CANCELLED, "cancelled after %zu of %zu products", job->made, job->all);
    return status;
}

/* Gauss' quadrature from the tridiagonal matrix (Golub and Welsch, Math. Comp. 23, 1969). */
static tw_status nodes_of(density_job *job, const lane *l) {
    tw_density *d = job->density;
    size_t m = l->count, row = d->probes * d->steps;
    double *t = tw_alloc(m, m * sizeof *t), *vectors = tw_alloc(m, m * sizeof *t);
    double *values = tw_alloc(m, sizeof *values);
    tw_status status = t != NULL && vectors != NULL && values != NULL
                           ? TW_OK
                           : tw_fail(TW_ERR_MEMORY, "not enough memory for %zu nodes", m);
    if (status == TW_OK) {
        for (size_t j = 0; j < m; j++) {
            t[j * m + j] = l->alpha[j];
            if (j + 1 < m)
                t[j * m + j + 1] = t[(j + 1) * m + j] = l->beta[j];
        }
        status = tw_eigen_symmetric(m, t, m, values, vectors);
    }
    for (size_t j = 0; j < m && status == TW_OK; j++) {
        d->nodes[row + j] = tw_curvature_unit(job->curvature) * values[m - 1 - j];
        d->weights[row + j] = vectors[(m - 1 - j) * m] * vectors[(m - 1 - j) * m];
    }
    if (status == TW_OK)
        d->counts[d->probes++] = m;
    free(t);
    free(vectors);
    free(values);
    return status;
}

/* ---- the whole ---- */

static tw_status resolve(density_job *job, const tw_density_options *given) {
    tw_density_options *o = &job->options;
    tw_curvature_facts facts;
    tw_curvature_facts_of(job->curvature, &facts);
    tw_status status = TW_TAKE(tw_density_options, progress_user, o, given);
    job->n = facts.size;
    o->probes = o->probes > 0 ? o->probes : DEFAULT_PROBES;
    o->steps = o->steps > 0 ? o->steps : DEFAULT_STEPS;
    o->steps = o->steps < facts.dimension ? o->steps : facts.dimension;
    size_t fit = ((size_t)1 << 30) / sizeof(double) / job->n / o->steps;
    o->together = o->together > 0 ? o->together : fit > 0 ? fit : 1;
    o->together = o->together < o->probes ? o->together : o->probes;
    job->density->dimension = facts.dimension;
    return status;
}

static tw_status make_lanes(density_job *job) {
    tw_density *d = job->density;
    size_t steps = job->options.steps;
    if (d->rest != NULL && (d->rest->n != job->n || d->rest->steps != steps ||
                            d->probes + d->rest->count > job->options.probes)) {
        tw_density_rest_free(d->rest);
        d->rest = NULL;
    }
    tw_status status = d->rest == NULL
                           ? tw_density_rest_new(job->n, steps, job->options.together, &d->rest)
                           : TW_OK;
    size_t count = status == TW_OK ? d->rest->room : 0;
    job->vectors = tw_alloc_raw(count, job->n * sizeof(double));
    job->products = tw_alloc_raw(count, job->n * sizeof(double));
    job->errors = tw_alloc(count, sizeof(double));
    job->sums = tw_alloc(steps, sizeof(double));
    if (status == TW_OK &&
        (job->vectors == NULL || job->products == NULL || job->errors == NULL || job->sums == NULL))
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu products", count);
    job->lanes = status == TW_OK ? d->rest->lanes : NULL;
    return status;
}

static void release(density_job *job) {
    free(job->vectors);
    free(job->products);
    free(job->errors);
    free(job->sums);
}

/* Room for all probes; what an earlier call left stays, if it is of the same shape. */
static tw_status make_density(density_job *job) {
    tw_density *d = job->density;
    size_t probes = job->options.probes, steps = job->options.steps;
    if (d->steps != steps || d->exact || d->probes > probes) {
        tw_density_rest_free(d->rest);
        d->rest = NULL;
        d->probes = 0;
    }
    d->steps = steps;
    d->exact = 0;
    size_t *counts = realloc(d->counts, probes * sizeof *counts);
    d->counts = counts != NULL ? counts : d->counts;
    double *nodes = realloc(d->nodes, probes * steps * sizeof *nodes);
    d->nodes = nodes != NULL ? nodes : d->nodes;
    double *weights = realloc(d->weights, probes * steps * sizeof *weights);
    d->weights = weights != NULL ? weights : d->weights;
    if (counts == NULL || nodes == NULL || weights == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu x %zu nodes", probes, steps);
    return TW_OK;
}

/* Those on their way to their ends; between two products the density is as it was after the last.
 */
static tw_status run_lanes(density_job *job) {
    tw_density_rest *rest = job->density->rest;
    size_t before = job->density->probes;
    tw_status status = TW_OK;
    for (int more = 1; more && status == TW_OK;)
        status = step_lanes(job, rest->count, &more);
    for (size_t k = 0; k < rest->count && status == TW_OK; k++)
        status = nodes_of(job, &rest->lanes[k]);
    if (status == TW_OK)
        rest->count = 0;
    else
        job->density->probes = before; /* all lanes are there yet */
    return status;
}

static tw_status run_probes(density_job *job) {
    tw_density *d = job->density;
    tw_density_rest *rest = d->rest;
    tw_status status = TW_OK;
    job->all = job->options.probes * job->options.steps;
    job->made = d->probes * job->options.steps;
    for (size_t k = 0; k < rest->count; k++)
        job->made += rest->lanes[k].count;
    while (d->probes < job->options.probes && status == TW_OK) {
        size_t left = job->options.probes - d->probes;
        if (rest->count == 0) {
            rest->count = left < rest->room ? left : rest->room;
            for (size_t k = 0; k < rest->count; k++)
                begin_lane(job, &rest->lanes[k], d->probes + k);
        }
        status = run_lanes(job);
    }
    return status;
}

tw_status tw_density_run(tw_curvature *curvature, const tw_density_options *options,
                         tw_density *density) {
    double started = tw_clock_seconds();
    density_job job = {.curvature = curvature,
                       .runner = tw_objective_runner(tw_curvature_objective(curvature)),
                       .density = density};
    tw_status status = resolve(&job, options);
    if (status == TW_OK)
        status = make_density(&job);
    if (status == TW_OK)
        status = make_lanes(&job);
    if (status == TW_OK)
        status = run_probes(&job);
    if (density->probes > 0)
        tw_density_sum_up(density);
    density->seconds += tw_clock_seconds() - started;
    release(&job);
    if (status == TW_OK) {
        tw_density_rest_free(density->rest);
        density->rest = NULL;
    }
    return status;
}
