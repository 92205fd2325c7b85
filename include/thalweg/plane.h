/* plane.h: directions of a parameter space, and the line or plane that they span: the set over
 * which a loss is looked at.
 *
 * A plane is origin + a x + b y. Whatever surveys, projects, notes or stores one takes a tw_plane,
 * so that origin and directions cannot be mixed up, and what is known of them (where they come
 * from, the angle, what part of a path they hold) goes along. Its vectors are the caller's
 * (tw_plane_of), or its own (tw_plane_init, and what makes planes):
 *
 *     tw_plane plane = tw_plane_of(n, w, dx, dy);
 *     status = tw_survey_run(objective, &plane, NULL, &surface);
 */
#ifndef THALWEG_PLANE_H
#define THALWEG_PLANE_H

#include <stddef.h>
#include <stdint.h>

#include "space.h"
#include "status.h"

TW_BEGIN_DECLS

/* ---- directions ---- */

/* How a direction d is brought to the size of the point w (Li et al., arXiv:1712.09913, section 4;
 * the formulas for blocks of rank >= 2 are those of their published code). j counts the filters of
 * a block along its filter_axis, |.| is the Euclidean norm. A block of rank below 2 (a bias, the
 * scale or shift of a normalisation) counts as one filter. */
typedef enum tw_norm {
    TW_NORM_NONE,    /* as it is */
    TW_NORM_FILTER,  /* d_j *= |w_j| / (|d_j| + 1e-10) in every filter */
    TW_NORM_LAYER,   /* d *= |w| / |d| in every block */
    TW_NORM_WEIGHT,  /* d *= w, entry by entry */
    TW_NORM_DFILTER, /* d_j /= |d_j| + 1e-10 in every filter */
    TW_NORM_DLAYER,  /* d /= |d| in every block */
    TW_NORM_MODEL    /* d *= |w| / |d| over the whole vector: a step of 1 is as long as w */
} tw_norm;

/* "none", "filter", ..., NULL past the end; and back (-1 if unknown). */
TW_API const char *tw_norm_name(size_t norm);
TW_API int tw_norm_find(const char *name);

/* direction[k] ~ N(0, 1), block by block: entry e of the block named B is number e of the stream
 * "direction NAME/B" of `seed`, so that it does not depend on the other blocks. `name` tells the
 * axes apart ("x", "y"). direction has tw_space_size(space) entries. */
TW_API void tw_direction_random(const tw_space *space, uint64_t seed, const char *name,
                                double *direction);

/* Zero means: as it is. */
typedef struct tw_direction_rules {
    size_t bytes; /* sizeof(tw_direction_rules), or 0 (thalweg.h) */
    tw_norm norm;
    int ignore_biasbn; /* 1: blocks of rank below 2 become zero (the peer's "biasbn"), and MODEL
                          takes |w| over the others only */
    int peer_rules;    /* 1: as the code of Li et al. does it, its defect included: blocks of rank
                          below 2 that are not ignored become w itself, under every norm, so that
                          two axes are not orthogonal. It has no MODEL */
} tw_direction_rules;

/* Brings `direction` to the size of the point w, in place. A filter or block in which w is zero
 * becomes zero under the FILTER, LAYER or WEIGHT that scales it, so that a start at w = 0 gives a
 * flat landscape; MODEL leaves the direction as it is where w = 0. What is zero in the direction
 * stays zero under all of them (but for peer_rules). TW_ERR_ARGUMENT for MODEL under peer_rules;
 * the direction is then as it was. */
TW_API tw_status tw_direction_apply(const tw_space *space, const tw_direction_rules *rules,
                                    const double *w, double *direction);
/* The same with a norm alone; it cannot fail. */
TW_API void tw_direction_normalize(const tw_space *space, tw_norm norm, const double *w,
                                   double *direction);

/* |d|, at any size of its entries: NaN or infinite only if one of them is. */
TW_API double tw_direction_length(size_t count, const double *d);
/* x.y / (|x| |y|), and the angle in degrees, 0 ... 180, exact to rounding near both ends, too
 * (W. Kahan: 2 atan2(|u - v|, |u + v|) of the unit vectors). NaN if one of the two is zero. */
