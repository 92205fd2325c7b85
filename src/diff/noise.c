/* noise.c: the level of the noise in a function's values, from difference tables (ECnoise). */
#include <math.h>

#include "core/versioned.h"
#include "diff/exact.h"
#include "diff/noise.h"
#include "diff/numbers.h"

enum { VALUES = 7, SPACINGS = 4, WIDER = 3, MOST_VALUES = 32 };

/* Second differences below this part of the largest count as none. */
static const double next_to_none = 1.0 / 32;

/* Range of the values over their size: above this the spacing shows the function, not its noise. */
static const double widest_range = 0.1;

/* One level of the table. */
typedef struct level {
    double sigma;
    int mixed; /* differences of both signs */
} level;

/* A kink or a jump among the points makes tables that look like noise, but it leaves its mark on
 * two second differences side by side at most, and noise on all. 1: so it is; *jump = 1 if the two
 * cancel each other. */
static int is_one_event(size_t count, const double *values, int *jump) {
    double largest = 0, sum = 0;
    size_t first = count, last = 0;
    for (size_t k = 1; k + 1 < count; k++)
        largest = fmax(largest, fabs((values[k + 1] - values[k]) - (values[k] - values[k - 1])));
    for (size_t k = 1; k + 1 < count; k++) {
        double second = (values[k + 1] - values[k]) - (values[k] - values[k - 1]);
        if (fabs(second) > next_to_none * largest) {
            first = first < k ? first : k;
            last = k;
            sum += second;
        }
    }
    *jump = last == first + 1 && fabs(sum) < largest / 2;
    return count >= 7 && largest > 0 && last <= first + 1;
}

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

/* The levels 1 ... count - 1 of the table of values, and the first of three that agree, or 0. The
 * values are used up. */
static size_t agreeing_level(size_t count, double *table, level *levels) {
    double gamma = 1;
    for (size_t k = 1; k < count; k++) {
        gamma *= 0.5 * (double)k / (double)(2 * k - 1); /* (k!)^2 / (2k)! */
        levels[k] = next_level(count - k, table, gamma);
    }
    for (size_t k = 1; k + 3 <= count; k++) {
        double a = levels[k].sigma, b = k + 1 < count ? levels[k + 1].sigma : a,
               c = k + 2 < count ? levels[k + 2].sigma : b;
        if (levels[k].mixed && fmax(a, fmax(b, c)) <= 4 * fmin(a, fmin(b, c)))
            return k;
    }
    return 0;
}

static int mostly_equal(size_t count, const double *values) {
    size_t zeros = 0;
    for (size_t k = 0; k + 1 < count; k++)
        zeros += values[k + 1] == values[k];
    return zeros >= count / 2;
}

/* Copies the values in a unit, 2^exponent, in which their squares do not overflow or vanish; 0: one
 * of them is not finite. */
static int in_unit(size_t count, const double *values, double *table, int *exponent) {
    double largest = 0;
    *exponent = 0;
    for (size_t k = 0; k < count; k++) {
        if (!isfinite(values[k]))
            return 0;
        largest = fmax(largest, fabs(values[k]));
    }
    if (largest > 0x1p400 || (largest > 0 && largest < 0x1p-400))
        *exponent = ilogb(largest);
    for (size_t k = 0; k < count; k++)
        table[k] = ldexp(values[k], -*exponent);
    return 1;
}

tw_noise_code tw_noise_level(size_t count, const double *values, double *noise) {
    double table[MOST_VALUES];
    level levels[MOST_VALUES];
    int exponent, jump;
    *noise = 0;
    if (count > MOST_VALUES)
        count = MOST_VALUES;
    if (!in_unit(count, values, table, &exponent) || count < 4 || range_is_wide(count, table))
        return TW_NOISE_STEP_LARGE;
    if (mostly_equal(count, table))
        return TW_NOISE_STEP_SMALL;
    if (is_one_event(count, table, &jump))
        return jump ? TW_NOISE_STEP_SMALL : TW_NOISE_STEP_LARGE;
    size_t which = agreeing_level(count, table, levels);
    *noise = which > 0 ? ldexp(levels[which].sigma, exponent) : 0;
    return which > 0 ? TW_NOISE_FOUND : TW_NOISE_STEP_LARGE;
}

/* Fractions of the digits of the arithmetic: 2^-40, 2^-30, 2^-22, 2^-14 in double. Round-off shows
 * at the first already, noise that is correlated over some distance only at wider ones. */
static double spacing(double unit, double scale, int which, int variation) {
    static const double fractions[SPACINGS] = {40.0 / 52, 30.0 / 52, 22.0 / 52, 14.0 / 52};
    /* Where the function rounds its argument to fewer bits, all multiples of a power of two would
     * be rounded alike, and the noise of that not be seen. Sixteen more bits are beyond those of
     * single precision, and not yet beyond those of double, but for the narrowest. */
    static const double odd[] = {0x1.5d39p0, 0x1.0b17p1, 0x1.b5c3p-1};
    return (which == 0 ? 1 : odd[variation % 3]) *
           ldexp(tw_power_below(scale), (int)lround(log2(unit) * fractions[which]));
}

