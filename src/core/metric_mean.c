#include <math.h>

#include "thalweg/metric.h"

/* Neumaier, ZAMM 54 (1974). What is not finite goes through the sum alone. */
typedef struct running_sum {
    double sum, rest;
} running_sum;

static void add(running_sum *s, double value) {
    double sum = s->sum + value;
    double lost = fabs(s->sum) >= fabs(value) ? (s->sum - sum) + value : (value - sum) + s->sum;
    s->sum = sum;
    s->rest += isfinite(sum) ? lost : 0;
}

void tw_metric_mean(size_t count, const double *values, double *mean, double *error) {
    running_sum total = {0, 0}, squares = {0, 0};
    for (size_t k = 0; k < count; k++)
        add(&total, values[k]);
    *mean = count > 0 ? (total.sum + total.rest) / (double)count : NAN;
    if (error == NULL)
        return;
    for (size_t k = 0; k < count; k++)
        add(&squares, (values[k] - *mean) * (values[k] - *mean));
    double sum = squares.sum + squares.rest;
    *error = count > 1 ? sqrt(sum / (double)(count - 1) / (double)count) : NAN;
}