TW_API double tw_direction_cosine(size_t count, const double *x, const double *y);
TW_API double tw_direction_angle(size_t count, const double *x, const double *y);
/* y <- y - (x.y / x.x) x (Gram-Schmidt, twice), brought back to the length that y had. To be done
 * after a normalisation, which would undo it; filter by filter y then is no longer exactly as
 * long as w, by a share of the order of the cosine that was taken away. TW_ERR_ARGUMENT if one of
 * the two is zero or not finite, or if they are parallel (less than 1e-10 of y is left); y is
 * then not defined. */
TW_API tw_status tw_direction_orthogonalize(size_t count, const double *x, double *y);

/* ---- parameters as directions ---- */

/* What follows "axis:" in the name of such a direction; NULL for any other text, and NULL. */
TW_API const char *tw_plane_parameter_label(const char *source);
/* The entry that "axis:..." names: its place in the whole vector ("axis:3"), or a block and in
 * brackets the place in it, by one index or one an axis of the block ("axis:W[12]",
 * "axis:fc1.weight[3,7]"); of a block of one entry the block's name alone. TW_ERR_ARGUMENT says
 * what there is. */
TW_API tw_status tw_plane_parameter_find(const char *source, const tw_space *space, size_t *entry);
/* The name of an entry in the one form that files and figures have: "axis:W[3,7]", of a scalar
 * "axis:NAME". Caller frees. */
TW_API tw_status tw_plane_parameter_name(const tw_space *space, size_t entry, char **out);

/* ---- planes ---- */

/* What principal components tell of the path that they were found in (tw_trajectory_axes). Second
 * entries are 0 where there is one axis. */
typedef struct tw_pca {
    size_t checkpoints; /* 0: unknown, as in files of directions */
    double total;       /* sum of the squared distances of the checkpoints to the centre */
    /* For each axis: its share of the total; its singular value, the root of the part of the total
     * that lies along it; and the variance of a sample, singular^2 / (checkpoints - 1). */
    double share[2], singular[2], variance[2];
} tw_pca;

/* A line (rank 1) or a plane (rank 2) of a parameter space. Fields may be read freely. */
typedef struct tw_plane {
    int rank;
    size_t size;    /* entries of each vector */
    double *origin; /* where all coefficients are 0; NULL in files of directions, which have none */
    double *x, *y;  /* the directions; y is NULL for a line */
    const char *source[2]; /* where each of them comes from, in the words of files ("random",
                              "axis:W[3,7]", "components", a file); NULL: unknown. Not owned */
    int principal;         /* 1: they are principal components of a path, of which `pca` tells */
    tw_pca pca;
    double cosine, angle; /* between x and y, in degrees the latter; NaN for a line, and before
                             tw_plane_measure */
    int owned;            /* 1: the vectors are the plane's own, which tw_plane_release frees */
} tw_plane;

/* The plane of vectors of the caller's, which must stay as long as it is used; y = NULL: the line.
 * Nothing is copied nor, by functions that take a const tw_plane, written to. */
TW_API tw_plane tw_plane_of(size_t size, const double *origin, const double *x, const double *y);
/* A plane of its own vectors, all 0. TW_ERR_ARGUMENT for a rank other than 1 and 2 or a size of 0;
 * *plane is then zeroed. */
TW_API tw_status tw_plane_init(tw_plane *plane, int rank, size_t size);
/* Frees the vectors if they are its own, and zeroes it. Copes with a zeroed one. */
TW_API void tw_plane_release(tw_plane *plane);
/* Fills in cosine and angle of a plane of rank 2 (tw_direction_cosine, tw_direction_angle). */
TW_API void tw_plane_measure(tw_plane *plane);

/* The plane through a, b and c with its origin at a and orthonormal axes: x = (b - a) / |b - a|, y
 * the part of c - a that is orthogonal to x, made a unit vector; n entries each. *out owns its
 * vectors. coordinates (may be NULL) receives x and y of a, b and c in turn: 0, 0, |b - a|, 0,
 * (c - a) x, (c - a) y > 0. After Garipov et al., arXiv:1802.10026, section 3.3. TW_ERR_ARGUMENT
 * where two points are the same, the three lie on a line (to rounding), or an entry is not finite;
 * *out is then zeroed. */
TW_API tw_status tw_plane_through(size_t n, const double *a, const double *b, const double *c,
                                  tw_plane *out, double coordinates[6]);

TW_END_DECLS

#endif
