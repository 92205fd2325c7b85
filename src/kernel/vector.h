/* vector.h: vectors of doubles of this level's width, and exp, log, log1p, expm1, tanh on them.
 *
 * Included only by the kernel files, which are compiled once a level with TW_LEVEL (a name) and
 * TW_VECTOR_BYTES set. GCC's vector extension keeps this plain C on every architecture.
 */
#ifndef TW_KERNEL_VECTOR_H
#define TW_KERNEL_VECTOR_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "kernel/kernels.h"

#define TW_PASTE_(a, b) a##_##b
#define TW_PASTE(a, b) TW_PASTE_(a, b)
#define KERNEL(name) TW_PASTE(tw_kernel_##name, TW_LEVEL)

#define INLINE static inline __attribute__((always_inline, unused))

enum { LANES = TW_VECTOR_BYTES / 8 };

typedef double vec __attribute__((vector_size(TW_VECTOR_BYTES)));
typedef int64_t ivec __attribute__((vector_size(TW_VECTOR_BYTES)));
typedef uint64_t uvec __attribute__((vector_size(TW_VECTOR_BYTES)));

INLINE vec splat(double x) {
    return x - (vec){0};
}

INLINE vec load(const double *from) {
    vec v;
    memcpy(&v, from, sizeof v);
    return v;
}

INLINE void store(double *to, vec v) {
    memcpy(to, &v, sizeof v);
}

/* condition ? a : b, lane by lane; a comparison of vectors gives the condition. */
INLINE vec choose(ivec condition, vec a, vec b) {
    return (vec)((condition & (ivec)a) | (~condition & (ivec)b));
}

/* max(a, b), b where either is NaN. */
INLINE vec larger(vec a, vec b) {
    return choose(a > b, a, b);
}

INLINE vec magnitude(vec a) {
    return (vec)((ivec)a & INT64_MAX);
}

/* The lanes added up, always in the same order. */
INLINE double lane_sum(vec v) {
    double sum = v[0];
    for (int k = 1; k < LANES; k++)
        sum += v[k];
    return sum;
}

/* exp: 2^n times a Taylor polynomial of degree 13 on |r| <= ln2 / 2, remainder below 5e-18. Below
 * -708 the result is 0, above 709.78 infinity, NaN stays. */
INLINE vec exp_polynomial(vec r) {
    vec r2 = r * r, r4 = r2 * r2, r8 = r4 * r4;
    vec p01 = 1.0 + r, p23 = 1.0 / 2 + r * (1.0 / 6);
    vec p45 = 1.0 / 24 + r * (1.0 / 120), p67 = 1.0 / 720 + r * (1.0 / 5040);
    vec p89 = 1.0 / 40320 + r * (1.0 / 362880);
    vec p1011 = 1.0 / 3628800 + r * (1.0 / 39916800);
    vec p1213 = 1.0 / 479001600 + r * (1.0 / 6227020800.0);
    vec low = (p01 + p23 * r2) + (p45 + p67 * r2) * r4;
    vec high = (p89 + p1011 * r2) + p1213 * r4;
    return low + high * r8;
}

INLINE vec vexp(vec x) {
    const double shifter = 0x1.8p52; /* adding it rounds to an integer in the low bits */
    vec bounded = -larger(-larger(x, splat(-708.0)), splat(-709.9));
    vec shifted = bounded * 1.44269504088896340736 + shifter;
    vec n = shifted - shifter;
    vec r = (bounded - n * 0x1.62e42fefa3800p-1) - n * 0x1.ef35793c76730p-45;
    /* 2^n in two halves, since n may be 1024 */
    ivec bits = (ivec)shifted - (ivec)splat(shifter);
    ivec half = bits >> 1;
    vec scale1 = (vec)((half + 1023) << 52), scale2 = (vec)((bits - half + 1023) << 52);
    vec result = exp_polynomial(r) * scale1 * scale2;
    result = choose(x < splat(-708.0), splat(0.0), result);
    return choose(x == x, result, x);
}

/* expm1 by Taylor to degree 12, for |x| <= 1/4 (remainder below 1e-17 relative), and with two terms
 * more for |x| <= 1/2. Beyond, exp(x) - 1 loses less than two bits. */
INLINE vec expm1_polynomial(vec x, vec p) {
    p = p * x + 1.0 / 479001600;
    p = p * x + 1.0 / 39916800;
    p = p * x + 1.0 / 3628800;
    p = p * x + 1.0 / 362880;
    p = p * x + 1.0 / 40320;
    p = p * x + 1.0 / 5040;
    p = p * x + 1.0 / 720;
    p = p * x + 1.0 / 120;
    p = p * x + 1.0 / 24;
    p = p * x + 1.0 / 6;
    p = p * x + 1.0 / 2;
    return x + x * x * p;
}

