/* formula.h: the number that the formulas of the test functions are written in. Their files are
 * compiled once for double and once for double _Complex, for the complex step (objective.h); the
 * tests compile them for long double _Complex, whose complex step is the truth that gradients are
 * held against. FORMULA(name) is tw_name, tw_name_complex or tw_name_wide.
 *
 * Complex numbers branch on their real parts: the helpers here are the functions of <tgmath.h> that
 * complex numbers lack or that are not analytic for them. creal is the number itself for double. */
#ifndef TW_MODEL_FUNCTION_FORMULA_H
#define TW_MODEL_FUNCTION_FORMULA_H

#include <stddef.h>
#include <tgmath.h>

#ifndef TW_FORMULA_WIDE
#include "model/function/function_any.h"
#include "model/function/function_plane.h"
#endif

#define FORMULA_JOIN(name, suffix) tw_##name##suffix
#define FORMULA_NAME(name, suffix) FORMULA_JOIN(name, suffix)
#define FORMULA(name) FORMULA_NAME(name, TW_FORMULA_SUFFIX)

#if defined TW_FORMULA_WIDE
typedef long double real;
typedef long double _Complex number;
#define TW_FORMULA_SUFFIX _wide
#elif defined TW_FORMULA_COMPLEX
typedef double real;
typedef double _Complex number;
#define TW_FORMULA_SUFFIX _complex
#else
typedef double number;
#define TW_FORMULA_SUFFIX
#endif

static inline number square(number x) {
    return x * x;
}

static inline number cube(number x) {
    return x * x * x;
}

#if defined TW_FORMULA_WIDE || defined TW_FORMULA_COMPLEX

static inline number magnitude(number x) {
    return creal(x) < 0 ? -x : x;
}

static inline number distance(number x, number y) {
    return sqrt(x * x + y * y);
}

static inline number exp_less_1(number x) {
    real a = creal(x), b = cimag(x), half = sin(b / 2);
    return __builtin_complex(expm1(a) * cos(b) - 2 * half * half, exp(a) * sin(b));
}

/* By the smaller quotient, so that it is analytic at x = 0, too. */
static inline number turns(number x, number y) {
    if (fabs(creal(x)) < fabs(creal(y))) {
        double quarter = creal(y) > 0 ? 0.25 : creal(x) < 0 ? 0.75 : -0.25;
        return quarter - atan(x / y) / (2 * M_PI);
    }
    return atan(y / x) / (2 * M_PI) + (creal(x) < 0 ? 0.5 : 0);
}

#else

static inline double magnitude(double x) {
    return fabs(x);
}

static inline double distance(double x, double y) {
    return hypot(x, y);
}

static inline double exp_less_1(double x) {
    return expm1(x);
}

/* The angle of (x, y) over 2 pi, from -1/4 on the negative y axis to 3/4. */
static inline double turns(double x, double y) {
    return x != 0 ? atan(y / x) / (2 * M_PI) + (x < 0 ? 0.5 : 0) : copysign(0.25, y);
}

#endif

#endif
