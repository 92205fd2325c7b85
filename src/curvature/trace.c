/* trace.c: which way a trace is taken, and the exact one. */
#include "thalweg/trace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "algebra/power_unit.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "core/versioned.h"
#include "curvature/curvature_unit.h"
#include "curvature/trace_private.h"

enum { DEFAULT_DRAWS = 100 };

static tw_status check_options(const tw_trace_options *o) {
    if ((unsigned)o->method > TW_TRACE_HUTCHPP)
        return tw_fail(TW_ERR_ARGUMENT, "a method for the trace that has no name");
    if (!(o->tolerance >= 0) || o->tolerance >= 1)
        return tw_fail(TW_ERR_ARGUMENT,
                       "a tolerance of %g: give a share of the trace, such as 0.01", o->tolerance);
    if (o->draws == 1)
        return tw_fail(TW_ERR_ARGUMENT, "one draw has no standard error: give two or more");
    return TW_OK;
}

void tw_trace_rest_free(tw_trace_rest *rest) {
    if (rest == NULL)
        return;
    free(rest->basis);
    free(rest->base);
    free(rest->base_diagonal);
    free(rest->diagonal);
    free(rest->squares);
    free(rest);
}

static int wants_diagonal(const tw_trace_job *job) {
    return job->options->diagonal != NULL || job->options->diagonal_error != NULL;
}

/* That of an earlier call, or a new one. */
static tw_status make_rest(tw_trace_job *job, size_t columns) {
    tw_trace_rest *rest = job->result->rest;
    size_t n = job->n;
    int diagonal = wants_diagonal(job), whole = 1;
    if (rest != NULL && rest->room == columns)
        return TW_OK;
    if (rest != NULL) { /* of another sketch */
        tw_trace_rest_free(rest);
        job->result->draws = 0;
    }
    job->result->rest = rest = tw_alloc(1, sizeof *rest);
    if (rest != NULL) {
        *rest = (tw_trace_rest){.n = n, .room = columns};
        rest->base = tw_alloc(job->block_count + 1, sizeof(double));
        rest->basis = columns > 0 ? tw_alloc_raw(columns, n * sizeof(double)) : NULL;
        whole = rest->base != NULL && (columns == 0 || rest->basis != NULL);
        for (int k = 0; diagonal && k < 3; k++) {
            double **to[] = {&rest->base_diagonal, &rest->diagonal, &rest->squares};
            *to[k] = tw_alloc(n, sizeof(double));
            whole &= *to[k] != NULL;
        }
    }
    if (rest != NULL && whole)
        return TW_OK;
    tw_trace_rest_free(rest); /* half of one is nothing to go on from */
    job->result->rest = NULL;
    return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu vectors of %zu parameters",
                   columns + 3 * (size_t)diagonal, n);
}

