/* curvature_map_point.h: the extreme eigenvalues at one point, and what the next one begins with.
 */
#ifndef TW_CURVATURE_CURVATURE_MAP_POINT_H
#define TW_CURVATURE_CURVATURE_MAP_POINT_H

#include "thalweg/curvature_map.h"

/* The metrics of a point, in this order. */
enum {
    TW_MAP_MAX,
    TW_MAP_MIN,
    TW_MAP_MAX_ERROR,
    TW_MAP_MIN_ERROR,
    TW_MAP_PRODUCTS,
    TW_MAP_METRICS
};

typedef struct tw_map_search {
    tw_objective *objective;
    tw_curvature_options matrix; /* not looked at for symmetry */
    tw_curvature_map_options options;
    double *first; /* n: a random vector of length 1 */
} tw_map_search;

/* values has TW_MAP_METRICS entries. `start` (n): what to begin with, for which that of a neighbour
 * is good; it becomes what a neighbour may begin with. NULL: `first`, and nothing is kept. Values
 * are NaN, and start becomes `first`, where a product is not finite. */
tw_status tw_map_point(const tw_map_search *search, const double *x, double *start, double *values);

#endif
