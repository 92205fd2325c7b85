/* relu_row.c: the scores of one image along a row of points, for a layer of relu units.
 *
 * A unit's input s + a v changes its sign once along the row, so it is on over a piece of the row
 * that begins or ends at one flip. While it is on it adds (t + a q)(s + a v) = t s + a (t v + q s)
 * + a^2 q v to a score: three coefficients a class. So they are formed once a unit and row and not
 * once a unit and point, those of all units that are on are added up, and a point takes the
 * quadratic of its sums.
 *
 * Sums of what is on at a point must not depend on which other points there are, and so not on the
 * order of adding: they are taken in fixed point, in 64-bit integers, where addition is exact. The
 * unit of each of the three sums is a power of two below 2^-50 of the largest coefficient that the
 * image can have in the row, which neither overflows nor loses digits beside additions in doubles;
 * where a unit that is off is so far from the others that it would, the point is marked.
 */
#include "kernel/vector.h"

/* Vectors of classes whose sums stay in registers. */
enum { WIDE = LANES == 8 ? 2 : LANES == 4 ? 3 : 2, PARTS = 3 };

/* Adding it to a number below 2^51 leaves the rounded integer in the low bits. */
static const double SHIFTER = 0x1.8p52;

/* For each coefficient the factor that makes an integer of it, a power of two, and its inverse. */
typedef struct fixed_point {
    double to[PARTS], from[PARTS];
} fixed_point;

INLINE double most_of(size_t count, const double *x) {
    vec most = splat(0.0);
    for (size_t h = 0; h < count; h += LANES) {
        vec size = magnitude(load(x + h));
        most = choose((size <= most) | (most != most), most, size); /* NaN comes, and stays */
    }
    double result = 0;
    for (int k = 0; k < LANES; k++)
        if (!(most[k] <= result) && result == result)
            result = most[k];
    return result;
}

/* The largest power of two with to * most <= 2^50; 0 where `most` is not finite or too near to it.
 */
INLINE double factor_of(double most) {
    if (!(most < 0x1p900))
        return 0;
    int exponent;
    frexp(most > 0x1p-900 ? most : 0x1p-900, &exponent);
    return ldexp(1, 50 - exponent);
}

INLINE fixed_point fixed_point_of(const tw_relu_row *row, double s_most, double v_most) {
    const double most[PARTS] = {row->t_most * s_most, row->t_most * v_most + row->q_most * s_most,
                                row->q_most * v_most};
    fixed_point fixed;
    for (int j = 0; j < PARTS; j++) {
        fixed.to[j] = factor_of(most[j]);
        fixed.from[j] = 1 / fixed.to[j];
    }
    return fixed;
}

/* ---- where the units flip ---- */

typedef struct unit_lists {
    size_t *flip; /* point from which a unit is in its second state: 0 ... count */
    uint32_t *on, *rising, *falling;
    size_t ons, risings, fallings;
} unit_lists;

/* A guess that is right, or nearly so, where the points are at equal distances. */
INLINE void guess_flips(const tw_relu_row *row, const double *s, const double *v, double *guess) {
    const double *a = row->a;
    size_t count = row->count;
    double spread = a[count - 1] - a[0], rate = spread > 0 ? (double)(count - 1) / spread : 0;
    for (size_t h = 0; h < row->units; h += LANES) {
        vec at = (-load(s + h) / load(v + h) - splat(a[0])) * splat(rate) + 1.0;
        at = choose(at < splat((double)count), at, splat((double)count));
        store(guess + h, choose(at > splat(0.0), at, splat(0.0)));
    }
}

/* Whether a unit is past its flip at a point. What it gets is a monotonic function of a, rounding
 * included, so there is one flip. */
INLINE int is_past(double s, double v, double a) {
    return (s + a * v > 0) == (v >= 0);
}

INLINE size_t find_flip(const tw_relu_row *row, double s, double v, size_t guess) {
    size_t k = guess, count = row->count;
    while (k < count && !is_past(s, v, row->a[k]))
        k++;
    while (k > 0 && is_past(s, v, row->a[k - 1]))
        k--;
    return k;
}