static tw_status prepare(tw_trace_job *job, size_t columns) {
    size_t n = job->n;
    job->vectors = tw_alloc_raw(TW_TRACE_TOGETHER, n * sizeof(double));
    job->products = tw_alloc_raw(TW_TRACE_TOGETHER, n * sizeof(double));
    if (job->vectors == NULL || job->products == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for vectors of %zu parameters", n);
    tw_status status = make_rest(job, columns);
    if (status != TW_OK)
        return status;
    const tw_trace_rest *rest = job->result->rest;
    job->base = rest->base;
    job->base_diagonal = rest->base_diagonal;
    job->diagonal = rest->diagonal;
    job->squares = rest->squares;
    job->basis =
        (tw_long_set){.runner = job->runner, .n = n, .count = rest->count, .vectors = rest->basis};
    return TW_OK;
}

static void release(tw_trace_job *job) {
    free(job->vectors);
    free(job->products);
}

/* ---- the exact one ---- */

static void sum_diagonal(const tw_trace_job *job, const double *diagonal) {
    tw_trace_result *r = job->result;
    r->method = TW_TRACE_EXACT;
    r->trace = r->standard_error = 0;
    for (size_t b = 0; b < job->block_count; b++) {
        const tw_probe_block *block = &job->blocks[b];
        r->blocks[b] = (tw_trace_block){.block = block->block};
        for (size_t i = 0; i < block->count; i++)
            r->blocks[b].trace += diagonal[block->offset + i];
        r->trace += r->blocks[b].trace;
    }
}

/* Of a trace and a norm by columns: nothing is random, but by differences each column is off by as
 * much as that. */
static void bound_by_columns(const tw_trace_job *job) {
    const double *scale = tw_curvature_scale(job->curvature);
    double error = tw_curvature_error(job->curvature), all = 0;
    tw_trace_result *r = job->result;
    for (size_t b = 0; b < job->block_count; b++) {
        const tw_probe_block *block = &job->blocks[b];
        size_t moves = 0;
        for (size_t i = 0; i < block->count; i++)
            moves += scale[block->offset + i] != 0;
        r->blocks[b].standard_error = (double)moves * error;
        all += (double)moves;
    }
    r->standard_error = all * error;
    r->frobenius_error = sqrt(all) * error;
    r->squares_error = 2 * r->frobenius * r->frobenius_error;
}

static tw_status exact(const tw_trace_job *job) {
    tw_trace_result *r = job->result;
    double *diagonal = tw_alloc_raw(job->n, sizeof *diagonal);
    if (diagonal == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu parameters", job->n);
    tw_status status = tw_curvature_diagonal(job->curvature, diagonal);
    if (status == TW_OK) {
        sum_diagonal(job, diagonal);
        r->squares = r->squares_error = r->frobenius = r->frobenius_error = NAN;
        if (job->options->diagonal != NULL)
            memcpy(job->options->diagonal, diagonal, job->n * sizeof *diagonal);
        if (job->options->diagonal_error != NULL)
            memset(job->options->diagonal_error, 0, job->n * sizeof *diagonal);
    }
    free(diagonal);
    return status;
}

/* Exact where that is asked for, or can be had: *done says so. */
static tw_status try_exact(const tw_trace_job *job, int *done) {
    tw_trace_method method = job->options->method;
    *done = 0;
    if (method != TW_TRACE_AUTO && method != TW_TRACE_EXACT)
        return TW_OK;
    tw_status status = exact(job);
    if (status == TW_ERR_UNSUPPORTED && method == TW_TRACE_AUTO)
        return TW_OK;
    *done = status == TW_OK;
    return status;
}

/* ---- the whole ---- */

static size_t dimension_of(const tw_trace_job *job) {
    tw_curvature_facts facts;
    tw_curvature_facts_of(job->curvature, &facts);
    return facts.dimension;
}

static size_t sketch_of(const tw_trace_job *job, size_t draws) {
    size_t dimension = dimension_of(job), wanted = job->options->sketch;
    size_t fit = ((size_t)1 << 30) / sizeof(double) / job->n;
    if (wanted == 0)
        wanted = draws / 3 < fit ? draws / 3 : fit;
    return wanted < dimension ? wanted : dimension;
}

/* As many unit vectors as there are parameters leave nothing to chance, and a sketch of as many
 * columns is the whole matrix in twice the products. */
static int goes_by_columns(const tw_trace_job *job, size_t draws) {
    tw_trace_method method = job->options->method;
    size_t columns = method <= TW_TRACE_EXACT     ? draws
                     : method == TW_TRACE_HUTCHPP ? sketch_of(job, draws)
                                                  : 0;
    return columns >= dimension_of(job);
}

/* Sums of columns are no base for draws, and draws none for columns. */
static int way_fits(const tw_trace_result *r, int columns) {
    return columns ? r->draws == 0 : r->rest->room > 0 || r->rest->drawn == 0;
}

static int rest_fits(const tw_trace_job *job, size_t draws) {
    const tw_trace_result *r = job->result;
    tw_trace_method method = job->options->method;
    int columns = goes_by_columns(job, draws), sketch = method == TW_TRACE_HUTCHPP && !columns;
    return way_fits(r, columns) && r->rest->n == job->n &&
           (r->rest->base_diagonal != NULL) == wants_diagonal(job) &&
           sketch == (r->method == TW_TRACE_HUTCHPP) &&
           (method != TW_TRACE_HUTCHINSON || r->method == method);
}

/* What an earlier call left is gone on from, if it can be. */
static tw_status begin(tw_trace_job *job) {
    tw_trace_result *r = job->result;
    const tw_trace_options *o = job->options;
    size_t draws = o->draws > 0 ? o->draws : DEFAULT_DRAWS;
    int needs = o->method == TW_TRACE_HUTCHPP || wants_diagonal(job);
    int fits = r->block_count == job->block_count && r->draws <= draws &&
               (r->rest != NULL ? rest_fits(job, draws) : !needs && r->method != TW_TRACE_HUTCHPP);
    if (!fits)
        tw_trace_release(r);
    if (r->blocks == NULL)
        r->blocks = tw_alloc(job->block_count, sizeof *r->blocks);
    if (r->blocks == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu blocks", job->block_count);
    r->block_count = job->block_count;
    for (size_t b = 0; b < job->block_count; b++)
        r->blocks[b].block = job->blocks[b].block;
    return TW_OK;
}

static tw_status by_columns(tw_trace_job *job) {
    const double *scale = tw_curvature_scale(job->curvature);
    tw_trace_result *r = job->result;
    double unit, none;
    tw_status status = tw_trace_columns(job);
    if (status != TW_OK)
        return status;
    unit = tw_curvature_unit(job->curvature);
    r->method = TW_TRACE_EXACT;
    r->trace = 0;
    for (size_t b = 0; b < job->block_count; b++) {
        r->blocks[b].trace = unit * job->base[b];
        r->trace += r->blocks[b].trace;
    }
    r->squares = unit * (unit * job->base[job->block_count]);
    r->frobenius = unit * tw_frobenius_norm(job->base[job->block_count], 0, &none);
    bound_by_columns(job);
    for (size_t i = 0; i < job->n; i++) {
        if (job->options->diagonal != NULL)
            job->options->diagonal[i] = unit * job->base_diagonal[i];
        if (job->options->diagonal_error != NULL)
            job->options->diagonal_error[i] =
                scale[i] != 0 ? tw_curvature_error(job->curvature) : 0;
    }
    return TW_OK;
}

static tw_status run(tw_trace_job *job, tw_trace_options *o) {
    int done;
    tw_status status = begin(job);
    if (status == TW_OK)
        status = try_exact(job, &done);
    if (status != TW_OK || (done && o->draws == 0))
        return status;
    o->draws = o->draws > 0 ? o->draws : DEFAULT_DRAWS;
    int columns = goes_by_columns(job, o->draws);
    if (!done && !columns)
        job->result->method =
            o->method == TW_TRACE_HUTCHPP ? TW_TRACE_HUTCHPP : TW_TRACE_HUTCHINSON;
    int sketch = !done && !columns && o->method == TW_TRACE_HUTCHPP;
    status = prepare(job, sketch ? sketch_of(job, o->draws) : 0);
    if (status == TW_OK && columns)
        return by_columns(job);
    if (status == TW_OK && sketch)
        status = tw_trace_sketch(job, sketch_of(job, o->draws));
    return status == TW_OK ? tw_trace_draws(job) : status;
}

tw_status tw_trace_run(tw_curvature *curvature, const tw_trace_options *options,
                       tw_trace_result *result) {
    double started = tw_clock_seconds();
    tw_trace_options o;
    tw_curvature_facts facts;
    tw_probe_block *blocks = NULL;
    tw_curvature_facts_of(curvature, &facts);
    tw_trace_job job = {.curvature = curvature,
                        .options = &o,
                        .result = result,
                        .runner = tw_objective_runner(tw_curvature_objective(curvature)),
                        .n = facts.size};
    tw_status status = TW_TAKE(tw_trace_options, progress_user, &o, options);
    if (status == TW_OK)
        status = check_options(&o);
    if (status == TW_OK)
        status = tw_probe_blocks(curvature, &job.block_count, &blocks);
    job.blocks = blocks;
    if (status == TW_OK)
        status = run(&job, &o);
    result->seconds += tw_clock_seconds() - started;
    release(&job);
    free(blocks);
    return status;
}

tw_status tw_trace_of_matrix(tw_curvature *curvature, const double *diagonal, size_t count,
                             const double *eigenvalues, tw_trace_result *result) {
    tw_probe_block *blocks = NULL;
    tw_trace_job job = {.curvature = curvature, .result = result};
    tw_trace_release(result);
    tw_status status = tw_probe_blocks(curvature, &job.block_count, &blocks);
    if (status != TW_OK)
        return status;
    job.blocks = blocks;
    result->blocks = tw_alloc(job.block_count, sizeof *result->blocks);
    if (result->blocks != NULL) {
        double squares = 0, none;
        result->block_count = job.block_count;
        sum_diagonal(&job, diagonal);
        double unit = tw_unit_of_all(count, eigenvalues);
        for (size_t k = 0; k < count; k++)
            squares += eigenvalues[k] / unit * (eigenvalues[k] / unit);
        result->squares = unit * (unit * squares);
        result->frobenius = unit * tw_frobenius_norm(squares, 0, &none);
        bound_by_columns(&job);
    } else {
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu blocks", job.block_count);
    }
    free(blocks);
    return status;
}

void tw_trace_release(tw_trace_result *result) {
    free(result->blocks);
    free(result->values);
    tw_trace_rest_free(result->rest);
    memset(result, 0, sizeof *result);
}
