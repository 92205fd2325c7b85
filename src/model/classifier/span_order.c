#include "model/classifier/span_order.h"

#include <stdlib.h>

int tw_span_compare(double x, double y) {
    if (x != x || y != y)
        return (x != x) - (y != y);
    return (x > y) - (x < y);
}

static int compare_points(const void *left, const void *right) {
    const tw_ordered_point *l = left, *r = right;
    int order = tw_span_compare(l->b, r->b);
    if (order == 0)
        order = tw_span_compare(l->a, r->a);
    if (order == 0)
        order = (l->index > r->index) - (l->index < r->index);
    return order;
}

int tw_span_same(double x, double y) {
    return tw_span_compare(x, y) == 0;
}

void tw_span_order(size_t count, size_t rank, const double *coefficients,
                   tw_ordered_point *points) {
    for (size_t k = 0; k < count; k++)
        points[k] = (tw_ordered_point){.a = coefficients[k * rank],
                                       .b = rank == 2 ? coefficients[k * rank + 1] : 0,
                                       .index = k};
    qsort(points, count, sizeof *points, compare_points);
}

double tw_span_regularizer(double reg, size_t rank, const double gram[3][3], double a, double b) {
    const double c[3] = {1, a, b};
    double sum = 0;
    for (size_t j = 0; j <= rank; j++)
        for (size_t k = 0; k <= rank; k++)
            sum += c[j] * c[k] * gram[j][k];
    return reg > 0 ? reg * (sum < 0 ? 0 : sum) : 0;
}
