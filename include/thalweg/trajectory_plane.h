/* trajectory_plane.h: paths of checkpoints seen in a plane: its axes by principal components, the
 * coordinates of every checkpoint, and how far off the plane it is.
 *
 * Checkpoints come one by one through a callback that reads a row, so that a path may be far larger
 * than memory. Results do not depend on the number of threads.
 *
 * After Li et al., arXiv:1712.09913, section 7.2.
 */
#ifndef THALWEG_TRAJECTORY_PLANE_H
#define THALWEG_TRAJECTORY_PLANE_H

#include <stddef.h>

#include "landscape.h"
#include "objective.h"
#include "run.h"
#include "status.h"

TW_BEGIN_DECLS

/* ---- rows: where checkpoints come from ---- */

/* Writes all entries of checkpoint `index`. Called from one thread, in any order, several times for
 * each row; the answer must be the same every time. An error ends the work and is passed on. */
typedef tw_status (*tw_row_fn)(void *user, size_t index, double *row);

typedef struct tw_rows {
    size_t count; /* checkpoints */
    size_t size;  /* entries of each */
    tw_row_fn read;
    void *user; /* passed on, not owned */
} tw_rows;

/* ---- principal components ---- */

/* Zero means the defaults. */
typedef struct tw_pca_options {
    size_t bytes;         /* sizeof(tw_pca_options), or 0 (thalweg.h) */
    const double *center; /* `size` entries that differences are taken to; NULL: the last row */
    int mean;             /* 1: they are taken to the mean of the rows, and `center` is not used */
    size_t memory;        /* bytes of checkpoints held at a time; 0: 512 MiB. At least two are */
    tw_runner *runner;    /* NULL: the calling thread */
    tw_progress_fn progress; /* done and total count rows read */
    void *progress_user;
    const tw_space *space; /* of the entries: buffers stay at the centre; NULL: all are taken */
} tw_pca_options;

/* The line or the plane (`rank`) of the leading principal components of the differences of the rows
 * to the centre, which is its origin: unit vectors x and y, orthogonal to each other, along which
 * the sum of squares is largest. *out owns its vectors and has `principal` and `pca` filled in. The
 * components are the right singular vectors of the matrix of differences D, formed as combinations
 * of rows with the leading eigenvectors of the Gram matrix D D^T (count x count), so that memory
 * holds some rows and count^2 numbers. Each checkpoint is read about count / (2 R) + 2 times, R
 * being the rows that fit into `memory`. The errors of a component are those of the Gram matrix:
 * about 1e-16 times the ratio of the largest eigenvalue to the distance of its own from the next.
 *
 * Of the two signs the one is taken in which the checkpoint that lies farthest out along the axis
 * (the first of them) has a positive coordinate.
 *
 * The published code of Li et al. subtracts the last checkpoint and then, within its PCA, the mean:
 * its components are those of `mean`, though its plane is drawn through the last checkpoint.
 *
 * TW_ERR_ARGUMENT: no row or entry, a number that is not finite (named by its place), rows that are
 * all the centre, or for rank 2 rows on a line. TW_ERR_MEMORY, TW_ERR_CANCELLED. After any failure
 * *out is zeroed. */
TW_API tw_status tw_trajectory_axes(const tw_rows *rows, const tw_pca_options *options, int rank,
                                    tw_plane *out);

/* ---- paths in a plane ---- */

/* A path of checkpoints in the coordinates of a line (y all 0) or a plane. Zero it; release frees
 * all. A path of one checkpoint is a point with a name. */
typedef struct tw_path {
    char *name; /* for the legend; may be NULL */
    size_t count;
    double *x, *y;
    double *length;     /* distance of the checkpoint from the origin */
    double *distance;   /* and from the plane: 0 where it lies in it */
    double *loss;       /* its own; NaN where unknown */
    double *plane_loss; /* the loss of the plane at (x, y); NaN where unknown */
    double *iteration;  /* at which it was met, rising; NULL where that is not known */
} tw_path;

/* A path of `count` checkpoints, all numbers 0 but the losses, which are NaN, and no iterations. */
TW_API tw_status tw_path_init(tw_path *path, const char *name, size_t count);
TW_API void tw_path_release(tw_path *path);

/* Least-squares coordinates in the plane: (x, y) minimises |w - origin - x dx - y dy| for every row
 * w, whatever the lengths and the angle of the axes (normal equations of order 2, applied again to
 * what they leave until nothing is taken from it). `path` is made by this call, without losses.
 * TW_ERR_ARGUMENT where an axis is zero, the axes are parallel (to rounding), or an entry is not
 * finite. */
TW_API tw_status tw_path_project(const tw_rows *rows, const char *name, const tw_plane *plane,
                                 tw_runner *runner, tw_path *path);

/* Fills in the losses of the checkpoints and those of the plane at their coordinates. Arguments as
 * they were projected. `progress` (may be NULL) counts checkpoints. */
TW_API tw_status tw_path_losses(tw_objective *objective, const tw_rows *rows, const tw_plane *plane,
                                tw_progress_fn progress, void *progress_user, tw_path *path);

/* The part of the path that the plane holds: 1 - sum distance^2 / sum length^2, over all paths of
 * more than one checkpoint that have both; NaN where there is none that leaves the origin. */
TW_API double tw_paths_share(size_t count, const tw_path *paths);

/* ---- ranges ---- */

/* An axis of about `points` (at least 3) coefficients that holds all of `values` and 0, with
 * `margin` times their extent on either side, and on which 0 is a point. Its step has two digits,
 * so that there are a tenth fewer points at the least and one more at the most. Where all values
 * are 0 it is -1 ... 1. TW_ERR_ARGUMENT where a value is not finite. */
TW_API tw_status tw_axis_around(size_t count, const double *values, double margin, size_t points,
                                tw_axis *out);

/* ---- barriers ---- */

typedef struct tw_barrier {
    double from, to;   /* the losses at the ends */
    double height;     /* max over t in [0, 1] of L(t) - ((1 - t) from + t to); 0 at the ends */
    double at;         /* the t of it */
    double highest;    /* max L(t) over t in [0, 1] */
    size_t points;     /* of the line that lie between the ends */
    size_t not_finite; /* of these; one of them makes the height infinite */
} tw_barrier;

/* The barrier between two points along a surface of rank 1, whose coefficient 0 is the one and 1
 * the other, over the coefficients sampled (Frankle et al., arXiv:1912.05671; Entezari et al.,
 * arXiv:2110.06296), interpolated ones included: they are as good as their error says, and without
 * them the top would be missed. `from` and `to` are the losses at 0 and 1 where they are not
 * computed on the axis; NaN: taken from it. TW_ERR_ARGUMENT where the surface has rank 2, an end is
 * neither on the axis nor given, no point lies between them, or one between them has no value. */
TW_API tw_status tw_surface_barrier(const tw_surface *surface, size_t metric, double from,
                                    double to, tw_barrier *out);

TW_END_DECLS

#endif
