/* sweep.h: the error of a difference over its step h, a study of one derivative.
 *
 *   forward  (f(x + h v) - f(x)) / h              error h/2 |f''|    + noise / h
 *   central  (f(x + h v) - f(x - h v)) / (2 h)    error h^2/6 |f'''| + noise / h
 *
 * Both are taken at h = scale 2^-1, 2^-2, ..., 2^-45 and held against the derivative. The error
 * falls with h (truncation) until the noise of the function's values, divided by h, makes it rise
 * again. Both branches are fitted, which gives the noise, |f''| and |f'''|, and from them the step
 * that is best and the error there. Beside the curves stand the steps that well-known frameworks
 * take when they are not told any, and the errors that they get with them here.
 */
#ifndef THALWEG_SWEEP_H
#define THALWEG_SWEEP_H

#include <stddef.h>

#include "derivative.h"
#include "objective.h"

TW_BEGIN_DECLS

/* ---- the steps of others ---- */

typedef enum tw_scheme {
    TW_SCHEME_FORWARD,
    TW_SCHEME_CENTRAL,
    TW_SCHEME_SIXTH /* order 6: (45 d1 - 9 d2 + d3) / (60 h), dk = f(x + k h) - f(x - k h) */
} tw_scheme;
/* "forward", "central", "order 6"; NULL past the end. */
TW_API const char *tw_scheme_name(size_t scheme);

typedef enum tw_step_form {
    TW_STEP_ABSOLUTE, /* h = size */
    TW_STEP_SCALED,   /* h = size max(1, |x|) */
    TW_STEP_RELATIVE  /* h = max(size |x|, 2^-26) */
} tw_step_form;

/* The default step of a framework's numerical derivative, read in its source. */
typedef struct tw_step_rule {
    const char *name;
    tw_scheme scheme;
    tw_step_form form;
    double size;
    int outward; /* 1: the step has the sign of x */
    int stored;  /* 1: the quotient is taken with the step as stored, (x + h) - x; 0: with h */
} tw_step_rule;

/* Rule `index` of the list, or NULL past the end. Static storage. */
TW_API const tw_step_rule *tw_step_rule_at(size_t index);
TW_API double tw_step_rule_step(const tw_step_rule *rule, double x);

/* ---- the study ---- */

enum { TW_SWEEP_STEPS = 512, TW_SWEEP_MARKS = 16 };

/* All zero (or a NULL pointer) means the defaults. */
typedef struct tw_sweep_options {
    size_t bytes;     /* sizeof(tw_sweep_options), or 0 (thalweg.h) */
    double scale;     /* 0: the size of x, as in tw_derivative_directional, rounded to a power of
                         two, so that x + h is exact or nearly so */
    int first, count; /* h = scale 2^-first, then halved, `count` (at most TW_SWEEP_STEPS) in all;
                         count 0: 45 from 2^-1 on */
    double lower, upper; /* nothing is evaluated beyond lower <= t <= upper (lower <= 0 <= upper),
                            t the multiple of the direction; both 0: everywhere */
} tw_sweep_options;

/* Indexed by TW_SCHEME_FORWARD and TW_SCHEME_CENTRAL. */
typedef struct tw_sweep_step {
    double h;
    double difference[2]; /* NaN: a value was not finite, a bound was in the way, or h is so small
                             that x + h is x */
    double error[2];      /* |difference - reference| */
} tw_sweep_step;

/* What the errors of one scheme say. */
typedef struct tw_sweep_fit {
    double noise;       /* eps_f: standard deviation of the error of one value, from the branch
                           that rises as 1/h; 0: there is none */
    size_t noise_steps; /* steps that it is fitted to */
    double order;       /* exponent of the branch that falls, NaN: there is none */
    double derivative;  /* |f''| (forward) or |f'''| (central) along the line, 0 where the branch
                           does not have the scheme's order, 1 or 2 */
    size_t order_steps; /* steps that both are fitted to */
    double step, error; /* forward: 2 sqrt(eps/|f''|) and 2 sqrt(eps |f''|); central:
                           (3 eps/|f'''|)^(1/3) and 3^(2/3)/2 eps^(2/3) |f'''|^(1/3); NaN where
                           one of the two is missing */
    size_t best;        /* the step of least error measured, SIZE_MAX: there is none. One point
                           may owe that to chance */
} tw_sweep_fit;

/* A framework's default. */
typedef struct tw_sweep_mark {
    const tw_step_rule *rule;
    double h;                 /* as a multiple of the direction; negative where it steps back */
    double difference, error; /* NaN as above */
} tw_sweep_mark;

typedef struct tw_sweep {
    double value;         /* f(x) */
    tw_derivative ladder; /* the numerical derivative, robust, with its bar */
    double analytic;      /* the objective's own; NaN: it has none */
    double reference;     /* what errors are measured from: the analytic derivative where it agrees
                             with the numerical one (3 bars and 1e-6 of its size), else that; at a
                             kink the mean of the one-sided ones. NaN: none was found */
    double bar;           /* of the reference: errors below it mean nothing */
    double left, right;   /* one-sided derivatives at a kink, else that of the ladder */
    int analytic_used, analytic_wrong;
    int backward; /* 1: forward differences are taken to the other side, since this one
                     lies beyond a bound or has no finite values */
    double scale;
    size_t count;
    tw_sweep_step *steps; /* widest first */
    tw_sweep_fit fit[2];
    double noise; /* eps_f of the central scheme, else of the forward one, else 0 */
    size_t mark_count;
    tw_sweep_mark marks[TW_SWEEP_MARKS];
    double ladder_error; /* |ladder.value - reference|, or its bar where it is the reference */
    size_t outside, not_finite, unmoved; /* steps at which a difference is missing, and why */
    unsigned long long evaluations;
    double seconds;
} tw_sweep;

/* Sweeps the step along `direction` (n numbers; NULL: coordinate `coordinate`) at x. In
 * the rules of frameworks |x| is the size of the coordinate; along a direction v it is the length
 * of the entries of x that v moves, and h that of the step. Steps are spread over the threads of
 * the objective's runner; the same bits for any number of them. x is never written.
 *
 * A kink, a jump, noise or a derivative of 0 are not failures: see ladder.point_class and
 * tw_sweep_explain. Fails with TW_ERR_NOT_FINITE for a loss that is not finite at x, with
 * TW_ERR_ARGUMENT for steps that are 0 or overflow, bounds without 0, a direction of zeros, and
 * with the objective's status where a callback fails. On success *out owns memory, to be released;
 * on failure it is zeroed. */
TW_API tw_status tw_diff_sweep(tw_objective *objective, const double *x, const double *direction,
                               size_t coordinate, const tw_sweep_options *options, tw_sweep *out);

/* Frees what the sweep owns and zeroes it. Copes with a zeroed struct and NULL. */
TW_API void tw_sweep_release(tw_sweep *sweep);

/* What is unusual about this derivative, in one line ("a kink: ..."), "" where nothing is. Writes
 * at most `size` bytes; returns text. */
TW_API const char *tw_sweep_explain(const tw_sweep *sweep, char *text, size_t size);

TW_END_DECLS

#endif
