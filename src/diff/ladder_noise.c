/* ladder_noise.c: the error of one value of phi, of which the rounding of double is only the least.
 * Values may be kept in single precision, or rounded to some digits, or hold a part that is; small
 * steps see nothing of this but a function that does not change, or its exact part. */
#include <math.h>

#include "diff/exact.h"
#include "diff/ladder.h"
#include "diff/noise.h"
#include "diff/numbers.h"

/* Digits of float, and so many at the most that functions of whole numbers or the squares of short
 * ones have by themselves. */
enum { FLOAT_DIGITS = 24, SHORT_DIGITS = 16 };

/* Binary digits that the value needs. */
static int digits_of(double value) {
    int exponent, digits = 0;
    for (double rest = frexp(fabs(value), &exponent); rest != 0; digits++)
        rest = 2 * rest - floor(2 * rest);
    return digits;
}

/* The most digits of any value met. */
static int most_digits(const tw_ladder *ladder) {
    int most = digits_of(ladder->base);
    for (int k = 0; k < ladder->count && most <= FLOAT_DIGITS; k++) {
        const tw_rung *rung = &ladder->rungs[k];
        int plus = isfinite(rung->plus) ? digits_of(rung->plus) : 0;
        int minus = isfinite(rung->minus) ? digits_of(rung->minus) : 0;
        most = most > plus ? most : plus;
        most = most > minus ? most : minus;
    }
    return most;
}

/* A step that no short number is a multiple of. */
static double odd_step(double h) {
    return h * 0x1.3c6ef372fe95p-1;
}

static tw_status take_single(tw_ladder *ladder, int *raised) {
    ladder->unit = 0x1p-23;
    ladder->rounding = fmax(ladder->rounding, 2 * ladder->unit * fabs(ladder->base));
    ladder->noise = fmax(ladder->noise, ladder->rounding);
    ladder->flags |= TW_DERIVATIVE_SINGLE;
    return tw_ladder_measure(ladder, raised);
}

tw_status tw_ladder_look_for_single(tw_ladder *ladder, double h, int *single) {
    int raised, digits = most_digits(ladder);
    *single = 0;
    if (ladder->settled || ladder->unit > 0x1p-30 || digits > FLOAT_DIGITS)
        return TW_OK;
    double odd;
    tw_status status = tw_ladder_value(ladder, odd_step(ladder->side < 0 ? -h : h), &odd);
    if (status != TW_OK || !isfinite(odd) || digits_of(odd) > FLOAT_DIGITS ||
        (digits <= SHORT_DIGITS && digits_of(odd) <= SHORT_DIGITS))
        return status;
    *single = 1;
    return take_single(ladder, &raised);
}

/* The change of phi at distance h, on the side where it is less; 0: none. */
static tw_status change_at(tw_ladder *ladder, double h, double *change) {
    double plus, minus;
    tw_status status = tw_ladder_value(ladder, h, &plus);
    if (status == TW_OK)
        status = tw_ladder_value(ladder, -h, &minus);
    if (status != TW_OK)
        return status;
    double left = fabs(minus - ladder->base), right = fabs(plus - ladder->base);
    *change = left > 0 && right > 0 ? fmin(left, right) : fmax(left, right);
    return TW_OK;
}

/* How far the values jump where the flat stretch ends: by factors of 8 to where something changes,
 * then to the end by halves. Where the change comes to nothing there it is a kink, and no jump. */
static tw_status measure_jump(tw_ladder *ladder, double *jump) {
    double most = fmin(fmin(-ladder->lower, ladder->upper), ladder->scale * 0x1p10);
    double flat = ladder->flat, wide = flat, change = 0, first = 0, found;
    tw_status status = TW_OK;
    while (change == 0 && 8 * wide <= most && status == TW_OK) {
        flat = wide;
        wide *= 8;
        status = change_at(ladder, wide, &change);
    }
    for (int k = 0; k < 8 && change > 0 && isfinite(change) && status == TW_OK; k++) {
        double middle = k < 3 ? sqrt(flat * wide) : (flat + wide) / 2;
        status = change_at(ladder, middle, &found);
        if (status == TW_OK && found > 0) {
            wide = middle;
            change = fmin(change, found);
        } else {
            flat = middle;
        }
        first = k == 2 ? change : first;
    }
    *jump = status == TW_OK && isfinite(change) && change > first / 6 ? change : 0;
    return status;
}

/* Values that differ by noise make slopes that differ by it over the step, whatever the step is;
 * where the last steps tell that this is a good part of the values themselves it is no noise but a
 * function that turns faster than the steps can see. */
int tw_ladder_may_be_noisy(const tw_ladder *ladder) {
    enum { PAIRS = 3 };
    double most = 0;
    for (int k = ladder->count - 1, pairs = 0; k > 0 && pairs < PAIRS; k--) {
        const tw_rung *a = &ladder->rungs[k - 1], *b = &ladder->rungs[k];
        if (!a->finite || !b->finite || b->h != a->h / 2)
            continue;
        double size = fmax(fabs(ladder->base), fmax(fabs(a->plus), fabs(b->plus)));
        most = fmax(most, fabs(a->slope - b->slope) * b->h / size);
        pairs++;
    }
    return most < 0x1p-10;
}

