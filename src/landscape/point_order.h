/* point_order.h: the order in which a survey takes the points of a grid: coarse to fine.
 *
 * Each axis is halved again and again: its ends are of level 0, its middle of level 1, the middles
 * of the halves of level 2, and so on. A point belongs to the higher level of its two coefficients;
 * the points of levels 0 ... k are a grid by themselves, which an interrupted survey leaves behind
 * as a picture. Within a level points come row by row. By rows, all points of a row have its level.
 */
#ifndef TW_LANDSCAPE_POINT_ORDER_H
#define TW_LANDSCAPE_POINT_ORDER_H

#include "thalweg/landscape.h"

/* Fills level[0 ... count - 1]; the number of levels. */
size_t tw_axis_levels(size_t count, unsigned char *level);

/* The flat indices iy * nx + ix of an nx x ny grid in order; *out is the caller's to free. */
tw_status tw_point_order(size_t nx, size_t ny, int by_rows, size_t **out);

#endif
