/* The spectrum of a matrix of second derivatives: nodes and weights as they are; the page smooths
 * them. */
#include "page/page_private.h"

static void put_pairs(tw_json *writer, const char *key, size_t count, const tw_eigenpair *pairs) {
    tw_json_array(writer, key);
    for (size_t k = 0; k < count; k++) {
        double pair[] = {pairs[k].value, pairs[k].residual};
        tw_json_numbers(writer, NULL, 2, pair);
    }
    tw_json_end(writer);
}

static tw_status put_density(tw_page *page, const tw_density *d) {
    tw_status status = TW_OK;
    tw_json_array(&page->writer, "probes");
    for (size_t p = 0; p < d->probes && status == TW_OK; p++) {
        tw_json_object(&page->writer, NULL);
        status = tw_page_put_values(page, "nodes", d->counts[p], d->nodes + p * d->steps);
        if (status == TW_OK)
            status = tw_page_put_values(page, "weights", d->counts[p], d->weights + p * d->steps);
        tw_json_end(&page->writer);
    }
    tw_json_end(&page->writer);
    return status;
}

static void put_moments(tw_json *writer, const tw_curvature_report *r) {
    double trace[] = {r->trace.trace, r->trace.standard_error};
    double moment[] = {r->density.trace, r->density.trace_error};
    if (r->trace.block_count > 0)
        tw_json_numbers(writer, "trace", 2, trace);
    if (r->density.probes > 0)
        tw_json_numbers(writer, "density_trace", 2, moment);
}

tw_status tw_page_add_spectrum(tw_page *page, const tw_page_about *given,
                               const tw_curvature_report *report) {
    tw_page_about about;
    if (report == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "%s: report is NULL", __func__);
    tw_status status = tw_page_begin(page, given, "spectrum", &about);
    if (status == TW_OK && report->density.probes == 0 && report->largest_count == 0 &&
        report->smallest_count == 0)
        status = tw_fail(TW_ERR_ARGUMENT,
                         "'%s' has nothing to show: neither a density nor eigenvalues", about.name);
    if (status != TW_OK)
        return status;
    tw_json *writer = &page->writer;
    tw_json_text(writer, "matrix",
                 report->facts.matrix == TW_MATRIX_GAUSS_NEWTON ? "Gauss-Newton matrix"
                                                                : "Hessian");
    tw_json_count(writer, "dimension", report->facts.dimension);
    tw_json_bool(writer, "exact", report->density.exact);
    tw_json_count(writer, "steps", report->density.steps);
    tw_json_bool(writer, "converged", report->stop == TW_SPECTRUM_CONVERGED);
    put_pairs(writer, "largest", report->largest_count, report->largest);
    put_pairs(writer, "smallest", report->smallest_count, report->smallest);
    put_moments(writer, report);
    status = put_density(page, &report->density);
    tw_page_put_provenance(page, about.provenance);
    tw_json_end(writer);
    return status;
}
