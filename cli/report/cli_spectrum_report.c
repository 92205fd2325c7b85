#include "report/cli_spectrum_report.h"

#include <math.h>

/* ---- text ---- */

typedef struct sheet {
    FILE *out;
    const char *indent;
    const tw_curvature_report *report;
} sheet;

/* Of two digits, without an exponent where it is of a common size. */
static void print_error(FILE *out, double error) {
    if (isnan(error)) /* of one draw there is none */
        return;
    if (error >= 100 && error < 1e4)
        fprintf(out, "  +- %.0f", error);
    else
        fprintf(out, "  +- %.2g", error);
}

/* As many digits as the error leaves, and two more. */
static void print_number(FILE *out, double value, double error) {
    int digits = 10;
    double magnitude = fabs(value);
    if (error > 0 && magnitude > 0)
        digits = (int)fmin(14, fmax(3, 3 + floor(log10(magnitude / error))));
    if (magnitude >= 100 && magnitude < 1e6)
        digits = (int)fmax(digits, floor(log10(magnitude)) + 1);
    fprintf(out, "%18.*g", digits, value);
    print_error(out, error);
}

static void say_pairs(const sheet *s, const char *title, size_t count, const tw_eigenpair *pairs) {
    if (count == 0)
        return;
    fprintf(s->out, "%s%-12s        eigenvalue     residual\n", s->indent, title);
    for (size_t k = 0; k < count; k++) {
        fprintf(s->out, "%s%8zu ", s->indent, k + 1);
        print_number(s->out, pairs[k].value, pairs[k].residual);
        fputc('\n', s->out);
    }
}

static void say_eigenvalues(const sheet *s) {
    const tw_curvature_report *r = s->report;
    size_t negative = 0, count = r->eigenvalue_count;
    if (count == 0)
        return;
    /* what is rounded is not below 0 for that */
    double most = fmax(fabs(r->eigenvalues[0]), fabs(r->eigenvalues[count - 1]));
    for (size_t k = 0; k < count; k++)
        negative += r->eigenvalues[k] < -(double)count * 0x1p-50 * most;
    fprintf(s->out, "%s%-12s %zu by a dense solver, %.10g ... %.10g, %zu below 0\n", s->indent,
            "all", r->eigenvalue_count, r->eigenvalues[r->eigenvalue_count - 1], r->eigenvalues[0],
            negative);
}

static void say_value(const sheet *s, const char *label, double value, double error) {
    if (isnan(value))
        return;
    fprintf(s->out, "%s%-12s", s->indent, label);
    if (error != 0)
        print_number(s->out, value, error);
    else
        fprintf(s->out, "%18.10g", value);
    fputc('\n', s->out);
}

static void say_trace(const sheet *s) {
    const tw_trace_result *t = &s->report->trace;
    if (t->block_count == 0)
        return;
    fprintf(s->out, "%s%-12s", s->indent, "trace");
    if (t->method == TW_TRACE_EXACT && t->standard_error == 0)
        fprintf(s->out, "%18.10g  exact\n", t->trace);
    else if (t->method == TW_TRACE_EXACT) { /* products are not */
        print_number(s->out, t->trace, t->standard_error);
        fputs("  by columns\n", s->out);
    } else {
        print_number(s->out, t->trace, t->standard_error);
        fprintf(s->out, "  %s, %zu draws\n", tw_trace_method_name(t->method), t->draws);
    }
    say_value(s, "Frobenius", t->frobenius, t->frobenius_error);
    for (size_t k = 0; k < t->block_count && t->block_count > 1; k++) {
        char shown[256];
        fprintf(s->out, "%s  %-24s", s->indent,
                tw_visible(s->report->block_names[k], shown, sizeof shown));
        if (t->method == TW_TRACE_EXACT && t->standard_error == 0)
            fprintf(s->out, "%18.10g", t->blocks[k].trace);
        else
            print_number(s->out, t->blocks[k].trace, t->blocks[k].standard_error);
        fputc('\n', s->out);
    }
}

static void say_density(const sheet *s) {
    const tw_density *d = &s->report->density;
    double error, norm = tw_density_frobenius(d, &error);
    if (d->probes == 0)
        return;
    if (d->exact)
        fprintf(s->out, "%s%-12s exact: every eigenvalue\n", s->indent, "density");
    else
        fprintf(s->out, "%s%-12s %zu probes of %zu nodes, with these moments:\n", s->indent,
                "density", d->probes, d->steps);
    say_value(s, "  trace", d->trace, d->exact ? 0 : d->trace_error);
    say_value(s, "  Frobenius", norm, error);
}

