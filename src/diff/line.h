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

/* Of a coordinate that does not move, which is not asked for. */
tw_derivative tw_line_still(void);

/* Fills in what the caller left 0: the scale given, the unit of the objective, the stored x_i. */
tw_derivative_options tw_line_options(const tw_line *line, const tw_derivative_options *options,
                                      double scale);

/* scales[i] = max(|x_i|, root mean square of its block), 1 where that is next to 0. Where the
 * objective answers differences itself the root mean square alone: its steps need not be seen
 * beside x_i, and coordinates that take the same steps share the work. */
void tw_line_scales(const tw_objective *objective, const double *x, double *scales);

/* t such that t v is as long as x where v moves it; if x is next to 0, that the largest entry of t
 * v is 1. */
double tw_line_direction_scale(size_t n, const double *x, const double *direction);

/* The objective's own bounds, where the caller gives none at all. */
void tw_bounds_default(const tw_objective *objective, const double **lower, const double **upper);

/* Whether lower[i] <= x_i <= upper[i]; either array may be NULL. */
tw_status tw_bounds_check(size_t i, double x, const double *lower, const double *upper);

/* TW_DIFF_COMPLEX of tw_diff_gradient. */
tw_status tw_complex_gradient(tw_objective *objective, const double *x,
                              const tw_diff_options *options, double *gradient, double *step,
                              double *bar);

#endif