/* Points -1 and count, which the row has for that, are before and past every flip; so there is
 * nothing in the loop that the processor could not foresee but a wrong guess. */
INLINE void fill_flips(const tw_relu_row *row, const double *s, const double *v, size_t *flips) {
    double *guess = (double *)flips;
    const double *a = row->a;
    guess_flips(row, s, v, guess);
    for (size_t h = 0; h < row->units; h++) {
        size_t k = (size_t)(ptrdiff_t)guess[h];
        int before = is_past(s[h], v[h], a[(ptrdiff_t)k - 1]), past = is_past(s[h], v[h], a[k]);
        if (__builtin_expect(before | !past, 0))
            k = find_flip(row, s[h], v[h], k);
        memcpy(&flips[h], &k, sizeof k);
    }
}

/* Every list is written always, and keeps what it has by its count: no branches. */
INLINE void fill_lists(const tw_relu_row *row, const double *v, unit_lists *lists) {
    size_t count = row->count;
    for (size_t h = 0; h < row->units; h++) {
        size_t k = lists->flip[h], rises = v[h] >= 0, flips = k - 1 < count - 1;
        lists->on[lists->ons] = (uint32_t)h;
        lists->rising[lists->risings] = (uint32_t)h;
        lists->falling[lists->fallings] = (uint32_t)h;
        lists->ons += k == (count & (rises - 1));
        lists->risings += rises & flips;
        lists->fallings += (1 - rises) & flips;
    }
}

/* ---- sums ---- */

/* The integers of one unit's coefficients. */
INLINE void coefficients(const tw_relu_row *row, const fixed_point *fixed, size_t wide, size_t c,
                         double s, double v, size_t h, ivec n[PARTS][WIDE]) {
    ivec bits = (ivec)splat(SHIFTER);
    for (size_t k = 0; k < wide; k++) {
        vec t = load(row->t + h * row->stride + c + k * LANES);
        vec q = load(row->q + h * row->stride + c + k * LANES);
        vec cross = t * splat(v * fixed->to[1]) + SHIFTER;
        n[0][k] = (ivec)(t * splat(s * fixed->to[0]) + SHIFTER) - bits;
        n[1][k] = (ivec)(q * splat(s * fixed->to[1]) + cross) - bits;
        n[2][k] = (ivec)(q * splat(v * fixed->to[2]) + SHIFTER) - bits;
    }
}

/* A row's sums for `wide` vectors of classes from c on: `steps` has, for every point, what the sums
 * change by there, PARTS x wide vectors; `start` what they are at the first point. */
INLINE void sum_units(const tw_relu_row *row, const fixed_point *fixed, size_t wide, size_t c,
                      const double *s, const double *v, const unit_lists *lists,
                      ivec start[PARTS][WIDE], ivec *steps) {
    ivec n[PARTS][WIDE];
    for (size_t i = 0; i < lists->ons; i++) {
        size_t h = lists->on[i];
        coefficients(row, fixed, wide, c, s[h], v[h], h, n);
        for (size_t j = 0; j < PARTS; j++)
            for (size_t k = 0; k < wide; k++)
                start[j][k] += n[j][k];
    }
    for (size_t i = 0; i < lists->risings; i++) {
        size_t h = lists->rising[i];
        ivec *step = steps + lists->flip[h] * PARTS * wide;
        coefficients(row, fixed, wide, c, s[h], v[h], h, n);
        for (size_t j = 0; j < PARTS; j++)
            for (size_t k = 0; k < wide; k++)
                step[j * wide + k] += n[j][k];
    }
    for (size_t i = 0; i < lists->fallings; i++) {
        size_t h = lists->falling[i];
        ivec *step = steps + lists->flip[h] * PARTS * wide;
        coefficients(row, fixed, wide, c, s[h], v[h], h, n);
        for (size_t j = 0; j < PARTS; j++)
            for (size_t k = 0; k < wide; k++) {
                start[j][k] += n[j][k];
                step[j * wide + k] -= n[j][k];
            }
    }
}

