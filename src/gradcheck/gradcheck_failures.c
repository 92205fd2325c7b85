/* gradcheck_failures.c: what is called wrong needs a second way that agrees. Where plain
 * differences are with the gradient, or values scatter by more than the ladder allows for, the
 * entry is open; where they are so at small steps alone, the loss may turn faster than the ladder
 * saw, or be rounded in a part of it: halving tells. */
#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "diff/exact.h"
#include "diff/line.h"
#include "diff/numbers.h"
#include "gradcheck/gradcheck_private.h"

/* Of an entry: its noise was measured; plain differences are on the gradient's side; or they
 * scatter so much that the ladder's bar may be too small. */
enum { MEASURED = TW_MEASURED, CONTRADICTED = 2, SCATTERED = 4 };

/* A disagreement is left open up to so many times what scattering values make of it. */
static const double scattered = 8;

/* Values that are coarser than those of single precision, beside the loss. */
static const double coarse = 0x1p-22;

static int is_numerical_failure(const tw_gradcheck_entry *e) {
    return e->verdict == TW_VERDICT_FAIL && e->reason != TW_REASON_NOT_WRITTEN &&
           e->reason != TW_REASON_NOT_FINITE;
}

static void leave_open(tw_gradcheck_entry *e, tw_reason reason) {
    e->verdict = TW_VERDICT_INCONCLUSIVE;
    e->reason = reason;
}

/* The ladder once more with steps of the size at which plain differences settled. */
static tw_status look_at_scale(tw_check *check, tw_gradcheck_entry *e, double scale) {
    const tw_gradcheck_options *o = &check->options;
    tw_derivative d;
    tw_derivative_options options = {.scale = scale, .noise = tw_check_noise(check)};
    if (o->lower != NULL || o->upper != NULL) {
        options.lower = o->lower != NULL ? o->lower[e->index] - e->x : -INFINITY;
        options.upper = o->upper != NULL ? o->upper[e->index] - e->x : INFINITY;
    }
    tw_status status =
        tw_derivative_directional(check->objective, check->x, NULL, e->index, &options, &d);
    if (status != TW_OK)
        return status;
    tw_check_fill(check, &d, e);
    return TW_OK;
}

/* Small steps alone are with the gradient. Where the loss is continuous, they are right. */
static tw_status ask_small_steps(tw_check *check, tw_gradcheck_entry *e, double settled) {
    int continuous;
    const tw_claim claim = {.coordinate = e->index,
                            .found = e->analytic,
                            .scale = check->scales[e->index],
                            .step = settled};
    tw_status status = tw_check_is_continuous(check, &claim, &continuous, &e->evaluations);
    if (status == TW_OK && continuous)
        status = look_at_scale(check, e, 8 * settled);
    return status;
}

/* The ladder's small step has seen what its wide ones saw. */
static int is_plain(const tw_gradcheck_entry *e) {
    int smooth = e->point_class == TW_POINT_SMOOTH || e->point_class == TW_POINT_UNDETERMINED;
    return e->flags == 0 && smooth && e->numeric != 0;
}

/* What values that scatter so much make of the ladder's step. Where it is more than rounding, those
 * at steps beyond the scale of x may scatter more, as x itself does that is rounded. */
static double scattering(const tw_check *check, const tw_gradcheck_entry *e,
                         const tw_witness_answer *answer) {
    double scatter = answer->scatter;
    double rounding = 2 * check->report->unit * fabs(check->report->loss);
    double scale = check->scales[e->index], far = fmin(e->step / scale, 16);
    if (far > 1 && (scatter > 0 || answer->coarse) &&
        check->report->noise > coarse * fabs(check->report->loss))
        scatter = fmax(scatter, check->report->noise);
    return far > 1 && scatter > 100 * rounding ? scatter * far / scale : scatter / e->step;
}

/* Marks the entry where plain differences contradict the ladder, or scatter by more than it allows
 * for. *found: they are with the ladder. */
