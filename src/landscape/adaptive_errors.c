/* adaptive_errors.c: where the next points are needed. The constants were chosen on planes of
 * classifiers and networks and on sums of kinks, waves and bumps: docs/decisions.md. */
#include <math.h>
#include <string.h>

#include "landscape/adaptive_grid.h"

/* Evaluated is what may be off by more than this, in units of the tolerance. The rest of the
 * tolerance is for what the estimate does not see and for errors that add up over the levels. */
static const double ENOUGH = 0.5;
/* An error shrinks from level to level as it did before, by 16 where the surface is smooth, but
 * never counts as shrinking by more than 8, nor by more than half of what was seen. */
static const double SLOWER = 2, FASTEST = 1.0 / 8;
/* Below level 3 a prediction has less than four points, and what it is off by says nothing. */
enum { TELLING_LEVEL = 3 };
/* How far outside of the evaluated values an interpolated extremum may be. */
static const double OUTSIDE = 1.0 / 8;

static double greater(double a, double b) {
    return a > b ? a : b;
}

/* The largest error among a point and its neighbours: those of its level along the axis, and the
 * same on the lines of the lattice beside. A kink may pass where the point itself sees none of it.
 */
static double around_row(const tw_adaptive_errors *e, size_t i, size_t j) {
    const tw_lattice *y = &e->grid->y;
    const tw_lattice_node *node = &e->grid->x.nodes[i];
    int level = node->level < y->levels ? node->level : y->levels;
    level = level > y->nodes[j].level ? level : y->nodes[j].level;
    size_t rows[3] = {j, tw_lattice_step(y, level, j, -1), tw_lattice_step(y, level, j, 1)};
    double most = 0;
    for (int k = 0; k < 3; k++) {
        const double *row = e->row + rows[k] * e->grid->x.count;
        most = greater(greater(row[i], most), greater(row[node->peers[0]], row[node->peers[1]]));
    }
    return most;
}

static double around_column(const tw_adaptive_errors *e, size_t i, size_t j) {
    const tw_lattice *x = &e->grid->x;
    const tw_lattice_node *node = &e->grid->y.nodes[j];
    size_t nx = x->count;
    int level = node->level < x->levels ? node->level : x->levels;
    level = level > x->nodes[i].level ? level : x->nodes[i].level;
    size_t columns[3] = {i, tw_lattice_step(x, level, i, -1), tw_lattice_step(x, level, i, 1)};
    double most = 0;
    for (int k = 0; k < 3; k++) {
        const double *column = e->column + columns[k];
        most = greater(greater(column[j * nx], most),
                       greater(column[node->peers[0] * nx], column[node->peers[1] * nx]));
    }
    return most;
}

static double around_cell(const tw_adaptive_errors *e, size_t i, size_t j) {
    size_t nx = e->grid->x.count;
    const tw_lattice_node *x = &e->grid->x.nodes[i], *y = &e->grid->y.nodes[j];
    size_t columns[3] = {i, x->peers[0], x->peers[1]}, rows[3] = {j, y->peers[0], y->peers[1]};
    double most = 0;
    for (int b = 0; b < 3; b++)
        for (int a = 0; a < 3; a++)
            most = greater(most, e->cell[rows[b] * nx + columns[a]]);
    return most;
}

/* The error one level on, from that at a level and at the one before. */
static double one_level_on(double error, double before, int level) {
    if (level < TELLING_LEVEL || !(before > 0) || isinf(error))
        return error;
    double factor = SLOWER * error / before;
    return error * (factor > 1 ? 1 : factor < FASTEST ? FASTEST : factor);
}

/* A point without a parent of level 1 or more is evaluated from the start; were it not, nothing
 * would be known of it. */
static double estimate_row(const tw_adaptive_errors *e, size_t i, size_t j) {
    const tw_lattice_node *nodes = e->grid->x.nodes;
    size_t parent = nodes[i].parent;
    int level = nodes[parent].level;
    if (level == 0)
        return INFINITY;
    return one_level_on(around_row(e, parent, j), around_row(e, nodes[parent].parent, j), level);
}

static double estimate_column(const tw_adaptive_errors *e, size_t i, size_t j) {
    const tw_lattice_node *nodes = e->grid->y.nodes;
    size_t parent = nodes[j].parent;
    int level = nodes[parent].level;
    if (level == 0)
        return INFINITY;
    return one_level_on(around_column(e, i, parent), around_column(e, i, nodes[parent].parent),
                        level);
}