INLINE vec as_numbers(ivec n, double from) {
    return __builtin_convertvector(n, vec) * splat(from);
}

/* The scores of `wide` vectors of classes from c on. */
INLINE void score_classes(const tw_relu_row *row, const fixed_point *fixed, size_t wide, size_t c,
                          const double *s, const double *v, const unit_lists *lists, ivec *steps,
                          double *scores) {
    ivec sums[PARTS][WIDE] = {{{0}}};
    memset(steps, 0, row->count * PARTS * wide * sizeof *steps);
    sum_units(row, fixed, wide, c, s, v, lists, sums, steps);
    size_t classes = row->classes - c < wide * LANES ? row->classes - c : wide * LANES;
    for (size_t p = 0; p < row->count; p++) {
        double a = row->a[p], out[WIDE * LANES];
        for (size_t k = 0; k < wide; k++) {
            for (size_t j = 0; j < PARTS; j++)
                sums[j][k] += steps[(p * PARTS + j) * wide + k];
            vec linear = as_numbers(sums[1][k], fixed->from[1]) +
                         as_numbers(sums[2][k], fixed->from[2]) * splat(a);
            vec bias =
                load(row->t_bias + c + k * LANES) + load(row->q_bias + c + k * LANES) * splat(a);
            store(out + k * LANES,
                  as_numbers(sums[0][k], fixed->from[0]) + linear * splat(a) + bias);
        }
        for (size_t i = 0; i < classes; i++)
            scores[(p * row->classes + c + i) * TW_STRIP] = out[i];
    }
}

/* The rounding of as many integers as there are units, beside what a score may lose anyway. */
INLINE void mark_coarse(const tw_relu_row *row, const fixed_point *fixed, const double *scores,
                        unsigned char *coarse) {
    double root = sqrt((double)row->units);
    for (size_t p = 0; p < row->count; p++) {
        double a = fabs(row->a[p]), most = 0;
        for (size_t c = 0; c < row->classes; c++) {
            double size = fabs(scores[(p * row->classes + c) * TW_STRIP]);
            most = size <= most ? most : size;
        }
        double error = root * (fixed->from[0] + a * (fixed->from[1] + a * fixed->from[2]));
        if (!(error <= 2e-13 * (1 + most)))
            coarse[p] = 1;
    }
}

void KERNEL(relu_row)(const tw_relu_row *row, const double *s, const double *v, double *scratch,
                      double *scores, unsigned char *coarse) {
    size_t padded = (row->units + TW_FEATURE_PAD - 1) / TW_FEATURE_PAD * TW_FEATURE_PAD;
    fixed_point fixed = fixed_point_of(row, most_of(padded, s), most_of(padded, v));
    if (!(fixed.to[0] > 0 && fixed.to[1] > 0 && fixed.to[2] > 0)) {
        memset(coarse, 1, row->count);
        return;
    }
    unit_lists lists = {.flip = (size_t *)scratch, .on = (uint32_t *)(scratch + padded)};
    lists.rising = (uint32_t *)(scratch + 2 * padded);
    lists.falling = (uint32_t *)(scratch + 3 * padded);
    ivec *steps = (ivec *)(scratch + 4 * padded);
    fill_flips(row, s, v, lists.flip);
    fill_lists(row, v, &lists);
    for (size_t c = 0; c < row->classes; c += WIDE * LANES) {
        size_t left = (row->classes - c + LANES - 1) / LANES;
        if (left >= WIDE)
            score_classes(row, &fixed, WIDE, c, s, v, &lists, steps, scores);
        else if (left == 2)
            score_classes(row, &fixed, 2, c, s, v, &lists, steps, scores);
        else
            score_classes(row, &fixed, 1, c, s, v, &lists, steps, scores);
    }
    mark_coarse(row, &fixed, scores, coarse);
}
