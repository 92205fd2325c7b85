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
