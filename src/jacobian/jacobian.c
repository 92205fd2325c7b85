/* jacobian.c: the front of tw_diff_jacobian, dense and sparse. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/versioned.h"
#include "diff/exact.h"
#include "jacobian/partials.h"
#include "jacobian/pattern.h"

static tw_status check_residuals(const tw_residuals *r, const tw_jacobian_options *o,
                                 tw_entry_rule *rule) {
    if (r->function == NULL || r->n == 0 || r->m == 0)
        return tw_fail(TW_ERR_ARGUMENT,
                       "residuals of %zu parameters, %zu of them: give a function and at least one "
                       "of each",
                       r->n, r->m);
    if (!(r->noise >= 0) || r->noise >= 1)
        return tw_fail(TW_ERR_ARGUMENT, "noise %g of the residuals: give a number in [0, 1)",
                       r->noise);
    if (!(o->step >= 0) || isinf(o->step))
        return tw_fail(TW_ERR_ARGUMENT, "step %g: give a positive number", o->step);
    if (o->method == TW_DIFF_FORWARD)
        *rule = TW_ENTRY_FORWARD;
    else if (o->method == TW_DIFF_CENTRAL)
        *rule = TW_ENTRY_CENTRAL;
    else if (o->method == TW_DIFF_LADDER || o->method == TW_DIFF_ROBUST)
        *rule = TW_ENTRY_LADDER;
    else {
        const char *name = tw_diff_method_name(o->method);
        return tw_fail(
            TW_ERR_ARGUMENT,
            "Jacobians are not taken by the method '%s'; use forward, central, ladder or robust",
            name != NULL ? name : "unknown");
    }
    return TW_OK;
}

static tw_status take(const tw_residuals *residuals, tw_residuals *own,
                      const tw_jacobian_options *options, tw_jacobian_options *taken,
                      tw_entry_rule *rule) {
    tw_status status = TW_TAKE(tw_residuals, noise, own, residuals);
    if (status == TW_OK)
        status = TW_TAKE(tw_jacobian_options, seed, taken, options);
    return status == TW_OK ? check_residuals(own, taken, rule) : status;
}

/* The job that options describe; `function` must outlive it. */
static tw_partials describe(const tw_vector_function *function, const double *x,
                            const tw_jacobian_options *o, tw_entry_rule rule) {
    return (tw_partials){.function = function,
                         .rule = rule,
                         .x = x,
                         .typical = o->scales,
                         .lower = o->lower,
                         .upper = o->upper,
                         .step = o->step,
                         .measure = o->method == TW_DIFF_ROBUST,
                         .seed = o->seed,
                         .progress = o->progress,
                         .progress_user = o->progress_user,
                         .bars = o->bars};
}

tw_status tw_diff_jacobian(const tw_residuals *residuals, const double *x,
                           const tw_jacobian_options *options, double *jacobian,
                           tw_jacobian_report *report) {
    tw_residuals own;
    tw_jacobian_options taken;
    tw_entry_rule rule = TW_ENTRY_FORWARD;
    double started = tw_clock_seconds();
    tw_status status = take(residuals, &own, options, &taken, &rule);
    if (status != TW_OK)
        return status;
    residuals = &own;
    options = &taken;
    size_t n = residuals->n, entries;
    if (__builtin_mul_overflow(n, residuals->m, &entries))
        return tw_fail(TW_ERR_ARGUMENT, "a Jacobian of %zu x %zu numbers does not fit in memory",
                       residuals->m, n);
    tw_vector_function function = tw_vector_of_residuals(residuals, options->runner);
    tw_partials job = describe(&function, x, options, rule);
    job.groups = n;
    job.values = jacobian;
    status = tw_partials_begin(&job, options->bars != NULL || rule == TW_ENTRY_LADDER);
    if (status == TW_OK)
        status = tw_partials_run(&job);
    if (status == TW_OK && report != NULL)
        *report = (tw_jacobian_report){.groups = n,
                                       .without = tw_partials_without(entries, jacobian),
                                       .bar = tw_partials_bar(entries, options->bars),
                                       .evaluations = job.evaluations + job.probe.evaluations,
                                       .seconds = tw_clock_seconds() - started};
    tw_partials_release(&job);
    return status;
}

