/* diff.h: numerical differentiation of any objective.
 *
 *   forward   g_i = (f(x + h e_i) - f(x)) / h              error h/2 |f''| + 2 noise/h
 *   central   g_i = (f(x + h e_i) - f(x - h e_i)) / (2h)   error h^2/6 |f'''| + noise/h
 *
 * The forward formula with h = 1e-5 is eval_numerical_gradient of the CS231n notes. Where the
 * objective answers coordinate differences itself (objective.h) they are used: exact, and far
 * cheaper than an evaluation a coordinate. Otherwise the objective is evaluated at moved copies of
 * x, on all workers of its runner, and the quotient is taken with the step as stored, (x + h) - x.
 * The caller's x is never written. Results are the same bits for any number of threads. Ladder and
 * robust take 20 to 60 evaluations a coordinate; where the objective answers differences itself,
 * each step is one call for all coordinates (derivative.h).
 *
 * Complex steps take no difference, so that h = 2^-66 (about 1e-20) of the coordinate's size leaves
 * the formula's own rounding as the only error; the bar is a model of that, 64 units of rounding of
 * |g_i| + |f| / size. The objective must have `complex_value` (else TW_ERR_UNSUPPORTED), and the
 * same function in it: the result is held against the ladder along one direction in which every
 * coordinate moves, 15 ... 40 evaluations, and refused with TW_ERR_CALLBACK where the two
 * contradict each other by more than 3 bars. */
#ifndef THALWEG_DIFF_H
#define THALWEG_DIFF_H

#include "derivative.h"
#include "objective.h"

TW_BEGIN_DECLS

typedef enum tw_diff_method {
    TW_DIFF_FORWARD,
    TW_DIFF_CENTRAL,
    TW_DIFF_LADDER, /* derivative.h in every coordinate: 15 ... 40 evaluations, with error bars */
    TW_DIFF_ROBUST, /* the same with the noise measured in every coordinate: 25 more */
    TW_DIFF_COMPLEX /* Im f(x + i h e_i) / h: one evaluation of complex_value (objective.h) */
} tw_diff_method;

/* All zero (or a NULL pointer) means the defaults. */
typedef struct tw_diff_options {
    size_t bytes; /* sizeof(tw_diff_options), or 0 (thalweg.h) */
    tw_diff_method method;
    double step; /* h, the same for every coordinate; 0: for each coordinate a power of two near
                    noise^(1/2) (forward) or noise^(1/3) (central), times max(1, |x_i|), noise being
                    the objective's. Used by forward and central only */
    double
        *bars; /* n error bars: estimates of |gradient[i] - df/dx_i|; NULL: not wanted. Forward
                  and central take them from the same difference at h/2, which doubles the cost */
    tw_point_class *classes;     /* ladder and robust: n; NULL: not wanted */
    const double *lower, *upper; /* bounds, n each; both NULL: the objective's. Points beyond are
                                    never evaluated: forward turns to the other side, central takes
                                    x, x + h and x + 2h, with smaller steps where there is too
                                    little room. Where bounds leave no room forward and central
                                    fail, ladder and robust give NaN */
    const double *scales; /* typical sizes of the parameters, n, in place of max(1, |x_i|) (0:
                             that); or NULL */
    tw_progress_fn progress;
    void *progress_user;
} tw_diff_options;

typedef struct tw_diff_report {
    double value;                   /* f(x) */
    double step;                    /* the h given, or the smallest one chosen */
    double bar;                     /* the largest error bar; NaN where none was taken */
    unsigned long long evaluations; /* points or coordinates that the objective answered */
    double seconds;                 /* wall-clock time */
} tw_diff_report;

/* gradient[i] ~ df/dx_i for all n coordinates. `options` and `report` may be NULL. Fails if an
 * evaluation fails, or with TW_ERR_ARGUMENT if h is so small that x_i + h rounds to x_i. */
TW_API tw_status tw_diff_gradient(tw_objective *objective, const double *x,
                                  const tw_diff_options *options, double *gradient,
                                  tw_diff_report *report);

/* "forward", "central", "ladder", "robust", "complex" by tw_diff_method; NULL past the end. */
TW_API const char *tw_diff_method_name(size_t method);
/* The method of that name, or -1. */
TW_API int tw_diff_method_find(const char *name);

TW_END_DECLS

#endif