INLINE vec vexpm1_small(vec x) {
    return expm1_polynomial(x, splat(0.0));
}

/* For |x| <= 1/256 degree 6 does. */
INLINE vec vexpm1_tiny(vec x) {
    vec p = splat(1.0 / 720);
    p = p * x + 1.0 / 120;
    p = p * x + 1.0 / 24;
    p = p * x + 1.0 / 6;
    p = p * x + 1.0 / 2;
    return x + x * x * p;
}

INLINE vec vexpm1(vec x) {
    vec near = expm1_polynomial(x, x * (1.0 / 87178291200) + 1.0 / 6227020800);
    return choose(magnitude(x) <= splat(0.5), near, vexp(x) - 1.0);
}

/* log of a positive normal number: x = 2^e m, sqrt(1/2) <= m < sqrt(2), log m = 2 artanh s with
 * s = (m - 1) / (m + 1), |s| <= 0.1716, to s^21 (remainder below 1e-17). 0 gives -infinity,
 * infinity stays, negative numbers and NaN give NaN. */
INLINE vec vlog(vec x) {
    ivec bits = (ivec)x;
    ivec offset = (ivec)((uvec)bits - 0x3fe6a09e667f3bcd); /* bits of sqrt(1/2) */
    ivec e = offset >> 52;
    vec m = (vec)((uvec)bits - ((uvec)e << 52));
    vec exponent = __builtin_convertvector(e, vec);
    vec f = m - 1.0;
    vec s = f / (m + 1.0), s2 = s * s;
    vec p = splat(1.0 / 21);
    p = p * s2 + 1.0 / 19;
    p = p * s2 + 1.0 / 17;
    p = p * s2 + 1.0 / 15;
    p = p * s2 + 1.0 / 13;
    p = p * s2 + 1.0 / 11;
    p = p * s2 + 1.0 / 9;
    p = p * s2 + 1.0 / 7;
    p = p * s2 + 1.0 / 5;
    p = p * s2 + 1.0 / 3;
    /* 2s = f - s f, so the leading term is exact in f */
    vec tail = s * (f - 2.0 * s2 * p);
    vec result = exponent * 0x1.62e42fefa3800p-1 + (f - (tail - exponent * 0x1.ef35793c76730p-45));
    result = choose(x == splat(0.0), splat(-INFINITY), result);
    result = choose(x < splat(0.0), splat(NAN), result);
    return choose((x == x) & (x != splat(INFINITY)), result, x);
}

/* log(1 + x) = log(u) + (x - (u - 1)) / u with u = 1 + x as rounded. */
INLINE vec vlog1p(vec x) {
    vec u = 1.0 + x;
    vec lost = (x - (u - 1.0)) / u;
    return vlog(u) + choose((u > splat(0.0)) & (u < splat(INFINITY)), lost, splat(0.0));
}

/* tanh |x| = -t / (2 + t) with t = expm1(-2 |x|): nothing cancels. */
INLINE vec vtanh(vec x) {
    vec t = vexpm1(-2.0 * magnitude(x));
    vec size = t / (2.0 + t); /* minus tanh |x| */
    return choose(x > splat(0.0), -size, choose(x < splat(0.0), size, x));
}

/* Whether the condition holds in some lane. */
INLINE int any(ivec condition) {
    int64_t bits = 0;
    for (int k = 0; k < LANES; k++)
        bits |= condition[k];
    return bits != 0;
}

/* LANES bytes as doubles. Compilers take a conversion of byte vectors apart into single bytes, so:
 * all of them in every lane, each shifted down to its own, as the low bits of 2^52. (Levels of more
 * than two lanes are x86's, little-endian.) */
INLINE vec bytes_at(const uint8_t *from) {
    if (LANES == 2)
        return (vec){from[0], from[1]};
    uvec word = {0}, shift;
    uint64_t bytes = 0;
    memcpy(&bytes, from, LANES < 8 ? LANES : 8);
    for (size_t k = 0; k < LANES; k++)
        shift[k] = 8 * k;
    word = (word + bytes) >> shift;
    return (vec)((word & 0xff) | (uvec)splat(0x1p52)) - 0x1p52;
}

/* Centred features d ... d + LANES - 1 of one row, all below `features`. */
INLINE vec load_features(const tw_samples *samples, int is_bytes, size_t row, size_t d) {
    size_t at = row * samples->features + d;
    if (!is_bytes)
        return load(samples->doubles + at) - load(samples->mean + d);
    return bytes_at(samples->bytes + at) - load(samples->mean + d);
}

