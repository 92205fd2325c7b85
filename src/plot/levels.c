#include "plot/levels.h"

#include <math.h>

static const double MANTISSAS[][8] = {
    {1}, {1, 3}, {1, 2, 5}, {1, 1.5, 2, 3, 5, 7}, {1, 1.25, 1.6, 2, 2.5, 3.2, 5, 7}};
static const int COUNTS[] = {1, 2, 3, 6, 8};

static double scaled(double mantissa, int exponent) {
    return exponent < 0 && exponent > -300 ? mantissa / pow(10, -exponent)
                                           : mantissa * pow(10, exponent);
}

static size_t put(double value, double low, double high, double *levels, size_t count) {
    if (value > low && value < high && isfinite(value) && count < TW_LEVELS_MAX)
        levels[count++] = value;
    return count;
}

size_t tw_levels_log(double low, double high, int target, double *levels) {
    double decades = log10(high) - log10(low);
    int set = 0, stride = 1;
    for (int i = 1; i < 5; i++)
        if (fabs(COUNTS[i] * decades - target) < fabs(COUNTS[set] * decades - target))
            set = i;
    if (set == 0 && decades > target)
        stride = (int)lround(decades / target) > 1 ? (int)lround(decades / target) : 1;
    size_t count = 0;
    int first = (int)floor(log10(low)), last = (int)ceil(log10(high));
    for (int exponent = first; exponent <= last; exponent++)
        for (int i = 0; i < COUNTS[set] && exponent % stride == 0; i++)
            count = put(scaled(MANTISSAS[set][i], exponent), low, high, levels, count);
    return count >= 4 ? count : tw_levels_linear(low, high, target, levels);
}

size_t tw_levels_linear(double low, double high, int target, double *levels) {
    static const double steps[] = {1, 2, 2.5, 5};
    int exponent = (int)floor(log10((high - low) / target)), best_exponent = exponent;
    double best = 1, nearest = HUGE_VAL;
    for (int e = exponent; e <= exponent + 1; e++) {
        for (int i = 0; i < 4; i++) {
            double off = fabs(log((high - low) / scaled(steps[i], e) / target));
            if (off < nearest) {
                nearest = off;
                best = steps[i];
                best_exponent = e;
            }
        }
    }
    double first = ceil(low / scaled(best, best_exponent));
    size_t count = 0;
    for (int i = 0; i < 4 * target; i++)
        count = put(scaled((first + i) * best, best_exponent), low, high, levels, count);
    return count;
}
