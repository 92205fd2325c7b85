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
#include "diff/line.h"
#include "gradcheck/gradcheck_private.h"

/* In parts of the scale. The first pair is wide enough to be above the noise of single precision;
 * the second is asked where the first has not settled. The others only tell a function that turns
 * fast, where they settle, from noise, where none does: such small steps may see a part of the loss
 * alone, so that they do not decide. */
static const double steps[] = {0.011, 1.7e-4, 2.6e-6, 4e-8, 6e-10, 1e-11, 1.6e-13};
enum { PAIRS = sizeof steps / sizeof steps[0], DECIDE = 2, TELL_NOISE = 4 };

/* Where x is so much smaller than its scale, steps of its own size are asked, too. */
static const double next_to_nothing = 1e-3;

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

/* Settled: the two differ by less than an eighth of what is in question. *flat: no bit changes. */
static tw_status ask(tw_line *line, const tw_claim *claim, double h, tw_witness *out, int *flat,
                     range *scatter) {
    double wide, narrow, apart = fabs(claim->value - claim->found);
    *out = TW_WITNESS_NEITHER;
    *flat = 0;
    tw_status status = difference(line, h, &wide);
    if (status == TW_OK)
        status = difference(line, 0.47 * h, &narrow);
    if (status != TW_OK)
        return status;
    double noise = fabs(wide - narrow) * h / 4;
    *flat = wide == 0 && narrow == 0;
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

/* Pair k; those of the size of x itself come after the widest. 0: there is none. */
static double pair_step(const tw_check *check, const tw_claim *claim, int k) {
    double size = claim->direction == NULL ? fabs(check->x[claim->coordinate]) : 0;
    double h = k < DECIDE       ? steps[k] * claim->scale
               : k < 2 * DECIDE ? steps[k - DECIDE] * size
                                : steps[k - DECIDE] * claim->scale;
    int near = k >= DECIDE && k < 2 * DECIDE;
    return near && !(size < next_to_nothing * claim->scale) ? 0 : fmin(h, room(check, claim) / 2);
}

/* Whether the rounding of the loss, and of x, lets a difference at h tell the claim from what was
 * found. */
static int can_tell(const tw_check *check, const tw_claim *claim, double h) {
    double unit = check->report->unit, apart = fabs(claim->value - claim->found);
    double at = claim->direction == NULL ? fabs(check->x[claim->coordinate]) : claim->scale;
    double noise = 4 * unit * fabs(check->report->loss) +
                   unit * at * fmax(fabs(claim->value), fabs(claim->found));
    return noise <= apart * h / 8;
}

/* The wide pairs, of which one that settles decides. */
static tw_status ask_wide(const tw_check *check, tw_line *line, const tw_claim *claim,
                          tw_witness_answer *out, range *noise, unsigned *evaluations) {
    tw_status status = TW_OK;
    int flat;
    for (int k = 0; k < DECIDE && status == TW_OK && out->with == TW_WITNESS_NEITHER; k++) {
        double h = pair_step(check, claim, k);
        if (!(h > 0))
            break;
        status = ask(line, claim, h, &out->with, &flat, noise);
        *evaluations += 4;
    }
    return status;
}

/* The small ones, unless the wide are with the claim, the least first: the first that settles, and
 * is no plateau, tells whether what was found is what small steps see, too. */
static tw_status ask_small(const tw_check *check, tw_line *line, const tw_claim *claim,
                           tw_witness_answer *out, range *noise, unsigned *evaluations) {
    tw_status status = TW_OK;
    for (int next = DECIDE; next < PAIRS + DECIDE && status == TW_OK; next++) {
        /* the pairs of the size of x before all others */
        int k = next < 2 * DECIDE ? next : PAIRS + 3 * DECIDE - 1 - next;
        tw_witness with;
        int flat;
        range unused = {INFINITY, 0};
        double h = pair_step(check, claim, k);
        if (!(h > 0) || (k >= TELL_NOISE + DECIDE && !can_tell(check, claim, h)))
            continue;
        status = ask(line, claim, h, &with, &flat, k < TELL_NOISE + DECIDE ? noise : &unused);
        *evaluations += 4;
        out->coarse |= status == TW_OK && flat;
        if (with == TW_WITNESS_NEITHER || (k < 2 * DECIDE && with == TW_WITNESS_FOUND))
            continue;
        out->settled = with == TW_WITNESS_CLAIMED && !flat && can_tell(check, claim, h) ? h : 0;
        noise->most = 0; /* it is none */
        break;
    }
    return status;
}

tw_status tw_check_witness(const tw_check *check, const tw_claim *claim, tw_witness_answer *out,
                           unsigned *evaluations) {
    tw_line line;
    range noise = {INFINITY, 0};
    *out = (tw_witness_answer){TW_WITNESS_NEITHER, 0, 0, 0};
    if (!isfinite(claim->value) || !isfinite(claim->found))
        return TW_OK;
    tw_status status = tw_check_line(check, claim->direction, claim->coordinate, &line);
    if (status == TW_OK)
        status = ask_wide(check, &line, claim, out, &noise, evaluations);
    int enough = out->with == TW_WITNESS_CLAIMED || (claim->plain && out->with == TW_WITNESS_FOUND);
    if (status == TW_OK && !enough)
        status = ask_small(check, &line, claim, out, &noise, evaluations);
    /* noise is the same at all steps, what a function does is not */
    if (out->with == TW_WITNESS_NEITHER && noise.most <= 100 * noise.least)
        out->scatter = noise.most;
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
