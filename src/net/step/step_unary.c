#include "net/step/step_unary.h"

#include <string.h>
#include <tgmath.h>

#include "net/graph/net_tensor.h"

/* What a function is computed by, over all entries. `dx` is never NULL. */
typedef void values_fn(size_t n, const real *p, const real *x, real *y);
typedef void slopes_fn(size_t n, const real *p, const real *x, const real *y, const real *by,
                       real *out);
typedef void curves_fn(size_t n, const real *p, const real *x, const real *y, const real *dx,
                       const real *gy, const real *dgy, real *dgx);

typedef struct row {
    values_fn *forward;
    slopes_fn *backward, *tangent;
    curves_fn *backward_tangent; /* NULL: f'' = 0 */
} row;

/* A row of formulas, of x, y = f(x) and the parameters p: f, f' and f''. The loops are made here,
 * one set a function, so that each is a plain one that the compiler can turn into vectors. */
#define FORWARD(name, value)                                                                       \
    static void name##_forward(size_t n, const real *p_, const real *in, real *out) {              \
        const real p[] = {p_[0], p_[1]};                                                           \
        (void)p;                                                                                   \
        for (size_t i = 0; i < n; i++) {                                                           \
            const real x = in[i];                                                                  \
            out[i] = (value);                                                                      \
        }                                                                                          \
    }
#define SLOPES(name, how, assigned, slope)                                                         \
    static void name##_##how(size_t n, const real *p_, const real *in, const real *y_,             \
                             const real *by, real *out) {                                          \
        const real p[] = {p_[0], p_[1]};                                                           \
        (void)p;                                                                                   \
        for (size_t i = 0; i < n; i++) {                                                           \
            const real x = in[i], y = y_[i];                                                       \
            (void)x, (void)y;                                                                      \
            out[i] assigned by[i] * (slope);                                                       \
        }                                                                                          \
    }
#define CURVED(name, slope, curve)                                                                 \
    static void name##_backward_tangent(size_t n, const real *p_, const real *in, const real *y_,  \
                                        const real *dx, const real *gy, const real *dgy,           \
                                        real *dgx) {                                               \
        const real p[] = {p_[0], p_[1]};                                                           \
        (void)p;                                                                                   \
        for (size_t i = 0; i < n; i++) {                                                           \
            const real x = in[i], y = y_[i];                                                       \
            (void)x, (void)y;                                                                      \
            dgx[i] += dgy[i] * (slope) + gy[i] * dx[i] * (curve);                                  \
        }                                                                                          \
    }
#define SMOOTH_ROW(name, value, slope, curve)                                                      \
    FORWARD(name, value)                                                                           \
    SLOPES(name, backward, +=, slope)                                                              \
    SLOPES(name, tangent, =, slope)                                                                \
    CURVED(name, slope, curve)                                                                     \
    static const row name##_row = {name##_forward, name##_backward, name##_tangent,                \
                                   name##_backward_tangent};
#define PIECES_ROW(name, value, slope) /* f'' = 0 */                                               \
    FORWARD(name, value)                                                                           \
    SLOPES(name, backward, +=, slope)                                                              \
    SLOPES(name, tangent, =, slope)                                                                \
    static const row name##_row = {name##_forward, name##_backward, name##_tangent, NULL};
#define FLAT_ROW(name, value)                                                                      \
    FORWARD(name, value)                                                                           \
    static const row name##_row = {name##_forward, NULL, NULL, NULL};

#define R(number) ((real)(number))

/* 1 / (1 + e^-x) */
static inline real logistic(real x) {
    return 1 / (1 + exp(-x));
}

/* log(1 + e^x) without an overflow */
static inline real log_one_plus(real x) {
    return (x > 0 ? x : 0) + log1p(exp(-fabs(x)));
}

