/* study_plane.h: the line or plane that a landscape is looked at over, by where it comes from. */
#ifndef THALWEG_STUDY_PLANE_H
#define THALWEG_STUDY_PLANE_H

#include "objective.h"
#include "plane.h"
#include "study.h"

TW_BEGIN_DECLS

/* What dx and dy may say beside the name of a file: "random", "gradient", "to:FILE", "axis:ENTRY",
 * "eigen:K"; NULL past the end. */
TW_API const char *tw_study_plane_source(size_t index);

/* A plane is made of two directions, a line of one (random unless something else is said); or of a
 * path of checkpoints; or it goes through points.
 *
 *     "random"       normal draws from the seed of the study (tw_direction_random)
 *     "gradient"     the gradient of the loss at the point
 *     "to:FILE"      from the point to the parameters in FILE
 *     "axis:ENTRY"   one parameter (tw_plane_parameter_find), whose coefficients are its values
 *     "eigen:K"      the eigenvector of the Hessian at the point of its K-th largest eigenvalue, or
 *                    for K = -1, -2, ... of its smallest; "eigen:K@FILE": out of a spectrum
 *                    (curvature_report.h), whatever its matrix was
 *     a file         parameters (tw_weights_read), or directions (tw_directions_read)
 *     "given"        x_vector or y_vector, as it is
 *
 * Directions that are drawn or computed are brought to the size of the point (TW_NORM_MODEL), or
 * multiplied by `scale` and left; those from files and towards other parameters are taken as they
 * are. `norm` overrides both. Directions "axis:..." are what they are, whatever the options. A pair
 * of which one at least is drawn is made orthogonal where drawing alone does not make it nearly so:
 * of fewer than 100 parameters, with an axis of one parameter, or beyond a cosine of 0.1 under the
 * norms none and model; the peer's rules leave pairs as they are. */
typedef struct tw_study_plane_options {
    size_t bytes;
    const char *dx, *dy;
    const char *directions; /* a file that has all of them (tw_directions_read) */
    const char *trajectory; /* files of checkpoints, separated by commas (trajectory.h), or files of
                               parameters that together are one path: the plane of their principal
                               components, unless dx and dy are given, with the paths in it */
    int mean; /* 1: components about the mean of the checkpoints; 0: about the point */
    const char *to, *third; /* files of parameters: the line through the point and one of them, or
                               the plane through the point and both */
    int norm;               /* tw_norm; -1 */
    int ignore;             /* 1: directions, components as well, are 0 in the blocks of fewer than
                               two axes ("biasbn"); 0 or -1 */
    int peer_rules;         /* 1: random directions as tomgoldstein/loss-landscape makes them */
    int orthogonal;         /* 1: y is made orthogonal to x, after the norm */
    double scale;           /* factor of directions, in the place of a norm; NaN */

    /* Vectors of the caller's in the place of files, as many numbers as parameters each, to stay
     * until the plane is made: */
    const double *x_vector, *y_vector;    /* the directions that dx and dy "given" are */
    const double *to_point, *third_point; /* the points; to and third are then what they are called
                                             in results */
} tw_study_plane_options;

TW_API tw_study_plane_options tw_study_plane_defaults(void);

/* The plane (rank 2) or line (1) of directions through a point of any objective, measured
 * (tw_plane_measure) and with its sources, whose texts are those of the options. Its origin is the
 * point, but 0 in parameters that are axes. Of the options all but trajectory, to and third, which
 * belong to landscapes (study_landscape.h); TW_ERR_ARGUMENT where they cannot be together. *out
 * owns its vectors; it is zeroed after a failure. */
TW_API tw_status tw_study_plane_make(const tw_study *study, tw_objective *objective,
                                     const double *point, int rank,
                                     const tw_study_plane_options *options, tw_plane *out);

TW_END_DECLS

#endif
