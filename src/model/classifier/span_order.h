/* span_order.h: points of a span in the order in which those of equal b follow each other, and what
 * a regulariser is there. */
#ifndef TW_MODEL_CLASSIFIER_SPAN_ORDER_H
#define TW_MODEL_CLASSIFIER_SPAN_ORDER_H

#include <stddef.h>

typedef struct tw_ordered_point {
    double a, b;
    size_t index; /* of the caller's point */
} tw_ordered_point;

/* By b, then a, then index; NaN last and -0 as 0, so that the order is total. rank is 1 (b = 0) or
 * 2; coefficients as of tw_span_values. */
void tw_span_order(size_t count, size_t rank, const double *coefficients, tw_ordered_point *points);

/* Equal in that order. */
int tw_span_same(double x, double y);
/* The order of two coefficients, NaN last: negative, 0 or positive. */
int tw_span_compare(double x, double y);

/* reg |o + a d1 + b d2|^2 from the inner products gram[j][k] of o, d1 and d2, of which `rank`
 * directions are there; never below 0, where rounding could take it. */
double tw_span_regularizer(double reg, size_t rank, const double gram[3][3], double a, double b);

#endif
