/* study_spectrum.c: the curvature of a model at its point: options, and what becomes of it. */
#include "thalweg/study_spectrum.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "core/clock.h"
#include "core/versioned.h"
#include "study/model_kind.h"
#include "study/option_range.h"
#include "study/spectrum_walk.h"

tw_study_spectrum_options tw_study_spectrum_defaults(void) {
    return (tw_study_spectrum_options){.bytes = sizeof(tw_study_spectrum_options),
                                       .matrix = -1,
                                       .product = -1,
                                       .step = NAN,
                                       .ignore = -1,
                                       .norm = -1,
                                       .largest = TW_UNSET,
                                       .smallest = TW_UNSET,
                                       .tolerance = NAN,
                                       .products = TW_UNSET,
                                       .basis = TW_UNSET,
                                       .method = -1,
                                       .draws = TW_UNSET,
                                       .sketch = TW_UNSET,
                                       .probes = TW_UNSET,
                                       .nodes = TW_UNSET,
                                       .save_every = NAN};
}

/* ---- options ---- */

/* What means nothing to what is asked for. */
static tw_status check_use(const tw_study_spectrum_options *o) {
    const int draws = o->method > (int)TW_TRACE_EXACT;
    const struct {
        int given, used;
        const char *option, *needs;
    } uses[] = {
        {!isnan(o->step), o->product == TW_PRODUCT_DIFFERENCES, "step", "--product differences"},
        {o->method >= 0, o->trace || o->diagonal, "trace-method", "--trace"},
        {o->draws != TW_UNSET, (o->trace || o->diagonal) && (!o->exact || draws), "draws",
         o->exact ? "--trace without --exact, which leaves nothing to chance" : "--trace"},
        {o->sketch != TW_UNSET, o->method == TW_TRACE_HUTCHPP, "sketch", "--trace-method hutch++"},
        {o->probes != TW_UNSET, o->density && !o->exact, "probes", "--density without --exact"},
        {o->nodes != TW_UNSET, o->density && !o->exact, "nodes", "--density without --exact"},
    };
    for (size_t k = 0; k < sizeof uses / sizeof uses[0]; k++)
        if (uses[k].given && !uses[k].used)
            return tw_fail(TW_ERR_ARGUMENT, "--%s: only with %s", uses[k].option, uses[k].needs);
    if (o->matrix == TW_MATRIX_GAUSS_NEWTON && o->product == TW_PRODUCT_DIFFERENCES)
        return tw_fail(TW_ERR_ARGUMENT,
                       "--product differences: differences of gradients are products with the "
                       "Hessian; the Gauss-Newton matrix has exact ones or none");
    if (!isnan(o->tolerance) && o->tolerance >= 1)
        return tw_fail(TW_ERR_ARGUMENT, "--tolerance: %g is not a share below 1", o->tolerance);
    if (o->draws == 1)
        return tw_fail(TW_ERR_ARGUMENT, "--draws: one draw has no standard error; give 2 or more");
    return TW_OK;
}

static tw_status take_options(const tw_study_spectrum_options *given,
                              tw_study_spectrum_options *o) {
    static const tw_option_range ranges[] = {
        {"matrix", offsetof(tw_study_spectrum_options, matrix), TW_OPTION_CHOICE,
         tw_curvature_matrix_name},
        {"product", offsetof(tw_study_spectrum_options, product), TW_OPTION_CHOICE,
         tw_product_source_name},
        {"step", offsetof(tw_study_spectrum_options, step), TW_OPTION_POSITIVE},
        {"norm", offsetof(tw_study_spectrum_options, norm), TW_OPTION_CHOICE, tw_norm_name},
        {"ignore", offsetof(tw_study_spectrum_options, ignore), TW_OPTION_CHOICE,
         tw_study_ignore_name},
        {"tolerance", offsetof(tw_study_spectrum_options, tolerance), TW_OPTION_POSITIVE},
        {"max-products", offsetof(tw_study_spectrum_options, products), TW_OPTION_COUNT},
        {"basis", offsetof(tw_study_spectrum_options, basis), TW_OPTION_COUNT},
        {"trace-method", offsetof(tw_study_spectrum_options, method), TW_OPTION_CHOICE,
         tw_trace_method_name},
        {"draws", offsetof(tw_study_spectrum_options, draws), TW_OPTION_COUNT},
        {"sketch", offsetof(tw_study_spectrum_options, sketch), TW_OPTION_COUNT},
        {"probes", offsetof(tw_study_spectrum_options, probes), TW_OPTION_COUNT},
        {"nodes", offsetof(tw_study_spectrum_options, nodes), TW_OPTION_COUNT},
        {"save-every", offsetof(tw_study_spectrum_options, save_every), TW_OPTION_NOT_NEGATIVE},
    };
    *o = tw_study_spectrum_defaults();
    tw_status status =
        TW_TAKE_OVER(tw_study_spectrum_options, tw_study_spectrum_defaults, o, given);
    if (status == TW_OK)
        status = tw_option_ranges_check(o, sizeof ranges / sizeof ranges[0], ranges);
    if (status == TW_OK)
        status = check_use(o);
    int other = o->trace || o->diagonal || o->density || o->exact || o->largest != TW_UNSET ||
                o->smallest != TW_UNSET;
    o->largest = o->largest != TW_UNSET ? o->largest : !other;
    o->smallest = o->smallest != TW_UNSET ? o->smallest : !other;
    o->trace |= o->diagonal;
    if (status == TW_OK &&
        !(o->trace || o->density || o->exact || o->largest > 0 || o->smallest > 0))
        status = tw_fail(TW_ERR_ARGUMENT, "--largest 0 --smallest 0: nothing is asked for");
    return status;
}