/* In the middle of a cell the errors along x and y cancel where the surface is smooth, and what is
 * left is as at the last cell; where both are large a kink crosses. */
static double estimate_cell(tw_adaptive_errors *e, size_t i, size_t j) {
    size_t nx = e->grid->x.count, p = j * nx + i;
    const tw_lattice_node *x = e->grid->x.nodes, *y = e->grid->y.nodes;
    double row = greater(e->row[y[j].near[0] * nx + i], e->row[y[j].near[1] * nx + i]);
    double column = greater(e->column[j * nx + x[i].near[0]], e->column[j * nx + x[i].near[1]]);
    e->row[p] = greater(e->row[p], row);
    e->column[p] = greater(e->column[p], column);
    size_t a = x[i].parent, b = y[j].parent;
    double crossing = row < column ? row : column, last;
    if (x[a].level != y[b].level || x[a].level == 0)
        last = greater(e->row[p], e->column[p]);
    else if (x[x[a].parent].level != y[y[b].parent].level)
        last = around_cell(e, a, b);
    else
        last = one_level_on(around_cell(e, a, b), around_cell(e, x[a].parent, y[b].parent),
                            x[a].level);
    return greater(crossing, last);
}

/* Whether one of the points next to it is to be evaluated first: then its own turn comes later. */
static int must_wait(const tw_adaptive_errors *e, size_t i, size_t j, tw_point_type type) {
    size_t nx = e->grid->x.count;
    const tw_lattice_node *x = &e->grid->x.nodes[i], *y = &e->grid->y.nodes[j];
    int waits = 0;
    for (int side = 0; side < 2; side++) {
        waits |= type != TW_POINT_COLUMN && e->wanted[j * nx + x->near[side]];
        waits |= type != TW_POINT_ROW && e->wanted[y->near[side] * nx + i];
    }
    return waits;
}

static int differ(const tw_lattice_node *node, const double *values, size_t stride) {
    return node->level > 0 && tw_value_kind(values[node->near[0] * stride]) !=
                                  tw_value_kind(values[node->near[1] * stride]);
}

/* Whether numbers end here: one of the two points beside it is one, the other is not. */
static int is_border(const tw_adaptive_errors *e, size_t p) {
    size_t nx = e->grid->x.count;
    tw_point_type type = tw_adaptive_type(e->grid, p);
    return (type != TW_POINT_COLUMN &&
            differ(&e->grid->x.nodes[p % nx], e->values + p / nx * nx, 1)) ||
           (type != TW_POINT_ROW && differ(&e->grid->y.nodes[p / nx], e->values + p % nx, nx));
}

static void estimate_point(tw_adaptive_errors *e, size_t p) {
    size_t nx = e->grid->x.count, i = p % nx, j = p / nx;
    tw_point_type type = tw_adaptive_type(e->grid, p);
    double error;
    if (type == TW_POINT_ROW)
        error = e->row[p] = estimate_row(e, i, j);
    else if (type == TW_POINT_COLUMN)
        error = e->column[p] = estimate_column(e, i, j);
    else
        error = e->cell[p] = estimate_cell(e, i, j);
    if (is_border(e, p))
        error = INFINITY;
    double risk = tw_yardstick_risk(&e->stick, e->values[p], error) / e->stick.unit;
    e->most = greater(e->most, risk);
    if (risk > ENOUGH)
        e->wanted[p] = must_wait(e, i, j, type) ? 2 : 1;
}

static double difference(double a, double b) {
    return tw_value_kind(a) == 0 && tw_value_kind(b) == 0 ? fabs(a - b) : 0;
}

/* What the predictions are off by wherever they can be compared. Numbers and others cannot:
 * what is near a border of numbers is evaluated for that reason alone. */
static void measure(tw_adaptive_errors *e) {
    const tw_adaptive_grid *grid = e->grid;
    size_t nx = grid->x.count;
    for (size_t p = 0; p < grid->points; p++) {
        size_t i = p % nx, j = p / nx;
        const tw_lattice_node *x = &grid->x.nodes[i], *y = &grid->y.nodes[j];
        double row = e->values[p], column = row, cell = row;
        if (x->level > 0)
            row = tw_lattice_predict(x, e->values + j * nx, 1);
        if (y->level > 0)
            column = tw_lattice_predict(y, e->values + i, nx);
        if (e->known[p] && tw_adaptive_type(grid, p) == TW_POINT_CELL)
            cell = tw_adaptive_predict(grid, e->values, p);
        e->row[p] = difference(e->values[p], row);
        e->column[p] = difference(e->values[p], column);
        e->cell[p] = difference(e->values[p], cell);
    }
}

