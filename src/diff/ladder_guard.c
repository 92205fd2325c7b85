/* ladder_guard.c: a tableau held against a small step, the guard, which sees what wide steps take
 * for a slope: oscillations, kinks, stairs. */
#include <math.h>

#include "diff/ladder.h"
#include "diff/numbers.h"

/* Wider steps that are tried where the small one denies the tableau. */
enum { MOST_TRIES = 12 };

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
        if (h <= tw_ladder_room(ladder))
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

/* Is what the small step tells against the tableau that values are rounded coarsely, in whole or in
 * part? The noise tells, once; `flat` is the step if it changes no bit, or 0. */
static tw_status doubt_noise(tw_ladder *ladder, double flat, int denied, int *again) {
    if (ladder->settled || !((flat > 0 && ladder->flat == 0) || (denied && !ladder->contradicted)))
        return TW_OK;
    ladder->flat = flat;
    ladder->contradicted = 1;
    ladder->scatter = denied ? tw_ladder_scatter(ladder) : 0;
    return tw_ladder_measure(ladder, again);
}

/* Below *from, down to `least`, the first step whose plain difference is near the guard's. */
static tw_status find_start(tw_ladder *ladder, const tw_rung *guard, double least, double *from,
                            int *tries) {
    tw_status status;
    tw_rung next;
    do {
        *from = fmax(*from / 16, least);
        status = tw_ladder_rung(ladder, *from, &next);
    } while (++*tries < MOST_TRIES && status == TW_OK && *from > least &&
             !(fabs(next.slope - guard->slope) <= 0.5 * fabs(guard->slope)));
    return status;
}

/* The tableau from h on; where the guard denies it, again from steps at which plain differences
 * come near the guard. */
tw_status tw_ladder_reconcile(tw_ladder *ladder, double h, int raised, tw_tableau *best,
                              int *again) {
    tw_status status = descend(ladder, h, best);
    for (int tries = 0; status == TW_OK && !(ladder->flags & TW_DERIVATIVE_EVALUATIONS);) {
        double step = guard_of(ladder, h, raised, best);
        tw_rung guard;
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
        status = doubt_noise(ladder, flat ? guard.h : 0, denied, again);
        if (status != TW_OK || *again)
            break;
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
        status = find_start(ladder, &guard, 8 * step, &from, &tries);
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
