#include "landscape/topology_grid.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

enum { DIGIT = 11, DIGITS = 6, BUCKETS = 1 << DIGIT };

tw_status tw_grid_of(const tw_surface *surface, size_t metric, tw_grid *out) {
    if (surface == NULL || surface->values == NULL || surface->x == NULL || surface->rank < 1 ||
        surface->rank > 2 || (surface->rank == 2 && surface->y == NULL) || surface->nx == 0)
        return tw_fail(TW_ERR_ARGUMENT, "the shape of a surface that is empty");
    if (metric >= surface->metrics)
        return tw_fail(TW_ERR_ARGUMENT, "the surface has %zu metrics, no number %zu",
                       surface->metrics, metric + 1);
    *out = (tw_grid){.surface = surface,
                     .nx = surface->nx,
                     .ny = surface->rank == 2 ? surface->ny : 1,
                     .computed = surface->computed};
    out->count = out->nx * out->ny;
    out->value = tw_alloc_raw(out->count, sizeof *out->value);
    if (out->value == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the shape of %zu points", out->count);
    const double *plane = tw_surface_plane(surface, metric);
    for (size_t at = 0; at < out->count; at++) {
        int computed = out->computed == NULL || out->computed[at] != 0;
        out->value[at] = computed && isfinite(plane[at]) ? plane[at] : NAN;
    }
    if (surface->metric == NULL || surface->metric[metric].is_error)
        return TW_OK;
    tw_metric error = surface->metric[metric];
    error.is_error = 1;
    int found = tw_surface_metric_find(surface, &error);
    if (found < 0) /* the residuals of eigenvalues */
        found = strcmp(surface->names[metric], TW_METRIC_MIN_EIG) == 0
                    ? tw_surface_metric(surface, TW_METRIC_MIN_EIG_ERROR)
                : strcmp(surface->names[metric], TW_METRIC_MAX_EIG) == 0
                    ? tw_surface_metric(surface, TW_METRIC_MAX_EIG_ERROR)
                    : -1;
    if (found >= 0)
        out->error = tw_surface_plane(surface, (size_t)found);
    return TW_OK;
}

void tw_grid_release(tw_grid *grid) {
    free(grid->value);
    grid->value = NULL;
}

size_t tw_grid_neighbours(const tw_grid *grid, size_t at, size_t out[TW_MOST_NEIGHBOURS]) {
    size_t nx = grid->nx, ix = at % nx, iy = at / nx, found = 0;
    if (ix > 0 && ix + 1 < nx && iy > 0 && iy + 1 < grid->ny) { /* most points, without a loop */
        const size_t all[] = {at - nx - 1, at - nx,     at - nx + 1, at - 1,
                              at + 1,      at + nx - 1, at + nx,     at + nx + 1};
        memcpy(out, all, sizeof all);
        return TW_MOST_NEIGHBOURS;
    }
    size_t left = ix > 0 ? ix - 1 : 0, right = ix + 1 < nx ? ix + 1 : ix;
    size_t low = iy > 0 ? iy - 1 : 0, high = iy + 1 < grid->ny ? iy + 1 : iy;
    for (size_t j = low; j <= high; j++)
        for (size_t i = left; i <= right; i++)
            if (j * nx + i != at)
                out[found++] = j * nx + i;
    return found;
}

int tw_grid_on_edge(const tw_grid *grid, size_t at) {
    size_t neighbours[TW_MOST_NEIGHBOURS], count = tw_grid_neighbours(grid, at, neighbours);
    size_t all = grid->surface->rank == 2 ? TW_MOST_NEIGHBOURS : 2, there = 0;
    for (size_t k = 0; k < count; k++)
        there += (size_t)tw_grid_counts(grid, neighbours[k]);
    return there < all;
}

tw_grid_point tw_grid_point_at(const tw_grid *grid, size_t at) {
    return (tw_grid_point){.at = at,
                           .x = grid->surface->x[at % grid->nx],
                           .y = grid->surface->rank == 2 ? grid->surface->y[at / grid->nx] : 0,
                           .value = grid->value[at],
                           .error = grid->error != NULL ? grid->error[at] : NAN};
}

/* ---- the order ---- */

typedef struct entry {
    uint64_t key;
    size_t at;
} entry;

/* Whole numbers that are ordered as the numbers are, -0 and 0 being one. */
static uint64_t key_of(double value) {
    uint64_t bits;
    value += 0.0;
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

/* By digits from the last to the first, each time keeping the order of equals: ties come out as
 * they went in. */
static entry *sort(entry *from, entry *room, size_t count) {
    static const uint64_t mask = BUCKETS - 1;
    for (int digit = 0; digit < DIGITS && count > 0; digit++) {
        size_t start[BUCKETS] = {0}, sum = 0;
        int shift = digit * DIGIT;
        for (size_t k = 0; k < count; k++)
            start[from[k].key >> shift & mask]++;
        if (start[from[0].key >> shift & mask] == count)
            continue;
        for (size_t b = 0; b < BUCKETS; b++) {
            size_t here = start[b];
            start[b] = sum;
            sum += here;
        }
        for (size_t k = 0; k < count; k++)
            room[start[from[k].key >> shift & mask]++] = from[k];
        entry *other = from;
        from = room;
        room = other;
    }
    return from;
}

tw_status tw_grid_sort(const tw_grid *grid, size_t count, size_t *points) {
    entry *entries = tw_alloc_raw(count, sizeof *entries);
    entry *room = tw_alloc_raw(count, sizeof *room);
    tw_status status = TW_OK;
    if (entries == NULL || room == NULL) {
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for the order of %zu points", count);
    } else {
        for (size_t k = 0; k < count; k++)
            entries[k] = (entry){key_of(grid->value[points[k]]), points[k]};
        const entry *sorted = sort(entries, room, count);
        for (size_t k = 0; k < count; k++)
            points[k] = sorted[k].at;
    }
    free(entries);
    free(room);
    return status;
}
