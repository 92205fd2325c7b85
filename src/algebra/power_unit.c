#include "algebra/power_unit.h"

#include <math.h>
#include <stdlib.h>

double tw_unit_of(double most) {
    enum { FAR = 200, MOST = 1000 };
    int exponent = 0;
    if (most > 0 && isfinite(most))
        frexp(most, &exponent);
    if (abs(exponent) < FAR)
        return 1;
    return ldexp(1, exponent > MOST ? MOST : exponent < -MOST ? -MOST : exponent);
}

double tw_unit_of_all(size_t count, const double *numbers) {
    double most = 0;
    for (size_t i = 0; i < count; i++)
        most = fmax(most, fabs(numbers[i]));
    return tw_unit_of(most);
}

int tw_is_unit(double unit) {
    int exponent;
    return unit > 0 && isfinite(unit) && frexp(unit, &exponent) == 0.5;
}
