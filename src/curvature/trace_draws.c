/* trace_draws.c: the draws, and what they say. */
#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "curvature/curvature_unit.h"
#include "curvature/trace_private.h"
#include "diff/numbers.h"

enum { FEWEST = 16 };

void tw_trace_add_blocks(const tw_trace_job *job, const double *v, const double *w, double *out) {
    for (size_t b = 0; b < job->block_count; b++)
        out[b] += tw_long_dot(job->runner, job->blocks[b].count, v + job->blocks[b].offset,
                              w + job->blocks[b].offset);
}

tw_status tw_trace_project(const tw_trace_job *job, double *v) {
    if (job->basis.count == 0)
        return TW_OK;
    double *sums = tw_alloc(job->basis.count, sizeof *sums);
    tw_status status = sums != NULL ? tw_long_project(&job->basis, sums, v)
                                    : tw_fail(TW_ERR_MEMORY, "not enough memory for a projection");
    free(sums);
    return status;
}

/* ---- statistics ---- */

/* Column `column` of the draws (the last one |M v|), or their sum over blocks. */
static double draw_of(const tw_trace_job *job, size_t draw, size_t column) {
    const double *row = job->result->values + draw * (job->block_count + 1);
    double sum = 0;
    if (column <= job->block_count)
        return row[column];
    for (size_t b = 0; b < job->block_count; b++)
        sum += row[b];
    return sum;
}

/* Draws of few large eigenvalues are skew, and s / sqrt(K) of a few dozen of them is too small more
 * often than not: this is what makes the interval of two standard errors hold its 95 % again, to
 * the order 1 / K (the second term of the Edgeworth expansion of Student's statistic: Hall, The
 * Bootstrap and Edgeworth Expansion, 1992, section 2.6, at 2). */
static double widening(double count, double m2, double m3, double m4) {
    double skewness = m2 > 0 ? m3 * m3 / (m2 * m2 * m2) : 0; /* squared */
    double excess = m2 > 0 ? m4 / (m2 * m2) - 3 : 0;
    double factor = 1 + (7 * skewness / 6 + 1.25 - excess / 12) / count;
    return fmin(fmax(factor, 1), 2);
}

/* Of draws over `unit`: fourth powers are none below 1e-81. Of |M v| the square is meant. */
static double mean_of(const tw_trace_job *job, size_t column, double unit, double *error) {
    double count = (double)job->result->draws, sum = 0, powers[3] = {0};
    int squared = column == job->block_count;
    for (size_t k = 0; k < job->result->draws; k++) {
        double draw = draw_of(job, k, column) / unit;
        sum += squared ? draw * draw : draw;
    }
    for (size_t k = 0; k < job->result->draws; k++) {
        double draw = draw_of(job, k, column) / unit;
        double off = (squared ? draw * draw : draw) - sum / count;
        powers[0] += off * off;
        powers[1] += off * off * off;
        powers[2] += off * off * off * off;
    }
    *error = count > 1
                 ? sqrt(powers[0] / (count - 1) / count) *
                       widening(count, powers[0] / count, powers[1] / count, powers[2] / count)
                 : NAN;
    return sum / count;
}

static double unit_of(const tw_trace_job *job, size_t column) {
    double most = 0;
    for (size_t k = 0; k < job->result->draws; k++)
        most = fmax(most, fabs(draw_of(job, k, column)));
    return most > 0 && isfinite(most) ? tw_power_below(most) : 1;
}

static double mean_with_error(const tw_trace_job *job, size_t column, double *error) {
    double unit = unit_of(job, column), mean = unit * mean_of(job, column, unit, error);
    *error *= unit;
    return mean;
}

static void sum_up_squares(const tw_trace_job *job) {
    tw_trace_result *r = job->result;
    double unit = unit_of(job, job->block_count), error;
    double squares = mean_of(job, job->block_count, unit, &error);
    r->squares = unit * (unit * squares);
    r->squares_error = unit * (unit * error);
    r->frobenius = unit * tw_frobenius_norm(squares, error, &r->frobenius_error);
    r->frobenius_error *= unit;
}

static void sum_up_diagonal(const tw_trace_job *job) {
    double count = (double)job->result->draws, *error = job->options->diagonal_error;
    double unit = tw_curvature_unit(job->curvature);
    for (size_t i = 0; i < job->n; i++) {
        double mean = job->diagonal[i] / count;
        double variance = (job->squares[i] - count * mean * mean) / (count - 1);
        if (job->options->diagonal != NULL)
            job->options->diagonal[i] = unit * (mean + job->base_diagonal[i]);
        if (error != NULL)
            error[i] = count > 1 ? unit * sqrt(fmax(variance, 0) / count) : NAN;
    }
}

