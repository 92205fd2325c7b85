/* sweep_fit.c: noise from the branch of the errors that rises as 1/h, truncation from the branch
 * that falls, and the best step from both. */
#include "diff/sweep_fit.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "diff/exact.h"
#include "diff/numbers.h"

/* The slope of a noisy branch is told over `WINDOW` steps, the order of the other over `FEW`. */
enum { WINDOW = 8, LEAST = 5, FEW = 4 };

/* Truncation is read where the noise is at most a hundredth of it, and the bar a tenth. */
static const double above_noise = 100, above_bar = 10;

typedef struct branch {
    const tw_sweep *sweep;
    int scheme;   /* of the two */
    double level; /* root mean square of h times the error: the noise of a difference */
} branch;

static double error_at(const branch *b, size_t i) {
    return b->sweep->steps[i].error[b->scheme];
}

/* The median slope of log error over log h from step `first` on: an error that is small by chance
 * does not move it. NaN where too few errors are there. */
static double window_slope(const branch *b, size_t first) {
    double x[WINDOW], y[WINDOW], slopes[WINDOW * (WINDOW - 1) / 2];
    size_t count = 0, pairs = 0;
    for (size_t i = first; i < first + WINDOW; i++) {
        double error = error_at(b, i);
        if (!(error > 0) || !isfinite(error))
            continue;
        x[count] = log(b->sweep->steps[i].h);
        y[count++] = log(error);
    }
    for (size_t i = 0; i < count; i++)
        for (size_t k = i + 1; k < count; k++)
            slopes[pairs++] = (y[k] - y[i]) / (x[k] - x[i]);
    return count >= LEAST ? tw_median(pairs, slopes) : NAN;
}

/* The longest run of windows whose errors rise as 1/h. */
static void find_rise(const branch *b, size_t *first, size_t *end) {
    size_t start = 0, last = 0;
    *first = *end = 0;
    for (size_t i = 0; i + WINDOW <= b->sweep->count; i++) {
        double slope = window_slope(b, i);
        if (!(slope > -1.7 && slope < -0.45))
            continue;
        if (last == 0 || i > last)
            start = i;
        last = i + WINDOW;
        if (last - start > *end - *first) {
            *first = start;
            *end = last;
        }
    }
}

/* Root mean square of h times the error over the run, without those at its wide end that truncation
 * lifts. */
static void fit_noise(branch *b, tw_sweep_fit *fit) {
    size_t first, end, count = 0;
    find_rise(b, &first, &end);
    double scaled[TW_SWEEP_STEPS], sum = 0;
    for (size_t i = first; i < end; i++)
        if (isfinite(error_at(b, i)))
            scaled[count++] = b->sweep->steps[i].h * error_at(b, i);
    double middle = count > 0 ? tw_median(count, scaled) : 0;
    while (first < end && !(b->sweep->steps[first].h * error_at(b, first) <= 4 * middle))
        first++;
    count = 0;
    for (size_t i = first; i < end; i++) {
        double part = b->sweep->steps[i].h * error_at(b, i);
        if (!isfinite(part))
            continue;
        sum += part * part;
        count++;
    }
    if (middle > 0 && count >= LEAST) {
        b->level = sqrt(sum / (double)count);
        fit->noise_steps = count;
        /* h * error is e1 - e0, or (e1 - e2) / 2 */
        fit->noise = b->level * (b->scheme == TW_SCHEME_CENTRAL ? sqrt(2) : sqrt(0.5));
    }
}

static int is_truncation(const branch *b, size_t i) {
    double error = error_at(b, i);
    return isfinite(error) && error > above_noise * b->level / b->sweep->steps[i].h &&
           error > above_bar * b->sweep->bar;
}

/* The exponent over steps first ... first + FEW - 1; NaN if noise reaches into them. */
static double order_at(const branch *b, size_t first) {
    double ratios[FEW - 1];
    for (size_t k = 0; k < FEW; k++)
        if (!is_truncation(b, first + k))
            return NAN;
    for (size_t k = 0; k + 1 < FEW; k++)
        ratios[k] = log2(error_at(b, first + k) / error_at(b, first + k + 1));
    return tw_median(FEW - 1, ratios);
}

/* From the smallest steps that show it: there the next term of the series counts least. */
static void fit_truncation(const branch *b, tw_sweep_fit *fit) {
    static const double weights[] = {2, 6}; /* |f''| / 2, |f'''| / 6 */
    double order = b->scheme == TW_SCHEME_CENTRAL ? 2 : 1;
    for (size_t end = b->sweep->count; end >= FEW; end--) {
        double found = order_at(b, end - FEW), parts[FEW];
        if (isnan(found))
            continue;
        int right = fabs(found - order) < 0.2;
        if (isnan(fit->order) || right) {
            fit->order = found;
            fit->order_steps = FEW;
        }
        if (!right)
            continue;
        for (size_t k = 0; k < FEW; k++) {
            size_t i = end - FEW + k;
            parts[k] = error_at(b, i) / pow(b->sweep->steps[i].h, order);
        }
        fit->derivative = weights[b->scheme] * tw_median(FEW, parts);
        return;
    }
}

static void find_best(const branch *b, tw_sweep_fit *fit) {
    fit->best = SIZE_MAX;
    for (size_t i = 0; i < b->sweep->count; i++) {
        double error = error_at(b, i);
        if (isfinite(error) && (fit->best == SIZE_MAX || error < error_at(b, fit->best)))
            fit->best = i;
    }
}

static void find_optimum(tw_scheme scheme, double noise, tw_sweep_fit *fit) {
    double bend = fit->derivative;
    fit->step = fit->error = NAN;
    if (!(noise > 0) || !(bend > 0))
        return;
    if (scheme == TW_SCHEME_FORWARD) {
        fit->step = 2 * sqrt(noise / bend);
        fit->error = 2 * sqrt(noise * bend);
    } else {
        fit->step = cbrt(3 * noise / bend);
        fit->error = cbrt(9) / 2 * cbrt(noise * noise) * cbrt(bend);
    }
}

void tw_sweep_fit_branches(tw_sweep *sweep) {
    for (int scheme = 0; scheme < 2; scheme++) {
        branch b = {sweep, scheme, 0};
        tw_sweep_fit *fit = &sweep->fit[scheme];
        *fit = (tw_sweep_fit){.order = NAN};
        find_best(&b, fit);
        if (sweep->ladder.point_class == TW_POINT_JUMP)
            continue; /* the size of the jump over h looks like noise */
        fit_noise(&b, fit);
        fit_truncation(&b, fit);
    }
    sweep->noise = sweep->fit[TW_SCHEME_CENTRAL].noise > 0 ? sweep->fit[TW_SCHEME_CENTRAL].noise
                                                           : sweep->fit[TW_SCHEME_FORWARD].noise;
    for (int scheme = 0; scheme < 2; scheme++) {
        double noise = sweep->fit[scheme].noise;
        find_optimum((tw_scheme)scheme, noise > 0 ? noise : sweep->noise, &sweep->fit[scheme]);
    }
}
