/* direction_pair.c: two directions that span a plane: the angle between them, and a right one. */
#include <math.h>

#include "thalweg/landscape.h"

/* Of vectors of any size: each is divided by its length first. */
double tw_direction_cosine(size_t count, const double *x, const double *y) {
    double x_length = tw_direction_length(count, x), y_length = tw_direction_length(count, y);
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += x[i] / x_length * (y[i] / y_length);
    return sum;
}

double tw_direction_angle(size_t count, const double *x, const double *y) {
    double x_length = tw_direction_length(count, x), y_length = tw_direction_length(count, y);
    double apart = 0, together = 0;
    for (size_t i = 0; i < count; i++) {
        double u = x[i] / x_length, v = y[i] / y_length;
        apart += (u - v) * (u - v);
        together += (u + v) * (u + v);
    }
    return 2 * atan2(sqrt(apart), sqrt(together)) * (180 / M_PI);
}

/* y of length 1 less what it has of x. Once leaves the rounding errors of y; a second time takes
 * them off what is left, however short that is. */
static void take_off(size_t count, const double *x, double x_length, double *y) {
    for (int time = 0; time < 2; time++) {
        double along = 0;
        for (size_t i = 0; i < count; i++)
            along += x[i] / x_length * y[i];
        for (size_t i = 0; i < count; i++)
            y[i] -= along * (x[i] / x_length);
    }
}

tw_status tw_direction_orthogonalize(size_t count, const double *x, double *y) {
    const double least = 1e-10;
    double x_length = tw_direction_length(count, x), y_length = tw_direction_length(count, y);
    if (!(x_length > 0) || !(y_length > 0) || isinf(x_length) || isinf(y_length))
        return tw_fail(TW_ERR_ARGUMENT, "axes of length %g and %g cannot be made orthogonal",
                       x_length, y_length);
    for (size_t i = 0; i < count; i++)
        y[i] /= y_length;
    take_off(count, x, x_length, y);
    double left = tw_direction_length(count, y);
    if (!(left > least))
        return tw_fail(TW_ERR_ARGUMENT,
                       "the axes are parallel: nothing is left of y when it is made "
                       "orthogonal to x; choose another");
    for (size_t i = 0; i < count; i++)
        y[i] = y[i] / left * y_length;
    return TW_OK;
}