/* Halving the step divides what the slopes still change by, times the step, by 8 where that is
 * truncation, by 2 or more where kinks lie around, and not at all where it is noise, which changes
 * them up and down. (At a kink near by it stays what it is, too, but of one sign.) */
double tw_ladder_scatter(const tw_ladder *ladder) {
    enum { MOST = 6 };
    double changes[MOST], narrow = 0, wide = 0;
    int count = 0, up = 0, down = 0;
    for (int k = ladder->count - 1; k > 0 && count < MOST; k--) {
        const tw_rung *a = &ladder->rungs[k - 1], *b = &ladder->rungs[k];
        int halved = a->finite && b->finite && b->h == a->h / 2;
        if (!halved && count > 0)
            break;
        if (halved)
            changes[count++] = (a->slope - b->slope) * b->h;
    }
    int half = (count + 1) / 2;
    for (int k = 0; k < half; k++) {
        narrow = fmax(narrow, fabs(changes[k]));
        wide = fmax(wide, fabs(changes[count - 1 - k]));
    }
    for (int k = 0; k < count; k++) {
        up |= changes[k] > 0;
        down |= changes[k] < 0;
    }
    return count >= 3 && up && down && log2(wide / narrow) < 0.75 * (count - half) ? narrow : 0;
}

tw_status tw_ladder_measure(tw_ladder *ladder, int *raised) {
    tw_derivative_options options = {.unit = ladder->unit,
                                     .scale = ladder->scale,
                                     .lower = ladder->lower,
                                     .upper = ladder->upper};
    double jump = 0, most = 0, rough = 0, known = fmax(8 * ladder->noise, ladder->scatter / 8);
    unsigned before = ladder->evaluations;
    *raised = 0;
    if (ladder->limited && !ladder->asked && before + 25 > ladder->limit) {
        ladder->flags |= TW_DERIVATIVE_EVALUATIONS;
        return TW_OK;
    }
    tw_status status = TW_OK;
    /* where the steps contradict each other, more than once */
    int most_tries = ladder->contradicted ? 3 : 1;
    for (int tries = 0; tries < most_tries && most <= known; tries++) {
        tw_noise found;
        double seen;
        status = tw_noise_vary(ladder->phi, ladder->user, &options, tries, &found, &seen);
        if (status != TW_OK)
            return status;
        ladder->evaluations += found.evaluations;
        most = fmax(most, found.noise);
        rough = fmax(rough, seen);
        if (found.noise > 0 && found.step > 0x1p-12 * ladder->scale) /* usual spacings are equal */
            ladder->jump = fmax(ladder->jump, 2 * found.noise);
    }
    ladder->measured = 1;
    if (ladder->flat > 0 && ladder->side == 0)
        status = measure_jump(ladder, &jump);
    ladder->jump = fmax(ladder->jump, jump);
    if (2 * most < ladder->scatter / 4 && rough > ladder->scatter / 4)
        most = ladder->scatter; /* the steps themselves tell */
    most = fmax(2 * most, jump);
    *raised = most > 2 * ladder->noise;
    ladder->noise = fmax(ladder->noise, most);
    if (!ladder->limited)
        ladder->limit += ladder->evaluations - before;
    return status;
}

/* The least positive number. */
static const double least = 0x1p-1074;

tw_status tw_ladder_start(tw_ladder *ladder, const tw_derivative_options *options) {
    int raised;
    tw_status status = tw_ladder_value(ladder, 0, &ladder->base);
    if (status != TW_OK)
        return status;
    if (!isfinite(ladder->base))
        return tw_fail(TW_ERR_NOT_FINITE, "the value is %g where its derivative is asked for",
                       ladder->base);
    ladder->rounding = options->noise > 0 ? options->noise : 2 * ladder->unit * fabs(ladder->base);
    if (ladder->base != 0)
        ladder->rounding = fmax(ladder->rounding, 2 * least); /* subnormal values are that coarse */
    ladder->noise = ladder->rounding;
    if (!options->measure_noise)
        return TW_OK;
    /* in single precision? it is measured by other spacings */
    int digits = digits_of(ladder->base);
    if (ladder->unit <= 0x1p-30 && digits > SHORT_DIGITS && digits <= FLOAT_DIGITS) {
        double h = odd_step(fmin(ladder->scale / 8, fmax(ladder->upper, -ladder->lower))), odd;
        status = tw_ladder_value(ladder, h <= ladder->upper ? h : -h, &odd);
        if (status == TW_OK && isfinite(odd) && odd != ladder->base &&
            digits_of(odd) <= FLOAT_DIGITS)
            return take_single(ladder, &raised);
    }
    return status == TW_OK ? tw_ladder_measure(ladder, &raised) : status;
}
