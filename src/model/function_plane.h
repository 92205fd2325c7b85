/* function_plane.h: the test functions of two parameters, x and y. */
#ifndef TW_MODEL_FUNCTION_PLANE_H
#define TW_MODEL_FUNCTION_PLANE_H

#include "model/function_private.h"

void tw_beale_gradient(size_t n, const double *x, double *g); /* of tw_mgh_beale */
double tw_booth(size_t n, const double *x);
void tw_booth_gradient(size_t n, const double *x, double *g);
double tw_branin(size_t n, const double *x);
void tw_branin_gradient(size_t n, const double *x, double *g);
double tw_camel(size_t n, const double *x);
void tw_camel_gradient(size_t n, const double *x, double *g);
double tw_goldstein_price(size_t n, const double *x);
void tw_goldstein_price_gradient(size_t n, const double *x, double *g);
double tw_himmelblau(size_t n, const double *x);
void tw_himmelblau_gradient(size_t n, const double *x, double *g);
double tw_matyas(size_t n, const double *x);
void tw_matyas_gradient(size_t n, const double *x, double *g);

#endif