/* The same at the end of a row: lanes at or past `features` are `beyond`. */
INLINE vec load_features_end(const tw_samples *samples, int is_bytes, size_t row, size_t d,
                             double beyond) {
    vec v = splat(beyond);
    for (size_t k = 0; k < LANES && d + k < samples->features; k++) {
        size_t at = row * samples->features + d + k;
        v[k] =
            (is_bytes ? (double)samples->bytes[at] : samples->doubles[at]) - samples->mean[d + k];
    }
    return v;
}

/* ---- what the files of this folder define, once a level ---- */

void KERNEL(scores_of)(const tw_samples *samples, const size_t *rows, size_t count, size_t columns,
                       const double *weights, size_t padded, const double *bias, double *scores);
void KERNEL(scores)(const tw_samples *samples, size_t first, size_t count, size_t columns,
                    const double *weights, size_t padded, const double *bias, double *scores);
void KERNEL(accumulate)(const tw_samples *samples, const size_t *rows, size_t first, size_t count,
                        size_t tile, size_t columns, const double *residual, double *out);
void KERNEL(softmax)(const double *scores, const int32_t *labels, size_t count, size_t classes,
                     double *loss, double *correct, const tw_softmax_out *out);
void KERNEL(softmax_points)(const tw_image_span *image, const tw_point_rows *rows, double *scratch,
                            double *product, double *loss, double *correct);
void KERNEL(softmax_flush)(size_t points, double *product, double *loss);
void KERNEL(hinge_points)(const tw_image_span *image, const tw_point_rows *rows, double margin,
                          double *scratch, double *loss, double *correct);
void KERNEL(log_products)(size_t count, size_t columns, size_t group, const tw_softmax_state *state,
                          const double *t, const double *y, double *sums);
void KERNEL(exponentials)(const tw_samples *samples, size_t first, size_t count, size_t tile,
                          const double *steps, double reach, const int32_t *labels, double *t,
                          double *y, double *label_sums);
void KERNEL(dots)(size_t rows, const double *a, size_t columns, const double *b, size_t stride,
                  size_t count, double *sums);
void KERNEL(add_products)(size_t m, size_t n, size_t k, tw_matrix a, tw_matrix b, double *c,
                          size_t row);
void KERNEL(add_products_single)(size_t m, size_t n, size_t k, tw_matrix_single a,
                                 tw_matrix_single b, float *c, size_t row);
void KERNEL(multiply)(size_t rows, size_t depth, const double *w, size_t row_step,
                      size_t depth_step, size_t strips, const double *panel, size_t panel_step,
                      double *out, size_t out_step);
void KERNEL(sample_panel)(const tw_samples *samples, const size_t *rows, size_t count,
                          size_t feature, size_t depth, double scale, double *panel);
void KERNEL(feature_panel)(const tw_samples *samples, const size_t *rows, size_t count,
                           size_t feature, double scale, double *panel);
void KERNEL(units)(tw_unit unit, size_t count, const double *u, double a, const double *v,
                   double *out);
void KERNEL(unit_changes)(tw_unit unit, size_t count, const double *z, const double *move,
                          double *out);
void KERNEL(relu_row)(const tw_relu_row *row, const double *s, const double *v, double *scratch,
                      double *scores, unsigned char *coarse);
void KERNEL(softmax_panel)(const double *scores, const int32_t *labels, size_t count,
                           size_t classes, double *loss, double *correct,
                           const tw_softmax_out *out);
double KERNEL(softmax_changes)(const double *p, const double *log_p, const double *moves,
                               const int32_t *labels, size_t count, size_t classes);
void KERNEL(winograd_weights)(const tw_winograd_weights *w, const float *weights, float *u);
void KERNEL(winograd_weights_adjoint)(const tw_winograd_weights *w, const float *u, float *weights);
size_t KERNEL(winograd_scratch)(const tw_winograd *c);
void KERNEL(winograd)(const tw_winograd *c, const tw_winograd_term *terms,
                      const tw_winograd_ending *end, float *scratch, float *y);
void KERNEL(winograd_adjoint)(const tw_winograd *c, const float *x, const float *gy, float *scratch,
                              float *u);
void KERNEL(exp)(size_t count, const double *x, double *out);
void KERNEL(log)(size_t count, const double *x, double *out);
void KERNEL(log1p)(size_t count, const double *x, double *out);
void KERNEL(expm1)(size_t count, const double *x, double *out);
void KERNEL(tanh)(size_t count, const double *x, double *out);

#endif
