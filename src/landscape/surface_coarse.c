#include "thalweg/landscape.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "landscape/point_order.h"

enum { LEAST = 3, LEVELS = 64 };
/* A grid with a few holes shows more than a coarser one without. */
static const double FEW_HOLES = 0.9;

typedef struct grid {
    const tw_surface *surface;
    size_t nx, ny, levels_x, levels_y;
    unsigned char *level_x, *level_y;
    size_t count_x[LEVELS], count_y[LEVELS]; /* coefficients up to a level */
    unsigned char holes[LEVELS][LEVELS]; /* whether some point of levels up to these is missing */
} grid;

static int is_there(const grid *g, size_t ix, size_t iy) {
    return g->surface->computed[iy * g->nx + ix] != 0;
}

static void count_levels(size_t count, const unsigned char *level, size_t levels, size_t *up_to) {
    memset(up_to, 0, levels * sizeof *up_to);
    for (size_t i = 0; i < count; i++)
        for (size_t l = level[i]; l < levels; l++)
            up_to[l]++;
}

static void find_holes(grid *g) {
    for (size_t iy = 0; iy < g->ny; iy++)
        for (size_t ix = 0; ix < g->nx; ix++)
            g->holes[g->level_x[ix]][g->level_y[iy]] |= (unsigned char)!is_there(g, ix, iy);
    for (size_t a = 0; a < g->levels_x; a++)
        for (size_t b = 0; b < g->levels_y; b++) {
            g->holes[a][b] |= a > 0 ? g->holes[a - 1][b] : 0;
            g->holes[a][b] |= b > 0 ? g->holes[a][b - 1] : 0;
        }
}

/* The share of cells (of a line: pieces) all of whose corners are there. */
static double complete_share(const grid *g) {
    size_t complete = 0, all = 0;
    for (size_t iy = 0; iy + 1 < g->ny || (g->ny == 1 && iy == 0); iy++)
        for (size_t ix = 0; ix + 1 < g->nx; ix++) {
            size_t up = g->ny == 1 ? iy : iy + 1;
            complete += is_there(g, ix, iy) && is_there(g, ix + 1, iy) && is_there(g, ix, up) &&
                        is_there(g, ix + 1, up);
            all++;
        }
    return all > 0 ? (double)complete / (double)all : 1;
}

/* The levels of the grid that has most points; 0 if there is none. */
static int choose(const grid *g, size_t *level_x, size_t *level_y) {
    size_t most = 0;
    for (size_t a = 0; a < g->levels_x; a++)
        for (size_t b = 0; b < g->levels_y; b++) {
            size_t x = g->count_x[a], y = g->count_y[b];
            if (g->holes[a][b] || x * y <= most || x < LEAST || (g->ny > 1 && y < LEAST))
                continue;
            most = x * y;
            *level_x = a;
            *level_y = b;
        }
    return most > 0;
}

static tw_status pick(const grid *g, size_t level_x, size_t level_y, tw_surface *out) {
    const tw_surface *from = g->surface;
    size_t nx = g->count_x[level_x], ny = g->count_y[level_y], at = 0, all = g->nx * g->ny;
    double *x = tw_alloc(nx, sizeof *x), *y = tw_alloc(ny, sizeof *y);
    for (size_t i = 0, k = 0; x != NULL && i < g->nx; i++)
        if (g->level_x[i] <= level_x)
            x[k++] = from->x[i];
    for (size_t i = 0, k = 0; y != NULL && i < g->ny; i++)
        if (g->level_y[i] <= level_y)
            y[k++] = from->rank == 2 ? from->y[i] : 0;
    tw_status status =
        x != NULL && y != NULL
            ? tw_surface_init_coordinates(out, nx, x, ny, from->rank == 2 ? y : NULL, from->metrics,
                                          (const char *const *)from->names)
            : tw_fail(TW_ERR_MEMORY, "not enough memory to draw the surface");
    for (size_t iy = 0; iy < g->ny && status == TW_OK; iy++)
        for (size_t ix = 0; ix < g->nx; ix++) {
            if (g->level_x[ix] > level_x || g->level_y[iy] > level_y)
                continue;
            size_t point = iy * g->nx + ix;
            for (size_t m = 0; m < from->metrics; m++)
                out->values[m * nx * ny + at] = from->values[m * all + point];
            out->computed[at++] = from->computed[point];
        }
    free(x);
    free(y);
    return status;
}

tw_status tw_surface_coarse(const tw_surface *surface, tw_surface *out) {
    grid g = {.surface = surface, .nx = surface->nx, .ny = surface->rank == 2 ? surface->ny : 1};
    *out = (tw_surface){0};
    if (surface->computed == NULL || memchr(surface->computed, 0, g.nx * g.ny) == NULL)
        return TW_OK;
    g.level_x = tw_alloc(g.nx, 1);
    g.level_y = tw_alloc(g.ny, 1);
    tw_status status = TW_OK;
    if (g.level_x == NULL || g.level_y == NULL) {
        status = tw_fail(TW_ERR_MEMORY, "not enough memory to draw the surface");
    } else {
        size_t level_x = 0, level_y = 0;
        g.levels_x = tw_axis_levels(g.nx, g.level_x);
        g.levels_y = tw_axis_levels(g.ny, g.level_y);
        count_levels(g.nx, g.level_x, g.levels_x, g.count_x);
        count_levels(g.ny, g.level_y, g.levels_y, g.count_y);
        find_holes(&g);
        if (choose(&g, &level_x, &level_y) && complete_share(&g) < FEW_HOLES)
            status = pick(&g, level_x, level_y, out);
    }
    free(g.level_x);
    free(g.level_y);
    return status;
}
