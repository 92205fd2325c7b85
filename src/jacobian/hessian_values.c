/* hessian_values.c: second derivatives from values alone, entry by entry. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "diff/exact.h"
#include "jacobian/hessian_private.h"
#include "jacobian/quotient_ladder.h"

/* Bounds nearer than this part of the scale, with more room on the other side, make steps
 * one-sided: second differences at smaller ones would be rounding. */
static const double least_room = 0x1p-6;

typedef struct values_work {
    tw_partials *job;
    double *hessian, *bars;
    double *points, *metrics; /* one copy of x, one set of metrics a worker */
    unsigned long long *evaluations;
} values_work;

/* One entry: coordinates i and j (maybe the same), the sides that their steps take. */
typedef struct mixed {
    values_work *work;
    size_t i, j;
    int side_i, side_j, worker; /* sides 0: both */
} mixed;

static int side_of(const tw_partials *job, size_t i) {
    double least = fmin(job->rooms[i].below, job->rooms[i].above);
    double most = fmax(job->rooms[i].below, job->rooms[i].above);
    if (least >= least_room * job->scales[i] || most < 8 * least)
        return 0;
    return job->rooms[i].above == most ? 1 : -1;
}

/* x_i + h as stored. */
static double stored(double x, double h) {
    volatile double moved = x + h;
    return moved;
}

/* f with coordinate i moved by a, then j by b (0: not at all). */
static tw_status value_at(const mixed *e, double a, double b, double *value) {
    values_work *w = e->work;
    const tw_partials *job = w->job;
    size_t n = job->function->n, m = job->function->m;
    double *point = w->points + (size_t)e->worker * n;
    double *metrics = w->metrics + (size_t)e->worker * m;
    double at_i = point[e->i] = stored(job->x[e->i], a), at_j = at_i;
    if (e->j != e->i)
        at_j = point[e->j] = stored(job->x[e->j], b);
    tw_status status = job->function->evaluate(job->function->user, e->worker, point, metrics);
    w->evaluations[e->worker]++;
    if (status == TW_OK && (point[e->i] != at_i || point[e->j] != at_j))
        status = tw_moves_changed(point[e->i] != at_i ? e->i : e->j);
    point[e->i] = job->x[e->i];
    point[e->j] = job->x[e->j];
    *value = metrics[0];
    return status;
}

/* What one value is off by: its rounding, and that of terms which make up its slopes. */
static double noise_of(const mixed *e, double size, double change, int exponent) {
    const tw_partials *job = e->work->job;
    double terms = fabs(change) / ldexp(1, exponent);
    return 2 * job->function->unit * fmax(fmax(fabs(job->base[0]), size), terms);
}

/* The parabola through three values: both sides, or 0, h and 2h. */
static tw_status diagonal_quotient(void *user, int exponent, tw_quotient *out) {
    const mixed *e = user;
    const tw_partials *job = e->work->job;
    double h = ldexp(tw_power_below(job->scales[e->i]), exponent), x = job->x[e->i], f, g;
    double a = e->side_i == 0 ? h : e->side_i * h, b = e->side_i == 0 ? -h : 2 * a;
    tw_status status = value_at(e, a, 0, &f);
    if (status == TW_OK)
        status = value_at(e, b, 0, &g);
    if (status != TW_OK)
        return status;
    double near = tw_stored_step(x, a), far = tw_stored_step(x, b), base = job->base[0];
    double noise = noise_of(e, fmax(fabs(f), fabs(g)), (f - g) / 2, exponent);
    double slope = (f - base) / near, other = (g - base) / far;
    *out = (tw_quotient){2 * (slope - other) / (near - far), 4 * noise / (near * near)};
    return TW_OK;
}

/* Four corners around x, or at it. */
static tw_status mixed_quotient(void *user, int exponent, tw_quotient *out) {
    const mixed *e = user;
    const tw_partials *job = e->work->job;
    double h = ldexp(tw_power_below(job->scales[e->i]), exponent), x = job->x[e->i];
    double k = ldexp(tw_power_below(job->scales[e->j]), exponent), y = job->x[e->j];
    int central = e->side_i == 0 && e->side_j == 0;
    double a[2] = {e->side_i < 0 ? -h : h, central ? -h : 0};
    double b[2] = {e->side_j < 0 ? -k : k, central ? -k : 0};
    double f[2][2], size = 0;
    for (int c = 0; c < 4; c++) {
        double *value = &f[c / 2][c % 2];
        tw_status status = value_at(e, a[c / 2], b[c % 2], value);
        if (status != TW_OK)
            return status;
        size = fmax(size, fabs(*value));
    }
    double change = fmax(fabs(f[0][0] - f[1][1]), fabs(f[0][1] - f[1][0])) / 2;
    double width = (stored(x, a[0]) - stored(x, a[1])) * (stored(y, b[0]) - stored(y, b[1]));
    *out = (tw_quotient){((f[0][0] - f[0][1]) - (f[1][0] - f[1][1])) / width,
                         4 * noise_of(e, size, change, exponent) / fabs(width)};
    return TW_OK;
}

