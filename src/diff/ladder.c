/* ladder.c: the derivative of a function of one number from central differences at power-of-two
 * steps. Up to where the truncation shows, down through a Romberg tableau that carries the noise,
 * and a last look with a small step, which a tableau that took an oscillation for a slope fails
 * (ladder_guard.c). */
#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "core/versioned.h"
#include "diff/exact.h"
#include "diff/ladder.h"
#include "diff/numbers.h"

/* The first step: an eighth of the scale, less where the bounds are nearer or values not finite.
 * (At a tiny number what is near is most often 0 itself.) A function that is finite on one side
 * only is taken from that side. 0: there is no such step. */
static tw_status first_step(tw_ladder *ladder, double *h) {
    tw_rung rung;
    for (int again = 0; again < 2; again++) {
        *h = tw_power_below(ladder->scale) / 8;
        if (*h > tw_ladder_room(ladder)) {
            *h = tw_power_below(tw_ladder_room(ladder));
            ladder->flags |= TW_DERIVATIVE_DOMAIN;
        }
        double near = fabs(ladder->at), least = fmin(*h * 0x1p-36, near > 0 ? near / 16 : INFINITY);
        for (; *h > least; *h = *h > 4 * near && near > 0 ? tw_power_below(near) : *h / 4) {
            tw_status status = tw_ladder_rung(ladder, *h, &rung);
            if (status != TW_OK || rung.finite)
                return status;
            ladder->flags |= TW_DERIVATIVE_DOMAIN;
        }
        if (ladder->side != 0 || isfinite(rung.plus) == isfinite(rung.minus))
            break;
        ladder->side = isfinite(rung.plus) ? 1 : -1;
        ladder->flags |= TW_DERIVATIVE_ONE_SIDED;
        ladder->count = 0;
    }
    *h = 0;
    return TW_OK;
}

/* Raises h while nothing but noise tells two steps apart. */
static tw_status raise_step(tw_ladder *ladder, double *h, int *raised) {
    tw_rung a, b, wide;
    tw_status status = tw_ladder_rung(ladder, *h, &a);
    double size = fmax(fabs(ladder->base), fmax(fabs(a.plus), fabs(a.minus)));
    for (*raised = 0; *raised < 8 && status == TW_OK; ++*raised) {
        status = tw_ladder_rung(ladder, *h / 2, &b);
        if (status != TW_OK || !b.finite || 8 * *h > tw_ladder_room(ladder) ||
            fmax(fabs(a.plus), fabs(a.minus)) > 1000 * size ||
            fabs(a.slope - b.slope) > 16 * a.noise / *h)
            break;
        status = tw_ladder_rung(ladder, 8 * *h, &wide);
        if (status != TW_OK || !wide.finite)
            break;
        *h *= 8;
        a = wide;
    }
    return status;
}

/* At a point that does not look smooth: further down, where a kink may turn out to be near only. */
static tw_status look_closer(tw_ladder *ladder) {
    double least = ladder->scale * 0x1p-40, h = INFINITY;
    tw_rung rung = {0};
    for (int k = 0; k < ladder->count; k++)
        if (ladder->rungs[k].finite && ladder->rungs[k].h > ladder->scale * 0x1p-24)
            h = fmin(h, ladder->rungs[k].h);
    for (h /= 8; h > least && isfinite(h); h /= 8) {
        tw_status status = tw_ladder_rung(ladder, h, &rung);
        double second = (rung.plus - ladder->base) + (rung.minus - ladder->base);
        if (status != TW_OK || !rung.finite || !(fabs(second) > 16 * rung.noise))
            return status;
    }
    return TW_OK;
}

static tw_status classify(tw_ladder *ladder, tw_derivative *out) {
    tw_ladder_sort(ladder);
    out->left = out->right = out->value;
    out->point_class = tw_ladder_class(ladder, &out->kink);
    int jump_or_kink = out->point_class == TW_POINT_JUMP || out->point_class == TW_POINT_KINK;
    if (!jump_or_kink && !ladder->asked && ladder->noise > 1024 * ladder->rounding) {
        out->point_class = TW_POINT_NOISE; /* nobody reckoned with it */
        return TW_OK;
    }
    if (out->point_class == TW_POINT_SMOOTH || out->point_class == TW_POINT_UNDETERMINED)
        return TW_OK;
    tw_status status = look_closer(ladder);
    tw_ladder_sort(ladder);
    out->point_class = tw_ladder_class(ladder, &out->kink);
    if (status == TW_OK && out->point_class == TW_POINT_KINK) {
        double bar = tw_ladder_sides(ladder, &out->left, &out->right);
        out->value = (out->left + out->right) / 2;
        out->error = fabs(out->right - out->left) / 2 + bar;
    }
    return status;
}