void spectrum_report_text(FILE *out, const char *indent, const tw_curvature_report *r) {
    const sheet s = {out, indent, r};
    const tw_curvature_facts *f = &r->facts;
    fprintf(out, "%s%-12s %s, %zu of %zu parameters move", indent, "matrix",
            tw_curvature_matrix_name(f->matrix), f->dimension, f->size);
    if (f->norm != TW_NORM_NONE)
        fprintf(out, ", in units of %s", tw_norm_name(f->norm));
    if (f->source == TW_PRODUCT_DIFFERENCES)
        fprintf(out, "; products by differences, error %.1e of the largest", f->error);
    fputc('\n', out);
    say_pairs(&s, "largest", r->largest_count, r->largest);
    say_pairs(&s, "smallest", r->smallest_count, r->smallest);
    say_eigenvalues(&s);
    say_trace(&s);
    say_density(&s);
    fprintf(out, "%s%-12s %llu", indent, "products", f->products);
    if (f->gradients > 0)
        fprintf(out, ", %llu gradients", f->gradients);
    fputc('\n', out);
    if (!r->complete)
        fprintf(out, "%s%-12s interrupted before all was there\n", indent, "unfinished");
}

/* ---- JSON ---- */

static void add_pairs(tw_json *writer, const char *key, size_t count, const tw_eigenpair *pairs) {
    if (count == 0)
        return;
    tw_json_array(writer, key);
    for (size_t k = 0; k < count; k++) {
        tw_json_object(writer, NULL);
        tw_json_number(writer, "value", pairs[k].value);
        tw_json_number(writer, "residual", pairs[k].residual);
        tw_json_end(writer);
    }
    tw_json_end(writer);
}

static void add_trace(tw_json *writer, const tw_curvature_report *r) {
    const tw_trace_result *t = &r->trace;
    if (t->block_count == 0)
        return;
    tw_json_number(writer, "trace", t->trace);
    tw_json_number(writer, "trace_standard_error", t->standard_error);
    tw_json_text(writer, "trace_method", tw_trace_method_name(t->method));
    tw_json_count(writer, "draws", t->draws);
    tw_json_number(writer, "frobenius", t->frobenius);
    tw_json_number(writer, "frobenius_standard_error", t->frobenius_error);
    tw_json_array(writer, "blocks");
    for (size_t k = 0; k < t->block_count; k++) {
        tw_json_object(writer, NULL);
        tw_json_text(writer, "name", r->block_names[k]);
        tw_json_number(writer, "trace", t->blocks[k].trace);
        tw_json_number(writer, "trace_standard_error", t->blocks[k].standard_error);
        tw_json_end(writer);
    }
    tw_json_end(writer);
}

static void add_density(tw_json *writer, const tw_density *d) {
    double error, norm = tw_density_frobenius(d, &error);
    if (d->probes == 0)
        return;
    tw_json_object(writer, "density");
    tw_json_bool(writer, "exact", d->exact);
    tw_json_count(writer, "probes", d->probes);
    tw_json_count(writer, "nodes", d->steps);
    tw_json_number(writer, "trace", d->trace);
    tw_json_number(writer, "trace_standard_error", d->exact ? 0 : d->trace_error);
    tw_json_number(writer, "frobenius", norm);
    tw_json_number(writer, "frobenius_standard_error", error);
    tw_json_end(writer);
}

void spectrum_report_json(tw_json *writer, const tw_curvature_report *r) {
    const tw_curvature_facts *f = &r->facts;
    tw_json_text(writer, "matrix", tw_curvature_matrix_name(f->matrix));
    tw_json_text(writer, "product", tw_product_source_name(f->source));
    tw_json_text(writer, "norm", tw_norm_name(f->norm));
    tw_json_count(writer, "parameters", f->size);
    tw_json_count(writer, "dimension", f->dimension);
    tw_json_bool(writer, "complete", r->complete);
    add_pairs(writer, "largest", r->largest_count, r->largest);
    add_pairs(writer, "smallest", r->smallest_count, r->smallest);
    if (r->largest_count + r->smallest_count > 0) {
        tw_json_text(writer, "stop", tw_spectrum_stop_name(r->stop));
        tw_json_number(writer, "tolerance", r->tolerance);
        tw_json_number(writer, "residual_limit", r->residual_limit);
        tw_json_number(writer, "rounding", r->rounding);
    }
    if (r->eigenvalue_count > 0)
        tw_json_numbers(writer, "eigenvalues", r->eigenvalue_count, r->eigenvalues);
    add_trace(writer, r);
    add_density(writer, &r->density);
    tw_json_number(writer, "asymmetry", f->asymmetry);
    tw_json_number(writer, "product_error", f->error);
    if (f->step > 0)
        tw_json_number(writer, "step", f->step);
    tw_json_count(writer, "products", f->products);
    tw_json_count(writer, "gradients", f->gradients);
}