/* The largest exponent whose steps stay in the room of coordinate i. */
static int most_exponent(const tw_partials *job, size_t i, int side, double reach) {
    double room = side > 0   ? job->rooms[i].above
                  : side < 0 ? job->rooms[i].below
                             : fmin(job->rooms[i].below, job->rooms[i].above);
    return isinf(room) ? 1000 : ilogb(room / reach) - ilogb(tw_power_below(job->scales[i]));
}

static tw_status keep_entry(const mixed *e, const tw_quotient_limit *limit) {
    size_t n = e->work->job->function->n;
    e->work->hessian[e->i * n + e->j] = e->work->hessian[e->j * n + e->i] = limit->value;
    if (e->work->bars != NULL)
        e->work->bars[e->i * n + e->j] = e->work->bars[e->j * n + e->i] = limit->error;
    return TW_OK;
}

static tw_status find_entry(mixed *e) {
    const tw_partials *job = e->work->job;
    int diagonal = e->i == e->j;
    tw_quotient_limit limit = {0};
    if (job->scales[e->i] == 0 || job->scales[e->j] == 0)
        return keep_entry(e, &limit);
    e->side_i = side_of(job, e->i);
    e->side_j = side_of(job, e->j);
    int central = e->side_i == 0 && e->side_j == 0;
    int most = most_exponent(job, e->i, e->side_i, diagonal && !central ? 2 : 1);
    int other = most_exponent(job, e->j, e->side_j, 1);
    tw_status status =
        tw_quotient_ladder(diagonal ? diagonal_quotient : mixed_quotient, e, central ? 4 : 2,
                           other < most ? other : most, ilogb(job->function->unit), &limit);
    if (status != TW_OK)
        return tw_fail_prefix(status, "row %zu, column %zu", e->i, e->j);
    return keep_entry(e, &limit);
}

typedef struct rows {
    values_work *work;
    size_t first;
} rows;

static tw_status row_piece(void *argument, size_t piece, int worker) {
    const rows *part = argument;
    size_t n = part->work->job->function->n, i = part->first + piece;
    tw_status status = TW_OK;
    for (size_t j = i; j < n && status == TW_OK; j++) {
        mixed e = {.work = part->work, .i = i, .j = j, .worker = worker};
        status = find_entry(&e);
    }
    return status;
}

static tw_status all_rows(values_work *work) {
    const tw_partials *job = work->job;
    size_t n = job->function->n, size = job->progress == NULL ? n : 16;
    rows part = {work, 0};
    tw_status status = TW_OK;
    for (; part.first < n && status == TW_OK; part.first += size) {
        size_t count = n - part.first < size ? n - part.first : size;
        status = tw_runner_map(job->function->runner, count, row_piece, &part);
        if (status == TW_OK && job->progress != NULL &&
            job->progress(job->progress_user, part.first + count, n) != 0)
            status =
                tw_fail(TW_ERR_CANCELLED, "cancelled at row %zu of %zu", part.first + count, n);
    }
    return status;
}

tw_status tw_hessian_from_values(tw_partials *job, double *hessian, double *bars) {
    tw_status status = tw_partials_begin(job, 0);
    if (status == TW_OK && !isfinite(job->base[0]))
        status = tw_fail(TW_ERR_NOT_FINITE, "the value is %g where its Hessian is asked for",
                         job->base[0]);
    if (status != TW_OK)
        return status;
    size_t workers = (size_t)tw_runner_threads(job->function->runner), n = job->function->n;
    values_work work = {.job = job, .hessian = hessian, .bars = bars};
    work.points = tw_alloc_raw(workers, n * sizeof(double));
    work.metrics = tw_alloc_raw(workers, job->function->m * sizeof(double));
    work.evaluations = tw_alloc(workers, sizeof *work.evaluations);
    if (work.points == NULL || work.metrics == NULL || work.evaluations == NULL)
        status =
            tw_fail(TW_ERR_MEMORY, "not enough memory for a copy of %zu parameters per thread", n);
    for (size_t k = 0; k < workers && status == TW_OK; k++)
        memcpy(work.points + k * n, job->x, n * sizeof(double));
    if (status == TW_OK)
        status = all_rows(&work);
    for (size_t k = 0; k < workers && work.evaluations != NULL; k++)
        job->evaluations += work.evaluations[k];
    free(work.points);
    free(work.metrics);
    free(work.evaluations);
    return status;
}
