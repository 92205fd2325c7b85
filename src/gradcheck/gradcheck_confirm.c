/* gradcheck_confirm.c: a last look with small steps, before a gradient is called wrong or left
 * open.
 *
 * Behind a ReLU network on thousands of samples kinks lie so close to x that a ladder takes the
 * slope of what they add up to. Below the nearest of them the function is nearly straight: from the
 * smallest step on at which the noise lets the claim be told from the ladder's answer, steps grow
 * as long as plain central differences stay what they are within their noise. The widest that does
 * knows the slope best. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "diff/exact.h"
#include "diff/line.h"
#include "diff/numbers.h"
#include "gradcheck/gradcheck_private.h"

enum { STEPS = 16 };

/* A central difference at h and what its noise may be. */
static tw_status difference(tw_line *line, double noise, double h, double *slope, double *bar) {
    double plus, minus, unit = tw_objective_noise(line->objective);
    tw_status status = tw_line_value(line, h, &plus);
    if (status == TW_OK)
        status = tw_line_value(line, -h, &minus);
    if (status != TW_OK)
        return status;
    if (tw_line_is_native(line))
        noise = TW_NATIVE_UNITS * unit * fmax(fabs(plus), fabs(minus));
    else
        noise = fmax(noise, unit * (fabs(plus) + fabs(minus)));
    *slope = (plus - minus) / (2 * h);
    *bar = 2 * noise / h;
    return TW_OK;
}

/* The rounding of a long sum is more than the last digit of its result, and what the ladder
 * measured may be kinks: seven values next to x tell. */
static tw_status rounding(tw_line *line, const tw_claim *claim, double *noise,
                          tw_claim_answer *answer) {
    enum { POINTS = 7 };
    double values[POINTS], found, h = 2 * tw_power_below(claim->scale) * 0x1p-42;
    tw_status status = TW_OK;
    for (int k = 0; k < POINTS && status == TW_OK; k++)
        status = tw_line_value(line, (k - POINTS / 2) * h, &values[k]);
    answer->evaluations += POINTS;
    *noise = claim->noise;
    if (status == TW_OK && tw_noise_level(POINTS, values, &found) == TW_NOISE_FOUND)
        *noise = fmax(claim->noise, 2 * found);
    return status;
}

/* One difference, with room for noise: if it is with the ladder, so would be all others. */
static tw_status refutes(tw_line *line, const tw_claim *claim, tw_claim_answer *answer, int *yes) {
    double off = fabs(claim->value - claim->found), slope, bar;
    double h = 2 * tw_power_below(128 * claim->noise / off);
    if (!(off > claim->tolerance) || !(h < claim->step))
        return TW_OK;
    tw_status status = difference(line, claim->noise, h, &slope, &bar);
    answer->evaluations += 2;
    *yes = status == TW_OK && fabs(slope - claim->found) <= off / 4;
    return status;
}

static tw_status search(tw_line *line, const tw_claim *claim, tw_claim_answer *answer) {
    double scale = claim->scale, noise = 0, h = scale * 0x1p-44;
    double target = fmax(fabs(claim->value - claim->found), claim->tolerance) / 8;
    tw_status status = TW_OK;
    if (!tw_line_is_native(line)) {
        int refuted = 0;
        status = refutes(line, claim, answer, &refuted);
        if (status != TW_OK || refuted)
            return status;
        status = rounding(line, claim, &noise, answer);
        h = fmax(2 * noise / target, scale * 0x1p-46);
    }
    double last = NAN, last_bar = 0;
    h = 2 * tw_power_below(h);
    for (int k = 0; k < STEPS && h < claim->step && status == TW_OK; k++, h *= 4) {
        double slope, bar;
        status = difference(line, noise, h, &slope, &bar);
        answer->evaluations += 2;
        /* a slope of exactly 0 is that of values too coarse to change */
        if (status != TW_OK || !isfinite(slope) || slope == 0 ||
            (k > 0 && fabs(slope - last) > 3 * last_bar))
            break;
        if (k > 0) /* known to what the step before could tell */
            *answer = (tw_claim_answer){1, slope, last_bar, h, noise, answer->evaluations};
        if (k > 0 && last_bar <= claim->tolerance / 16)
            break; /* more would not be asked for */
        last = slope;
        last_bar = bar;
    }
    return status;
}

tw_status tw_check_confirm(const tw_check *check, const tw_claim *claim, tw_claim_answer *answer) {
    tw_line line = {.objective = check->objective,
                    .x = check->x,
                    .direction = claim->direction,
                    .coordinate = claim->coordinate};
    *answer = (tw_claim_answer){0};
    if (!isfinite(claim->value) || !isfinite(claim->found) || check->unlike ||
        check->options.lower != NULL || check->options.upper != NULL)
        return TW_OK;
    line.metrics = tw_alloc(tw_objective_metrics(check->objective), sizeof(double));
    line.point = tw_alloc_raw(check->n, sizeof(double));
    tw_status status = TW_OK;
    if (line.metrics == NULL || line.point == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a copy of %zu parameters", check->n);
    else
        memcpy(line.point, check->x, check->n * sizeof *check->x);
    if (status == TW_OK)
        status = search(&line, claim, answer);
    free(line.metrics);
    free(line.point);
    return status;
}
