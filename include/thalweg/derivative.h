/* derivative.h: the derivative of a function of one number, with an error bar.
 *
 * phi(t) = f(x + t v) is sampled on a ladder of power-of-two steps; central differences are
 * extrapolated (Romberg) with the rounding noise carried through every column, the entry of least
 * estimated error wins, and a small step guards against aliasing. The second differences on the way
 * tell a smooth point from a kink, a jump or noise.
 */
#ifndef THALWEG_DERIVATIVE_H
#define THALWEG_DERIVATIVE_H

#include <stddef.h>

#include "objective.h"
#include "status.h"

TW_BEGIN_DECLS

/* *value = phi(t). A value that is not finite is data: the ladder goes to smaller steps. */
typedef tw_status (*tw_scalar_fn)(void *user, double t, double *value);

/* What the function does at the point, from the exponent p of |phi(h) - 2 phi(0) + phi(-h)| ~ h^p.
 */
typedef enum tw_point_class {
    TW_POINT_SMOOTH,      /* p near 2 */
    TW_POINT_FRACTIONAL,  /* phi' exists but is not smooth: p near 1.5, as |t|^1.5, or central
                             differences that converge as h, as for t|t| */
    TW_POINT_KINK,        /* p near 1: left and right derivatives differ */
    TW_POINT_JUMP,        /* p near 0: phi itself is not continuous */
    TW_POINT_NOISE,       /* erratic, or noise was found that is far above the rounding (and not
                             asked for by measure_noise) */
    TW_POINT_UNDETERMINED /* second differences below the noise, as for a straight line */
} tw_point_class;
/* "smooth", "fractional", "kink", "jump", "noise", "undetermined"; NULL past the end. */
TW_API const char *tw_point_class_name(size_t point_class);

enum {
    TW_DERIVATIVE_ALIASED = 1,    /* wide steps and the guard never agreed: the slope of the widest
                                     steps below it that do, or of the last above the noise */
    TW_DERIVATIVE_UNRESOLVED = 2, /* the derivative is below what the noise lets through */
    TW_DERIVATIVE_DOMAIN = 4,     /* some steps met values that are not finite, or a bound */
    TW_DERIVATIVE_ONE_SIDED = 8,  /* at a bound: one-sided differences */
    TW_DERIVATIVE_EVALUATIONS = 16, /* stopped by max_evaluations */
    TW_DERIVATIVE_FLAT = 32,        /* small steps change no bit of phi: it is constant here, or so
                                       coarsely rounded that only wide steps show its slope, which value is
                                     */
    TW_DERIVATIVE_SINGLE = 64 /* every value is a float: unit 2^-23 was taken, the noise measured */
};

/* All zero means the defaults. */
typedef struct tw_derivative_options {
    size_t bytes;      /* sizeof(tw_derivative_options), or 0 (thalweg.h) */
    double noise;      /* absolute error of one value; 0: 2 * 2^-52 |phi|, or 2 * unit |phi|. To it
                          comes unit / 2 |at phi'|, what phi rounds its argument to inside. Where all
                          values are floats, or small steps and wide ones contradict each other, it is
                          measured unasked, since phi may be coarser, in whole or in part */
    int measure_noise; /* 1: take the larger of that and twice what tw_noise_estimate finds */
    double unit; /* relative rounding of the function's own arithmetic; 0: 2^-52 (double); 2^-23 for
                    float32 functions */
    double scale; /* typical size of t's coordinate; 0: 1 */
    double at;    /* the number that phi adds t to, so that increments are those stored, at + t
                     rounded; 0: t is taken as it is */
    double lower, upper; /* phi is only evaluated for lower <= t <= upper (lower <= 0 <= upper);
                            both 0: everywhere */
    unsigned max_evaluations; /* 0: 200, without those that measure the noise */
} tw_derivative_options;

typedef struct tw_derivative {
    double value;       /* dphi/dt at 0 */
    double error;       /* the bar: an estimate of |value - truth|, truncation and noise; of a step
                           function, whose jumps are more than 2^-10 of its value, it reaches from
                           the mean slope, which is the value, to 0, the slope on a plateau */
    double left, right; /* one-sided derivatives at a kink, else equal to value */
    double step;        /* of the winning entry */
    int order;          /* of that entry: 2, 4, 6, ... (1 one-sided) */
    double noise;       /* absolute noise used */
    double kink;        /* smooth here, but a kink nearby: about its distance; else 0 */
    tw_point_class point_class;
    unsigned flags;
    unsigned evaluations;
} tw_derivative;

