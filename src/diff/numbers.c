#include "diff/numbers.h"

#include <math.h>
#include <stdlib.h>

#include "diff/exact.h"

double tw_power_below(double x) {
    int exponent;
    frexp(x, &exponent);
    return ldexp(1, exponent - 1);
}

static int rising(const void *a, const void *b) {
    double left = *(const double *)a, right = *(const double *)b;
    return (left > right) - (left < right);
}

void tw_sort_rising(size_t count, double *values) {
    qsort(values, count, sizeof *values, rising);
}

double tw_median(size_t count, double *values) {
    tw_sort_rising(count, values);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

double tw_dot(size_t n, const double *a, const double *b) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}
