/* The lowest way between two points of a grid. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "landscape/topology_grid.h"

static const size_t DRY = SIZE_MAX;

/* A point of the shore with its height: the heap then stays within its own memory. */
typedef struct shore_point {
    double value;
    size_t at;
} shore_point;

typedef struct search {
    tw_grid grid;
    size_t *before; /* the wet neighbour that a wet point was reached from */
    uint8_t *seen;  /* 1: on the shore, or wet */
    size_t count;
    shore_point *heap; /* the shore, the lowest first */
} search;

/* ---- the shore ---- */

static int is_lower(shore_point a, shore_point b) {
    return a.value < b.value || (a.value == b.value && a.at < b.at);
}

static void push(search *s, size_t at) {
    shore_point point = {s->grid.value[at], at};
    size_t place = s->count++;
    while (place > 0) {
        size_t above = (place - 1) / 2;
        if (!is_lower(point, s->heap[above]))
            break;
        s->heap[place] = s->heap[above];
        place = above;
    }
    s->heap[place] = point;
}

static size_t pop(search *s) {
    shore_point lowest = s->heap[0], last = s->heap[--s->count];
    size_t place = 0;
    for (;;) {
        size_t below = 2 * place + 1;
        if (below >= s->count)
            break;
        if (below + 1 < s->count && is_lower(s->heap[below + 1], s->heap[below]))
            below++;
        if (!is_lower(s->heap[below], last))
            break;
        s->heap[place] = s->heap[below];
        place = below;
    }
    s->heap[place] = last;
    return lowest.at;
}

/* ---- the flood ---- */

/* Slopes up to a point; those of points whose places are not numbers are differences. */
static double slope_from(const tw_grid *grid, size_t from, const tw_grid_point *to) {
    double x = grid->surface->x[from % grid->nx];
    double y = grid->surface->rank == 2 ? grid->surface->y[from / grid->nx] : 0;
    double length = sqrt((x - to->x) * (x - to->x) + (y - to->y) * (y - to->y));
    return (to->value - grid->value[from]) / (length > 0 && isfinite(length) ? length : 1);
}

/* Any wet neighbour is on a way that is no higher; the one with the steepest slope up to the point,
 * or the gentlest down to it, is along the floor of the valley. */
static void wet(search *s, size_t at) {
    size_t neighbours[TW_MOST_NEIGHBOURS], count = tw_grid_neighbours(&s->grid, at, neighbours);
    size_t best = at;
    double steepest = -INFINITY;
    tw_grid_point here = tw_grid_point_at(&s->grid, at);
    for (size_t k = 0; k < count; k++) {
        size_t other = neighbours[k];
        if (!s->seen[other] && tw_grid_counts(&s->grid, other)) {
            s->seen[other] = 1;
            push(s, other);
        }
        if (s->before[other] == DRY)
            continue;
        double up = slope_from(&s->grid, other, &here);
        if (best == at || up > steepest) {
            best = other;
            steepest = up;
        }
    }
    s->before[at] = best;
}

static tw_status flood(search *s, size_t from, size_t to) {
    for (size_t at = 0; at < s->grid.count; at++)
        s->before[at] = DRY;
    s->seen[from] = 1;
    push(s, from);
    while (s->count > 0 && s->before[to] == DRY)
        wet(s, pop(s));
    if (s->before[to] != DRY)
        return TW_OK;
    tw_grid_point a = tw_grid_point_at(&s->grid, from), b = tw_grid_point_at(&s->grid, to);
    return tw_fail(TW_ERR_ARGUMENT,
                   "no way from (%g, %g) to (%g, %g): points without a finite value lie all the "
                   "way between them",
                   a.x, a.y, b.x, b.y);
}

static double rise_error(const tw_grid_point *top, const tw_grid_point *end) {
    return top->at == end->at ? 0 : hypot(top->error, end->error);
}