/* ---- what made it ---- */

static tw_status add_made(const tw_spectrum_walk *walk) {
    const tw_study_spectrum_options *o = &walk->options;
    tw_provenance *made = &walk->result->provenance;
    const struct {
        const char *key, *text;
    } texts[] = {
        {"matrix", tw_curvature_matrix_name(o->matrix >= 0 ? (size_t)o->matrix : 0)},
        {"product", tw_product_source_name(o->product >= 0 ? (size_t)o->product : 0)},
        {"only", o->only},
        {"ignore", o->ignore == 1 ? "biasbn" : NULL},
        {"norm", o->norm > 0 ? tw_norm_name((size_t)o->norm) : NULL},
    };
    tw_status status = tw_study_model_provenance(walk->model, made);
    for (size_t k = 0; k < sizeof texts / sizeof texts[0] && status == TW_OK; k++)
        if (texts[k].text != NULL)
            status = tw_provenance_add(made, texts[k].key, "%s", texts[k].text);
    if (status == TW_OK)
        status = tw_provenance_add(
            made, "point_hash", "%016llx",
            (unsigned long long)tw_provenance_hash(walk->model->size, walk->model->x));
    return status;
}

static tw_status write_report(const tw_spectrum_walk *walk) {
    if (walk->options.output == NULL)
        return TW_OK;
    return tw_curvature_report_write(walk->options.output,
                                     tw_objective_space(walk->model->objective),
                                     &walk->result->report, &walk->result->provenance);
}

/* ---- ends ---- */

static int has_anything(const tw_curvature_report *r) {
    return r->largest_count + r->smallest_count + r->eigenvalue_count + r->trace.draws +
                   r->density.probes >
               0 ||
           (r->trace.block_count > 0 && r->trace.method == TW_TRACE_EXACT);
}

/* An interrupted one, or one of which a later part failed, leaves what it has. */
static tw_status end_early(tw_spectrum_walk *walk, tw_status status) {
    char why[400];
    int signal = tw_study_interrupted(walk->study);
    snprintf(why, sizeof why, "%s", tw_message());
    if (signal != 0) {
        status = TW_ERR_CANCELLED;
        snprintf(why, sizeof why, "interrupted by signal %d", signal);
    }
    tw_spectrum_keep_step(walk, 1);
    tw_spectrum_walk_tidy(walk);
    const char *again = walk->saved ? ", and the same command continues from there" : "";
    if (walk->options.output == NULL || !has_anything(&walk->result->report))
        return tw_fail(status, "%s%s", why,
                       walk->saved ? "; the same command continues from there" : "");
    if (write_report(walk) != TW_OK) {
        char text[300];
        snprintf(text, sizeof text, "%s", tw_message());
        return tw_fail(status, "%s; %s", why, text);
    }
    return tw_fail(status, "%s; what it reached is in '%s'%s", why, walk->options.output, again);
}

static tw_status walk_through(tw_spectrum_walk *walk) {
    tw_status status = add_made(walk);
    if (status == TW_OK)
        status = tw_spectrum_keep_begin(walk);
    if (status == TW_OK)
        status = tw_spectrum_walk_open(walk);
    if (status != TW_OK)
        return status;
    status = tw_spectrum_walk_run(walk);
    if (status != TW_OK)
        return end_early(walk, status);
    walk->result->report.complete = 1;
    tw_spectrum_notes_make(walk);
    status = write_report(walk);
    if (status == TW_OK)
        tw_spectrum_keep_forget(walk);
    return status;
}

tw_status tw_study_spectrum_run(const tw_study_model *model,
                                const tw_study_spectrum_options *options, tw_study_spectrum **out) {
    static const char *const endings[] = {".h5", ".hdf5", NULL};
    *out = NULL;
    TW_NEED(model);
    double started = tw_clock_seconds();
    tw_spectrum_walk walk = {.study = model->study, .model = model};
    tw_status status = take_options(options, &walk.options);
    if (status == TW_OK)
        status = tw_study_check_output(model->study, "output", walk.options.output, endings);
    if (status == TW_OK)
        status = tw_model_check_derivatives(model, "spectrum");
    if (status != TW_OK)
        return status;
    tw_study_model_say_drawn(model);
    tw_study_spectrum *result = calloc(1, sizeof *result);
    if (result == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a spectrum");
    *result = (tw_study_spectrum){.bytes = sizeof *result, .model = model};
    result->report.bytes = sizeof result->report;
    walk.result = result;
    tw_study_watch(model->study, 1);
    status = walk_through(&walk);
    tw_spectrum_close(walk.search);
    tw_curvature_close(walk.curvature);
    free(walk.diagonal);
    tw_spectrum_walk_drop_columns(&walk);
    tw_spectrum_keep_end(&walk);
    tw_study_watch(model->study, 0);
    result->seconds = tw_clock_seconds() - started;
    if (status == TW_OK)
        *out = result;
    else
        tw_study_spectrum_free(result);
    return status;
}

void tw_study_spectrum_free(tw_study_spectrum *spectrum) {
    if (spectrum == NULL)
        return;
    tw_curvature_report_release(&spectrum->report);
    tw_provenance_release(&spectrum->provenance);
    free(spectrum);
}
