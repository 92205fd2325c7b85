#include "jacobian/row_probe.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "diff/exact.h"
#include "diff/ladder.h"
#include "jacobian/pattern.h"
#include "thalweg/rng.h"

enum { NOISE_VALUES = 7, NOISE_SPACINGS = 3 };

/* Rows that are off without a reason found, before the others are let be. */
enum { MOST_DOUBTS = 16 };

/* Signs and lengths by random; towards the roomier side, all in the same way, if both sides of some
 * coordinate cannot be reached. */
static void draw_direction(tw_row_probe *probe, const double *scales, const tw_room *rooms,
                           unsigned long long seed, double t) {
    uint64_t stream = tw_rng_stream("row probe");
    for (size_t j = 0; j < probe->function->n; j++) {
        /* 16 bits, so that x moves by exactly that */
        double u = (double)(0x8000 + tw_rng_below(seed, stream, 2 * j, 0x10001)) / 0x10000;
        if (scales[j] == 0) {
            probe->direction[j] = probe->steps[j] = 0;
            continue;
        }
        double length = u * tw_power_below(scales[j]);
        double sign = tw_rng_bits(seed, stream, 2 * j + 1) & 1 ? 1 : -1;
        if (fmin(rooms[j].below, rooms[j].above) < t * length) {
            probe->side = 1;
            sign = rooms[j].above >= rooms[j].below ? 1 : -1;
        }
        double room = fmax(rooms[j].below, rooms[j].above);
        probe->direction[j] = sign * (t * length > room ? room * (1 - 0x1p-20) / t : length);
        probe->steps[j] = t * probe->direction[j];
    }
}

/* A row's slope from its values at the moves: two central quotients, or three one-sided ones. */
static tw_status take_slopes(tw_row_probe *probe, tw_moves *moves, double t) {
    const double *values[2][3] = {{NULL}};
    int rows = probe->side == 0 ? 2 : 3;
    tw_status status = TW_OK;
    for (int k = 0; k < rows && status == TW_OK; k++) {
        status = tw_moves_at(moves, 1, -k, &values[1][k]);
        if (status == TW_OK && probe->side == 0)
            status = tw_moves_at(moves, -1, -k, &values[0][k]);
    }
    for (size_t i = 0; i < probe->function->m && status == TW_OK; i++) {
        tw_tableau tableau;
        double base = probe->base[i], noise = 2 * probe->function->unit * fabs(base);
        tw_tableau_begin(&tableau, probe->side == 0 ? 4 : 2);
        for (int k = 0; k < rows; k++) {
            double width = ldexp(probe->side == 0 ? 2 * t : t, -k);
            double from = probe->side == 0 ? values[0][k][i] : base;
            tw_tableau_push(&tableau, width, (values[1][k][i] - from) / width, 2 * noise / width);
        }
        double size = fabs(tableau.value);
        probe->slopes[i] = tableau.value;
        probe->noises[i] = isfinite(size) ? fmax(noise, 2 * probe->function->unit * size) : noise;
        probe->bars[i] = tableau.error + 4 * probe->noises[i] / t;
        probe->judged[i] = isfinite(probe->bars[i]) && isfinite(size);
    }
    return status;
}

