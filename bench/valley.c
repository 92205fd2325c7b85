#include "valley.h"

#include <math.h>
#include <string.h>

double bench_valley(size_t n, const double *x) {
    double sum = 0;
    for (size_t i = 0; i + 1 < n; i++) {
        double height = x[i + 1] - x[i] * x[i], along = 1 - x[i];
        sum += 100 * height * height + along * along;
    }
    return sum;
}

void bench_valley_gradient(size_t n, const double *x, double *gradient) {
    memset(gradient, 0, n * sizeof *gradient);
    for (size_t i = 0; i + 1 < n; i++) {
        double height = x[i + 1] - x[i] * x[i];
        gradient[i] += -400 * height * x[i] - 2 * (1 - x[i]);
        gradient[i + 1] += 200 * height;
    }
}

void bench_valley_start(size_t n, double *x) {
    for (size_t i = 0; i < n; i++)
        x[i] = (i % 2 == 0 ? -1.2 : 1) + 0.1 * sin((double)i);
}

double bench_slow(size_t n, const double *x) {
    double sum = bench_valley(n, x);
    for (size_t i = 0; i < n; i++)
        sum += exp(-x[i] * x[i]) * cos(x[i]);
    return sum;
}
