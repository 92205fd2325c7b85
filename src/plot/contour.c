#include "plot/contour.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

static tw_status out_of_memory(void) {
    return tw_fail(TW_ERR_MEMORY, "not enough memory for the contours of the figure");
}

void tw_contours_release(tw_contours *contours) {
    free(contours->line);
    free(contours->x);
    free(contours->y);
    memset(contours, 0, sizeof *contours);
}

static int grow(void **block, size_t capacity, size_t size) {
    void *bigger = reallocarray(*block, capacity, size);
    if (bigger != NULL)
        *block = bigger;
    return bigger != NULL;
}

tw_status tw_contours_add_point(tw_contours *c, double x, double y) {
    if (c->points == c->point_capacity) {
        size_t capacity = c->point_capacity > 0 ? 2 * c->point_capacity : 1024;
        if (!grow((void **)&c->x, capacity, sizeof *c->x) ||
            !grow((void **)&c->y, capacity, sizeof *c->y))
            return out_of_memory();
        c->point_capacity = capacity;
    }
    c->x[c->points] = x;
    c->y[c->points++] = y;
    c->line[c->lines - 1].count++;
    return TW_OK;
}

tw_status tw_contours_add_line(tw_contours *c, size_t level) {
    if (c->lines == c->line_capacity) {
        size_t capacity = c->line_capacity > 0 ? 2 * c->line_capacity : 64;
        if (!grow((void **)&c->line, capacity, sizeof *c->line))
            return out_of_memory();
        c->line_capacity = capacity;
    }
    c->line[c->lines++] = (tw_line){.first = c->points, .level = level};
    return TW_OK;
}

/* Edges are numbered by their lower left node: 2 * node to the right of it, 2 * node + 1 above it.
 * A line crosses an edge at most once, so a crossing has at most two neighbours. */
typedef struct tracer {
    size_t nx, ny;
    const double *x, *y, *z;
    double level;
    int64_t (*next)[2]; /* per edge: the crossings joined to it, or -1 */
    int64_t *crossed;   /* edges crossed at this level */
    size_t crossings;
} tracer;

static void touch(tracer *t, int64_t edge) {
    if (t->next[edge][0] < 0 && t->next[edge][1] < 0)
        t->crossed[t->crossings++] = edge;
}

static void join(tracer *t, int64_t a, int64_t b) {
    touch(t, a);
    touch(t, b);
    t->next[a][t->next[a][0] >= 0] = b;
    t->next[b][t->next[b][0] >= 0] = a;
}

static void trace_cell(tracer *t, size_t i, size_t j) {
    int64_t node = (int64_t)(j * t->nx + i), row = (int64_t)t->nx;
    const double *z = t->z + node;
    double a = z[0], b = z[1], c = z[row + 1], d = z[row];
    if (!isfinite(a) || !isfinite(b) || !isfinite(c) || !isfinite(d))
        return;
    int64_t bottom = 2 * node, left = 2 * node + 1, top = 2 * (node + row), right = left + 2;
    int inside = (a > t->level) | (b > t->level) << 1 | (c > t->level) << 2 | (d > t->level) << 3;
    int middle = 0.25 * a + 0.25 * b + 0.25 * c + 0.25 * d > t->level;
    switch (inside > 7 ? 15 - inside : inside) {
    case 1:
        join(t, left, bottom);
        break;
    case 2:
        join(t, bottom, right);
        break;
    case 3:
        join(t, left, right);
        break;
    case 4:
        join(t, right, top);
        break;
    case 5: /* a and c on one side: which pair is joined across the middle? */
        if (middle == (inside == 5)) {
            join(t, bottom, right);
            join(t, left, top);
        } else {
            join(t, left, bottom);
            join(t, right, top);
        }
        break;
    case 6:
        join(t, bottom, top);
        break;
    case 7:
        join(t, left, top);
        break;
    default:
        break;
    }
}

static tw_status add_crossing(const tracer *t, int64_t edge, tw_contours *out) {
    size_t node = (size_t)(edge / 2), i = node % t->nx, j = node / t->nx;
    int up = (int)(edge % 2);
    double from = t->z[node], to = t->z[up ? node + t->nx : node + 1];
    double u = (t->level - from) / (to - from);
    double x = up ? t->x[i] : t->x[i] + u * (t->x[i + 1] - t->x[i]);
    double y = up ? t->y[j] + u * (t->y[j + 1] - t->y[j]) : t->y[j];
    return tw_contours_add_point(out, x, y);
}

/* Follows the line from an edge and takes its links away. */
static tw_status follow(tracer *t, int64_t start, size_t level, tw_contours *out) {
    tw_status status = tw_contours_add_line(out, level);
    int64_t edge = start;
    while (status == TW_OK && edge >= 0) {
        status = add_crossing(t, edge, out);
        int side = t->next[edge][0] < 0;
        int64_t to = t->next[edge][side];
        t->next[edge][side] = -1;
        if (to >= 0)
            t->next[to][t->next[to][0] != edge] = -1;
        if (to == start)
            out->line[out->lines - 1].closed = 1;
        edge = to == start ? -1 : to;
    }
    return status;
}

static tw_status trace_level(tracer *t, size_t level, tw_contours *out) {
    t->crossings = 0;
    for (size_t j = 0; j + 1 < t->ny; j++)
        for (size_t i = 0; i + 1 < t->nx; i++)
            trace_cell(t, i, j);
    tw_status status = TW_OK;
    /* open lines from their ends, then what is left: closed ones */
    for (int closed = 0; closed < 2; closed++) {
        for (size_t k = 0; k < t->crossings && status == TW_OK; k++) {
            int64_t edge = t->crossed[k];
            int links = (t->next[edge][0] >= 0) + (t->next[edge][1] >= 0);
            if (links == 1 + closed)
                status = follow(t, edge, level, out);
        }
    }
    return status;
}

tw_status tw_contours_trace(size_t nx, size_t ny, const double *x, const double *y, const double *z,
                            size_t level_count, const double *levels, tw_contours *out) {
    if (nx < 2 || ny < 2 || level_count == 0)
        return TW_OK;
    size_t edges = 2 * nx * ny;
    tracer t = {.nx = nx, .ny = ny, .x = x, .y = y, .z = z};
    t.next = tw_alloc_raw(edges, sizeof *t.next);
    t.crossed = tw_alloc_raw(edges, sizeof *t.crossed);
    tw_status status = TW_OK;
    if (t.next == NULL || t.crossed == NULL) {
        status = out_of_memory();
        goto done;
    }
    for (size_t e = 0; e < edges; e++)
        t.next[e][0] = t.next[e][1] = -1;
    for (size_t k = 0; k < level_count && status == TW_OK; k++) {
        t.level = levels[k];
        status = trace_level(&t, k, out);
    }
done:
    free(t.next);
    free(t.crossed);
    return status;
}