/* Relu keeps what is not a number: a loss that is not finite is data. */
PIECES_ROW(relu, x < 0 ? 0 : x, R(x > 0 ? 1 : 0))
PIECES_ROW(leaky_relu, x<0 ? p[0] * x : x, x> 0 ? 1 : p[0])
PIECES_ROW(thresholded_relu, x <= p[0] ? 0 : x, R(x > p[0] ? 1 : 0))
PIECES_ROW(clip,
           x > p[1] || p[0] > p[1] ? p[1]
           : x < p[0]              ? p[0]
                                   : x,
           R(x > p[0] && x < p[1] ? 1 : 0))

static inline real within(real x) { /* 0 to 1 */
    return x > 1 ? 1 : x < 0 ? 0 : x;
}

static inline int is_within(real x) {
    return x > 0 && x < 1;
}

PIECES_ROW(hard_sigmoid, within(p[0] * x + p[1]), is_within(p[0] * x + p[1]) ? p[0] : 0)
SMOOTH_ROW(hard_swish, within(x / 6 + R(0.5)) * x,
           x >= 3    ? 1
           : x <= -3 ? 0
                     : x / 3 + R(0.5),
           R(x > -3 && x < 3 ? 1.0 / 3 : 0))
PIECES_ROW(shrink, x<-p[0] ? x + p[1] : x> p[0] ? x - p[1] : (isnan(x) ? x : 0),
           R(x<-p[0] || x> p[0] ? 1 : 0))
SMOOTH_ROW(elu, x > 0 ? x : p[0] * expm1(x), x > 0 ? 1 : p[0] * exp(x), x > 0 ? 0 : p[0] * exp(x))
SMOOTH_ROW(selu, p[1] * (x > 0 ? x : p[0] * expm1(x)), p[1] * (x > 0 ? 1 : p[0] * exp(x)),
           p[1] * (x > 0 ? 0 : p[0] * exp(x)))
SMOOTH_ROW(celu, x > 0 ? x : p[0] * expm1(x / p[0]), x > 0 ? 1 : exp(x / p[0]),
           x > 0 ? 0 : exp(x / p[0]) / p[0])
SMOOTH_ROW(sigmoid, logistic(x), (1 - y) * y, (1 - y) * y * (1 - 2 * y))
SMOOTH_ROW(tanh, tanh(x), 1 - y * y, -2 * y * (1 - y * y))
SMOOTH_ROW(softplus, log_one_plus(x), logistic(x), logistic(x) * logistic(-x))
SMOOTH_ROW(softsign, x / (1 + fabs(x)), 1 / ((1 + fabs(x)) * (1 + fabs(x))),
           (x < 0 ? 2 : -2) / ((1 + fabs(x)) * (1 + fabs(x)) * (1 + fabs(x))))

/* Swish: y = x s(a x), with s' = s (1 - s) and s'' = s' (1 - 2 s). */
static inline real swish_slope(real x, real a) {
    real s = logistic(a * x);
    return s + a * x * s * (1 - s);
}

static inline real swish_curve(real x, real a) {
    real s = logistic(a * x), slope = s * (1 - s);
    return 2 * a * slope + a * a * x * slope * (1 - 2 * s);
}
SMOOTH_ROW(swish, logistic(p[0] * x) * x, swish_slope(x, p[0]), swish_curve(x, p[0]))

/* Mish: y = x t, t = tanh(log(1 + e^x)), whose slope is (1 - t^2) s with s = 1 / (1 + e^-x). */
static inline real mish_slope(real x) {
    real t = tanh(log_one_plus(x));
    return t + x * (1 - t * t) * logistic(x);
}

static inline real mish_curve(real x) {
    real t = tanh(log_one_plus(x)), s = logistic(x), slope = (1 - t * t) * s;
    return 2 * slope + x * slope * (1 - s - 2 * t * s);
}
SMOOTH_ROW(mish, tanh(log_one_plus(x)) * x, mish_slope(x), mish_curve(x))

#define ROOT_HALF R(0.70710678118654752440)
#define DENSITY_0 R(0.39894228040143267794) /* 1 / sqrt(2 pi) */

