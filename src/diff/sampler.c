/* sampler.c: an objective's own differences and spans spread themselves over threads; other points
 * are pieces of a runner. */
#include "diff/sampler.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/front_door.h"
#include "diff/exact.h"

static int by_coordinate(const tw_sampler *s) {
    return s->direction == NULL;
}

int tw_sampler_is_native(const tw_sampler *s) {
    return tw_line_is_native(&s->lines[0]);
}

double tw_sampler_step(const tw_sampler *s, double h) {
    return by_coordinate(s) && !tw_sampler_is_native(s) ? tw_stored_step(s->x[s->coordinate], h)
                                                        : h;
}

static tw_status value_piece(void *argument, size_t piece, int worker) {
    tw_sampler *s = argument;
    return tw_line_value(&s->lines[worker], s->t[piece], &s->values[piece]);
}

static tw_status span_values(tw_sampler *s, size_t count, const double *t, double *values) {
    size_t metrics = tw_objective_metrics(s->objective);
    double *all = tw_alloc_raw(count, metrics * sizeof *all);
    if (all == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu values", count);
    tw_status status = tw_span_values(s->lines[0].span, count, t, all);
    for (size_t k = 0; k < count && status == TW_OK; k++)
        values[k] = all[k * metrics];
    free(all);
    return status;
}

static tw_status native_values(tw_sampler *s, size_t count, const double *t, double *values) {
    size_t *indices = tw_alloc_raw(count, sizeof *indices);
    if (indices == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu differences", count);
    for (size_t k = 0; k < count; k++)
        indices[k] = s->coordinate;
    tw_status status =
        tw_objective_coordinate_differences(s->objective, s->x, count, indices, t, values);
    free(indices);
    return status;
}

static int is_inside(const tw_sampler *s, double t) {
    return isfinite(t) && t >= s->lower && t <= s->upper;
}

tw_status tw_sampler_values(tw_sampler *s, size_t count, const double *t, double *values) {
    double *inside = tw_alloc_raw(count, 2 * sizeof *inside);
    size_t n = 0;
    if (inside == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu steps", count);
    double *found = inside + count;
    for (size_t k = 0; k < count; k++)
        if (is_inside(s, t[k]))
            inside[n++] = t[k];
    s->t = inside;
    s->values = found;
    tw_status status = n == 0                     ? TW_OK
                       : tw_sampler_is_native(s)  ? native_values(s, n, inside, found)
                       : s->lines[0].span != NULL ? span_values(s, n, inside, found)
                                                  : tw_runner_map(s->runner, n, value_piece, s);
    n = 0;
    for (size_t k = 0; k < count && status == TW_OK; k++)
        values[k] = is_inside(s, t[k]) ? found[n++] : NAN;
    free(inside);
    return status;
}

static tw_status make_lines(tw_sampler *s) {
    size_t n = tw_objective_size(s->objective), metrics = tw_objective_metrics(s->objective);
    s->lines = tw_alloc((size_t)s->workers, sizeof *s->lines);
    for (int k = 0; s->lines != NULL && k < s->workers; k++) {
        tw_line *line = &s->lines[k];
        *line = (tw_line){.objective = s->objective,
                          .x = s->x,
                          .direction = s->direction,
                          .coordinate = s->coordinate,
                          .worker = k};
        line->point = tw_alloc_raw(n, sizeof(double));
        line->metrics = tw_alloc(metrics, sizeof(double));
        if (line->point == NULL || line->metrics == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for a copy of %zu parameters", n);
        memcpy(line->point, s->x, n * sizeof(double));
    }
    return s->lines != NULL ? TW_OK : tw_fail(TW_ERR_MEMORY, "not enough memory for a line");
}

void tw_sampler_close(tw_sampler *s) {
    for (int k = 0; s->lines != NULL && k < s->workers; k++) {
        tw_span_close(s->lines[k].span);
        free(s->lines[k].point);
        free(s->lines[k].metrics);
    }
    free(s->lines);
}

/* |x| and the length of the direction; an error for a coordinate or a direction that is none. */
static tw_status measure_line(tw_sampler *s) {
    size_t n = tw_objective_size(s->objective);
    if (by_coordinate(s)) {
        if (s->coordinate >= n)
            return tw_fail(TW_ERR_ARGUMENT, "coordinate %zu: objective '%s' has %zu", s->coordinate,
                           tw_objective_name(s->objective), n);
        const tw_block *block = tw_space_at(tw_objective_space(s->objective), s->coordinate);
        if (!tw_block_moves(block))
            return tw_fail(
                TW_ERR_ARGUMENT,
                "coordinate %zu is in '%s', a buffer, along which no derivative is taken",
                s->coordinate, block->name);
        s->at = s->x[s->coordinate];
        s->length = 1;
        return TW_OK;
    }
    double position = 0, length = 0;
    for (size_t i = 0; i < n; i++) {
        double v = s->direction[i];
        if (!isfinite(v))
            return tw_fail(TW_ERR_ARGUMENT, "entry %zu of the direction is %g", i, v);
        position += v != 0 ? s->x[i] * s->x[i] : 0;
        length += v * v;
    }
    s->at = sqrt(position);
    s->length = sqrt(length);
    return s->length > 0 && isfinite(s->length)
               ? TW_OK
               : tw_fail(TW_ERR_ARGUMENT, "the direction is %s: give one that leads somewhere",
                         s->length > 0 ? "too long" : "zero");
}

tw_status tw_sampler_open(tw_sampler *s) {
    tw_status status = measure_line(s);
    s->workers = 1;
    if (status != TW_OK)
        return status;
    unsigned can = tw_objective_capabilities(s->objective);
    int own = by_coordinate(s) ? can & TW_CAN_COORDINATES : can & TW_CAN_SPAN;
    if (!own)
        status = tw_worker_runner(s->objective, &s->runner);
    s->workers = tw_runner_threads(s->runner);
    if (status == TW_OK)
        status = make_lines(s);
    if (status == TW_OK && own && !by_coordinate(s))
        status = tw_span_open(s->objective, s->x, 1, &s->lines[0].direction, TW_SPAN_ROWS,
                              &s->lines[0].span);
    return status;
}