/* ECnoise of every row at once. */
static tw_status measure_rows(tw_row_probe *probe, double t, double *point) {
    static const double fractions[NOISE_SPACINGS] = {40.0 / 52, 30.0 / 52, 22.0 / 52};
    size_t n = probe->function->n, m = probe->function->m;
    int first = probe->side == 0 ? -(NOISE_VALUES / 2) : 0;
    double *values = tw_alloc_raw(m, NOISE_VALUES * sizeof *values);
    tw_status status = TW_OK;
    if (values == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for the noise of %zu values", m);
    for (int which = 0; which < NOISE_SPACINGS && status == TW_OK; which++) {
        double h = ldexp(1, (int)lround(log2(probe->function->unit) * fractions[which]));
        h = fmin(h, t / 8); /* within bounds */
        for (int k = 0; k < NOISE_VALUES && status == TW_OK; k++) {
            double *to = values + (size_t)k * m;
            if (first + k == 0) {
                memcpy(to, probe->base, m * sizeof *to);
                continue;
            }
            for (size_t j = 0; j < n; j++)
                point[j] = probe->x[j] + (first + k) * h * probe->direction[j];
            status = probe->function->evaluate(probe->function->user, 0, point, to);
            probe->evaluations++;
        }
        for (size_t i = 0; i < m && status == TW_OK; i++) {
            double row[NOISE_VALUES], found;
            for (int k = 0; k < NOISE_VALUES; k++)
                row[k] = values[(size_t)k * m + i];
            if (tw_noise_level(NOISE_VALUES, row, &found) == TW_NOISE_FOUND)
                probe->noises[i] = fmax(probe->noises[i], found);
        }
    }
    memcpy(point, probe->x, n * sizeof *point);
    free(values);
    return status;
}

static void begin_moves(const tw_row_probe *probe, tw_moves *moves) {
    *moves = (tw_moves){
        .function = probe->function, .x = probe->x, .base = probe->base, .steps = probe->steps};
}

tw_status tw_row_probe_run(tw_row_probe *probe, const double *scales, const tw_room *rooms,
                           unsigned long long seed, int measure) {
    size_t n = probe->function->n, m = probe->function->m;
    double t = tw_power_below(cbrt(probe->function->unit));
    tw_moves *moves = tw_alloc(1, sizeof *moves);
    probe->direction = tw_alloc_raw(n, 2 * sizeof(double));
    probe->slopes = tw_alloc_raw(m, 3 * sizeof(double));
    probe->judged = tw_alloc(m, 1);
    tw_status status = TW_ERR_MEMORY;
    if (moves == NULL || probe->direction == NULL || probe->slopes == NULL || probe->judged == NULL)
        status =
            tw_fail(TW_ERR_MEMORY, "not enough memory for a direction through %zu parameters", n);
    else {
        probe->steps = probe->direction + n;
        probe->bars = probe->slopes + m;
        probe->noises = probe->slopes + 2 * m;
        draw_direction(probe, scales, rooms, seed, t);
        begin_moves(probe, moves);
        status = tw_moves_begin(moves);
    }
    if (status == TW_OK) {
        tw_moves_group(moves, NULL, n);
        status = take_slopes(probe, moves, t);
    }
    if (status == TW_OK && measure)
        status = measure_rows(probe, t, moves->point);
    if (moves != NULL) {
        probe->evaluations += moves->evaluations;
        tw_moves_release(moves);
    }
    free(moves);
    return status;
}

void tw_row_probe_release(tw_row_probe *probe) {
    free(probe->direction);
    free(probe->slopes);
    free(probe->judged);
}

/* The columns outside the row's pattern, all of them moved; then the half that the row still
 * changes with, and so on. *column = n if there is none. */
static tw_status find_column(tw_row_probe *probe, const tw_pattern *pattern, size_t row,
                             size_t *column) {
    size_t n = probe->function->n, count = 0;
    size_t *outside = tw_alloc_raw(n, sizeof *outside);
    tw_moves *moves = tw_alloc(1, sizeof *moves);
    tw_status status = TW_OK;
    *column = n;
    if (outside == NULL || moves == NULL) {
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu columns", n);
        goto done;
    }
    size_t next = pattern->starts[row], end = pattern->starts[row + 1];
    for (size_t j = 0; j < n; j++)
        if (next < end && pattern->indices[next] == j)
            next++;
        else
            outside[count++] = j;
    begin_moves(probe, moves);
    status = tw_moves_begin(moves);
    size_t first = 0, left = count;
    for (int whole = 1; count > 0 && status == TW_OK; whole = 0) {
        size_t part = whole ? left : left / 2;
        const double *values;
        tw_moves_group(moves, outside + first, part);
        status = tw_moves_at(moves, 1, 0, &values);
        if (status != TW_OK)
            break;
        int changes = fabs(values[row] - probe->base[row]) > 8 * probe->noises[row];
        if (whole && !changes)
            break;
        if (!whole && !changes) {
            first += part;
            part = left - part;
        }
        left = part;
        if (left == 1) {
            *column = outside[first];
            break;
        }
    }
done:
    if (moves != NULL) {
        probe->evaluations += moves->evaluations;
        tw_moves_release(moves);
    }
    free(moves);
    free(outside);
    return status;
}

/* What one row may be off by, and is; off is NaN where there is nothing to judge. */
static void judge_row(const tw_row_probe *probe, const tw_pattern *pattern, size_t row,
                      const double *values, const double *bars, double tolerance, const double *h,
                      double *off, double *allowed) {
    double sum = 0, size = 0, bar = 0;
    for (size_t k = pattern->starts[row]; k < pattern->starts[row + 1]; k++) {
        size_t j = pattern->indices[k];
        double length = fabs(probe->direction[j]);
        sum += values[k] * probe->direction[j];
        size += fabs(values[k]) * length;
        bar += length * (bars != NULL ? bars[k] : 4 * probe->noises[row] / h[j]);
    }
    *off = probe->judged[row] ? fabs(sum - probe->slopes[row]) : NAN;
    *allowed = 4 * (bar + probe->bars[row]) + tolerance * size;
    if (!isfinite(*allowed))
        *off = NAN;
}

/* The row that is off most for what it is allowed; 0: none is off by more. */
static int worst_row(const tw_row_probe *probe, const tw_pattern *pattern, const double *values,
                     const double *bars, double tolerance, const double *h, tw_row_verdict *out) {
    double worst = -1;
    *out = (tw_row_verdict){0, 0, 0};
    for (size_t i = 0; i < pattern->rows; i++) {
        double off, allowed;
        judge_row(probe, pattern, i, values, bars, tolerance, h, &off, &allowed);
        double part = off == 0 ? 0 : off / allowed; /* allowed may be 0 */
        if (!(part > worst))
            continue;
        worst = part;
        *out = (tw_row_verdict){i, off, allowed};
    }
    return worst > 1;
}

tw_status tw_row_probe_verify(tw_row_probe *probe, const tw_pattern *pattern, const double *values,
                              const double *bars, double tolerance, const double *h,
                              tw_row_verdict *out) {
    tw_row_verdict verdict;
    tw_status status = TW_OK;
    for (int doubts = 0; status == TW_OK && doubts < MOST_DOUBTS; doubts++) {
        int is_off = worst_row(probe, pattern, values, bars, tolerance, h, &verdict);
        size_t column = pattern->columns;
        if (doubts == 0)
            *out = verdict;
        if (!is_off)
            break;
        status = find_column(probe, pattern, verdict.row, &column);
        if (status != TW_OK || column == pattern->columns) {
            probe->judged[verdict.row] = 0; /* a kink, or noise: not the pattern's fault */
            continue;
        }
        *out = verdict;
        status = tw_fail(TW_ERR_ARGUMENT,
                         "row %zu changes with column %zu, which the pattern leaves out: along a "
                         "direction it is off by %.3g, %.3g being allowed; add the entry",
                         verdict.row, column, verdict.off, verdict.allowed);
    }
    return status;
}
