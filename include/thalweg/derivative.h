/* derivative.h: tools for the derivative of a function of one number: the noise of its values, and
 * finite-difference stencils.
 */
#ifndef THALWEG_DERIVATIVE_H
#define THALWEG_DERIVATIVE_H

#include <stddef.h>

#include "objective.h"
#include "status.h"

TW_BEGIN_DECLS

/* *value = phi(t). A value that is not finite is data. */
typedef tw_status (*tw_scalar_fn)(void *user, double t, double *value);

/* All zero means the defaults. */
typedef struct tw_derivative_options {
    double noise;      /* absolute error of one value; 0: 2 * 2^-52 |phi|, or 2 * unit |phi| */
    int measure_noise; /* 1: take the larger of that and what tw_noise_estimate finds */
    double unit; /* relative rounding of the function's own arithmetic; 0: 2^-52 (double); 2^-23 for
                    float32 functions */
    double scale;        /* typical size of t's coordinate; 0: 1 */
    double lower, upper; /* phi is only evaluated for lower <= t <= upper (lower <= 0 <= upper);
                            both 0: everywhere */
} tw_derivative_options;

/* ---- noise: More and Wild, "Estimating computational noise", SIAM J. Sci. Comput. 33 (2011) ----
 */

typedef enum tw_noise_code {
    TW_NOISE_FOUND = 1,
    TW_NOISE_STEP_SMALL = 2,
    TW_NOISE_STEP_LARGE = 3
} tw_noise_code;
typedef struct tw_noise {
    double noise; /* standard deviation of one value's error */
    double step;  /* the spacing that told it */
    tw_noise_code code;
    unsigned evaluations;
} tw_noise;
/* ECnoise at three spacings around t = 0, the largest level found; noise is 0 unless the code is
 * TW_NOISE_FOUND. Of the options scale, unit and the bounds are used; NULL: the defaults. 19
 * evaluations. */
TW_API tw_status tw_noise_estimate(tw_scalar_fn phi, void *user,
                                   const tw_derivative_options *options, tw_noise *out);
/* The level in count >= 4 (best 7 ... 9) values at equal spacing. */
TW_API tw_noise_code tw_noise_level(size_t count, const double *values, double *noise);

/* ---- stencils: Fornberg, Math. Comp. 51 (1988) ---- */

/* weights[m * count + k], m = 0 ... derivatives: the weight of the value at nodes[k] in the m-th
 * derivative at `at`. weights holds (derivatives + 1) * count numbers. The nodes must differ, and
 * be more than `derivatives`. */
TW_API tw_status tw_stencil_weights(double at, size_t count, const double *nodes,
                                    size_t derivatives, double *weights);

TW_END_DECLS

#endif
