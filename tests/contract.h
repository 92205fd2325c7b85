/* contract.h: what every objective must keep, whatever it is. */
#ifndef TW_TESTS_CONTRACT_H
#define TW_TESTS_CONTRACT_H

#include "support.h"

/* Tolerances, relative to the largest entry compared. */
typedef struct contract {
    double value;       /* span and batch against points */
    double gradient;    /* against central differences of the objective */
    double hessian;     /* against differences of gradients */
    double differences; /* coordinate differences against points, relative to the loss */
    double scale;       /* length of the directions tried, relative to x */
} contract;

/* Checks at x every operation that the objective has against the general way (its values at single
 * points), that x stays as it is, and that answers repeat bit for bit. */
void check_contract(tw_objective *objective, const double *x, const contract *tolerance);

#endif