static tw_status check_options(const tw_derivative_options *o) {
    int numbers = isfinite(o->noise) && isfinite(o->unit) && isfinite(o->scale) &&
                  isfinite(o->at) && !isnan(o->lower) && !isnan(o->upper);
    if (!numbers || o->noise < 0 || o->unit < 0 || o->unit >= 1 || o->scale < 0)
        return tw_fail(TW_ERR_ARGUMENT,
                       "noise %g, unit %g, scale %g of a derivative: give "
                       "finite numbers, not negative",
                       o->noise, o->unit, o->scale);
    if (o->lower > 0 || o->upper < 0)
        return tw_fail(TW_ERR_ARGUMENT, "bounds %g ... %g of a derivative: 0 must lie within",
                       o->lower, o->upper);
    return TW_OK;
}

static void begin(tw_ladder *ladder, const tw_derivative_options *o) {
    int bounded = o->lower != 0 || o->upper != 0;
    ladder->unit = o->unit > 0 ? o->unit : 0x1p-52;
    ladder->scale = o->scale > 0 ? o->scale : 1;
    ladder->at = o->at;
    ladder->lower = bounded ? o->lower : -INFINITY;
    ladder->upper = bounded ? o->upper : INFINITY;
    ladder->limit = o->max_evaluations > 0 ? o->max_evaluations : 200;
    ladder->limited = o->max_evaluations > 0;
    ladder->asked = o->measure_noise;
    if (tw_ladder_room(ladder) < ladder->scale * 0x1p-20 && -ladder->lower != ladder->upper) {
        ladder->side = ladder->upper > -ladder->lower ? 1 : -1;
        ladder->flags |= TW_DERIVATIVE_ONE_SIDED | TW_DERIVATIVE_DOMAIN;
    }
}

/* The derivative from the first step on. *again is set where the noise must be measured first. */
static tw_status climb(tw_ladder *ladder, tw_derivative *result, int *again) {
    double h = 0;
    int raised = 0;
    tw_tableau best;
    *again = 0;
    tw_status status = first_step(ladder, &h);
    if (status != TW_OK || h == 0)
        return status;
    status = raise_step(ladder, &h, &raised);
    if (status == TW_OK)
        status = tw_ladder_look_for_single(ladder, h, again);
    if (status == TW_OK && !*again)
        status = tw_ladder_reconcile(ladder, h, raised, &best, again);
    if (status != TW_OK || *again)
        return status;
    result->value = best.value;
    /* of a step function the slope is 0 nearly everywhere, and another in the mean */
    int steps = ladder->jump > 0x1p-10 * fabs(ladder->base);
    result->error = steps ? fmax(best.error, fabs(best.value)) : best.error;
    result->step = best.step;
    result->order = (best.column + 1) * (ladder->side == 0 ? 2 : 1);
    return classify(ladder, result);
}

/* Kinks close together at x can be taken for noise, but leave a kink at the wide steps; then there
 * was none. */
static int is_kink_for_noise(const tw_ladder *ladder, const tw_derivative *result) {
    return result->point_class == TW_POINT_KINK && ladder->measured &&
           !(ladder->flags & TW_DERIVATIVE_SINGLE) && ladder->noise > 1024 * ladder->rounding;
}

tw_status tw_derivative_scalar(tw_scalar_fn phi, void *user, const tw_derivative_options *options,
                               tw_derivative *out) {
    tw_derivative_options taken;
    tw_status status = TW_TAKE(tw_derivative_options, max_evaluations, &taken, options);
    return status == TW_OK ? tw_ladder_derivative(phi, user, &taken, 0, out) : status;
}

tw_status tw_ladder_derivative(tw_scalar_fn phi, void *user, const tw_derivative_options *options,
                               int only_powers, tw_derivative *out) {
    static const tw_derivative_options defaults;
    if (options == NULL)
        options = &defaults;
    tw_status status = check_options(options);
    if (status != TW_OK)
        return status;
    tw_ladder *ladder = tw_alloc(1, sizeof *ladder);
    if (ladder == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the steps of a derivative");
    ladder->phi = phi;
    ladder->settled = only_powers;
    ladder->user = user;
    begin(ladder, options);
    tw_derivative result = {.value = NAN,
                            .error = INFINITY,
                            .left = NAN,
                            .right = NAN,
                            .point_class = TW_POINT_UNDETERMINED};
    int again = 0;
    status = tw_ladder_start(ladder, options);
    if (status == TW_OK)
        status = climb(ladder, &result, &again);
    for (int tries = 0; tries < 3 && status == TW_OK && again; tries++) {
        ladder->count = 0; /* rungs carry the noise they were met with */
        ladder->flags &= TW_DERIVATIVE_DOMAIN | TW_DERIVATIVE_ONE_SIDED | TW_DERIVATIVE_SINGLE;
        status = climb(ladder, &result, &again);
    }
    if (status == TW_OK && is_kink_for_noise(ladder, &result)) {
        ladder->noise = ladder->rounding;
        ladder->jump = 0;
        ladder->settled = 1;
        ladder->count = 0;
        ladder->limit += ladder->limited ? 0 : ladder->evaluations;
        status = climb(ladder, &result, &again);
    }
    result.noise = ladder->noise;
    result.flags = ladder->flags;
    result.evaluations = ladder->evaluations;
    free(ladder);
    if (status == TW_OK)
        *out = result;
    return status;
}
