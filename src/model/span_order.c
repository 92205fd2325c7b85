#include "model/span_order.h"

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
