/* function_any.h: the test functions of any number of parameters. */
#ifndef TW_MODEL_FUNCTION_ANY_H
#define TW_MODEL_FUNCTION_ANY_H

#include "model/function_private.h"

double tw_ackley(size_t n, const double *x);
void tw_ackley_gradient(size_t n, const double *x, double *g);
double tw_quadratic(size_t n, const double *x);
void tw_quadratic_gradient(size_t n, const double *x, double *g);
double tw_rastrigin(size_t n, const double *x);
void tw_rastrigin_gradient(size_t n, const double *x, double *g);
double tw_rosenbrock(size_t n, const double *x);
void tw_rosenbrock_gradient(size_t n, const double *x, double *g);
double tw_sphere(size_t n, const double *x);
void tw_sphere_gradient(size_t n, const double *x, double *g);
double tw_styblinski_tang(size_t n, const double *x);
void tw_styblinski_tang_gradient(size_t n, const double *x, double *g);
double tw_trid(size_t n, const double *x);
void tw_trid_gradient(size_t n, const double *x, double *g);

#endif