/* Gelu: x times the normal distribution, (1 + erf(x / sqrt 2)) / 2, whose density is below. */
static inline real density(real x) {
    return DENSITY_0 * exp(-x * x / 2);
}

static inline real distribution(real x) {
    return R(0.5) * erfc(-x * ROOT_HALF);
}
SMOOTH_ROW(gelu, distribution(x) * x, distribution(x) + x * density(x), (2 - x * x) * density(x))

#define ROOT_2_PI R(0.79788456080286535588) /* sqrt(2 / pi) */
#define CUBIC R(0.044715)

/* Its approximation: y = x (1 + t) / 2, t = tanh u, u = sqrt(2 / pi) (x + 0.044715 x^3). */
static inline real gelu_tanh(real x) {
    return tanh(ROOT_2_PI * (x + CUBIC * x * x * x));
}

static inline real gelu_tanh_slope(real x) {
    real t = gelu_tanh(x), u1 = ROOT_2_PI * (1 + 3 * CUBIC * x * x);
    return R(0.5) * (1 + t + x * (1 - t * t) * u1);
}

static inline real gelu_tanh_curve(real x) {
    real t = gelu_tanh(x), u1 = ROOT_2_PI * (1 + 3 * CUBIC * x * x), u2 = ROOT_2_PI * 6 * CUBIC * x;
    return (1 - t * t) * (u1 + x * (R(0.5) * u2 - t * u1 * u1));
}
SMOOTH_ROW(gelu_tanh, R(0.5) * x * (1 + gelu_tanh(x)), gelu_tanh_slope(x), gelu_tanh_curve(x))

#define TWO_ROOT_PI R(1.12837916709551257390) /* 2 / sqrt(pi) */
SMOOTH_ROW(erf, erf(x), exp(-x *x) * TWO_ROOT_PI, -2 * x * TWO_ROOT_PI * exp(-x * x))
PIECES_ROW(abs, fabs(x), R(x > 0 ? 1 : x < 0 ? -1 : 0))
PIECES_ROW(neg, -x, R(-1))
SMOOTH_ROW(square, (x * x), 2 * x, R(2))
SMOOTH_ROW(power, pow(x, p[0]), p[0] == 0 ? 0 : p[0] * pow(x, p[0] - 1),
           p[0] == 0 || p[0] == 1 ? 0 : p[0] * (p[0] - 1) * pow(x, p[0] - 2))
SMOOTH_ROW(sqrt, sqrt(x), R(0.5) / y, R(-0.25) / (x * y))
SMOOTH_ROW(reciprocal, 1 / x, -y *y, 2 * y * y * y)
SMOOTH_ROW(exp, exp(x), y, y)
SMOOTH_ROW(log, log(x), 1 / x, -1 / (x * x))
SMOOTH_ROW(sin, sin(x), cos(x), -y)
SMOOTH_ROW(cos, cos(x), -sin(x), -y)
SMOOTH_ROW(tan, tan(x), 1 + y * y, 2 * y * (1 + y * y))
SMOOTH_ROW(asin, asin(x), 1 / sqrt(1 - x * x), x / ((1 - x * x) * sqrt(1 - x * x)))
SMOOTH_ROW(acos, acos(x), -1 / sqrt(1 - x * x), -x / ((1 - x * x) * sqrt(1 - x * x)))
SMOOTH_ROW(atan, atan(x), 1 / (1 + x * x), -2 * x / ((1 + x * x) * (1 + x * x)))
SMOOTH_ROW(sinh, sinh(x), cosh(x), y)
SMOOTH_ROW(cosh, cosh(x), sinh(x), y)
SMOOTH_ROW(asinh, asinh(x), 1 / sqrt(1 + x * x), -x / ((1 + x * x) * sqrt(1 + x * x)))
SMOOTH_ROW(acosh, acosh(x), 1 / sqrt(x * x - 1), -x / ((x * x - 1) * sqrt(x * x - 1)))
SMOOTH_ROW(atanh, atanh(x), 1 / (1 - x * x), 2 * x / ((1 - x * x) * (1 - x * x)))
FLAT_ROW(sign, x > 0 ? 1 : x < 0 ? -1 : x)
FLAT_ROW(floor, floor(x))
FLAT_ROW(ceil, ceil(x))
FLAT_ROW(round, nearbyint(x))
FLAT_ROW(is_nan, isnan(x))
FLAT_ROW(is_inf, isinf(x) && p[x > 0 ? 0 : 1] != 0)
FLAT_ROW(logical_not, x == 0)
FLAT_ROW(hold, R(tw_net_type_hold((tw_net_type)p[0], x)))

