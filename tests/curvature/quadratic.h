/* quadratic.h: f(x) = x'Ax / 2 with A = R diag(values) R, R a product of two reflections, so that
 * all its eigenvalues are known. */
#ifndef TW_TESTS_CURVATURE_QUADRATIC_H
#define TW_TESTS_CURVATURE_QUADRATIC_H

#include "support.h"

typedef struct quadratic {
    size_t n;
    const double *values;
    double skew;     /* joins entry (0, 1) of A alone */
    size_t broken;   /* product that is NaN in entry 3, from 1 */
    size_t products; /* made so far */
    int no_product, no_gradient;
    tw_runner *runner;
} quadratic;

/* q must outlive it. */
tw_objective *quadratic_objective(quadratic *q);
/* The same over blocks; takes the space over. */
tw_objective *quadratic_in(quadratic *q, tw_space *space);
void quadratic_product(const quadratic *q, const double *v, double *out);
/* out[i] = u_i'v, u_i the vector of values[i]. */
void quadratic_parts(const quadratic *q, const double *v, double *out);

#endif
