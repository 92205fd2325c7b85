/* gradcheck_judge.c: the verdict on one entry, by the bar of its derivative. */
#include <math.h>

#include "diff/exact.h"
#include "diff/gradcheck_private.h"

/* Bars are estimates: measured, they cover 95 to 98 of 100 derivatives. So many of them are taken.
 */
static const double bars = 3;

double tw_check_tolerance(const tw_check *check, size_t block, double a, double d) {
    double size = fmax(fmax(fabs(a), fabs(d)), check->floors[block]);
    return check->options.rtol * size + check->options.atol;
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

/* Any subgradient is right: what lies between the derivatives of the two sides. */
static void judge_kink(tw_gradcheck_entry *entry) {
    double least = fmin(entry->left, entry->right), most = fmax(entry->left, entry->right);
    double bar = fmax(entry->bar - (most - least) / 2, 0); /* of the two sides */
    double outside = fmax(fmax(least - entry->analytic, entry->analytic - most), 0);
    entry->reason = TW_REASON_KINK;
    entry->verdict = tw_check_verdict(outside, bar, entry->tolerance);
    /* the sides of a kink are one-sided differences, with wider bars: what matters is that they
     * are known well beside what lies between them */
    if (outside <= entry->tolerance && bar <= 1e-3 * (most - least))
        entry->verdict = TW_VERDICT_PASS;
}

void tw_check_judge(const tw_check *check, tw_gradcheck_entry *entry) {
    double a = entry->analytic, d = entry->numeric, size = fmax(fabs(a), fabs(d));
    entry->tolerance = tw_check_tolerance(check, entry->block, a, d);
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
        judge_kink(entry);
    } else if (a == 0 && (entry->flags & TW_DERIVATIVE_FLAT)) {
        entry->verdict = TW_VERDICT_PASS; /* no bit of the loss changes close by */
    } else {
        entry->verdict = tw_check_verdict(entry->absolute, entry->bar, entry->tolerance);
        if (entry->verdict == TW_VERDICT_INCONCLUSIVE)
            entry->reason = TW_REASON_NOISE;
    }
}
