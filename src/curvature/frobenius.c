/* The Frobenius norm from the sum of squares that draws estimate: trace.h. */
#include <math.h>

#include "thalweg/trace.h"

double tw_frobenius_norm(double squares, double squares_error, double *error) {
    double norm = sqrt(fmax(squares, 0));
    *error = norm > 0 ? squares_error / (2 * norm) : squares_error;
    return norm;
}
