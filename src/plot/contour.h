/* contour.h: lines of equal value on a grid. */
#ifndef TW_PLOT_CONTOUR_H
#define TW_PLOT_CONTOUR_H

#include <stddef.h>

#include "thalweg/status.h"

typedef struct tw_line {
    size_t first, count; /* its points; a closed line does not repeat the first one */
    size_t level;        /* index of the level */
    int closed;
} tw_line;

/* Zero it; release frees. */
typedef struct tw_contours {
    size_t lines, line_capacity, points, point_capacity;
    tw_line *line;
    double *x, *y;
} tw_contours;

/* Marching squares over z (ny rows of nx at the coordinates x, y), crossings interpolated linearly
 * on the edges of a cell, a saddle decided by the mean of its four corners. A cell with a NaN or
 * infinite corner has no lines. */
tw_status tw_contours_trace(size_t nx, size_t ny, const double *x, const double *y, const double *z,
                            size_t level_count, const double *levels, tw_contours *out);
void tw_contours_release(tw_contours *contours);

/* Room for one more point; a new line. Used by those that make lines in other ways. */
tw_status tw_contours_add_point(tw_contours *contours, double x, double y);
tw_status tw_contours_add_line(tw_contours *contours, size_t level);

#endif