#define ENTRY(NAME, name) [TW_NET_##NAME] = &name##_row,
static const row *const rows[] = {TW_NET_UNARIES(ENTRY)};

/* ---- the kernel ---- */

enum { PARAMETERS = 2 };

static const row *row_of(const tw_net_unary_plan *plan, real *p) {
    for (int i = 0; i < PARAMETERS; i++)
        p[i] = (real)plan->p[i];
    return rows[plan->function];
}

static tw_status forward(const void *plan_, void *state, const real *const *in, real *out) {
    const tw_net_unary_plan *plan = plan_;
    real p[PARAMETERS];
    row_of(plan, p)->forward(plan->count, p, in[0], out);
    return TW_OK;
}

/* Tangents go forward as adjoints go back, but that they are written, not added. */
static slopes_fn *slopes(const row *formulas, int fresh) {
    return fresh ? formulas->tangent : formulas->backward;
}

static tw_status backward(const void *plan_, void *state, const real *const *in, const real *out,
                          real *gout, real *const *gin, const unsigned char *fresh) {
    const tw_net_unary_plan *plan = plan_;
    real p[PARAMETERS];
    if (gin[0] != NULL)
        slopes(row_of(plan, p), fresh[0])(plan->count, p, in[0], out, gout, gin[0]);
    return TW_OK;
}

static tw_status tangent(const void *plan_, void *state, const real *const *in,
                         const real *const *din, const real *out, real *dout) {
    const tw_net_unary_plan *plan = plan_;
    real p[PARAMETERS];
    if (din[0] != NULL)
        row_of(plan, p)->tangent(plan->count, p, in[0], out, din[0], dout);
    for (size_t i = 0; din[0] == NULL && i < plan->count; i++)
        dout[i] = 0;
    return TW_OK;
}

static tw_status backward_tangent(const void *plan_, void *state, const real *const *in,
                                  const real *const *din, const real *out, const real *dout,
                                  const real *gout, real *dgout, real *const *dgin,
                                  const unsigned char *fresh) {
    const tw_net_unary_plan *plan = plan_;
    real p[PARAMETERS];
    const row *formulas = row_of(plan, p);
    if (dgin[0] == NULL)
        return TW_OK;
    if (din[0] == NULL || formulas->backward_tangent == NULL) {
        slopes(formulas, fresh[0])(plan->count, p, in[0], out, dgout, dgin[0]);
        return TW_OK;
    }
    if (fresh[0])
        memset(dgin[0], 0, plan->count * sizeof(real));
    formulas->backward_tangent(plan->count, p, in[0], out, din[0], gout, dgout, dgin[0]);
    return TW_OK;
}

const TW_NET_REAL(tw_net_functions)
    TW_NET_REAL(tw_net_unary_functions) = {.forward = forward,
                                           .backward_into = backward,
                                           .tangent = tangent,
                                           .backward_tangent_into = backward_tangent};

#ifndef TW_NET_SINGLE
const tw_net_kernel tw_net_unary = {"unary", TW_NET_GENERAL, TW_NET_BOTH(tw_net_unary)};
const tw_net_kernel tw_net_unary_flat = {"flat unary", TW_NET_FLAT, TW_NET_BOTH(tw_net_unary)};

const tw_net_kernel *tw_net_unary_kernel(tw_net_unary_function function) {
    return rows[function]->backward == NULL ? &tw_net_unary_flat : &tw_net_unary;
}
#endif
