/* valley.h: cheap functions that bench_diff.c, SciPy and Ceres differentiate, compiled once for all
 * of them. */
#ifndef TW_BENCH_VALLEY_H
#define TW_BENCH_VALLEY_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Rosenbrock's valley of n parameters: about a nanosecond a parameter. */
double bench_valley(size_t n, const double *x);
void bench_valley_gradient(size_t n, const double *x, double *gradient);
/* A point on its slope, no two entries equal. */
void bench_valley_start(size_t n, double *x);

/* The valley with n exponentials and cosines on top: about 10 microseconds for n = 1000. */
double bench_slow(size_t n, const double *x);

#ifdef __cplusplus
}
#endif

#endif
