/* adaptive_grid.h: a grid in dyadic levels, what predicts its points, and how far predictions are
 * off. */
#ifndef TW_LANDSCAPE_ADAPTIVE_GRID_H
#define TW_LANDSCAPE_ADAPTIVE_GRID_H

#include "landscape/adaptive_lattice.h"
#include "thalweg/landscape.h"

/* Which lattice is the later one: a point with a longer way along x is predicted along its row, one
 * with a longer way along y along its column, and one that is in the middle of a cell of the level
 * before by both. */
typedef enum tw_point_type {
    TW_POINT_FIRST,
    TW_POINT_ROW,
    TW_POINT_COLUMN,
    TW_POINT_CELL
} tw_point_type;

typedef struct tw_adaptive_grid {
    tw_lattice x, y;
    size_t points;
    size_t *order; /* the points (iy * nx + ix) by level, cells last: what predicts comes first */
} tw_adaptive_grid;

tw_status tw_adaptive_grid_init(tw_adaptive_grid *grid, size_t nx, size_t ny);
void tw_adaptive_grid_release(tw_adaptive_grid *grid);

tw_point_type tw_adaptive_type(const tw_adaptive_grid *grid, size_t p);
/* The level of the point, the higher one of its two. */
int tw_adaptive_level(const tw_adaptive_grid *grid, size_t p);

/* The value of a point of any type but FIRST from the ones before it; NaN where numbers and others
 * are next to it. */
double tw_adaptive_predict(const tw_adaptive_grid *grid, const double *values, size_t p);

/* Gives every point that is not known its prediction. */
void tw_adaptive_fill(const tw_adaptive_grid *grid, const uint8_t *known, double *values);

/* How differences of a metric count. */
typedef struct tw_yardstick {
    int log;
    double low, high;   /* of the values that are numbers; on a log scale of the positive ones */
    double range, unit; /* what 100 % is, and the tolerance */
} tw_yardstick;

/* Made from the known values. `noise`: relative, of a value. */
tw_yardstick tw_yardstick_of(const tw_adaptive_options *options, int rank, double noise,
                             size_t points, const double *values, const uint8_t *known);
/* What lies between two values: 0 for two of the same kind that are no numbers, infinite where only
 * one is. */
double tw_yardstick_gap(const tw_yardstick *stick, double a, double b);
/* What may lie between a value and the true one that is `error` away, up or down. */
double tw_yardstick_risk(const tw_yardstick *stick, double value, double error);
/* How far a value is outside of low ... high. */
double tw_yardstick_beyond(const tw_yardstick *stick, double value);

/* Marks of points that have been evaluated: from the start, or later. */
enum { TW_KNOWN_FIRST = 1, TW_KNOWN_ASKED = 2 };

/* Errors of one metric on the grid, as differences of values. */
typedef struct tw_adaptive_errors {
    const tw_adaptive_grid *grid;
    const uint8_t *known;
    tw_yardstick stick;
    double *values;              /* filled */
    double *row, *column, *cell; /* error of the prediction along x, along y, by both */
    uint8_t *wanted;             /* 1: to be evaluated next; 2: later, if at all */
    double most; /* the largest estimate where the point is not known, in tolerances */
} tw_adaptive_errors;

/* Fills `values`, estimates the errors, and says which points are wanted. */
void tw_adaptive_estimate(tw_adaptive_errors *errors);

#endif
