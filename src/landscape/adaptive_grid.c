#include "landscape/adaptive_grid.h"

#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"

static const tw_lattice_node *node_x(const tw_adaptive_grid *grid, size_t p) {
    return &grid->x.nodes[p % grid->x.count];
}

static const tw_lattice_node *node_y(const tw_adaptive_grid *grid, size_t p) {
    return &grid->y.nodes[p / grid->x.count];
}

tw_point_type tw_adaptive_type(const tw_adaptive_grid *grid, size_t p) {
    int lx = node_x(grid, p)->level, ly = node_y(grid, p)->level;
    return lx > ly   ? TW_POINT_ROW
           : ly > lx ? TW_POINT_COLUMN
           : lx > 0  ? TW_POINT_CELL
                     : TW_POINT_FIRST;
}

int tw_adaptive_level(const tw_adaptive_grid *grid, size_t p) {
    int lx = node_x(grid, p)->level, ly = node_y(grid, p)->level;
    return lx > ly ? lx : ly;
}

/* Counting sort by level and type. */
static void sort_points(tw_adaptive_grid *grid) {
    size_t first[2 * 64 + 1] = {0};
    for (size_t p = 0; p < grid->points; p++)
        first[2 * tw_adaptive_level(grid, p) + (tw_adaptive_type(grid, p) == TW_POINT_CELL) + 1]++;
    for (size_t k = 1; k <= 2 * 64; k++)
        first[k] += first[k - 1];
    for (size_t p = 0; p < grid->points; p++) {
        int key = 2 * tw_adaptive_level(grid, p) + (tw_adaptive_type(grid, p) == TW_POINT_CELL);
        grid->order[first[key]++] = p;
    }
}

tw_status tw_adaptive_grid_init(tw_adaptive_grid *grid, size_t nx, size_t ny) {
    *grid = (tw_adaptive_grid){.points = nx * ny};
    tw_status status = tw_lattice_init(&grid->x, nx);
    if (status == TW_OK)
        status = tw_lattice_init(&grid->y, ny);
    if (status == TW_OK && (grid->order = tw_alloc_raw(grid->points, sizeof *grid->order)) == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a grid of %zu x %zu points", nx, ny);
    if (status == TW_OK)
        sort_points(grid);
    return status;
}

void tw_adaptive_grid_release(tw_adaptive_grid *grid) {
    tw_lattice_release(&grid->x);
    tw_lattice_release(&grid->y);
    free(grid->order);
    *grid = (tw_adaptive_grid){0};
}

/* Px + Py - Py Px. */
static double predict_cell(const tw_adaptive_grid *grid, const double *values, size_t p) {
    const tw_lattice_node *x = node_x(grid, p), *y = node_y(grid, p);
    size_t nx = grid->x.count, i = p % nx, j = p / nx;
    double along_x = tw_lattice_predict(x, values + j * nx, 1);
    double along_y = tw_lattice_predict(y, values + i, nx), both = 0;
    for (int k = 0; k < y->count; k++)
        both += y->weight[k] * tw_lattice_predict(x, values + y->at[k] * nx, 1);
    int kind = tw_value_kind(along_x);
    if (kind != tw_value_kind(along_y))
        return NAN;
    if (kind != 0)
        return along_x;
    double sum = along_x + along_y - both;
    return tw_value_kind(sum) == 0 ? sum : along_x / 2 + along_y / 2;
}

double tw_adaptive_predict(const tw_adaptive_grid *grid, const double *values, size_t p) {
    size_t nx = grid->x.count;
    switch (tw_adaptive_type(grid, p)) {
    case TW_POINT_ROW:
        return tw_lattice_predict(node_x(grid, p), values + p / nx * nx, 1);
    case TW_POINT_COLUMN:
        return tw_lattice_predict(node_y(grid, p), values + p % nx, nx);
    case TW_POINT_CELL:
        return predict_cell(grid, values, p);
    default:
        return values[p];
    }
}

void tw_adaptive_fill(const tw_adaptive_grid *grid, const uint8_t *known, double *values) {
    for (size_t k = 0; k < grid->points; k++) {
        size_t p = grid->order[k];
        if (!known[p])
            values[p] = tw_adaptive_predict(grid, values, p);
    }
}

/* ---- yardstick ---- */

/* Rounding is no reason to evaluate: errors below some noise of the values are none. */
static const double NOISE = 64;

static int is_log(const tw_adaptive_options *options, int rank, size_t numbers, size_t negative,
                  size_t zero, double ratio) {
    if (options->absolute || options->scale == TW_ADAPTIVE_LINEAR)
        return 0;
    if (options->scale == TW_ADAPTIVE_LOG)
        return ratio >= 1;
    return negative == 0 && zero * 100 <= numbers && ratio > (rank == 1 ? 1000 : 30);
}

tw_yardstick tw_yardstick_of(const tw_adaptive_options *options, int rank, double noise,
                             size_t points, const double *values, const uint8_t *known) {
    double low = HUGE_VAL, high = -HUGE_VAL, positive = HUGE_VAL;
    size_t numbers = 0, negative = 0, zero = 0;
    for (size_t p = 0; p < points; p++) {
        if (!known[p] || tw_value_kind(values[p]) != 0)
            continue;
        numbers++;
        negative += values[p] < 0;
        zero += values[p] == 0;
        low = fmin(low, values[p]);
        high = fmax(high, values[p]);
        if (values[p] > 0)
            positive = fmin(positive, values[p]);
    }
    if (numbers == 0)
        low = high = 0;
    tw_yardstick stick = {.low = low, .high = high, .range = high - low};
    stick.unit = options->absolute ? options->tolerance : options->tolerance * stick.range;
    double least = NOISE * noise * fmax(fabs(low), fabs(high));
    if (is_log(options, rank, numbers, negative, zero, high / positive)) {
        stick.log = 1;
        stick.low = positive;
        stick.range = log(high / positive);
        stick.unit = options->tolerance * stick.range;
        least = NOISE * noise;
    }
    stick.unit = fmax(fmax(stick.unit, least), 1e-300);
    return stick;
}

double tw_yardstick_gap(const tw_yardstick *stick, double a, double b) {
    int kind = tw_value_kind(a);
    if (kind != tw_value_kind(b))
        return INFINITY;
    if (kind != 0)
        return 0;
    return stick->log ? fabs(log(fmax(a, stick->low) / fmax(b, stick->low))) : fabs(a - b);
}

double tw_yardstick_risk(const tw_yardstick *stick, double value, double error) {
    if (!stick->log || isinf(error))
        return error;
    double here = fmax(value, stick->low), less = fmax(value - error, stick->low);
    return log(fmax(here / less, fmax(value + error, stick->low) / here));
}

double tw_yardstick_beyond(const tw_yardstick *stick, double value) {
    double below = stick->low - value, above = value - stick->high;
    if (stick->log) {
        below /= stick->low;
        above /= stick->high;
    }
    return fmax(fmax(below, above), 0); /* NaN: no */
}