/* All around a known point whose surplus is large. It may have been met by chance, far from any
 * other point of its level. */
static void want_around(tw_adaptive_errors *e, size_t p) {
    const tw_adaptive_grid *grid = e->grid;
    size_t nx = grid->x.count, i = p % nx, j = p / nx;
    int level = tw_adaptive_level(grid, p);
    int lx = level < grid->x.levels ? level : grid->x.levels;
    int ly = level < grid->y.levels ? level : grid->y.levels;
    size_t columns[3] = {i, tw_lattice_step(&grid->x, lx, i, -1),
                         tw_lattice_step(&grid->x, lx, i, 1)};
    size_t rows[3] = {j, tw_lattice_step(&grid->y, ly, j, -1), tw_lattice_step(&grid->y, ly, j, 1)};
    for (int b = 0; b < 3; b++) {
        for (int a = 0; a < 3; a++) {
            size_t q = rows[b] * nx + columns[a];
            if (!e->known[q])
                e->wanted[q] = 1;
        }
    }
}

/* In units of the tolerance. */
static double surplus(const tw_adaptive_errors *e, size_t p) {
    tw_point_type type = tw_adaptive_type(e->grid, p);
    double error = type == TW_POINT_ROW      ? e->row[p]
                   : type == TW_POINT_COLUMN ? e->column[p]
                                             : e->cell[p];
    return tw_yardstick_risk(&e->stick, e->values[p], error) / e->stick.unit;
}

/* Whether an interpolated value lies outside of all evaluated ones, and further than those beside
 * it. */
static int is_invented(const tw_adaptive_errors *e, size_t p) {
    size_t nx = e->grid->x.count, ny = e->grid->y.count, i = p % nx, j = p / nx;
    double value = e->values[p], outside = tw_yardstick_beyond(&e->stick, value);
    if (tw_value_kind(value) != 0 || !(outside > OUTSIDE * e->stick.unit))
        return 0;
    for (size_t b = j > 0 ? j - 1 : j; b <= j + 1 && b < ny; b++)
        for (size_t a = i > 0 ? i - 1 : i; a <= i + 1 && a < nx; a++) {
            double other = e->values[b * nx + a];
            if (value < e->stick.low ? other < value : other > value)
                return 0;
        }
    return 1;
}

/* Whether one of the four points around it on the grid is of another kind. */
static int is_edge(const tw_adaptive_errors *e, size_t p) {
    size_t nx = e->grid->x.count, ny = e->grid->y.count, i = p % nx, j = p / nx;
    int kind = tw_value_kind(e->values[p]);
    return (i > 0 && tw_value_kind(e->values[p - 1]) != kind) ||
           (i + 1 < nx && tw_value_kind(e->values[p + 1]) != kind) ||
           (j > 0 && tw_value_kind(e->values[p - nx]) != kind) ||
           (j + 1 < ny && tw_value_kind(e->values[p + nx]) != kind);
}

/* When nothing else is wanted: numbers end between two evaluated points, wherever they do. A border
 * that bulges between two points of a line is found so. */
static void want_edges(tw_adaptive_errors *e) {
    for (size_t p = 0; p < e->grid->points; p++)
        if (!e->known[p] && is_edge(e, p))
            e->wanted[p] = 1;
}

void tw_adaptive_estimate(tw_adaptive_errors *e) {
    const tw_adaptive_grid *grid = e->grid;
    tw_adaptive_fill(grid, e->known, e->values);
    measure(e);
    memset(e->wanted, 0, grid->points);
    e->most = 0;
    for (size_t k = 0; k < grid->points; k++)
        if (!e->known[grid->order[k]])
            estimate_point(e, grid->order[k]);
    for (size_t p = 0; p < grid->points; p++) {
        if (e->known[p] == TW_KNOWN_ASKED && surplus(e, p) > 1)
            want_around(e, p);
        else if (!e->known[p] && is_invented(e, p))
            e->wanted[p] = 1;
    }
    if (memchr(e->wanted, 1, grid->points) == NULL)
        want_edges(e);
}
