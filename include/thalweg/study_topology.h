/* study_topology.h: the shape of a surface by the words of a command line: what 'thalweg info
 * --topology' does.
 *
 *     tw_study_topology shape;
 *     tw_study_topology_options options = tw_study_topology_defaults();
 *     options.between = "m1:m2";
 *     if (tw_study_topology_find(&options, &file->surface, &file->paths, &file->provenance,
 *                                &shape) == TW_OK)
 *         printf("%g\n", shape.pass.rise[0]);
 *     tw_study_topology_release(&shape);
 */
#ifndef THALWEG_STUDY_TOPOLOGY_H
#define THALWEG_STUDY_TOPOLOGY_H

#include "file.h"
#include "topology.h"

TW_BEGIN_DECLS

/* As tw_study_topology_defaults makes them. */
typedef struct tw_study_topology_options {
    size_t bytes;
    const char *metric;      /* by its name in the surface; NULL: the one that is shown */
    double errors;           /* as in tw_topology_options; NaN: 2 */
    const char *persistence; /* of minima that are listed at least: "0.1" in units of the metric, or
                                "1%" of what it spans, highest - lowest; NULL: all */
    const char *between;     /* the ends of a lowest way, "A:B", each "x,y" (of a slice "x"), which
                                stands for the nearest point of the grid, or "m3", a minimum by its
                                place in the list from 1, or the name of a point in the surface (of a
                                run: its end); NULL: none */
} tw_study_topology_options;

TW_API tw_study_topology_options tw_study_topology_defaults(void);

typedef struct tw_study_topology {
    const tw_surface *surface; /* that places and numbers belong to: the one given, or `coarse` */
    tw_surface coarse;       /* of a surface that is not complete: the finest grid that is there in
                                full, as figures show it (tw_surface_coarse); zeroed otherwise */
    size_t points, left_out; /* of the surface given, and those of them not computed, if so */
    size_t metric;
    tw_topology shape;
    int interpolation_known; /* 1: the surface says how far off interpolated points may be */
    int has_pass;
    tw_pass pass;
} tw_study_topology;

/* The error of interpolated points is the tolerance of the survey (--adaptive), if `provenance`
 * (may be NULL) has one and the metric is the first of the surface, for which it holds. Points that
 * are not computed are walls where no coarse grid shows more. `paths` (may be NULL) are those in
 * the surface. `surface` must outlive *out. TW_ERR_ARGUMENT: unknown metric, words that mean
 * nothing, and as tw_topology_find, tw_pass_find and tw_surface_nearest. After any failure *out is
 * zeroed. */
TW_API tw_status tw_study_topology_find(const tw_study_topology_options *options,
                                        const tw_surface *surface, const tw_paths *paths,
                                        const tw_provenance *provenance, tw_study_topology *out);
TW_API void tw_study_topology_release(tw_study_topology *topology);

TW_END_DECLS

#endif
