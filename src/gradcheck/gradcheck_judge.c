/* gradcheck_judge.c: the verdict on one entry, by the bar of its derivative. */
#include <math.h>

#include "diff/exact.h"
#include "gradcheck/gradcheck_private.h"

/* Bars are estimates: measured, they cover 95 to 98 of 100 derivatives. So many of them are taken;
 * what is beside its block next to nothing may be off by more, but not by many times more. */
static const double bars = 3, bars_of_small = 10;

/* The rounding of a gradient's sums, in units of the largest entry of its block. */
static const double rounding = 8;

double tw_check_tolerance(const tw_check *check, double a, double d) {
    return check->options.rtol * fmax(fabs(a), fabs(d)) + check->options.atol;
}

double tw_check_least(const tw_check *check, size_t block) {
    return check->options.rtol * check->floors[block] + check->options.atol;
}

double tw_check_cancelled(const tw_check *check, size_t block) {
    static const double cancelled = 64;
    double lost = cancelled * check->report->unit * check->largest;
    return check->report->blocks[block].largest <= lost ? lost : 0;
}

tw_verdict tw_check_verdict(double r, double u, double tau) {
    if (!(r <= tau + bars * u)) /* NaN, too */
        return TW_VERDICT_FAIL;
    if (r + u <= tau)
        return TW_VERDICT_PASS;
    if (u <= tau / 10)
        return r <= tau ? TW_VERDICT_PASS : TW_VERDICT_FAIL;
    return TW_VERDICT_INCONCLUSIVE;
}

/* Whether the entry is too small beside its block to tell more of it: it agrees within its bars,
 * which are narrow beside the block (beside its largest entry where this one is below the floor:
 * what kinks next to x or noise leave unknown of it is then less than the tolerance of that entry),
 * or the difference is what sums of the block's size, or of the gradient's, lose. */
static int is_small(const tw_check *check, const tw_gradcheck_entry *entry, double r, double u) {
    double least = tw_check_least(check, entry->block), floor = check->floors[entry->block];
    double lost = rounding * check->report->unit * floor;
    double size = fmax(fabs(entry->analytic), fabs(entry->numeric));
    if (size <= floor && r <= entry->tolerance + u && r + u <= least / check->options.floor)
        return 1;
    if (r <= entry->tolerance + bars * u)
        return r + u <= least;
    return r <= least &&
           (r <= entry->tolerance + bars_of_small * u || r <= lost / check->options.floor ||
            r <= tw_check_cancelled(check, entry->block));
}

/* How far the claim lies outside of what the two sides of a kink span, and the bar of the sides. */
static double outside_kink(const tw_gradcheck_entry *entry, double *bar) {
    double least = fmin(entry->left, entry->right), most = fmax(entry->left, entry->right);
    *bar = fmax(entry->bar - (most - least) / 2, 0);
    return fmax(fmax(least - entry->analytic, entry->analytic - most), 0);
}

/* Any subgradient is right: what lies between the derivatives of the two sides. */
static void judge_kink(const tw_check *check, tw_gradcheck_entry *entry) {
    double least = fmin(entry->left, entry->right), most = fmax(entry->left, entry->right), bar;
    double outside = outside_kink(entry, &bar);
    entry->reason = TW_REASON_KINK;
    entry->verdict = tw_check_verdict(outside, bar, entry->tolerance);
    /* the sides of a kink are one-sided differences, with wider bars: what matters is that they
     * are known well beside what lies between them */
    if (outside <= entry->tolerance && bar <= 1e-3 * (most - least))
        entry->verdict = TW_VERDICT_PASS;
    if (entry->verdict != TW_VERDICT_PASS && is_small(check, entry, outside, bar)) {
        entry->verdict = TW_VERDICT_PASS;
        entry->reason = TW_REASON_SMALL;
    }
}

void tw_check_judge(const tw_check *check, tw_gradcheck_entry *entry) {
    double a = entry->analytic, d = entry->numeric, size = fmax(fabs(a), fabs(d));
    entry->tolerance = tw_check_tolerance(check, a, d);
    entry->absolute = fabs(a - d);
    entry->relative = size > 0 ? entry->absolute / size : 0;
    entry->reason = TW_REASON_NONE;
    if (check->unwritten != NULL && check->unwritten[entry->index]) {
        entry->verdict = TW_VERDICT_FAIL;
        entry->reason = TW_REASON_NOT_WRITTEN;
    } else if (!isfinite(a)) {
        entry->verdict = TW_VERDICT_FAIL;
        entry->reason = TW_REASON_NOT_FINITE;
    } else if (!isfinite(d)) {
        entry->verdict = TW_VERDICT_INCONCLUSIVE;
        entry->reason = TW_REASON_DOMAIN;
    } else if (entry->point_class == TW_POINT_JUMP) {
        entry->verdict = TW_VERDICT_INCONCLUSIVE;
        entry->reason = TW_REASON_JUMP;
    } else if (entry->point_class == TW_POINT_KINK) {
        judge_kink(check, entry);
    } else if (a == 0 && (entry->flags & TW_DERIVATIVE_FLAT)) {
        entry->verdict = TW_VERDICT_PASS; /* no bit of the loss changes close by */
        if (fabs(d) > entry->tolerance)
            entry->reason = TW_REASON_KINK; /* but further away: a kink lies beside x */
    } else {
        entry->verdict = tw_check_verdict(entry->absolute, entry->bar, entry->tolerance);
        if (entry->verdict == TW_VERDICT_INCONCLUSIVE)
            entry->reason = TW_REASON_NOISE;
        if (entry->verdict != TW_VERDICT_PASS &&
            is_small(check, entry, entry->absolute, entry->bar)) {
            entry->verdict = TW_VERDICT_PASS;
            entry->reason = a == 0 && d == 0 ? TW_REASON_NONE : TW_REASON_SMALL;
        }
    }
}

void tw_check_judge_near_kinks(const tw_check *check, tw_gradcheck_entry *entry) {
    static const double known = 20;
    double u = entry->bar, r = entry->absolute;
    if (entry->verdict == TW_VERDICT_FAIL && entry->reason == TW_REASON_NONE &&
        r <= tw_check_least(check, entry->block)) {
        entry->verdict = TW_VERDICT_PASS; /* kinks within the step are more than its bar tells */
        entry->reason = TW_REASON_SMALL;
    }
    if (entry->verdict != TW_VERDICT_INCONCLUSIVE)
        return;
    if (entry->reason == TW_REASON_KINK)
        r = outside_kink(entry, &u);
    else if (entry->reason != TW_REASON_NOISE)
        return;
    if (r <= entry->tolerance && u <= known * entry->tolerance) {
        entry->verdict = TW_VERDICT_PASS;
        entry->reason = TW_REASON_KINK;
    }
}
