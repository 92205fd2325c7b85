/* curvature_product.h: products, by the objective's own operation or by differences. */
#ifndef TW_CURVATURE_CURVATURE_PRODUCT_H
#define TW_CURVATURE_CURVATURE_PRODUCT_H

#include "thalweg/curvature.h"

typedef struct tw_product_ask {
    tw_objective *objective;
    const double *x, *scale; /* of errors, one a parameter */
    tw_curvature_matrix matrix;
    double step; /* |t v|, of differences */
    size_t count;
    const double *vectors;
} tw_product_ask;

/* Whether the objective has what the options ask for (curvature.c). */
tw_status tw_curvature_check(const tw_objective *objective, const tw_curvature_options *options);

tw_status tw_product_exact(const tw_product_ask *ask, double *products);

/* The two vectors by which the operator was looked at when it was opened (which 0, 1), where it
 * was, was found symmetric, and `seed` is its own; and their products. NULL elsewhere. Valid as
 * long as the operator. (curvature.c) */
const double *tw_curvature_probe(const tw_curvature *curvature, uint64_t seed, size_t which,
                                 const double **product);

/* |t v| for a step that is a share of |x| over what moves (scale not 0); 0: the default. */
double tw_product_step(const tw_objective *objective, const double *x, const double *scale,
                       double share);
/* errors[k] is the length of the error of product k times `scale`, estimated. */
tw_status tw_product_differences(const tw_product_ask *ask, double *products, double *errors);

#endif
