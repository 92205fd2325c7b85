#include "landscape/point_order.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/* Marks the middles of (low, high); the deepest level below. */
static size_t halve(size_t low, size_t high, unsigned char depth, unsigned char *level) {
    if (high - low < 2)
        return (size_t)depth - 1;
    size_t middle = low + (high - low) / 2;
    level[middle] = depth;
    size_t left = halve(low, middle, (unsigned char)(depth + 1), level);
    size_t right = halve(middle, high, (unsigned char)(depth + 1), level);
    return left > right ? left : right;
}

size_t tw_axis_levels(size_t count, unsigned char *level) {
    level[0] = level[count - 1] = 0;
    return 1 + (count > 2 ? halve(0, count - 1, 1, level) : 0);
}

/* The indices of an axis up to a level, in ascending order; how many. */
static size_t collect(size_t count, const unsigned char *level, size_t most, size_t *indices) {
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        if (level[i] <= most)
            indices[found++] = i;
    return found;
}

typedef struct work {
    unsigned char *level_x, *level_y;
    size_t *x, *y; /* those up to the present level */
} work;

static void fill_rows(size_t nx, size_t ny, const work *w, size_t *order) {
    size_t levels = tw_axis_levels(ny, w->level_y), at = 0;
    for (size_t level = 0; level < levels; level++)
        for (size_t iy = 0; iy < ny; iy++)
            for (size_t ix = 0; w->level_y[iy] == level && ix < nx; ix++)
                order[at++] = iy * nx + ix;
}

static void fill(size_t nx, size_t ny, const work *w, size_t *order) {
    size_t levels_x = tw_axis_levels(nx, w->level_x), levels_y = tw_axis_levels(ny, w->level_y);
    size_t levels = levels_x > levels_y ? levels_x : levels_y, at = 0;
    for (size_t level = 0; level < levels; level++) {
        size_t columns = collect(nx, w->level_x, level, w->x);
        size_t rows = collect(ny, w->level_y, level, w->y);
        for (size_t r = 0; r < rows; r++)
            for (size_t c = 0; c < columns; c++)
                if (w->level_y[w->y[r]] == level || w->level_x[w->x[c]] == level)
                    order[at++] = w->y[r] * nx + w->x[c];
    }
}

tw_status tw_point_order(size_t nx, size_t ny, int by_rows, size_t **out) {
    work w = {tw_alloc(nx, 1), tw_alloc(ny, 1), tw_alloc(nx, sizeof *w.x),
              tw_alloc(ny, sizeof *w.y)};
    size_t *order = tw_alloc(nx * ny, sizeof *order);
    tw_status status = TW_OK;
    if (order == NULL || w.level_x == NULL || w.level_y == NULL || w.x == NULL || w.y == NULL) {
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for the order of %zu points", nx * ny);
        free(order);
    } else {
        (by_rows ? fill_rows : fill)(nx, ny, &w, order);
        *out = order;
    }
    free(w.level_x);
    free(w.level_y);
    free(w.x);
    free(w.y);
    return status;
}
