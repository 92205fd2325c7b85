/* gradcheck_notes.c: what a reader of the verdict should know beside it. */
#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "diff/exact.h"
#include "diff/gradcheck_private.h"

tw_status tw_check_note(tw_check *check, const char *format, ...) {
    tw_gradcheck *report = check->report;
    char(*grown)[TW_GRADCHECK_NOTE] =
        realloc(report->notes, (report->note_count + 1) * sizeof *report->notes);
    if (grown == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a note");
    report->notes = grown;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(report->notes[report->note_count++], TW_GRADCHECK_NOTE, format, arguments);
    va_end(arguments);
    return TW_OK;
}

/* The smallest relative tolerance at which every entry would have been decided. */
static double supported_rtol(const tw_check *check) {
    double worst = 0;
    for (size_t k = 0; k < check->report->entry_count; k++) {
        const tw_gradcheck_entry *e = &check->report->entries[k];
        double size = fmax(fmax(fabs(e->analytic), fabs(e->numeric)), check->floors[e->block]);
        if (e->reason == TW_REASON_NOISE && isfinite(e->bar) && size > 0)
            worst = fmax(worst, (e->absolute + e->bar) / size);
    }
    return worst;
}

static tw_status note_noise(tw_check *check, size_t undecided) {
    if (undecided == 0)
        return TW_OK;
    double rtol = supported_rtol(check);
    if (!(rtol < 1))
        return tw_check_note(check,
                             "the noise of the loss hides the derivative of %zu entries: fewer "
                             "samples or a loss without a large constant would show it",
                             undecided);
    return tw_check_note(check,
                         "%zu entries are open: the noise of the loss lets a relative tolerance of "
                         "%.1e be checked, not %.1e",
                         undecided, rtol, check->report->rtol);
}

static tw_status note_counts(tw_check *check) {
    const tw_gradcheck *report = check->report;
    size_t kinks = 0, jumps = 0, domain = 0, noise = 0, budget = 0;
    double largest = 0;
    for (size_t k = 0; k < report->entry_count; k++) {
        const tw_gradcheck_entry *e = &report->entries[k];
        kinks += e->reason == TW_REASON_KINK;
        jumps += e->reason == TW_REASON_JUMP;
        domain += e->reason == TW_REASON_DOMAIN;
        noise += e->reason == TW_REASON_NOISE;
        budget += e->reason == TW_REASON_BUDGET;
        largest = fmax(largest, fabs(e->analytic));
    }
    tw_status status = TW_OK;
    if (kinks > 0)
        status =
            tw_check_note(check,
                          "%zu of %zu entries lie at a kink: any slope between the two sides "
                          "is right there%s",
                          kinks, report->entry_count,
                          report->samples > 3 ? "; two or three samples have fewer kinks" : "");
    if (status == TW_OK && jumps > 0)
        status =
            tw_check_note(check, "%zu entries lie at a jump of the loss: no derivative", jumps);
    if (status == TW_OK && domain > 0)
        status =
            tw_check_note(check, "%zu entries cannot be moved without leaving the domain", domain);
    if (status == TW_OK && budget > 0)
        status = tw_check_note(check, "%zu entries were not reached within %llu evaluations",
                               budget, check->options.max_evaluations);
    if (status == TW_OK)
        status = note_noise(check, noise);
    if (status == TW_OK && largest > 0 && largest < 1e-10)
        status = tw_check_note(check,
                               "the largest entry is %.1e: near the end of what sums resolve; "
                               "scale the loss up for the check",
                               largest);
    return status;
}

static tw_status note_taylor(tw_check *check) {
    const tw_gradcheck_taylor *taylor = &check->report->taylor;
    if (taylor->count == 0 || taylor->verdict != TW_VERDICT_FAIL ||
        check->report->verdict == TW_VERDICT_FAIL)
        return TW_OK;
    return tw_check_note(check,
                         "the Taylor remainder falls as t^%.2f along a random line, not as t^%.0f: "
                         "kinks beside x, or an error below the tolerance",
                         taylor->order, taylor->expected);
}

static tw_status note_repeats(tw_check *check) {
    size_t changed = 0;
    for (size_t i = 0; i < check->n; i++)
        changed += !(check->gradient[i] == check->again[i] ||
                     (isnan(check->gradient[i]) && isnan(check->again[i])));
    if (changed > 0 && !check->unlike)
        return tw_check_note(
            check, "%zu entries of the gradient differ between two calls at the same x", changed);
    return TW_OK;
}

tw_status tw_check_notes(tw_check *check) {
    tw_status status = TW_OK;
    if (check->self_made)
        status =
            tw_check_note(check, "the gradient is made of evaluations of the loss: it was compared "
                                 "with its own kind, which proves nothing");
    if (status == TW_OK)
        status = note_repeats(check);
    if (status == TW_OK)
        status = note_counts(check);
    if (status == TW_OK)
        status = note_taylor(check);
    if (status == TW_OK && check->report->unit < 0x1p-30 && check->report->loss != 0 &&
        check->report->noise > 1e-10 * fabs(check->report->loss) && !check->unlike)
        status = tw_check_note(
            check, "the loss is noisy (%.1e of its size): computed in single precision?",
            check->report->noise / fabs(check->report->loss));
    return status;
}
