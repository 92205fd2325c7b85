/* point_class.c: what second differences tell about a point. |phi(h) - 2 phi(0) + phi(-h)| goes as
 * h^2 where phi is smooth, as h at a kink, as 1 at a jump; a change of the exponent on the way down
 * is a kink near by. */
#include <math.h>

#include "diff/exact.h"
#include "diff/ladder.h"

/* Second differences count from this many times the noise on. */
static const double visible = 16;

const char *tw_point_class_name(size_t point_class) {
    static const char *const names[] = {"smooth", "fractional", "kink",
                                        "jump",   "noise",      "undetermined"};
    return point_class < sizeof names / sizeof names[0] ? names[point_class] : NULL;
}

static double median3(double a, double b, double c) {
    return fmax(fmin(a, b), fmin(fmax(a, b), c));
}

/* The median of the last three, or of those there are (NaN: none). */
static double last_median(int count, const double *p) {
    if (count >= 3)
        return median3(p[count - 1], p[count - 2], p[count - 3]);
    return count == 2 ? (p[0] + p[1]) / 2 : count == 1 ? p[0] : NAN;
}

typedef struct second {
    double h, value; /* with its sign */
} second;

static int second_differences(const tw_ladder *ladder, second *out) {
    int count = 0;
    for (int k = 0; k < ladder->count; k++) {
        const tw_rung *rung = &ladder->rungs[k];
        double value = (rung->plus - ladder->base) + (rung->minus - ladder->base);
        if (rung->finite && rung->h <= ladder->scale && fabs(value) > visible * rung->noise)
            out[count++] = (second){rung->h, value};
    }
    return count;
}

/* Where at least three exponents of a kink are followed by those of a smooth function. */
static double kink_distance(int count, const second *s, const double *p) {
    double distance = 0;
    int run = 0;
    for (int k = 0; k + 1 < count; k++) {
        if (p[k] > 0.8 && p[k] < 1.25)
            run++;
        else if (p[k] >= 1.7 && run >= 3) {
            distance = sqrt(s[k].h * s[k + 1].h);
            run = 0;
        } else if (p[k] < 0.8)
            run = 0;
    }
    return distance;
}

/* The exponent of central differences, where rungs halve: 2 or more where phi is smooth, 1 for
 * t|t|, whose second differences are 0. */
static double slope_exponent(const tw_ladder *ladder) {
    double q[TW_MOST_RUNGS];
    int count = 0;
    for (int k = 0; k + 2 < ladder->count; k++) {
        const tw_rung *a = &ladder->rungs[k], *b = a + 1, *c = a + 2;
        if (!a->finite || !b->finite || !c->finite || a->h > ladder->scale || b->h != a->h / 2 ||
            c->h != b->h / 2)
            continue;
        double wide = fabs(a->slope - b->slope), narrow = fabs(b->slope - c->slope);
        if (narrow > visible * 2 * c->noise / c->h)
            q[count++] = log2(wide / narrow);
    }
    return count >= 3 ? last_median(count, q) : 2;
}

/* The same step again and again, or numbers that agree on nothing. */
static tw_point_class jump_or_noise(int count, const second *s) {
    double first = s[count - 1].value;
    for (int k = count - 1; k >= 0 && k >= count - 4; k--)
        if (!(s[k].value / first > 0.5 && s[k].value / first < 2))
            return TW_POINT_NOISE;
    return TW_POINT_JUMP;
}

tw_point_class tw_ladder_class(const tw_ladder *ladder, double *kink) {
    second s[TW_MOST_RUNGS];
    double p[TW_MOST_RUNGS];
    *kink = 0;
    if (ladder->side != 0)
        return TW_POINT_UNDETERMINED;
    int count = second_differences(ladder, s);
    if (count < 3)
        return TW_POINT_UNDETERMINED;
    for (int k = 0; k + 1 < count; k++)
        p[k] = log(fabs(s[k].value / s[k + 1].value)) / log(s[k].h / s[k + 1].h);
    double exponent = last_median(count - 1, p);
    if (exponent < 0.35)
        return jump_or_noise(count, s);
    if (exponent < 0.7)
        return TW_POINT_NOISE;
    if (exponent < 1.25)
        return TW_POINT_KINK;
    if (exponent < 1.7)
        return TW_POINT_FRACTIONAL;
    *kink = kink_distance(count, s, p);
    return *kink == 0 && slope_exponent(ladder) < 1.5 ? TW_POINT_FRACTIONAL : TW_POINT_SMOOTH;
}
