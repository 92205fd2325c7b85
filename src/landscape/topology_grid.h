/* topology_grid.h: a surface as a graph: which points count, their neighbours, their order. */
#ifndef TW_LANDSCAPE_TOPOLOGY_GRID_H
#define TW_LANDSCAPE_TOPOLOGY_GRID_H

#include <math.h>

#include "thalweg/topology.h"

enum { TW_MOST_NEIGHBOURS = 8 };

/* Zero it; release frees. */
typedef struct tw_grid {
    const tw_surface *surface;
    size_t nx, ny, count;
    double *value; /* of the metric: a copy in which walls are NaN, and are lower than nothing */
    const double *error;     /* NULL where there is none */
    const uint8_t *computed; /* NULL: all are */
} tw_grid;

tw_status tw_grid_of(const tw_surface *surface, size_t metric, tw_grid *out);
void tw_grid_release(tw_grid *grid);

static inline int tw_grid_counts(const tw_grid *grid, size_t at) {
    return !isnan(grid->value[at]);
}

/* The neighbours within the grid, walls among them, in the order of points; how many. */
size_t tw_grid_neighbours(const tw_grid *grid, size_t at, size_t out[TW_MOST_NEIGHBOURS]);

/* Whether a neighbour is beyond the grid, or a wall. */
int tw_grid_on_edge(const tw_grid *grid, size_t at);

static inline int tw_grid_is_lower(const tw_grid *grid, size_t a, size_t b) {
    const double *z = grid->value;
    return z[a] < z[b] || (z[a] == z[b] && a < b);
}

tw_grid_point tw_grid_point_at(const tw_grid *grid, size_t at);

/* Puts points that count, given in the order of points, in that from the lowest to the highest. */
tw_status tw_grid_sort(const tw_grid *grid, size_t count, size_t *points);

#endif