static tw_status trace(const search *s, size_t from, size_t to, tw_pass *out) {
    size_t count = 1, top = to;
    for (size_t at = to; at != from; at = s->before[at])
        count++;
    tw_status status = tw_path_init(&out->way, "lowest way", count);
    if (status != TW_OK)
        return status;
    for (size_t k = count, at = to; k-- > 0; at = s->before[at]) {
        tw_grid_point point = tw_grid_point_at(&s->grid, at);
        out->way.x[k] = point.x;
        out->way.y[k] = point.y;
        out->way.loss[k] = out->way.plane_loss[k] = point.value;
        top = tw_grid_is_lower(&s->grid, top, at) ? at : top;
    }
    out->from = tw_grid_point_at(&s->grid, from);
    out->to = tw_grid_point_at(&s->grid, to);
    out->top = tw_grid_point_at(&s->grid, top);
    out->rise[0] = out->top.value - out->from.value;
    out->rise[1] = out->top.value - out->to.value;
    out->error[0] = rise_error(&out->top, &out->from);
    out->error[1] = rise_error(&out->top, &out->to);
    return TW_OK;
}

static tw_status check_end(const tw_grid *grid, size_t at) {
    if (at >= grid->count)
        return tw_fail(TW_ERR_ARGUMENT, "the surface has %zu points, no number %zu", grid->count,
                       at + 1);
    if (tw_grid_counts(grid, at))
        return TW_OK;
    tw_grid_point point = tw_grid_point_at(grid, at);
    return tw_fail(TW_ERR_ARGUMENT, "the point (%g, %g) of the surface has no finite value",
                   point.x, point.y);
}

tw_status tw_pass_find(const tw_surface *surface, size_t metric, size_t from, size_t to,
                       tw_pass *out) {
    search s = {0};
    *out = (tw_pass){0};
    tw_status status = tw_grid_of(surface, metric, &s.grid);
    if (status == TW_OK)
        status = check_end(&s.grid, from);
    if (status == TW_OK)
        status = check_end(&s.grid, to);
    if (status == TW_OK) {
        s.before = tw_alloc_raw(s.grid.count, sizeof *s.before);
        s.heap = tw_alloc_raw(s.grid.count, sizeof *s.heap);
        s.seen = tw_alloc(s.grid.count, 1);
        status = s.before != NULL && s.heap != NULL && s.seen != NULL
                     ? flood(&s, from, to)
                     : tw_fail(TW_ERR_MEMORY, "not enough memory for a way over %zu points",
                               s.grid.count);
    }
    if (status == TW_OK)
        status = trace(&s, from, to, out);
    if (status != TW_OK)
        tw_pass_release(out);
    free(s.before);
    free(s.heap);
    free(s.seen);
    tw_grid_release(&s.grid);
    return status;
}

void tw_pass_release(tw_pass *pass) {
    if (pass == NULL)
        return;
    tw_path_release(&pass->way);
    memset(pass, 0, sizeof *pass);
}

/* ---- the nearest point ---- */

/* The place of the nearest coefficient. */
static tw_status nearest(const char *axis, size_t count, const double *values, double wanted,
                         size_t *out) {
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (fabs(values[i] - wanted) < fabs(values[best] - wanted))
            best = i;
    double step = best > 0 ? fabs(values[best] - values[best - 1]) : 0;
    step = best + 1 < count ? fmax(step, fabs(values[best + 1] - values[best])) : step;
    *out = best;
    if (fabs(values[best] - wanted) <= step / 2 * (1 + 1e-9))
        return TW_OK;
    return tw_fail(TW_ERR_ARGUMENT, "%s = %g is not on the surface, whose %s goes from %g to %g",
                   axis, wanted, axis, values[0], values[count - 1]);
}

tw_status tw_surface_nearest(const tw_surface *surface, size_t metric, double x, double y,
                             size_t *at) {
    tw_grid grid = {0};
    size_t ix = 0, iy = 0;
    tw_status status = tw_grid_of(surface, metric, &grid);
    if (status == TW_OK)
        status = nearest("x", grid.nx, surface->x, x, &ix);
    if (status == TW_OK && surface->rank == 2)
        status = nearest("y", grid.ny, surface->y, y, &iy);
    if (status == TW_OK)
        status = check_end(&grid, iy * grid.nx + ix);
    if (status == TW_OK)
        *at = iy * grid.nx + ix;
    tw_grid_release(&grid);
    return status;
}
