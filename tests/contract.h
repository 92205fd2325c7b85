/* contract.h: what every objective must keep, whatever it is. */
#ifndef TW_TESTS_CONTRACT_H
#define TW_TESTS_CONTRACT_H

#include "support.h"

/* Tolerances, relative to the largest entry compared, of an objective in double precision; one of
 * another precision (tw_objective_precision) is allowed as many times more. */
typedef struct contract {
    double value;        /* span and batch against points */
    double gradient;     /* against central differences of the objective; INFINITY: not compared */
    double hessian;      /* against differences of gradients; 0: not compared, and symmetry only
                            where gradients are */
    double differences;  /* coordinate differences against points, relative to the loss */
    double scale;        /* length of the directions tried, relative to x */
    const double *along; /* n numbers: lines along this direction alone are tried; NULL: any */
} contract;

/* Asks at x everything that the front door has, through its public entries and those of workers,
 * several at once: every operation that the objective has against the general way (its values at
 * single points), spans by rows and scattered, batches of samples, buffers that settle; that x
 * stays as it is, that answers are written whole and repeat bit for bit, and that what is not there
 * is refused. */
void check_contract(tw_objective *objective, const double *x, const contract *tolerance);

/* The same; the first breach in words, or NULL. Valid until the next call. */
const char *contract_breach(tw_objective *objective, const double *x, const contract *tolerance);

#endif