/* The derivative of phi at 0. Fails only if phi fails or phi(0) is not finite (TW_ERR_NOT_FINITE).
 */
TW_API tw_status tw_derivative_scalar(tw_scalar_fn phi, void *user,
                                      const tw_derivative_options *options, tw_derivative *out);

/* The derivative of the objective's loss at x along `direction` (NULL: coordinate `coordinate`).
 * Uses the objective's own coordinate differences where it has them (their noise is that of the
 * difference, not of the loss), or its span. Bounds and scale are those of t; `at` is not used;
 * scale 0 means the size of x: of the coordinate or the root mean square of its block, or |x| /
 * |direction|. x is never written. */
TW_API tw_status tw_derivative_directional(tw_objective *objective, const double *x,
                                           const double *direction, size_t coordinate,
                                           const tw_derivative_options *options,
                                           tw_derivative *out);

/* All zero means the defaults. */
typedef struct tw_coordinates_options {
    size_t bytes;                /* sizeof(tw_coordinates_options), or 0 (thalweg.h) */
    int measure_noise;           /* 1: of every coordinate, 25 evaluations more each */
    double noise;                /* absolute error of one value; 0: from the objective */
    const double *lower, *upper; /* bounds, n each; both NULL: the objective's. Points beyond are
                                    never evaluated; where they are equal there is no derivative
                                    (NaN, bar infinite, TW_DERIVATIVE_DOMAIN) */
    const double *scales;        /* typical sizes of the parameters, n, 0: that of x; or NULL */
    tw_progress_fn progress;
    void *progress_user;
} tw_coordinates_options;

/* out[k] = the derivative along coordinate indices[k] (count of them), the same as
 * tw_derivative_directional gives, on all threads of the objective's runner. Where the objective
 * answers coordinate differences itself, each step is one call for all coordinates. Fails as
 * tw_derivative_directional does, and with TW_ERR_ARGUMENT if x lies outside the bounds. */
TW_API tw_status tw_derivative_coordinates(tw_objective *objective, const double *x, size_t count,
                                           const size_t *indices,
                                           const tw_coordinates_options *options,
                                           tw_derivative *out);

/* ---- noise: More and Wild, "Estimating computational noise", SIAM J. Sci. Comput. 33 (2011) ----
 */

typedef enum tw_noise_code {
    TW_NOISE_FOUND = 1,
    TW_NOISE_STEP_SMALL = 2,
    TW_NOISE_STEP_LARGE = 3
} tw_noise_code;
typedef struct tw_noise {
    double noise; /* standard deviation of one value's error */
    double step;  /* the spacing that told it */
    tw_noise_code code;
    unsigned evaluations;
} tw_noise;
/* ECnoise at four spacings around t = 0, the largest level found; noise is 0 unless the code is
 * TW_NOISE_FOUND. A kink or a jump among the points is not noise, nor are many kinks: a level that
 * is seen at the wide spacings only and grows with them is left out. Of the options scale, unit and
 * the bounds are used; NULL: the defaults. 25 evaluations, up to 12 more to tell kinks, 18 where
 * wider spacings are wanted. */
TW_API tw_status tw_noise_estimate(tw_scalar_fn phi, void *user,
                                   const tw_derivative_options *options, tw_noise *out);
/* The level in count >= 4 (best 7 ... 9) values at equal spacing. */
TW_API tw_noise_code tw_noise_level(size_t count, const double *values, double *noise);

/* ---- stencils: Fornberg, Math. Comp. 51 (1988) ---- */

/* weights[m * count + k], m = 0 ... derivatives: the weight of the value at nodes[k] in the m-th
 * derivative at `at`. weights holds (derivatives + 1) * count numbers. The nodes must differ, and
 * be more than `derivatives`. */
TW_API tw_status tw_stencil_weights(double at, size_t count, const double *nodes,
                                    size_t derivatives, double *weights);

TW_END_DECLS

#endif
