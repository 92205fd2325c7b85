/* gradcheck_notes.c: what a reader of the verdict should know beside it. */
#include <float.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/plain.h"
#include "diff/exact.h"
#include "gradcheck/gradcheck_private.h"

tw_status tw_check_note(tw_check *check, const char *format, ...) {
    tw_gradcheck *report = check->report;
    char(*grown)[TW_GRADCHECK_NOTE] =
        realloc(report->notes, (report->note_count + 1) * sizeof *report->notes);
    if (grown == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a note");
    report->notes = grown;
    va_list arguments;
    va_start(arguments, format);
    tw_plain_vprint(report->notes[report->note_count++], TW_GRADCHECK_NOTE, format, arguments);
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

/* "1 entry", "3 entries". */
static const char *entries(size_t count, char *text, size_t size) {
    snprintf(text, size, count == 1 ? "%zu entry" : "%zu entries", count);
    return text;
}

static tw_status note_noise(tw_check *check, size_t undecided) {
    char words[48];
    if (undecided == 0 || check->idle > 0)
        return TW_OK;
    double rtol = supported_rtol(check);
    if (!(rtol < 1))
        return tw_check_note(check,
                             "the noise of the loss hides the derivative of %s: fewer samples or a "
                             "loss without a large constant would show it",
                             entries(undecided, words, sizeof words));
    return tw_check_note(check,
                         "%s left open: the noise of the loss allows a relative tolerance of %.1e "
                         "to be checked, not %.1e",
                         entries(undecided, words, sizeof words), rtol, check->report->rtol);
}

typedef struct reason_counts {
    size_t kinks, jumps, domain, noise, budget;
    double largest;
} reason_counts;

static reason_counts count_reasons(const tw_gradcheck *report) {
    reason_counts counts = {0};
    for (size_t k = 0; k < report->entry_count; k++) {
        const tw_gradcheck_entry *e = &report->entries[k];
        counts.kinks += e->reason == TW_REASON_KINK;
        counts.jumps += e->reason == TW_REASON_JUMP;
        counts.domain += e->reason == TW_REASON_DOMAIN;
        counts.noise += e->reason == TW_REASON_NOISE;
        counts.budget += e->reason == TW_REASON_BUDGET;
        counts.largest = fmax(counts.largest, fabs(e->analytic));
    }
    return counts;
}

static tw_status note_counts(tw_check *check) {
    const tw_gradcheck *report = check->report;
    const reason_counts counts = count_reasons(report);
    char words[48];
    tw_status status = TW_OK;
    if (counts.kinks > 0)
        status = tw_check_note(
            check, "%zu of %s at a kink, where any slope between the two sides is right%s",
            counts.kinks, entries(report->entry_count, words, sizeof words),
            report->samples > 3 ? "; two or three samples have fewer kinks" : "");
    if (status == TW_OK && counts.jumps > 0)
        status = tw_check_note(check, "%s at a jump of the loss, which has no derivative there",
                               entries(counts.jumps, words, sizeof words));
    if (status == TW_OK && counts.domain > 0)
        status = tw_check_note(check, "%s cannot be moved without leaving the domain",
                               entries(counts.domain, words, sizeof words));
    if (status == TW_OK && counts.budget > 0)
        status = tw_check_note(check, "%s not reached within %llu evaluations",
                               entries(counts.budget, words, sizeof words),
                               check->options.max_evaluations);
    if (status == TW_OK)
        status = note_noise(check, counts.noise);
    if (status == TW_OK && counts.largest > 0 && counts.largest < 1e-10 && check->idle == 0)
        status = tw_check_note(check,
                               "the largest entry is %.1e: near the limit of what sums resolve; "
                               "scale the loss up for the check",
                               counts.largest);
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
    char words[48];
    for (size_t i = 0; i < check->n; i++)
        changed += !(check->gradient[i] == check->again[i] ||
                     (isnan(check->gradient[i]) && isnan(check->again[i])));
    if (changed == 0 || check->unlike)
        return TW_OK;
    return tw_check_note(check, "%s of the gradient changed between two calls at the same x",
                         entries(changed, words, sizeof words));
}

/* Not where kinks or jumps may have been taken for noise. */
static int is_noisy(const tw_check *check) {
    const tw_gradcheck *report = check->report;
    for (size_t k = 0; k < report->entry_count; k++)
        if (report->entries[k].point_class == TW_POINT_KINK ||
            report->entries[k].point_class == TW_POINT_JUMP)
            return 0;
    return report->unit < 0x1p-30 && report->loss != 0 && !check->unlike && check->idle == 0 &&
           report->noise > 1e-10 * fabs(report->loss);
}

static int is_all_zero(const tw_check *check) {
    const tw_gradcheck *report = check->report;
    for (size_t k = 0; k < report->entry_count; k++)
        if (report->entries[k].analytic != 0 || report->entries[k].numeric != 0)
            return 0;
    return report->entry_count > 0;
}

tw_status tw_check_notes(tw_check *check) {
    tw_status status = TW_OK;
    if (check->self_made)
        status =
            tw_check_note(check, "the gradient is made of evaluations of the loss: it was compared "
                                 "with its own kind, which proves nothing");
    if (status == TW_OK && check->idle > 0)
        status = tw_check_note(check,
                               "the loss does not depend on x beyond its rounding: it moves by "
                               "%.1e however wide the step, so there is no slope to check",
                               check->idle);
    if (status == TW_OK)
        status = note_repeats(check);
    if (status == TW_OK)
        status = note_counts(check);
    if (status == TW_OK)
        status = note_taylor(check);
    if (status == TW_OK && is_noisy(check))
        status =
            tw_check_note(check,
                          "the loss is noisy (%.1e of its size): single precision, or a solver "
                          "that stops early?",
                          check->report->noise / fabs(check->report->loss));
    if (status == TW_OK && is_all_zero(check))
        status = tw_check_note(
            check, "gradient and derivatives are 0 everywhere: check at a point that says more");
    return status;
}
