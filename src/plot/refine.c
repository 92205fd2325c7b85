#include "plot/refine.h"

#include <math.h>

size_t tw_refined_count(size_t count, size_t factor) {
    return (count - 1) * factor + 1;
}

void tw_refine_positions(size_t count, const double *x, size_t factor, double *out) {
    for (size_t i = 0; i + 1 < count; i++)
        for (size_t k = 0; k < factor; k++)
            out[i * factor + k] = x[i] + (x[i + 1] - x[i]) * (double)k / (double)factor;
    out[(count - 1) * factor] = x[count - 1];
}

/* Slope at sample i: through both neighbours, or along the interval (i, i + side) where the other
 * one is missing. */
static double slope(size_t count, const double *x, const double *z, size_t stride, size_t i,
                    int side) {
    double here = z[i * stride];
    size_t other = side > 0 ? i - 1 : i + 1; /* wraps past the count at the first sample */
    size_t inner = side > 0 ? i + 1 : i - 1;
    if (other < count && isfinite(z[other * stride]))
        return (z[inner * stride] - z[other * stride]) / (x[inner] - x[other]);
    return (z[inner * stride] - here) / (x[inner] - x[i]);
}

void tw_refine_line(size_t count, const double *x, const double *z, size_t stride, size_t factor,
                    int straight, double *out, size_t out_stride) {
    for (size_t i = 0; i + 1 < count; i++) {
        double a = z[i * stride], b = z[(i + 1) * stride], h = x[i + 1] - x[i];
        double m = straight ? (b - a) / h : slope(count, x, z, stride, i, 1);
        double n = straight ? m : slope(count, x, z, stride, i + 1, -1);
        out[i * factor * out_stride] = a;
        for (size_t k = 1; k < factor; k++) {
            double u = (double)k / (double)factor;
            /* the straight line, and what bends it: zero where both slopes are the secant's */
            double bend = u * (1 - u) * ((1 - u) * (m * h - (b - a)) - u * (n * h - (b - a)));
            out[(i * factor + k) * out_stride] = a + u * (b - a) + bend;
        }
    }
    out[(count - 1) * factor * out_stride] = z[(count - 1) * stride];
}

void tw_refine_grid(size_t nx, size_t ny, const double *x, const double *y, const double *z,
                    size_t factor, int straight, double *scratch, double *out) {
    size_t rx = tw_refined_count(nx, factor);
    for (size_t j = 0; j < ny; j++)
        tw_refine_line(nx, x, z + j * nx, 1, factor, straight, scratch + j * rx, 1);
    for (size_t i = 0; i < rx; i++)
        tw_refine_line(ny, y, scratch + i, rx, factor, straight, out + i, rx);
}
