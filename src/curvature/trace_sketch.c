/* trace_sketch.c: the part of Hutch++ that is exact, and a trace by unit vectors, that is all of
 * it. With P = 1 - Q Q',
 *
 *   tr(E_b M) = sum_q q_b'(M q)_b + q_b'(P M q)_b + tr(E_b P M P)
 *   |M|_F^2   = sum_q |M q|^2 + |M P|_F^2
 *
 * E_b being what takes the block b. Summed over blocks the middle term is 0. */
#include <string.h>

#include "curvature/curvature_unit.h"
#include "curvature/trace_private.h"

/* The column behind the basis joins it, if anything of it is left. */
static tw_status take(tw_trace_job *job) {
    double *y = job->basis.vectors + job->basis.count * job->n;
    double before = tw_long_length(job->runner, job->n, y), length = before;
    tw_status status = TW_OK;
    for (int pass = 0; pass < 3 && status == TW_OK; pass++)
        status = tw_trace_project(job, y);
    if (status == TW_OK)
        length = tw_long_length(job->runner, job->n, y);
    if (!(length > 1e-10 * before))
        return status;
    tw_long_scale(job->runner, job->n, 1 / length, y);
    job->basis.count++;
    return status;
}

static tw_status column(tw_trace_job *job, size_t draw) {
    double *y = job->basis.vectors + job->basis.count * job->n;
    tw_probe_fill(job->curvature, job->options->seed, "trace sketch", draw, job->vectors);
    tw_status status = tw_curvature_unit_products(job->curvature, 1, job->vectors, y, NULL);
    job->result->products += status == TW_OK;
    return status == TW_OK ? take(job) : status;
}

static tw_status exact_part(tw_trace_job *job, size_t j) {
    const double *q = job->basis.vectors + j * job->n;
    double *mq = job->products, *projected = mq + job->n;
    tw_status status = tw_curvature_unit_products(job->curvature, 1, q, mq, NULL);
    if (status == TW_OK) {
        memcpy(projected, mq, job->n * sizeof *mq);
        status = tw_trace_project(job, projected);
    }
    if (status != TW_OK) /* before anything is added */
        return status;
    job->result->products++;
    job->base[job->block_count] += tw_long_dot(job->runner, job->n, mq, mq);
    for (int k = 0; k < 2; k++, mq = projected) {
        tw_trace_add_blocks(job, q, mq, job->base);
        for (size_t i = 0; job->diagonal != NULL && i < job->n; i++)
            job->base_diagonal[i] += q[i] * mq[i];
    }
    return TW_OK;
}

tw_status tw_trace_sketch(tw_trace_job *job, size_t columns) {
    tw_trace_rest *rest = job->result->rest;
    tw_status status = TW_OK;
    while (rest->drawn < columns && status == TW_OK) {
        status = column(job, rest->drawn);
        if (status != TW_OK)
            return status;
        rest->drawn++;
        rest->count = job->basis.count;
        status = tw_trace_tick(job);
    }
    while (rest->made < rest->count && status == TW_OK) {
        status = exact_part(job, rest->made);
        if (status != TW_OK)
            return status;
        rest->made++;
        status = tw_trace_tick(job);
    }
    job->result->sketch = rest->count;
    return status;
}

/* ---- all columns ---- */

static size_t block_at(const tw_trace_job *job, size_t i) {
    for (size_t b = 0; b < job->block_count; b++)
        if (i - job->blocks[b].offset < job->blocks[b].count)
            return b;
    return 0;
}

static void take_column(const tw_trace_job *job, size_t i, const double *column) {
    job->base[block_at(job, i)] += column[i];
    job->base[job->block_count] += tw_long_dot(job->runner, job->n, column, column);
    if (job->base_diagonal != NULL)
        job->base_diagonal[i] = column[i];
}

tw_status tw_trace_columns(tw_trace_job *job) {
    const double *scale = tw_curvature_scale(job->curvature);
    tw_trace_rest *rest = job->result->rest;
    tw_status status = TW_OK;
    while (rest->drawn < job->n && status == TW_OK) {
        size_t at[TW_TRACE_TOGETHER], count = 0, i = rest->drawn;
        memset(job->vectors, 0, TW_TRACE_TOGETHER * job->n * sizeof(double));
        for (; i < job->n && count < TW_TRACE_TOGETHER; i++)
            if (scale[i] != 0) {
                job->vectors[count * job->n + i] = 1;
                at[count++] = i;
            }
        status =
            tw_curvature_unit_products(job->curvature, count, job->vectors, job->products, NULL);
        if (status != TW_OK)
            return status;
        for (size_t k = 0; k < count; k++)
            take_column(job, at[k], job->products + k * job->n);
        rest->drawn = i;
        job->result->products += count;
        status = tw_trace_tick(job);
    }
    return status;
}