static tw_status ask_witness(tw_check *check, tw_gradcheck_entry *e, unsigned char *mark,
                             int *found) {
    tw_witness_answer answer;
    const tw_claim claim = {.coordinate = e->index,
                            .value = e->analytic,
                            .found = e->numeric,
                            .scale = check->scales[e->index],
                            .plain = is_plain(e) && !(*mark & MEASURED)};
    tw_status status = tw_check_witness(check, &claim, &answer, &e->evaluations);
    *found = answer.with == TW_WITNESS_FOUND;
    *mark &= (unsigned char)~(CONTRADICTED | SCATTERED);
    if (answer.with == TW_WITNESS_CLAIMED)
        *mark |= CONTRADICTED;
    else if (e->absolute <= scattered * scattering(check, e, &answer))
        *mark |= SCATTERED;
    if (status == TW_OK && answer.settled > 0)
        status = ask_small_steps(check, e, answer.settled);
    return status;
}

/* Plateaus that are wider, beside the loss, than those of single precision: a gradient of 0 may be
 * right, since of a stair nobody can tell whether it is the function or its rounding. */
static tw_status ask_stairs(tw_check *check, tw_gradcheck_entry *e) {
    double base, plus, minus, slope = fabs(e->numeric), loss = fabs(check->report->loss);
    double h = slope > 0 ? 2 * tw_power_below(coarse * loss / slope) : 0;
    if (e->analytic != 0 || !(h > 64 * check->report->unit * fabs(e->x)) || !(h < e->step))
        return TW_OK;
    tw_line line;
    tw_status status = tw_check_line(check, NULL, e->index, &line);
    if (status == TW_OK)
        status = tw_line_value(&line, 0, &base);
    if (status == TW_OK)
        status = tw_line_value(&line, h, &plus);
    if (status == TW_OK)
        status = tw_line_value(&line, -h, &minus);
    e->evaluations += 3;
    if (status == TW_OK && (plus == base || minus == base))
        leave_open(e, TW_REASON_JUMP);
    tw_check_line_release(&line);
    return status;
}

/* No bit of the loss changes, which is no news of a slope so small: what e^-40 adds to 1 is lost.
 */
static void leave_lost(const tw_check *check, tw_gradcheck_entry *e) {
    double size = fmax(1, fabs(check->report->loss));
    double lost = 64 * check->report->unit * size / check->scales[e->index];
    if (e->numeric == 0 && fabs(e->analytic) <= lost)
        leave_open(e, TW_REASON_NOISE);
}

/* In single precision the steps that the noise asks for hold the kinks of a large network, which
 * change slopes by some percent: only gross errors of entries that matter are told from them. */
static void leave_kinks(const tw_check *check, tw_gradcheck_entry *e) {
    double size = fmax(fabs(e->analytic), fabs(e->numeric));
    double largest = check->report->blocks[e->block].largest;
    int gross = e->absolute > size / 2 && e->absolute > largest / 10;
    if (check->options.brief && check->report->unit > TW_SINGLE_PRECISION && !gross)
        leave_open(e, TW_REASON_NOISE);
}

/* None is called wrong before two ways agree on it: the ladder and differences that share no step
 * with it, or the ladder with the noise measured. */
tw_status tw_check_failures(tw_check *check, tw_gradcheck_entry *entries, size_t count,
                            unsigned char *robust) {
    size_t *which = tw_alloc_raw(count, sizeof *which), again = 0;
    tw_status status =
        which != NULL ? TW_OK : tw_fail(TW_ERR_MEMORY, "not enough memory for %zu entries", count);
    int found;
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        if (!is_numerical_failure(&entries[k]))
            continue;
        status = ask_witness(check, &entries[k], &robust[k], &found);
        if (!found && !(robust[k] & MEASURED) && is_numerical_failure(&entries[k]))
            which[again++] = k;
    }
    if (status == TW_OK && again > 0)
        status = tw_check_look(check, again, which, entries, 1);
    for (size_t k = 0; k < again && status == TW_OK; k++) {
        tw_gradcheck_entry *e = &entries[which[k]];
        status = tw_check_look_below(check, e);
        if (status == TW_OK && is_numerical_failure(e))
            status = ask_witness(check, e, &robust[which[k]], &found);
    }
    for (size_t k = 0; k < count && status == TW_OK; k++)
        if (is_numerical_failure(&entries[k]) && (robust[k] & (CONTRADICTED | SCATTERED))) {
            leave_open(&entries[k],
                       robust[k] & CONTRADICTED ? TW_REASON_CONTRADICTED : TW_REASON_NOISE);
        } else if (is_numerical_failure(&entries[k])) {
            leave_lost(check, &entries[k]);
            leave_kinks(check, &entries[k]);
            status = ask_stairs(check, &entries[k]);
        }
    free(which);
    return status;
}
