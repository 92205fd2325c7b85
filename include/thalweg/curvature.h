/* curvature.h: the matrix of second derivatives at a point as what it does to vectors, v -> M v.
 *
 * M is the Hessian or the Gauss-Newton matrix of an objective (objective.h: tw_curvature_matrix),
 * or what is made of it: restricted to some parameters, of which those that are left out are as if
 * they could not move (P M P, P the projection), and scaled, D M D, so that a step of 1 is as long
 * as a filter, a layer or a weight (the units of arXiv:1712.09913). What eigenvalues, traces and
 * densities are computed from (spectrum.h, trace.h, density.h) is such an operator:
 *
 *     tw_curvature *m;
 *     tw_curvature_open(f, x, &(tw_curvature_options){.ignore_biasbn = 1}, &m);
 *     tw_curvature_products(m, 1, v, hv);
 *     tw_curvature_close(m);
 *
 * Losses of data are means over samples, and so is M: nothing is scaled by a number of batches.
 *
 * Kinks. Of a function with kinks (ReLU, max-pooling, the hinge of an SVM) the exact product is the
 * Hessian where there is one, which is almost everywhere: the kinks themselves do not count. For
 * the SVM that leaves the regulariser alone. Differences of gradients, at any step that is not
 * tiny, average over the kinks that lie between the points: a smoothed curvature, which is another
 * matrix, and grows or falls with the step.
 *
 * Results are the same bits for any number of threads (the objective's runner is used).
 */
#ifndef THALWEG_CURVATURE_H
#define THALWEG_CURVATURE_H

#include <stddef.h>
#include <stdint.h>

#include "objective.h"
#include "plane.h"

TW_BEGIN_DECLS

/* Where products come from. One that is missing is never replaced by another silently. */
typedef enum tw_product_source {
    TW_PRODUCT_EXACT,      /* the objective's own operation */
    TW_PRODUCT_DIFFERENCES /* of its gradients, at x +- t v and x +- t/2 v, extrapolated; of the
                              Hessian only */
} tw_product_source;

/* "hessian", "gauss-newton"; "exact", "differences"; NULL past the end; find is -1 for others. */
TW_API const char *tw_curvature_matrix_name(size_t matrix);
TW_API int tw_curvature_matrix_find(const char *name);
TW_API const char *tw_product_source_name(size_t source);
TW_API int tw_product_source_find(const char *name);

typedef struct tw_curvature_options {
    size_t bytes; /* sizeof(tw_curvature_options), or 0 (thalweg.h) */
    tw_curvature_matrix matrix;
    tw_product_source source;
    double step; /* of differences: |t v|, the larger one, as a share of |x| (of 1 where x
                    is 0); 0: the power of two below the cube root of the objective's
                    noise */
    const char *const *only; /* blocks that may move, by name; NULL: all */
    size_t only_count;
    int ignore_biasbn; /* 1: blocks of rank below 2 stay where they are, as in directions (plane.h)
                        */
    tw_norm norm;      /* what D is: NONE, 1; FILTER, |x_j| for all entries of filter j; LAYER, |x|
                          of the block; WEIGHT, |x_i|. A parameter for which D is 0 stays where it
                          is. The others of tw_norm are refused */
    int asymmetric;    /* 1: a matrix that is not symmetric is taken as it is; 2: nor looked at */
    uint64_t seed;     /* of the two vectors by which that is checked */
} tw_curvature_options;

typedef struct tw_curvature tw_curvature;

/* Prepares M at x (copied). Two products show whether M is symmetric; they stay in memory, since
 * searches with the same seed begin with them, unless the source is differences (spectrum.h).
 * The objective, which must stay until close, may not be called by others meanwhile,
 * unless it is concurrent. *out is owned by the caller. TW_ERR_UNSUPPORTED, with the remedy, where
 * the objective lacks what the source needs; TW_ERR_ARGUMENT for a block that is not there, a norm
 * that is none of the above, or no parameter left to move; TW_ERR_CALLBACK for a matrix that is not
 * symmetric, with the size of what is amiss (more than the root of the objective's precision, by
 * differences more than 100 times their error beside it: then the gradient is that of no function);
 * TW_ERR_NOT_FINITE as below. */
TW_API tw_status tw_curvature_open(tw_objective *objective, const double *x,
                                   const tw_curvature_options *options, tw_curvature **out);
/* NULL is allowed. */
TW_API void tw_curvature_close(tw_curvature *curvature);

/* products[k] = M vectors[k] for k < count, both count x n, row-major. What vectors have in
 * parameters that stay is not looked at, and products are 0 there. Vectors that go together share
 * what they can of the work; a product depends on its own vector alone. TW_ERR_NOT_FINITE for a
 * product that is not finite, with the block and the first entry in it. */
TW_API tw_status tw_curvature_products(tw_curvature *curvature, size_t count, const double *vectors,
                                       double *products);

/* The diagonal of M, n numbers, where the objective has it exactly (objective.h:
 * curvature_diagonal) and the source is exact; TW_ERR_UNSUPPORTED elsewhere. */
TW_API tw_status tw_curvature_diagonal(tw_curvature *curvature, double *diagonal);

/* D, n numbers: 0 for a parameter that stays, 1 for one that moves and is not scaled. A step u in
 * the space of M is one of D u in that of the objective. Valid as long as the operator. */
TW_API const double *tw_curvature_scale(const tw_curvature *curvature);

/* What is known of it so far. */
typedef struct tw_curvature_facts {
    size_t bytes;
    size_t size;      /* n, the objective's */
    size_t dimension; /* parameters that move: the order of M */
    tw_curvature_matrix matrix;
    tw_product_source source;
    tw_norm norm;
    double asymmetry; /* |u'Mv - v'Mu| / (|u| |Mv| + |v| |Mu|) of two random vectors, times the
                         root of the dimension; NaN: not looked at */
    double step;      /* of differences: |t v|; 0: none */
    double error;     /* of products, as a share of the norm of M: by differences, the largest
                         |error| / |v| so far, from the extrapolation and the rounding of gradients
                         and points, over the largest |M v| / |v| so far (0 where all were 0);
                         exact, from the precision and the asymmetry */
    unsigned long long products;  /* of vectors, those of the check included */
    unsigned long long gradients; /* behind them: four each by differences, 0 elsewhere */
    double seconds;               /* in products */
} tw_curvature_facts;
TW_API void tw_curvature_facts_of(const tw_curvature *curvature, tw_curvature_facts *out);

/* The objective, and its point. */
TW_API tw_objective *tw_curvature_objective(const tw_curvature *curvature);
TW_API const double *tw_curvature_point(const tw_curvature *curvature);

TW_END_DECLS

#endif
