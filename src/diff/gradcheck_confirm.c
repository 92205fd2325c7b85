/* gradcheck_confirm.c: a last look with small steps, before a gradient is called wrong or left
 * open.
 *
 * Behind a ReLU network on thousands of samples kinks lie so close to x that a ladder takes the
 * slope of what they add up to. Below the nearest of them the slope is the gradient's. From the
 * smallest step on at which the noise lets the claim be told from the ladder's answer, steps grow
 * as long as plain central differences agree with the claim within their noise; the widest that
 * does knows it best. A wrong gradient agrees with none of them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "diff/exact.h"
#include "diff/gradcheck_private.h"
#include "diff/line.h"

enum { STEPS = 16 };

static double power_of_two_above(double x) {
    int exponent;
    frexp(x, &exponent);
    return ldexp(1, exponent);
}

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

static tw_status search(tw_line *line, const tw_claim *claim, tw_claim_answer *answer) {
    double scale = claim->scale,
           target = fmax(fabs(claim->value - claim->found), claim->tolerance) / 8;
    double h = tw_line_is_native(line) ? scale * 0x1p-44
                                       : fmax(2 * claim->noise / target, scale * 0x1p-46);
    tw_status status = TW_OK;
    answer->agrees = 0;
    h = power_of_two_above(h);
    for (int k = 0; k < STEPS && h < claim->step && status == TW_OK; k++, h *= 4) {
        double slope, bar;
        status = difference(line, claim->noise, h, &slope, &bar);
        answer->evaluations += 2;
        if (status != TW_OK || !(fabs(slope - claim->value) <= 3 * bar + claim->tolerance / 2) ||
            !(bar <= 2 * target))
            break;
        *answer = (tw_claim_answer){1, slope, bar, h, answer->evaluations};
        if (bar <= claim->tolerance / 16)
            break; /* more would not be asked for */
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