/* Values at spacing h around phi(0) = values[VALUES / 2]. */
static tw_status look_at(tw_scalar_fn phi, void *user, double h, double *values,
                         unsigned *evaluations) {
    tw_status status = TW_OK;
    for (int k = 0; k < VALUES && status == TW_OK; k++)
        if (k != VALUES / 2) {
            status = phi(user, (k - VALUES / 2) * h, &values[k]);
            ++*evaluations;
        }
    return status;
}

static int reaches_out(const tw_derivative_options *options, double h) {
    int bounded = options->lower != 0 || options->upper != 0;
    double reach = h * (VALUES / 2);
    return bounded && (-reach < options->lower || reach > options->upper);
}

/* What the table of values at spacing h makes of noise from the fourth differences on, where
 * nothing else of a smooth function is left: the least or the most that they tell. */
static tw_status high_levels(tw_scalar_fn phi, void *user, double middle, double h, double *least,
                             double *most, unsigned *evaluations) {
    double values[VALUES];
    level levels[MOST_VALUES];
    int exponent;
    values[VALUES / 2] = middle;
    *least = *most = NAN;
    tw_status status = look_at(phi, user, h, values, evaluations);
    if (status != TW_OK || !in_unit(VALUES, values, values, &exponent))
        return status;
    agreeing_level(VALUES, values, levels);
    for (int k = 4; k < VALUES; k++) {
        *least = fmin(*least, ldexp(levels[k].sigma, exponent));
        *most = fmax(*most, ldexp(levels[k].sigma, exponent));
    }
    return status;
}

/* Many kinks within the spacing look like noise, but grow in proportion to it; noise stays what it
 * is. A crowd of kinks that is hardly wider than the spacing grows by less, and is nearly straight
 * within a part of it, as only noise is that is a smooth function, which does not grow. */
static tw_status tell_kinks(tw_scalar_fn phi, void *user, double middle, const tw_noise *found,
                            unsigned *evaluations, int *kinks) {
    double least, most;
    tw_status status = high_levels(phi, user, middle, 8 * found->step, &least, &most, evaluations);
    double growth = least / found->noise;
    *kinks = growth > 4;
    if (status != TW_OK || *kinks || !(growth > 1.5))
        return status;
    status = high_levels(phi, user, middle, found->step / 8, &least, &most, evaluations);
    *kinks = status == TW_OK && most < found->noise / 4;
    return status;
}

tw_status tw_noise_estimate(tw_scalar_fn phi, void *user, const tw_derivative_options *options,
                            tw_noise *out) {
    double rough;
    tw_derivative_options taken;
    tw_status status = TW_TAKE(tw_derivative_options, max_evaluations, &taken, options);
    return status == TW_OK ? tw_noise_vary(phi, user, &taken, 0, out, &rough) : status;
}

tw_status tw_noise_vary(tw_scalar_fn phi, void *user, const tw_derivative_options *options,
                        int variation, tw_noise *out, double *rough) {
    static const tw_derivative_options defaults;
    if (options == NULL)
        options = &defaults;
    double unit = options->unit > 0 ? options->unit : 0x1p-52;
    double scale = options->scale > 0 ? options->scale : 1;
    tw_noise result = {.code = TW_NOISE_STEP_SMALL};
    double values[VALUES], middle, h = 0;
    tw_status status = phi(user, 0, &middle);
    unsigned evaluations = 1;
    values[VALUES / 2] = middle;
    *rough = 0;
    for (int k = 0; k < SPACINGS + WIDER && status == TW_OK; k++) {
        tw_noise found = {0};
        int kinks = 0;
        /* wider than usual only where most values are still the same: they are rounded coarsely */
        if (k >= SPACINGS && result.code != TW_NOISE_STEP_SMALL)
            break;
        h = k < SPACINGS ? spacing(unit, scale, k, variation) : 16 * h;
        if (reaches_out(options, h))
            continue;
        status = look_at(phi, user, h, values, &evaluations);
        if (status != TW_OK)
            break;
        for (int i = 1; k == SPACINGS - 1 && i + 1 < VALUES; i++)
            *rough = fmax(*rough, fabs((values[i + 1] - values[i]) - (values[i] - values[i - 1])));
        found.step = h;
        found.code = tw_noise_level(VALUES, values, &found.noise);
        /* seen at wide spacings only? */
        if (found.code == TW_NOISE_FOUND && k > 0 && k < SPACINGS && !reaches_out(options, 8 * h) &&
            found.noise > 4 * fmax(result.noise, 2 * unit * fabs(middle)))
            status = tell_kinks(phi, user, middle, &found, &evaluations, &kinks);
        if (kinks)
            found.code = TW_NOISE_STEP_LARGE;
        if (found.code == TW_NOISE_FOUND &&
            (result.code != TW_NOISE_FOUND || found.noise > result.noise))
            result = found;
        else if (result.code != TW_NOISE_FOUND)
            result.code = found.code;
    }
    result.evaluations = evaluations;
    if (status == TW_OK)
        *out = result;
    return status;
}