/* No two entries of a row may be of one colour. */
static tw_status check_groups(const tw_pattern *p, const size_t *groups, size_t *colors) {
    *colors = 0;
    for (size_t j = 0; j < p->columns; j++) {
        if (groups[j] >= p->columns)
            return tw_fail(TW_ERR_ARGUMENT, "column %zu has colour %zu: there are %zu columns", j,
                           groups[j], p->columns);
        *colors = groups[j] >= *colors ? groups[j] + 1 : *colors;
    }
    size_t *last = tw_alloc(*colors, 2 * sizeof *last);
    if (last == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu colours", *colors);
    tw_status status = TW_OK;
    for (size_t i = 0; i < p->rows && status == TW_OK; i++)
        for (size_t k = p->starts[i]; k < p->starts[i + 1] && status == TW_OK; k++) {
            size_t *seen = last + 2 * groups[p->indices[k]];
            if (seen[0] == i + 1)
                status = tw_fail(TW_ERR_ARGUMENT,
                                 "columns %zu and %zu have the same colour %zu and share row %zu",
                                 seen[1], p->indices[k], groups[p->indices[k]], i);
            seen[0] = i + 1;
            seen[1] = p->indices[k];
        }
    free(last);
    return status;
}

/* The colours given, or ours, as lists of columns. */
static tw_status group_columns(tw_partials *job, const size_t *given, size_t **members) {
    const tw_pattern *p = job->pattern;
    size_t *groups = NULL, *starts = NULL, colors;
    tw_status status = TW_OK;
    if (given != NULL) {
        status = check_groups(p, given, &colors);
    } else {
        tw_coloring coloring = {0};
        groups = tw_alloc_raw(p->columns, sizeof *groups);
        status = groups != NULL
                     ? tw_color_columns(p, TW_COLOR_SMALLEST_LAST, groups, &coloring)
                     : tw_fail(TW_ERR_MEMORY, "not enough memory for %zu columns", p->columns);
        colors = coloring.colors;
    }
    if (status == TW_OK)
        status = tw_partials_by_color(p->columns, given != NULL ? given : groups, colors, members,
                                      &starts);
    free(groups);
    job->members = *members;
    job->starts = starts;
    job->groups = colors;
    return status;
}

/* What may be off in a row without bars, of the size of its terms. */
static double tolerance(const tw_partials *job) {
    return job->bars != NULL ? 1e-9 : job->rule == TW_ENTRY_FORWARD ? 1e-3 : 1e-5;
}

tw_status tw_diff_jacobian_sparse(const tw_residuals *residuals, const tw_pattern *pattern,
                                  const double *x, const tw_jacobian_options *options,
                                  double *values, tw_jacobian_report *report) {
    tw_residuals own;
    tw_jacobian_options taken;
    tw_entry_rule rule = TW_ENTRY_FORWARD;
    double started = tw_clock_seconds();
    tw_status status = take(residuals, &own, options, &taken, &rule);
    if (status == TW_OK && (pattern->rows != own.m || pattern->columns != own.n))
        status = tw_fail(TW_ERR_SHAPE, "the pattern is %zu x %zu, the Jacobian %zu x %zu",
                         pattern->rows, pattern->columns, own.m, own.n);
    if (status != TW_OK)
        return status;
    residuals = &own;
    options = &taken;
    size_t *members = NULL, count = tw_pattern_nonzeros(pattern);
    double *own_bars = NULL;
    tw_vector_function function = tw_vector_of_residuals(residuals, options->runner);
    tw_partials job = describe(&function, x, options, rule);
    tw_row_verdict verdict = {0, 0, 0};
    job.pattern = pattern;
    job.values = values;
    if (rule == TW_ENTRY_LADDER && options->bars == NULL && !options->trust &&
        (job.bars = own_bars = tw_alloc_raw(count, sizeof *own_bars)) == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu error bars", count);
    if (status == TW_OK)
        status = group_columns(&job, options->groups, &members);
    if (status == TW_OK)
        status =
            tw_partials_begin(&job, job.bars != NULL || rule == TW_ENTRY_LADDER || !options->trust);
    if (status == TW_OK && job.bars == NULL && rule != TW_ENTRY_LADDER)
        job.noises = NULL; /* entries take one step only */
    if (status == TW_OK)
        status = tw_partials_run(&job);
    int done = status == TW_OK;
    if (done && !options->trust)
        status = tw_row_probe_verify(&job.probe, pattern, values, job.bars, tolerance(&job),
                                     job.steps, &verdict);
    if (done && report != NULL)
        *report = (tw_jacobian_report){.groups = job.groups,
                                       .without = tw_partials_without(count, values),
                                       .bar = tw_partials_bar(count, options->bars),
                                       .evaluations = job.evaluations + job.probe.evaluations,
                                       .seconds = tw_clock_seconds() - started,
                                       .row = verdict.row,
                                       .row_off = verdict.off,
                                       .row_allowed = verdict.allowed};
    tw_partials_release(&job);
    free(members);
    free(own_bars);
    return status;
}
