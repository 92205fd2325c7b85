/* curvature_map.h: curvature beside the loss, at every point that a survey takes: an objective that
 * has the extreme eigenvalues of its second derivatives among its metrics.
 *
 *     tw_objective *f;
 *     tw_objective_curvature(model, &(tw_curvature_map_options){.x = xs, .x_count = 21}, &f);
 *     tw_survey_run(f, &plane, NULL, &surface);        surface.names[...] "min_eig", "max_eig"
 *
 * After the metrics of the objective itself it has, at every point,
 *
 *     max_eig, min_eig              the largest and the smallest (most negative) eigenvalue of the
 *                                   matrix (curvature.h), of a loss that is a mean over samples
 *     max_eig_error, min_eig_error  |M v - value v| of the vectors they were found with: there is
 *                                   an eigenvalue within it. That it is the last one the search
 *                                   makes likely: now and then one lies beyond it by some
 *                                   tolerances. `confirmed`: the larger of that and the distance
 *                                   beyond which there is none
 *     eig_products                  matrix-vector products that they took
 *
 * all of them NaN where a product is not finite. What Li et al. show of them over a plane
 * (arXiv:1712.09913, Figure 7) is tw_curvature_ratio.
 *
 * Where a point of a span lies on `x` the vectors of its neighbour on the left are begun with,
 * which takes less than half of the products; every `chain` points a search begins anew. The chain
 * is part of the definition: a point that is asked for alone has the points to its left in its
 * piece computed once more. So values depend on the coefficients alone, neither on the threads or
 * ranks nor on where a survey was interrupted. Spans of scattered points (adaptive surveys), single
 * points and those that are not on `x` begin each by itself.
 */
#ifndef THALWEG_CURVATURE_MAP_H
#define THALWEG_CURVATURE_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "curvature.h"
#include "objective.h"
#include "plane.h"

TW_BEGIN_DECLS

typedef struct tw_curvature_map_options {
    size_t bytes;                          /* sizeof(tw_curvature_map_options), or 0 (thalweg.h) */
    const tw_curvature_options *curvature; /* the matrix; NULL: the Hessian, of exact products.
                                              Copied; the names of its blocks must stay */
    double tolerance;            /* residuals, as a share of the larger |eigenvalue|; 0: 1e-3 */
    unsigned long long products; /* at a point, at most, which leaves larger errors; 0: 1000 */
    double factor;   /* eigenvalues and errors times this, as a number of batches; 0: 1 */
    const double *x; /* coefficients of the first axis of the grid, in order; NULL: no chains */
    size_t x_count;
    size_t chain;  /* points of a piece, at most; 0: 24; 1: no chains */
    uint64_t seed; /* of what a search begins with */
    /* What follows needs `bytes`. */
    size_t confirmed; /* 1: a search goes on until no eigenvalue lies beyond either by more than the
                         tolerance, but for a probability below 1 in 1,000 each (spectrum.h); errors
                         then bound that too. Half as many products again, or three times as many
                         where min_eig is the edge of a bulk */
} tw_curvature_map_options;

/* The objective and its curvature; `inner` is not owned and must outlive it. TW_ERR_UNSUPPORTED,
 * with the remedy, where it lacks the products (tw_curvature_open); a matrix that is not symmetric
 * is refused when a span is opened. */
TW_API tw_status tw_objective_curvature(tw_objective *inner,
                                        const tw_curvature_map_options *options,
                                        tw_objective **out);

/* How far from convex a loss is where these are its extreme eigenvalues: |least / greatest| where
 * the least is negative by more than its error, 0 where it is not; infinite where the greatest is
 * 0, NaN where either is not finite. An error that is not above 0 is none. */
TW_API double tw_curvature_ratio(double least, double greatest, double least_error);

/* 0: convex, the least is not below 0 by more than its error; 1: a saddle, they are on both sides
 * of 0; 2: concave, the least is negative and the greatest not above 0 by more than its error; -1
 * where either is not finite. */
TW_API int tw_curvature_class(double least, double greatest, double least_error,
                              double greatest_error);

/* ---- what a plane shows of it ---- */

/* Second derivatives u'Mu, |u| = 1, of unit vectors u in the plane: the least and the greatest; and
 * of random directions that are as long in every filter as the plane's axes are, in blocks of one
 * axis as a whole (those of a random plane of its kind): their mean and its standard error. Where
 * the axes are random ones without normalisation that is an estimate of tr M / dimension, the mean
 * of all eigenvalues, which is what a plane at random shows of a matrix (arXiv:1712.09913, section
 * 5). */
typedef struct tw_plane_curvature {
    size_t bytes;
    double least, greatest; /* the same along a line */
    double random, random_error;
    size_t draws;
} tw_plane_curvature;

/* At the operator's point, whatever the origin of the plane; `draws` random directions (0: 16), at
 * least 2, by the seed. TW_ERR_SHAPE for a plane of another size, TW_ERR_ARGUMENT for an axis of
 * length 0; axes that are parallel to rounding are a line. */
TW_API tw_status tw_curvature_of_plane(tw_curvature *curvature, const tw_plane *plane, size_t draws,
                                       uint64_t seed, tw_plane_curvature *out);

TW_END_DECLS

#endif
