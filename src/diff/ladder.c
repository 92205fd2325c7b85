/* ladder.c: the derivative of a function of one number from central differences at power-of-two
 * steps. Up to where the truncation shows, down through a Romberg tableau that carries the noise,
 * and a last look with a small step, which a tableau that took an oscillation for a slope fails. */
#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "core/versioned.h"
#include "diff/exact.h"
#include "diff/ladder.h"
#include "diff/numbers.h"

/* Wider steps that are tried where the small one denies the tableau. */
enum { MOST_TRIES = 12 };

static double room(const tw_ladder *ladder) {
    return ladder->side > 0   ? ladder->upper
           : ladder->side < 0 ? -ladder->lower
                              : fmin(-ladder->lower, ladder->upper);
}

/* The first step: an eighth of the scale, less where the bounds are nearer or values not finite.
 * (At a tiny number what is near is most often 0 itself.) A function that is finite on one side
 * only is taken from that side. 0: there is no such step. */
static tw_status first_step(tw_ladder *ladder, double *h) {
    tw_rung rung;
    for (int again = 0; again < 2; again++) {
        *h = tw_power_below(ladder->scale) / 8;
        if (*h > room(ladder)) {
            *h = tw_power_below(room(ladder));
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
        if (status != TW_OK || !b.finite || 8 * *h > room(ladder) ||
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

static tw_status descend(tw_ladder *ladder, double h, tw_tableau *tableau) {
    tw_status status = TW_OK;
    tw_tableau_begin(tableau, ladder->side == 0 ? 4 : 2);
    for (int stop = 0; !stop && status == TW_OK; h /= 2) {
        tw_rung rung;
        status = tw_ladder_rung(ladder, h, &rung);
        if (status != TW_OK || !rung.finite)
            break;
        stop = tw_tableau_push(tableau, h, rung.slope, 2 * rung.noise / rung.width);
    }
    return status;
}

/* The slopes of the two sides of the narrowest step by what they differ: on the flank of a peak
 * that is narrower, where central differences are 0, x is no place without a slope. */
static double bend(const tw_ladder *ladder) {
    const tw_rung *narrowest = NULL;
    for (int k = 0; k < ladder->count; k++)
        if (ladder->rungs[k].finite && (narrowest == NULL || ladder->rungs[k].h < narrowest->h))
            narrowest = &ladder->rungs[k];
    if (narrowest == NULL || ladder->side != 0)
        return 0;
    double second = (narrowest->plus - ladder->base) + (narrowest->minus - ladder->base);
    return fabs(second) > fabs(ladder->base) / 2 ? fabs(second) / narrowest->h : 0;
}

/* The small step that the result is held against; 0 if the noise leaves none below h. */
static double guard_step(const tw_ladder *ladder, double slope, double h) {
    double step = sqrt(ladder->unit) * tw_power_below(ladder->scale), near = fabs(ladder->at);
    if (near > 0 && near < 4 * step) /* the scale is not that of a number so tiny */
        step = near / 8;
    double seen = ladder->noise > 0 ? 20 * ladder->noise / fmax(fabs(slope), bend(ladder)) : 0;
    step = tw_power_below(step);
    if (seen > step)
        step = seen < h ? 2 * tw_power_below(seen) : h;
    return step < h ? step : 0;
}

/* The small step is near the tableau but not within the bars: its own truncation, or kinks among
 * the wide steps. A tableau further down tells which; if it contradicts the first it takes its
 * place. */
static tw_status second_opinion(tw_ladder *ladder, const tw_rung *guard, tw_tableau *best) {
    double noise = 2 * guard->noise / guard->width;
    double fine = sqrt(ladder->unit) * fabs(guard->slope); /* closer it need not be */
    for (int tries = 0; tries < 4; tries++) {
        double off = fabs(guard->slope - best->value), from = best->step / 16;
        if (off <= 4 * noise + best->error + fine || from < 2 * guard->h)
            return TW_OK;
        tw_tableau other;
        tw_status status = descend(ladder, from, &other);
        if (status != TW_OK)
            return status;
        double apart = fabs(other.value - best->value);
        if (!(apart > best->error + other.error))
            return TW_OK;
        if (fabs(guard->slope - other.value) < off) {
            *best = other;
        } else {
            /* at a wider step noise would tell less, a slope of its own as much */
            tw_rung wider;
            int seen = ladder->count;
            status = tw_ladder_rung(ladder, fmin(16 * guard->h, best->step), &wider);
            ladder->count = seen; /* noise it may be: no part of what the class is read from */
            int noisy = wider.finite && fabs(wider.slope - best->value) <= off / 4;
            best->error = fmax(best->error, noisy ? apart : fmax(off, apart));
            return status;
        }
    }
    return TW_OK;
}

/* Wide steps and the guard never agreed: phi may turn faster than the guard can see. Down from it
 * until two steps agree, the noise is half of the slope or x hardly moves; the bar is what the last
 * two differ by. */
static tw_status find_foothold(tw_ladder *ladder, const tw_rung *guard, tw_tableau *best) {
    double least = ladder->unit * ladder->scale, off = fabs(guard->slope - best->value);
    tw_rung here = *guard, next;
    int seen = ladder->count;
    for (int agree = 0; !agree && here.h > least;) {
        tw_status status = tw_ladder_rung(ladder, here.h / 4, &next);
        if (status != TW_OK)
            return status;
        double noise = 2 * next.noise / next.width;
        if (!next.finite || !(noise < fabs(next.slope) / 2))
            break;
        off = fabs(next.slope - here.slope);
        agree = off <= noise + 0.05 * fabs(next.slope);
        here = next;
    }
    ladder->count = seen; /* they are no part of the picture that the class is read from */
    ladder->flags |= TW_DERIVATIVE_ALIASED;
    best->value = here.slope;
    best->error = off + 2 * here.noise / here.width;
    best->step = here.h;
    best->column = 0;
    return TW_OK;
}

/* Not a bit changes. */
static int is_flat(const tw_ladder *ladder, const tw_rung *rung) {
    return rung->plus == rung->minus && rung->plus == ladder->base;
}

/* Steps of two sizes, one twice the other, that change phi on both sides, by at most three times as
 * much: the narrowest are those of a staircase. Between two kinks, where phi is flat and its slope
 * is 0 indeed, the change grows faster. */
static int shows_stairs(const tw_ladder *ladder) {
    double h = INFINITY, narrow = 0, wide = 0;
    for (int pass = 0; pass < 2; pass++)
        for (int k = 0; k < ladder->count; k++) {
            const tw_rung *rung = &ladder->rungs[k];
            int both = (rung->plus - ladder->base) * (ladder->base - rung->minus) > 0;
            if (pass == 0 && rung->finite && both && rung->h < h) {
                h = rung->h;
                narrow = fabs(rung->plus - rung->minus);
            } else if (pass == 1 && rung->finite && both && rung->h == 2 * h)
                wide = fabs(rung->plus - rung->minus);
        }
    return wide > 0 && wide < 2.9 * narrow;
}

/* Whether a slope of exactly 0 is that of one step of a staircase: only where some step changed
 * something, and then with steps up to 32 times the scale. */
static tw_status is_staircase(tw_ladder *ladder, int *yes) {
    int changed = 0, seen = ladder->count;
    double h = tw_power_below(ladder->scale) / 8;
    *yes = 0;
    for (int k = 0; k < seen; k++)
        changed |= ladder->rungs[k].finite && !is_flat(ladder, &ladder->rungs[k]);
    tw_status status = TW_OK;
    for (int k = 0; k < 9 && changed && ladder->side == 0 && status == TW_OK; k++, h *= 2) {
        tw_rung rung;
        if (h <= room(ladder))
            status = tw_ladder_rung(ladder, h, &rung);
    }
    *yes = status == TW_OK && changed && shows_stairs(ladder);
    ladder->count = seen; /* no part of what the class is read from */
    return status;
}

/* The narrowest step, in factors of 8, that changes something. */
static tw_status widen_flat(tw_ladder *ladder, double most, tw_rung *guard) {
    tw_status status = TW_OK;
    ladder->flags |= TW_DERIVATIVE_FLAT;
    while (status == TW_OK && is_flat(ladder, guard) && 8 * guard->h < most)
        status = tw_ladder_rung(ladder, 8 * guard->h, guard);
    return status;
}

/* The step of the guard of what the tableau from h on has found. */
static double guard_of(tw_ladder *ladder, double h, int raised, tw_tableau *best) {
    double step = guard_step(ladder, best->value, h);
    if (step != 0)
        return step;
    if (raised > 0) {
        ladder->flags |= TW_DERIVATIVE_UNRESOLVED;
        /* nor would a slope that the noise hides at the natural step have been seen */
        double hidden = 16 * ladder->noise / ladder->scale;
        best->error = fmax(best->error, fmax(fabs(best->value), hidden));
    }
    /* where noise hides the slope, a gross error can be seen all the same */
    return tw_power_below(ladder->scale) * 0x1p-11;
}

/* The tableau from h on; where the guard denies it, again from steps at which plain differences
 * come near the guard. */
static tw_status reconcile(tw_ladder *ladder, double h, int raised, tw_tableau *best, int *again) {
    tw_status status = descend(ladder, h, best);
    for (int tries = 0; status == TW_OK && !(ladder->flags & TW_DERIVATIVE_EVALUATIONS);) {
        double step = guard_of(ladder, h, raised, best);
        tw_rung guard, next;
        if (step >= best->step)
            break;
        status = tw_ladder_rung(ladder, step, &guard);
        double noise = 2 * guard.noise / guard.width, off = fabs(guard.slope - best->value);
        if (status != TW_OK || !guard.finite)
            break;
        double fine = sqrt(ladder->unit) * fabs(guard.slope);
        int flat = is_flat(ladder, &guard);
        if (flat && best->value == 0)
            status = is_staircase(ladder, &flat);
        if (status != TW_OK)
            break;
        int denied = off > 4 * noise + best->error + fine && tw_ladder_may_be_noisy(ladder) &&
                     (tries == 0 || tw_ladder_scatter(ladder) > 0);
        if (!ladder->settled &&
            ((flat && ladder->flat == 0) || (denied && !ladder->contradicted))) {
            /* rounded coarsely, in whole or in part? the noise tells */
            ladder->flat = flat ? guard.h : 0;
            ladder->contradicted = 1;
            ladder->scatter = denied ? tw_ladder_scatter(ladder) : 0;
            status = tw_ladder_measure(ladder, again);
            if (status != TW_OK || *again)
                break;
        }
        if (flat) {
            status = widen_flat(ladder, best->step, &guard);
            if (status != TW_OK || is_flat(ladder, &guard) || !guard.finite)
                break;
            step = guard.h;
            /* what is rounded so coarsely is known no better than by such a difference */
            best->error = fmax(best->error, fabs(guard.plus - guard.minus) / best->step);
            noise = 2 * guard.noise / guard.width;
            off = fabs(guard.slope - best->value);
        }
        if (off <= 4 * noise + best->error + 0.05 * fabs(guard.slope)) {
            status = second_opinion(ladder, &guard, best);
            break;
        }
        double from = h;
        do {
            from = fmax(from / 16, 8 * step);
            status = tw_ladder_rung(ladder, from, &next);
        } while (++tries < MOST_TRIES && status == TW_OK && from > 8 * step &&
                 !(fabs(next.slope - guard.slope) <= 0.5 * fabs(guard.slope)));
        if (status != TW_OK)
            break;
        if (from >= h || tries >= MOST_TRIES) {
            status = find_foothold(ladder, &guard, best);
            break;
        }
        h = from;
        status = descend(ladder, h, best);
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
    if (room(ladder) < ladder->scale * 0x1p-20 && -ladder->lower != ladder->upper) {
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
        status = reconcile(ladder, h, raised, &best, again);
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
