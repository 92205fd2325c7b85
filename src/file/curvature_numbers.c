#include "file/curvature_numbers.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define PLACE(member) offsetof(tw_curvature_report, member)

static const tw_report_number numbers[] = {
    {"curvature/complete", TW_NUMBER_INT, PLACE(complete)},
    {"curvature/parameters", TW_NUMBER_SIZE, PLACE(facts.size)},
    {"curvature/dimension", TW_NUMBER_SIZE, PLACE(facts.dimension)},
    {"curvature/matrix", TW_NUMBER_INT, PLACE(facts.matrix)},
    {"curvature/source", TW_NUMBER_INT, PLACE(facts.source)},
    {"curvature/norm", TW_NUMBER_INT, PLACE(facts.norm)},
    {"curvature/asymmetry", TW_NUMBER_DOUBLE, PLACE(facts.asymmetry)},
    {"curvature/step", TW_NUMBER_DOUBLE, PLACE(facts.step)},
    {"curvature/error", TW_NUMBER_DOUBLE, PLACE(facts.error)},
    {"curvature/products", TW_NUMBER_LONG, PLACE(facts.products)},
    {"curvature/gradients", TW_NUMBER_LONG, PLACE(facts.gradients)},
    {"pairs/largest_asked", TW_NUMBER_SIZE, PLACE(largest_asked)},
    {"pairs/smallest_asked", TW_NUMBER_SIZE, PLACE(smallest_asked)},
    {"pairs/stop", TW_NUMBER_INT, PLACE(stop)},
    {"pairs/tolerance", TW_NUMBER_DOUBLE, PLACE(tolerance)},
    {"pairs/residual_limit", TW_NUMBER_DOUBLE, PLACE(residual_limit)},
    {"pairs/rounding", TW_NUMBER_DOUBLE, PLACE(rounding)},
    {"trace/method", TW_NUMBER_INT, PLACE(trace.method)},
    {"trace/trace", TW_NUMBER_DOUBLE, PLACE(trace.trace)},
    {"trace/standard_error", TW_NUMBER_DOUBLE, PLACE(trace.standard_error)},
    {"trace/squares", TW_NUMBER_DOUBLE, PLACE(trace.squares)},
    {"trace/squares_error", TW_NUMBER_DOUBLE, PLACE(trace.squares_error)},
    {"trace/frobenius", TW_NUMBER_DOUBLE, PLACE(trace.frobenius)},
    {"trace/frobenius_error", TW_NUMBER_DOUBLE, PLACE(trace.frobenius_error)},
    {"trace/draws_made", TW_NUMBER_SIZE, PLACE(trace.draws)},
    {"trace/sketch", TW_NUMBER_SIZE, PLACE(trace.sketch)},
    {"density/dimension", TW_NUMBER_SIZE, PLACE(density.dimension)},
    {"density/exact", TW_NUMBER_INT, PLACE(density.exact)},
    {"density/trace", TW_NUMBER_DOUBLE, PLACE(density.trace)},
    {"density/trace_error", TW_NUMBER_DOUBLE, PLACE(density.trace_error)},
    {"density/squares", TW_NUMBER_DOUBLE, PLACE(density.squares)},
    {"density/squares_error", TW_NUMBER_DOUBLE, PLACE(density.squares_error)},
};

const tw_report_number *tw_report_number_at(size_t index) {
    return index < sizeof numbers / sizeof numbers[0] ? &numbers[index] : NULL;
}

double tw_report_number_get(const tw_report_number *number, const tw_curvature_report *report) {
    const char *at = (const char *)report + number->offset;
    switch (number->type) {
    case TW_NUMBER_SIZE:
        return (double)*(const size_t *)at;
    case TW_NUMBER_INT:
        return *(const int *)at;
    case TW_NUMBER_LONG:
        return (double)*(const unsigned long long *)at;
    case TW_NUMBER_DOUBLE:
        break;
    }
    return *(const double *)at;
}

/* Flags are 0 or 1; enums stand for names, which there must be. */
static const char *flag_name(size_t index) {
    return index < 2 ? "" : NULL;
}

static int is_named(const tw_report_number *number, double value) {
    static const struct {
        size_t offset;
        const char *(*name)(size_t index);
    } lists[] = {{PLACE(complete), flag_name},
                 {PLACE(density.exact), flag_name},
                 {PLACE(facts.matrix), tw_curvature_matrix_name},
                 {PLACE(facts.source), tw_product_source_name},
                 {PLACE(facts.norm), tw_norm_name},
                 {PLACE(stop), tw_spectrum_stop_name},
                 {PLACE(trace.method), tw_trace_method_name}};
    for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++)
        if (lists[k].offset == number->offset)
            return lists[k].name((size_t)value) != NULL;
    return 1;
}

tw_status tw_report_number_set(const tw_report_number *number, tw_curvature_report *report,
                               double value) {
    char *at = (char *)report + number->offset;
    const double most = number->type == TW_NUMBER_INT ? 1000 : 0x1p53;
    if (number->type != TW_NUMBER_DOUBLE &&
        (!(value >= 0 && value <= most) || value != floor(value) || !is_named(number, value)))
        return tw_fail(TW_ERR_FORMAT, "/%s is %g", number->name, value);
    switch (number->type) {
    case TW_NUMBER_SIZE:
        *(size_t *)at = (size_t)value;
        break;
    case TW_NUMBER_INT:
        *(int *)at = (int)value;
        break;
    case TW_NUMBER_LONG:
        *(unsigned long long *)at = (unsigned long long)value;
        break;
    case TW_NUMBER_DOUBLE:
        *(double *)at = value;
        break;
    }
    return TW_OK;
}

void tw_curvature_report_release(tw_curvature_report *report) {
    if (report == NULL)
        return;
    for (size_t k = 0; report->block_names != NULL && k < report->trace.block_count; k++)
        free(report->block_names[k]);
    free(report->block_names);
    free(report->largest);
    free(report->smallest);
    free(report->vectors);
    free(report->eigenvalues);
    free(report->diagonal);
    free(report->diagonal_error);
    tw_trace_release(&report->trace);
    tw_density_release(&report->density);
    memset(report, 0, sizeof *report);
}