static void sum_up(const tw_trace_job *job) {
    tw_trace_result *r = job->result;
    if (r->draws == 0)
        return;
    if (r->method != TW_TRACE_EXACT) {
        r->trace = mean_with_error(job, job->block_count + 1, &r->standard_error);
        for (size_t b = 0; b < job->block_count; b++)
            r->blocks[b].trace = mean_with_error(job, b, &r->blocks[b].standard_error);
        if (job->diagonal != NULL)
            sum_up_diagonal(job);
    }
    sum_up_squares(job);
}

/* ---- draws ---- */

static tw_status make_room(tw_trace_result *r, size_t columns, size_t draws) {
    if (draws <= r->room)
        return TW_OK;
    size_t room = draws > 2 * r->room ? draws : 2 * r->room;
    double *values = realloc(r->values, room * columns * sizeof *values);
    if (values == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu draws", room);
    r->values = values;
    r->room = room;
    return TW_OK;
}

static double *row_of(const tw_trace_job *job, size_t draw) {
    return job->result->values + draw * (job->block_count + 1);
}

/* Draw k stands in the first vector of the chunk onwards, its product beside it. What can fail
 * comes before anything of the chunk is added to sums, or it would be added again by who goes on.
 */
static tw_status begin_draw(const tw_trace_job *job, size_t draw, size_t slot) {
    double *mv = job->products + slot * job->n, *row = row_of(job, draw);
    for (size_t b = 0; b <= job->block_count; b++)
        row[b] = job->base[b];
    row[job->block_count] += tw_long_dot(job->runner, job->n, mv, mv);
    return tw_trace_project(job, mv);
}

static void take_draw(const tw_trace_job *job, size_t draw, size_t slot) {
    double *v = job->vectors + slot * job->n, *mv = job->products + slot * job->n;
    double *row = row_of(job, draw);
    if (job->basis.count > 0) /* the vector as it was drawn, before it was projected */
        tw_probe_fill(job->curvature, job->options->seed, "trace probe", draw, v);
    tw_trace_add_blocks(job, v, mv, row);
    row[job->block_count] = sqrt(row[job->block_count]);
    for (size_t b = 0; b <= job->block_count; b++)
        row[b] *= tw_curvature_unit(job->curvature);
    for (size_t i = 0; job->diagonal != NULL && i < job->n; i++) {
        double entry = v[i] * mv[i];
        job->diagonal[i] += entry;
        job->squares[i] += entry * entry;
    }
}

static tw_status chunk(tw_trace_job *job, size_t first, size_t count) {
    tw_trace_result *r = job->result;
    tw_status status = make_room(r, job->block_count + 1, first + count);
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        double *v = job->vectors + k * job->n;
        tw_probe_fill(job->curvature, job->options->seed, "trace probe", first + k, v);
        status = tw_trace_project(job, v);
    }
    if (status == TW_OK)
        status =
            tw_curvature_unit_products(job->curvature, count, job->vectors, job->products, NULL);
    for (size_t k = 0; k < count && status == TW_OK; k++)
        status = begin_draw(job, first + k, k);
    if (status != TW_OK)
        return status;
    for (size_t k = 0; k < count; k++)
        take_draw(job, first + k, k);
    r->draws = first + count;
    r->products += count;
    return TW_OK;
}

static int is_enough(const tw_trace_job *job) {
    const tw_trace_result *r = job->result;
    return job->options->tolerance > 0 && r->draws >= FEWEST && r->method != TW_TRACE_EXACT &&
           r->standard_error <= job->options->tolerance * fabs(r->trace);
}

tw_status tw_trace_tick(const tw_trace_job *job) {
    const tw_trace_options *o = job->options;
    size_t draws = job->result->draws;
    if (o->progress == NULL || o->progress(o->progress_user, draws, o->draws) == 0)
        return TW_OK;
    return tw_fail(TW_ERR_CANCELLED, "cancelled after %zu of %zu draws", draws, o->draws);
}

tw_status tw_trace_draws(tw_trace_job *job) {
    const tw_trace_options *o = job->options;
    tw_trace_result *r = job->result;
    tw_status status = TW_OK;
    sum_up(job);
    while (r->draws < o->draws && !is_enough(job) && status == TW_OK) {
        size_t left = o->draws - r->draws;
        status = chunk(job, r->draws, left < TW_TRACE_TOGETHER ? left : TW_TRACE_TOGETHER);
        if (status != TW_OK)
            break;
        sum_up(job);
        status = tw_trace_tick(job);
    }
    return status;
}
