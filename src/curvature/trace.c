/* trace.c: which way a trace is taken, and the exact one. */
#include "thalweg/trace.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/versioned.h"
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

static tw_status prepare(tw_trace_job *job) {
    size_t n = job->n;
    int diagonal = job->options->diagonal != NULL || job->options->diagonal_error != NULL;
    job->vectors = tw_alloc_raw(TW_TRACE_TOGETHER, n * sizeof(double));
    job->products = tw_alloc_raw(TW_TRACE_TOGETHER, n * sizeof(double));
    job->base = tw_alloc(job->block_count + 1, sizeof(double));
    if (diagonal && job->result->method != TW_TRACE_EXACT) {
        job->diagonal = tw_alloc(n, sizeof(double));
        job->squares = tw_alloc(n, sizeof(double));
        job->base_diagonal = tw_alloc(n, sizeof(double));
        diagonal = job->diagonal == NULL || job->squares == NULL || job->base_diagonal == NULL;
    } else {
        diagonal = 0;
    }
    if (job->vectors == NULL || job->products == NULL || job->base == NULL || diagonal)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for vectors of %zu parameters", n);
    return TW_OK;
}

static void release(tw_trace_job *job) {
    free(job->vectors);
    free(job->products);
    free(job->base);
    free(job->diagonal);
    free(job->squares);
    free(job->base_diagonal);
    free(job->basis.vectors);
}

/* ---- the exact one ---- */

static tw_status exact(const tw_trace_job *job) {
    tw_trace_result *r = job->result;
    double *diagonal = tw_alloc_raw(job->n, sizeof *diagonal);
    if (diagonal == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu parameters", job->n);
    tw_status status = tw_curvature_diagonal(job->curvature, diagonal);
    if (status == TW_OK) {
        r->method = TW_TRACE_EXACT;
        r->trace = 0;
        for (size_t b = 0; b < job->block_count; b++) {
            const tw_probe_block *block = &job->blocks[b];
            r->blocks[b] = (tw_trace_block){.block = block->block};
            for (size_t i = 0; i < block->count; i++)
                r->blocks[b].trace += diagonal[block->offset + i];
            r->trace += r->blocks[b].trace;
        }
        r->standard_error = 0;
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

/* What an earlier call left is gone on from, if it can be. */
static tw_status begin(tw_trace_job *job) {
    tw_trace_result *r = job->result;
    const tw_trace_options *o = job->options;
    size_t draws = o->draws > 0 ? o->draws : DEFAULT_DRAWS;
    int fits = r->block_count == job->block_count && r->draws <= draws &&
               r->method != TW_TRACE_HUTCHPP && o->method != TW_TRACE_HUTCHPP &&
               o->diagonal == NULL && o->diagonal_error == NULL;
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

static size_t sketch_of(const tw_trace_job *job) {
    tw_curvature_facts facts;
    tw_curvature_facts_of(job->curvature, &facts);
    size_t wanted = job->options->sketch > 0 ? job->options->sketch : job->options->draws / 3;
    size_t fit = ((size_t)1 << 30) / sizeof(double) / job->n;
    wanted = wanted < facts.dimension ? wanted : facts.dimension;
    return job->options->sketch > 0 || wanted < fit ? wanted : fit;
}

static tw_status run(tw_trace_job *job, tw_trace_options *o) {
    int done;
    tw_status status = begin(job);
    if (status == TW_OK)
        status = try_exact(job, &done);
    if (status != TW_OK || (done && o->draws == 0))
        return status;
    o->draws = o->draws > 0 ? o->draws : DEFAULT_DRAWS;
    if (!done)
        job->result->method =
            o->method == TW_TRACE_HUTCHPP ? TW_TRACE_HUTCHPP : TW_TRACE_HUTCHINSON;
    status = prepare(job);
    if (status == TW_OK && job->result->method == TW_TRACE_HUTCHPP)
        status = tw_trace_sketch(job, sketch_of(job));
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

void tw_trace_release(tw_trace_result *result) {
    free(result->blocks);
    free(result->values);
    memset(result, 0, sizeof *result);
}
