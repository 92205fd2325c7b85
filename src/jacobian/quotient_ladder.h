/* quotient_ladder.h: the limit of a difference quotient whose error is a series in powers of the
 * step, for second derivatives from values. */
#ifndef TW_JACOBIAN_QUOTIENT_LADDER_H
#define TW_JACOBIAN_QUOTIENT_LADDER_H

#include "thalweg/status.h"

typedef struct tw_quotient {
    double value, noise; /* noise: what rounding of the function leaves in the value */
} tw_quotient;

/* The quotient at step 2^exponent. Not finite: there is none. */
typedef tw_status (*tw_quotient_fn)(void *user, int exponent, tw_quotient *out);

typedef struct tw_quotient_limit {
    double value, error;
    int exponent;
} tw_quotient_limit;

/* From a step of 1/8 (2^most if that is less) up while only noise changes, down through a tableau
 * of the ratio (4: even powers, 2: all), and a look at a small step, by which a tableau that took
 * an oscillation for a limit is found out. 2^unit is the relative rounding of the function. NaN and
 * infinite if no step is finite. */
tw_status tw_quotient_ladder(tw_quotient_fn quotient, void *user, double ratio, int most, int unit,
                             tw_quotient_limit *out);

#endif
