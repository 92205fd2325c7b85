/* line.h: an objective along a line through x, as a function of one number. */
#ifndef TW_DIFF_LINE_H
#define TW_DIFF_LINE_H

#include "thalweg/derivative.h"
#include "thalweg/diff.h"

/* A difference that the objective sums itself loses a little more than the last digit of a sum. */
enum { TW_NATIVE_UNITS = 8 };

typedef struct tw_line {
    tw_objective *objective;
    const double *x, *direction; /* NULL: coordinate `coordinate` */
    size_t coordinate;
    int worker;      /* of the objective's value runner */
    tw_span *span;   /* where the objective has spans of its own */
    double *point;   /* a copy of x, as it is between evaluations */
    double *metrics; /* scratch */
} tw_line;

/* 1 where coordinates are answered by the objective's own differences: phi(0) is 0 then. */
int tw_line_is_native(const tw_line *line);

/* phi, a tw_scalar_fn; `user` is the tw_line. */
tw_status tw_line_value(void *user, double t, double *value);

/* Fills in what the caller left 0: the scale given, the unit of the objective, the stored x_i. */
tw_derivative_options tw_line_options(const tw_line *line, const tw_derivative_options *options,
                                      double scale);

/* scales[i] = max(|x_i|, root mean square of its block), 1 where that is next to 0. Where the
 * objective answers differences itself the root mean square alone: its steps need not be seen
 * beside x_i, and coordinates that take the same steps share the work. */
void tw_line_scales(const tw_objective *objective, const double *x, double *scales);

/* Whether lower[i] <= x_i <= upper[i]; either array may be NULL. */
tw_status tw_bounds_check(size_t i, double x, const double *lower, const double *upper);

#endif
