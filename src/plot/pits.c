#include "plot/pits.h"

#include <math.h>

enum { FEW = 8 };
static const double DEPTH = 0.01; /* of what heights span */

static double lowest_beside(size_t nx, size_t ny, const double *z, size_t i, size_t j) {
    double lowest = NAN;
    for (size_t b = j > 0 ? j - 1 : 0; b <= j + 1 && b < ny; b++)
        for (size_t a = i > 0 ? i - 1 : 0; a <= i + 1 && a < nx; a++)
            if (a != i || b != j)
                lowest = fmin(lowest, z[b * nx + a]);
    return lowest;
}

/* Counts pits of more than `depth`, or raises them. */
static size_t each_pit(size_t nx, size_t ny, double *z, double depth, int raise) {
    size_t pits = 0;
    for (size_t k = 0; k < nx * ny; k++) {
        double lowest = lowest_beside(nx, ny, z, k % nx, k / nx);
        if (!(lowest - z[k] > depth))
            continue;
        pits++;
        if (raise)
            z[k] = lowest;
    }
    return pits;
}

size_t tw_pits_raise(size_t nx, size_t ny, double *z) {
    double low = HUGE_VAL, high = -HUGE_VAL;
    for (size_t k = 0; k < nx * ny; k++) {
        low = fmin(low, z[k]);
        high = fmax(high, z[k]);
    }
    double depth = DEPTH * (high - low);
    if (!(depth > 0) || each_pit(nx, ny, z, depth, 0) <= FEW)
        return 0;
    return each_pit(nx, ny, z, depth, 1);
}
