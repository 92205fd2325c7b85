/* gradcheck_tie.c: entries at one kink belong together. At a tie max(x0, x1) has the gradients (1,
 * 0), (0, 1) and all between; (1, 1) lies within the sides of each entry alone, yet along (1, 1)
 * the slope is 1, not 2.
 *
 * Of a pair of entries that pass at kinks, v = (1/s_i, +-1/s_j) with s the difference of the sides:
 * where both see the same kink, it is not seen along one of the two. g'v must lie within the slopes
 * along v at points beside x, on all sides of both kinks, for any gradient that a limit of
 * gradients can be. Two kinks that only meet at x let it be anything between, and so do these
 * points. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "diff/exact.h"
#include "diff/line.h"
#include "gradcheck/gradcheck_private.h"

enum { MOST_PAIRS = 64 };

/* Slopes beside x differ by curvature, too: off by less than this part of both kinks is not told.
 */
static const double told = 0.05;

/* Of the scale: how far beside x the slopes are taken, and the step there. */
static const double beside = 0x1p-16, step = 0x1p-18;

typedef struct pair {
    const tw_gradcheck_entry *a, *b;
    double va, vb;
    double least, most; /* slopes along v */
} pair;

static int is_at_kink(const tw_gradcheck_entry *e) {
    return e->verdict == TW_VERDICT_PASS && e->reason == TW_REASON_KINK &&
           fabs(e->right - e->left) > 100 * e->tolerance;
}

static tw_status value_at(tw_check *check, const pair *p, double ta, double tb, double *value) {
    size_t a = p->a->index, b = p->b->index;
    check->other[a] = check->x[a] + ta;
    check->other[b] = check->x[b] + tb;
    tw_status status = tw_objective_value(check->objective, check->other, check->metrics);
    *value = check->metrics[0];
    check->other[a] = check->x[a];
    check->other[b] = check->x[b];
    return status;
}

/* The slope along v at x + (da, db), as its four neighbours add to the range. */
static tw_status add_slope(tw_check *check, pair *p, double da, double db, double h) {
    double plus, minus;
    tw_status status = value_at(check, p, da + h * p->va, db + h * p->vb, &plus);
    if (status == TW_OK)
        status = value_at(check, p, da - h * p->va, db - h * p->vb, &minus);
    if (status != TW_OK)
        return status;
    double slope = (plus - minus) / (2 * h);
    p->least = isnan(slope) ? -INFINITY : fmin(p->least, slope);
    p->most = isnan(slope) ? INFINITY : fmax(p->most, slope);
    return TW_OK;
}

/* One side of v; *wrong where g'v lies outside of all slopes beside x. */
static tw_status try_direction(tw_check *check, const tw_gradcheck_entry *a,
                               const tw_gradcheck_entry *b, int sign, tw_gradcheck_probe *out) {
    double sa = fabs(a->right - a->left), sb = fabs(b->right - b->left), weakest = fmin(sa, sb);
    double scale = fmin(check->scales[a->index], check->scales[b->index]);
    pair p = {a, b, weakest / sa, sign * weakest / sb, INFINITY, -INFINITY};
    tw_status status = TW_OK;
    for (int side = 0; side < 4 && status == TW_OK; side++)
        status = add_slope(check, &p, beside * scale * (side & 1 ? 1 : -1),
                           beside * scale * (side & 2 ? 1.25 : -1.25), step * scale);
    double claimed = a->analytic * p.va + b->analytic * p.vb;
    double noise = 4 * check->report->noise / (step * scale);
    out->evaluations += 8;
    if (status != TW_OK || (claimed >= p.least - told * 2 * weakest - noise &&
                            claimed <= p.most + told * 2 * weakest + noise))
        return status;
    out->block = a->block;
    out->analytic = claimed;
    out->numeric = claimed > p.most ? p.most : p.least;
    out->bar = noise;
    out->tolerance = told * 2 * weakest;
    out->verdict = TW_VERDICT_FAIL;
    out->reason = TW_REASON_KINK;
    return TW_OK;
}

static tw_status try_pair(tw_check *check, const tw_gradcheck_entry *a, const tw_gradcheck_entry *b,
                          int *found) {
    for (int sign = 1; sign >= -1; sign -= 2) {
        tw_gradcheck_probe probe = {.verdict = TW_VERDICT_PASS};
        tw_status status = try_direction(check, a, b, sign, &probe);
        if (status != TW_OK || probe.verdict == TW_VERDICT_PASS) {
            if (status != TW_OK)
                return status;
            continue;
        }
        *found = 1;
        status = tw_check_keep_probe(check, &probe);
        if (status == TW_OK)
            status = tw_check_note(check,
                                   "entries %zu and %zu are at a tie: each is right alone, but "
                                   "together they give %.6g along it, where the slope is %.6g",
                                   a->index, b->index, probe.analytic, probe.numeric);
        return status;
    }
    return TW_OK;
}

/* Each entry with the next few that are at kinks; one wrong pair is enough. */
tw_status tw_check_ties(tw_check *check) {
    const tw_gradcheck *report = check->report;
    size_t pairs = 0;
    int found = 0;
    tw_status status = TW_OK;
    if (check->unlike || check->options.lower != NULL || check->options.upper != NULL)
        return TW_OK;
    memcpy(check->other, check->x, check->n * sizeof *check->x);
    for (size_t gap = 1; gap < report->entry_count && pairs < MOST_PAIRS; gap++)
        for (size_t k = 0; k + gap < report->entry_count && !found && status == TW_OK; k++) {
            const tw_gradcheck_entry *a = &report->entries[k], *b = &report->entries[k + gap];
            if (!is_at_kink(a) || !is_at_kink(b) || tw_check_exhausted(check))
                continue;
            if (pairs++ == MOST_PAIRS)
                return TW_OK;
            status = try_pair(check, a, b, &found);
        }
    return status;
}
