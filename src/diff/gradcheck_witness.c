/* gradcheck_witness.c: a second opinion that shares no step with the ladder. Two central
 * differences side with the claim, with what was found, or with neither.
 *
 * A ladder that met noise, cancellation or a smooth part without the rest at its small steps is
 * wrong by many of its bars; then plain differences at wide steps stand on the side of the claim.
 * Their steps are no powers of two, so that no value is one that the ladder rests on. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "diff/exact.h"
#include "diff/gradcheck_private.h"
#include "diff/line.h"

/* In parts of the scale. The first pair is wide enough to be above the noise of single precision;
 * the second is asked where the first has not settled. The others only tell a function that turns
 * fast, where they settle, from noise, where none does: such small steps may see a part of the loss
 * alone, so that they do not decide. */
static const double steps[] = {0.011, 1.7e-4, 2.6e-6, 4e-8};
enum { PAIRS = sizeof steps / sizeof steps[0], DECIDE = 2 };

tw_status tw_check_line(const tw_check *check, const double *direction, size_t coordinate,
                        tw_line *line) {
    *line = (tw_line){.objective = check->objective,
                      .x = check->x,
                      .direction = direction,
                      .coordinate = coordinate};
    line->metrics = tw_alloc(tw_objective_metrics(check->objective), sizeof(double));
    line->point = tw_alloc_raw(check->n, sizeof(double));
    if (line->metrics == NULL || line->point == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a copy of %zu parameters", check->n);
    memcpy(line->point, check->x, check->n * sizeof *check->x);
    return TW_OK;
}

void tw_check_line_release(tw_line *line) {
    free(line->metrics);
    free(line->point);
}

/* How far t may go to both sides. */
static double room(const tw_check *check, const tw_claim *claim) {
    const tw_gradcheck_options *o = &check->options;
    double room = INFINITY;
    for (size_t i = 0; i < check->n; i++) {
        double v = claim->direction != NULL ? claim->direction[i] : i == claim->coordinate;
        if (v != 0 && o->lower != NULL)
            room = fmin(room, (check->x[i] - o->lower[i]) / fabs(v));
        if (v != 0 && o->upper != NULL)
            room = fmin(room, (o->upper[i] - check->x[i]) / fabs(v));
    }
    return room;
}

static tw_status difference(tw_line *line, double h, double *slope) {
    double plus, minus,
        at = line->direction == NULL && !tw_line_is_native(line) ? line->x[line->coordinate] : 0;
    volatile double right = at + h, left = at - h; /* as stored */
    tw_status status = tw_line_value(line, right - at, &plus);
    if (status == TW_OK)
        status = tw_line_value(line, left - at, &minus);
    if (status == TW_OK)
        *slope = (plus - minus) / (right - left);
    return status;
}

typedef struct range {
    double least, most;
} range;

/* Settled: the two differ by less than an eighth of what is in question. */
static tw_status ask(tw_line *line, const tw_claim *claim, double h, tw_witness *out,
                     range *scatter) {
    double wide, narrow, apart = fabs(claim->value - claim->found);
    tw_status status = difference(line, h, &wide);
    if (status == TW_OK)
        status = difference(line, 0.47 * h, &narrow);
    if (status != TW_OK)
        return status;
    double noise = fabs(wide - narrow) * h / 4;
    if (noise > 0 && isfinite(noise)) { /* equal values saw steps of a stair */
        scatter->least = fmin(scatter->least, noise);
        scatter->most = fmax(scatter->most, noise);
    }
    if (!(fabs(wide - narrow) <= apart / 8))
        return TW_OK;
    if (fabs(narrow - claim->value) <= apart / 4)
        *out = TW_WITNESS_CLAIMED;
    else if (fabs(narrow - claim->found) <= apart / 4)
        *out = TW_WITNESS_FOUND;
    return TW_OK;
}

tw_status tw_check_witness(const tw_check *check, const tw_claim *claim, tw_witness *out,
                           double *scatter, unsigned *evaluations) {
    tw_line line;
    range noise = {INFINITY, 0};
    *out = TW_WITNESS_NEITHER;
    *scatter = 0;
    if (!isfinite(claim->value) || !isfinite(claim->found))
        return TW_OK;
    double most = room(check, claim) / 2;
    tw_status status = tw_check_line(check, claim->direction, claim->coordinate, &line);
    for (int k = 0; k < PAIRS && status == TW_OK && *out == TW_WITNESS_NEITHER; k++) {
        double h = fmin(steps[k] * claim->scale, most);
        if (!(h > 0))
            break;
        status = ask(&line, claim, h, out, &noise);
        *evaluations += 4;
        if (*out != TW_WITNESS_NEITHER && k >= DECIDE) {
            *out = TW_WITNESS_NEITHER;
            noise.most = 0;
            break;
        }
    }
    /* noise is the same at all steps, what a function does is not */
    if (*out == TW_WITNESS_NEITHER && noise.most <= 100 * noise.least)
        *scatter = noise.most;
    tw_check_line_release(&line);
    return status;
}

/* The largest quotient of one side, at a step and an eighth of it: the smaller of the two, since a
 * pole near by is no natural size. */
tw_status tw_check_natural_slope(const tw_check *check, size_t coordinate, double *slope,
                                 unsigned *evaluations) {
    tw_line line;
    const tw_claim claim = {.coordinate = coordinate};
    double base = 0, value, h = fmin(check->scales[coordinate] / 8, room(check, &claim) / 2);
    tw_status status = tw_check_line(check, NULL, coordinate, &line);
    *slope = 0;
    if (status == TW_OK && h > 0)
        status = tw_line_value(&line, 0, &base);
    double least = INFINITY;
    for (int k = 0; k < 2 && status == TW_OK && h > 0; k++, h /= 8) {
        double most = 0;
        for (int side = -1; side <= 1 && status == TW_OK; side += 2) {
            status = tw_line_value(&line, side * h, &value);
            if (isfinite(value))
                most = fmax(most, fabs(value - base) / h);
            ++*evaluations;
        }
        least = fmin(least, most);
    }
    if (isfinite(least))
        *slope = least;
    tw_check_line_release(&line);
    return status;
}
