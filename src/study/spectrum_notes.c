/* spectrum_notes.c: what a reader of a spectrum should know. */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>

#include "study/model_kinks.h"
#include "study/spectrum_walk.h"

static void note(tw_spectrum_walk *walk, const char *format, ...) TW_PRINTF(2, 3);
static void note(tw_spectrum_walk *walk, const char *format, ...) {
    tw_study_spectrum *r = walk->result;
    va_list arguments;
    if (r->notes == TW_SPECTRUM_NOTES)
        return;
    va_start(arguments, format);
    vsnprintf(r->note[r->notes], sizeof r->note[0], format, arguments);
    va_end(arguments);
    tw_study_say(walk->study, "note: %s", r->note[r->notes]);
    r->notes++;
}

/* ---- kinks ---- */

static void note_kinks(tw_spectrum_walk *walk) {
    const tw_curvature_facts *f = &walk->result->report.facts;
    char words[TW_KINK_TEXT];
    tw_model_kinks_say(walk->model, f->matrix, f->source, words);
    if (f->source == TW_PRODUCT_DIFFERENCES)
        note(walk,
             "products are differences of gradients over |step| = %.1e with an error of about %.1e "
             "of the largest%s%s",
             f->step, f->error, words[0] != '\0' ? "; " : "", words);
    else if (words[0] != '\0')
        note(walk, "%s", words);
    if (tw_model_is_kink(walk->model, walk->model->x))
        note(walk, "the loss has a kink right at this point, and no second derivatives: %s",
             f->source == TW_PRODUCT_DIFFERENCES
                 ? "these are smoothed over it, and depend on the step"
                 : "these are of what is smooth in it");
}

/* ---- the rest ---- */

static double worst_residual(const tw_curvature_report *r) {
    double worst = 0;
    for (size_t k = 0; k < r->largest_count; k++)
        worst = fmax(worst, r->largest[k].residual);
    for (size_t k = 0; k < r->smallest_count; k++)
        worst = fmax(worst, r->smallest[k].residual);
    return worst;
}

static void note_pairs(tw_spectrum_walk *walk) {
    const tw_curvature_report *r = &walk->result->report;
    tw_spectrum_result found;
    size_t most = r->largest_asked > r->smallest_asked ? r->largest_asked : r->smallest_asked;
    if (r->largest_asked + r->smallest_asked == 0)
        return;
    if (most > r->facts.dimension)
        note(walk, "%zu pairs are asked for, and there are %zu", most, r->facts.dimension);
    if (r->stop == TW_SPECTRUM_PRODUCTS && tw_spectrum_result_of(walk->search, &found) == TW_OK)
        note(walk,
             "the search ended after %llu products, before residuals were below %.1e and others "
             "beyond them ruled out: see the residuals, or give more --max-products",
             found.products, r->residual_limit);
    if (r->stop == TW_SPECTRUM_ROUNDING)
        note(walk,
             "the search ended where the errors of products, about %.1e, leave nothing to be "
             "gained: residuals are %.1e at most; the --tolerance is smaller",
             r->rounding, worst_residual(r));
}

static void note_asymmetry(tw_spectrum_walk *walk) {
    const tw_curvature_facts *f = &walk->result->report.facts;
    if (walk->options.asymmetric && f->asymmetry > 1e-8)
        note(walk, "the matrix is not symmetric: u'Mv and v'Mu differ by %.1e of their size",
             f->asymmetry);
}

/* Draws that ended before the error that was asked for was reached. */
static void note_trace(tw_spectrum_walk *walk) {
    const tw_trace_result *t = &walk->result->report.trace;
    double share = walk->options.tolerance;
    if (isnan(share) || t->block_count == 0 || t->method == TW_TRACE_EXACT ||
        t->standard_error <= share * fabs(t->trace))
        return;
    note(walk,
         "the trace is known to +- %.2g after %zu draws, not to the --tolerance of %g times it: "
         "give more --draws",
         t->standard_error, t->draws, share);
}

/* The density checks itself against the trace, unless both are of the same products. */
static void note_moments(tw_spectrum_walk *walk) {
    const tw_curvature_report *r = &walk->result->report;
    const tw_density *d = &r->density;
    double error = hypot(d->exact ? 0 : d->trace_error, r->trace.standard_error);
    double off = fabs(d->trace - r->trace.trace);
    if (d->probes == 0 || r->trace.block_count == 0 || !(error > 0))
        return;
    if (off > 4 * error)
        note(walk,
             "the density's trace is %.4g and the trace %.4g, %.0f standard errors apart: a few "
             "large eigenvalues make up most of it; give more --probes or --draws",
             d->trace, r->trace.trace, off / error);
}

/* Residuals and exact traces are of the matrix as it is computed. Of ResNet-20 on 200 images the
 * largest eigenvalue is 3e-6 off that in double precision, and the trace 9e-6. */
static void note_precision(tw_spectrum_walk *walk) {
    if (tw_objective_precision(walk->model->objective) > 1e-12)
        note(walk, "the model computes in single precision, whose matrix is a slightly other one: "
                   "values differ from those of --precision double by some 1e-5 of the largest, "
                   "beside the errors told");
}

void tw_spectrum_notes_make(tw_spectrum_walk *walk) {
    note_kinks(walk);
    note_precision(walk);
    note_asymmetry(walk);
    note_pairs(walk);
    note_trace(walk);
    note_moments(walk);
}
