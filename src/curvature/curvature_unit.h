/* curvature_unit.h: products in a unit of the operator's own, a power of two.
 *
 * What computes with squares of products (searches, traces, densities) would lose them beyond
 * 1e154 and below 1e-162, and be wrong without a word. It computes with M / unit, where the unit is
 * the size of the first product if that is far from 1, and else 1; results are multiplied by it,
 * which is exact. */
#ifndef TW_CURVATURE_CURVATURE_UNIT_H
#define TW_CURVATURE_CURVATURE_UNIT_H

#include "thalweg/curvature.h"

/* products = M v / unit, as tw_curvature_products; errors[k], unless NULL, is |error of M v| / (|v|
 * unit) of vector k, estimated. */
tw_status tw_curvature_unit_products(tw_curvature *curvature, size_t count, const double *vectors,
                                     double *products, double *errors);

/* 1 before the first product; whether there has been one, or it was set. */
double tw_curvature_unit(const tw_curvature *curvature);
int tw_curvature_has_unit(const tw_curvature *curvature);
/* Of an operator without a product so far: the unit that another process computed in. */
void tw_curvature_set_unit(tw_curvature *curvature, double unit);

/* How far M v / |v| may be off by differences, as far as products have shown; 0 where they are
 * exact. */
double tw_curvature_error(const tw_curvature *curvature);
/* What that is known by: the largest |error| / |v| and |M v| / |v| so far, in the unit. Those of an
 * earlier process join what this one knows. */
void tw_curvature_errors(const tw_curvature *curvature, double errors[2]);
void tw_curvature_set_errors(tw_curvature *curvature, const double errors[2]);

#endif
