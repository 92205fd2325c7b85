/* noise.c: the level of the noise in a function's values, from difference tables (ECnoise). */
#include <math.h>

#include "diff/exact.h"
#include "diff/numbers.h"
#include "thalweg/derivative.h"

enum { VALUES = 7, SPACINGS = 4, WIDER = 3, MOST_VALUES = 32 };

/* Range of the values over their size: above this the spacing shows the function, not its noise. */
static const double widest_range = 0.1;

/* One level of the table. */
typedef struct level {
    double sigma;
    int mixed; /* differences of both signs */
} level;

static int range_is_wide(size_t count, const double *values) {
    double least = values[0], most = values[0];
    for (size_t k = 1; k < count; k++) {
        least = fmin(least, values[k]);
        most = fmax(most, values[k]);
    }
    return most - least > widest_range * fmax(fabs(least), fabs(most));
}

/* Replaces `table` by its differences, and tells what noise they would come from. */
static level next_level(size_t left, double *table, double gamma) {
    double sum = 0, least = INFINITY, most = -INFINITY;
    for (size_t k = 0; k < left; k++) {
        table[k] = table[k + 1] - table[k];
        sum += table[k] * table[k];
        least = fmin(least, table[k]);
        most = fmax(most, table[k]);
    }
    return (level){sqrt(gamma * (sum / (double)left)), least < 0 && most > 0};
}

tw_noise_code tw_noise_level(size_t count, const double *values, double *noise) {
    double table[MOST_VALUES], gamma = 1;
    level levels[MOST_VALUES];
    *noise = 0;
    if (count > MOST_VALUES)
        count = MOST_VALUES;
    for (size_t k = 0; k < count; k++) {
        if (!isfinite(values[k]))
            return TW_NOISE_STEP_LARGE;
        table[k] = values[k];
    }
    if (count < 4 || range_is_wide(count, values))
        return TW_NOISE_STEP_LARGE;
    for (size_t k = 1; k < count; k++) {
        gamma *= 0.5 * (double)k / (double)(2 * k - 1); /* (k!)^2 / (2k)! */
        levels[k] = next_level(count - k, table, gamma);
        size_t zeros = 0;
        for (size_t i = 0; k == 1 && i < count - k; i++)
            zeros += table[i] == 0;
        if (zeros >= count / 2)
            return TW_NOISE_STEP_SMALL;
    }
    for (size_t k = 1; k + 3 <= count; k++) {
        double a = levels[k].sigma, b = k + 1 < count ? levels[k + 1].sigma : a,
               c = k + 2 < count ? levels[k + 2].sigma : b;
        if (levels[k].mixed && fmax(a, fmax(b, c)) <= 4 * fmin(a, fmin(b, c))) {
            *noise = a;
            return TW_NOISE_FOUND;
        }
    }
    return TW_NOISE_STEP_LARGE;
}

/* Fractions of the digits of the arithmetic: 2^-40, 2^-30, 2^-22, 2^-14 in double. Round-off shows
 * at the first already, noise that is correlated over some distance only at wider ones. */
static double spacing(double unit, double scale, int which) {
    static const double fractions[SPACINGS] = {40.0 / 52, 30.0 / 52, 22.0 / 52, 14.0 / 52};
    return ldexp(tw_power_below(scale), (int)lround(log2(unit) * fractions[which]));
}

/* The level at spacing h around phi(0) = middle. */
static tw_status look_at(tw_scalar_fn phi, void *user, double middle, double h, tw_noise *out) {
    double values[VALUES];
    tw_status status = TW_OK;
    *out = (tw_noise){.step = h};
    for (int k = 0; k < VALUES && status == TW_OK; k++) {
        values[k] = middle;
        if (k == VALUES / 2)
            continue;
        status = phi(user, (k - VALUES / 2) * h, &values[k]);
        out->evaluations++;
    }
    if (status == TW_OK)
        out->code = tw_noise_level(VALUES, values, &out->noise);
    return status;
}

static int reaches_out(const tw_derivative_options *options, double h) {
    int bounded = options->lower != 0 || options->upper != 0;
    double reach = h * (VALUES / 2);
    return bounded && (-reach < options->lower || reach > options->upper);
}

tw_status tw_noise_estimate(tw_scalar_fn phi, void *user, const tw_derivative_options *options,
                            tw_noise *out) {
    static const tw_derivative_options defaults;
    if (options == NULL)
        options = &defaults;
    double unit = options->unit > 0 ? options->unit : 0x1p-52;
    double scale = options->scale > 0 ? options->scale : 1;
    tw_noise result = {.code = TW_NOISE_STEP_SMALL};
    double middle, h = 0;
    tw_status status = phi(user, 0, &middle);
    result.evaluations = 1;
    for (int which = 0; which < SPACINGS + WIDER && status == TW_OK; which++) {
        tw_noise found;
        /* wider than usual only where most values are still the same: they are rounded coarsely */
        if (which >= SPACINGS && result.code != TW_NOISE_STEP_SMALL)
            break;
        h = which < SPACINGS ? spacing(unit, scale, which) : 16 * h;
        if (reaches_out(options, h))
            continue;
        status = look_at(phi, user, middle, h, &found);
        found.evaluations = result.evaluations += found.evaluations;
        if (found.code == TW_NOISE_FOUND &&
            (result.code != TW_NOISE_FOUND || found.noise > result.noise))
            result = found;
        else if (result.code != TW_NOISE_FOUND)
            result.code = found.code;
    }
    if (status == TW_OK)
        *out = result;
    return status;
}
