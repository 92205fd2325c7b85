/* topology.h: the shape of a surface on its grid: its minima, the saddles between them, how deep
 * each minimum is (its persistence), which of them are real, and the lowest way between two points.
 *
 * Fill the surface with water from below. At the height of a minimum a pool begins; where two pools
 * meet is a saddle, and there the one whose bottom is higher ends in the other: the depth that it
 * had, saddle - minimum, is the persistence of its minimum (Edelsbrunner, Letscher and Zomorodian,
 * Discrete Comput. Geom. 28, 2002: the elder rule). The lowest minimum never ends. Who ends in
 * whom, and where, is the merge tree of the sublevel sets {L <= c}.
 *
 * The points of the grid are the vertices, and a point has 8 neighbours (of a line: 2). Of points
 * of the same value the one that comes first (iy, then ix) counts as lower, so that every result is
 * one of the surface alone; pools that such ties invent have persistence 0 and are not listed: a
 * plateau from which every way leads up is one minimum, at its first point. Points without a value
 * and values that are not finite are walls: they part the surface into pieces, each of which has a
 * minimum that never ends. Interpolated points count as they are.
 *
 * A scale of the values that keeps their order, as a logarithm, changes no minimum, saddle nor way,
 * but it changes the persistences, which are differences of the values as they are in the surface.
 *
 *     tw_topology shape;
 *     if (tw_topology_find(&surface, metric, NULL, &shape) == TW_OK)
 *         for (size_t k = 0; k < shape.count; k++)
 *             printf("%g at (%g, %g)\n", shape.minimum[k].place.value, shape.minimum[k].place.x,
 *                    shape.minimum[k].place.y);
 *     tw_topology_release(&shape);
 */
#ifndef THALWEG_TOPOLOGY_H
#define THALWEG_TOPOLOGY_H

#include <stddef.h>

#include "landscape.h"
#include "trajectory_plane.h"

TW_BEGIN_DECLS

/* A point of the grid. */
typedef struct tw_grid_point {
    size_t at;    /* iy * nx + ix */
    double x, y;  /* its coefficients; y is 0 on a line */
    double value; /* of the metric, in its units in the surface */
    double error; /* its standard error, likewise; NaN where the surface has none */
} tw_grid_point;

typedef struct tw_minimum {
    tw_grid_point place;
    tw_grid_point saddle; /* where it ends; of one that never does, its own place */
    size_t joins;         /* the minimum that it ends in, by its place in the list, or its own */
    int essential;        /* 1: it never ends, being the lowest of its piece */
    int on_edge; /* 1: a neighbour is beyond the grid or a wall: the surface may fall further there
                  */
    int noise;   /* 1: persistence < limit */
    double persistence; /* saddle.value - place.value > 0; INFINITY where essential */
    double error;       /* of the persistence: sqrt(place.error^2 + saddle.error^2); NaN: unknown */
    double limit;       /* what the persistence must reach to be more than the errors; 0 where no
                           error is known */
} tw_minimum;

/* Zero means the defaults. */
typedef struct tw_topology_options {
    size_t bytes;        /* sizeof(tw_topology_options), or 0 (thalweg.h) */
    double errors;       /* standard errors of the difference that a real minimum is deep; 0: 2 */
    double persistence;  /* minima of less are not listed, in units of the metric */
    double interpolated; /* the error of interpolated points (tw_adaptive_error): in units of the */
    size_t interpolated_log; /* metric, or 1: as a difference of natural logarithms */
} tw_topology_options;

/* Zero it; release frees. */
typedef struct tw_topology {
    size_t count;        /* minima that are listed, */
    tw_minimum *minimum; /* by falling persistence, then by rising value, then in the order of
                            points: first those that never end */
    size_t pieces;       /* of the surface, between walls: minima that never end */
    size_t noise;        /* of those listed */
    size_t hidden;       /* minima of a persistence below that of the options */
    size_t points;       /* that count, */
    size_t not_computed, not_finite; /* walls, */
    size_t interpolated;             /* and how many of the points were interpolated */
    double lowest, highest;          /* of the values that count */
    int has_errors; /* 1: the surface has the metric's standard errors (metric.h: is_error) */
    double errors, persistence; /* of the options, as taken */
} tw_topology;

/* The shape of one metric of a surface of rank 1 or 2. The merge tree is all in the list: minimum k
 * ends at its saddle in the minimum `joins`, which is older, and deeper by its persistence.
 *
 * Which minima are real: each value is known to its standard error, from the spread over the
 * samples, and to the error of interpolation where it was interpolated. With s = place.error and
 * t = saddle.error a minimum is noise if
 *
 *     persistence < limit = errors sqrt(s^2 + t^2) + i(place) + i(saddle),
 *
 * i(p) = `interpolated` of an interpolated point (with interpolated_log |value| (exp(interpolated)
 * - 1)), 0 of others. Both values are of the same samples, and their errors usually rise and fall
 * together: the rule takes them to be independent, which makes it cautious. What it calls real is
 * at least so sure; what it calls noise may yet be a minimum that more samples show. It speaks of
 * each minimum by itself: of n that are nothing but noise a few in a hundred pass at errors = 2.
 *
 * Time O(n log n) for n points, at most 60 bytes each. TW_ERR_ARGUMENT: no such metric, no point
 * that counts, an option that is negative or not finite. After any failure *out is zeroed. */
TW_API tw_status tw_topology_find(const tw_surface *surface, size_t metric,
                                  const tw_topology_options *options, tw_topology *out);
TW_API void tw_topology_release(tw_topology *topology);

/* The point of the grid that is nearest to (x, y), axis by axis (of a line y does not count).
 * TW_ERR_ARGUMENT where it lies more than half a step beyond the axes or is a wall. */
TW_API tw_status tw_surface_nearest(const tw_surface *surface, size_t metric, double x, double y,
                                    size_t *at);

/* The lowest way between two points of the grid. Release with tw_pass_release. */
typedef struct tw_pass {
    tw_grid_point from, to;
    tw_grid_point top; /* the highest point of the way: the lowest pass, or an end of it */
    double rise[2];    /* top.value - from.value, top.value - to.value: >= 0 */
    double error[2];   /* of each, sqrt(top.error^2 + end.error^2): 0 where the top is that end;
                          NaN: unknown */
    tw_path way;       /* from the one end to the other, neighbour by neighbour; its losses are the
                          values */
} tw_pass;

/* The way whose highest point is lowest: top.value = min over ways of max over their points, which
 * is where the two ends meet in the merge tree. It is found by flooding from `from`, always over
 * the lowest point of the shore (Prim, Bell Syst. Tech. J. 36, 1957), until `to` is wet; each point
 * is reached from the wet neighbour from which the slope to it is steepest, so that the way follows
 * the floors of the valleys, up to the pass and down again. It need not be the shortest.
 *
 * `from` and `to` are places iy * nx + ix. TW_ERR_ARGUMENT: no such metric or point, an end that is
 * a wall, or walls all the way between the ends. After any failure *out is zeroed. */
TW_API tw_status tw_pass_find(const tw_surface *surface, size_t metric, size_t from, size_t to,
                              tw_pass *out);
TW_API void tw_pass_release(tw_pass *pass);

TW_END_DECLS

#endif
