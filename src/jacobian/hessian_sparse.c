/* hessian_sparse.c: the Hessian of a known pattern from differences of gradients along the colours
 * of a star colouring. */
#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/versioned.h"
#include "diff/exact.h"
#include "jacobian/hessian_private.h"
#include "jacobian/pattern.h"

typedef struct star {
    const tw_pattern *pattern;
    const size_t *groups;
    size_t *owned; /* the groups, if they are ours */
    size_t colors;
    unsigned char *alone; /* one an entry: no other of its row has its colour */
} star;

static tw_status find_groups(star *s, const size_t *given) {
    size_t n = s->pattern->columns;
    tw_coloring coloring = {0};
    s->groups = given;
    if (given == NULL) {
        s->owned = tw_alloc_raw(n, sizeof *s->owned);
        if (s->owned == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu columns", n);
        tw_status status =
            tw_color_symmetric(s->pattern, TW_COLOR_SMALLEST_LAST, s->owned, &coloring);
        s->groups = s->owned;
        s->colors = coloring.colors;
        return status;
    }
    tw_status status = tw_pattern_check_symmetric(s->pattern);
    for (size_t j = 0; j < n && status == TW_OK; j++) {
        if (given[j] >= n)
            status = tw_fail(TW_ERR_ARGUMENT, "column %zu has colour %zu: there are %zu columns", j,
                             given[j], n);
        s->colors = given[j] >= s->colors ? given[j] + 1 : s->colors;
    }
    return status;
}

static tw_status find_alone(star *s) {
    const tw_pattern *p = s->pattern;
    size_t *counts = tw_alloc(s->colors, sizeof *counts);
    s->alone = tw_alloc(p->starts[p->rows], 1);
    if (counts == NULL || s->alone == NULL) {
        free(counts);
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu colours", s->colors);
    }
    for (size_t i = 0; i < p->rows; i++) {
        for (size_t k = p->starts[i]; k < p->starts[i + 1]; k++)
            counts[s->groups[p->indices[k]]]++;
        for (size_t k = p->starts[i]; k < p->starts[i + 1]; k++)
            s->alone[k] = counts[s->groups[p->indices[k]]] == 1;
        for (size_t k = p->starts[i]; k < p->starts[i + 1]; k++)
            counts[s->groups[p->indices[k]]] = 0;
    }
    free(counts);
    /* row i and column i list the same: entry t of the one mirrors entry t of the other */
    for (size_t i = 0; i < p->rows; i++)
        for (size_t t = 0; t < p->starts[i + 1] - p->starts[i]; t++)
            if (!s->alone[p->starts[i] + t] && !s->alone[p->places[p->tops[i] + t]])
                return tw_fail(
                    TW_ERR_ARGUMENT,
                    "the colours are not a star colouring: entry (%zu, %zu) stands alone "
                    "neither in its row nor in that of its mirror image",
                    i, p->indices[p->starts[i] + t]);
    return TW_OK;
}

/* Both places of an entry become what their rows tell. */
static void settle_entry(const star *s, size_t i, size_t j, size_t here, size_t there,
                         double *values, double *bars, tw_hessian_report *report) {
    if (s->alone[here] && s->alone[there]) {
        double apart = fabs(values[here] - values[there]);
        if (apart > report->asymmetry) {
            report->asymmetry = apart;
            report->row = i;
            report->column = j;
        }
        values[here] = values[there] = values[here] / 2 + values[there] / 2;
        bars[here] = bars[there] = (bars[here] + bars[there]) / 2;
        return;
    }
    size_t from = s->alone[here] ? here : there, to = s->alone[here] ? there : here;
    values[to] = values[from];
    bars[to] = bars[from];
}

static void settle_entries(const star *s, double *values, double *bars, tw_hessian_report *report) {
    const tw_pattern *p = s->pattern;
    for (size_t i = 0; i < p->rows; i++)
        for (size_t t = 0; t < p->starts[i + 1] - p->starts[i]; t++) {
            size_t here = p->starts[i] + t, j = p->indices[here];
            if (j > i)
                settle_entry(s, i, j, here, p->places[p->tops[i] + t], values, bars, report);
        }
}

static tw_status color_pattern(star *s, const size_t *given, tw_partials *job, size_t **members) {
    size_t *starts = NULL;
    tw_status status = find_groups(s, given);
    if (status == TW_OK)
        status = find_alone(s);
    if (status == TW_OK)
        status = tw_partials_by_color(s->pattern->columns, s->groups, s->colors, members, &starts);
    job->members = *members;
    job->starts = starts;
    job->groups = s->colors;
    return status;
}

tw_status tw_diff_hessian_sparse(tw_objective *objective, const tw_pattern *pattern,
                                 const double *x, const tw_hessian_options *options, double *values,
                                 tw_hessian_report *report) {
    tw_hessian_options taken;
    tw_status status = TW_TAKE(tw_hessian_options, seed, &taken, options);
    if (status != TW_OK)
        return status;
    options = &taken;
    double started = tw_clock_seconds();
    size_t n = tw_objective_size(objective), count = tw_pattern_nonzeros(pattern), *members = NULL;
    if (pattern->rows != n || pattern->columns != n)
        return tw_fail(TW_ERR_SHAPE, "the pattern is %zu x %zu, the Hessian %zu x %zu",
                       pattern->rows, pattern->columns, n, n);
    if (options->source == TW_HESSIAN_VALUES)
        return tw_fail(TW_ERR_UNSUPPORTED,
                       "a sparse Hessian is not taken from values; use the dense one");
    tw_vector_function function;
    tw_partials job;
    status = tw_hessian_describe(objective, x, options, &function, &job);
    if (status != TW_OK)
        return status;
    star s = {.pattern = pattern};
    tw_row_verdict verdict;
    tw_hessian_report result = {0};
    double *own = NULL;
    job.pattern = pattern;
    job.values = values;
    job.bars = options->bars != NULL ? options->bars : (own = tw_alloc_raw(count, sizeof *own));
    status = job.bars != NULL ? color_pattern(&s, options->groups, &job, &members)
                              : tw_fail(TW_ERR_MEMORY, "not enough memory for %zu bars", count);
    if (status == TW_OK)
        status = tw_partials_begin(&job, 1);
    if (status == TW_OK)
        status = tw_partials_run(&job);
    int done = status == TW_OK;
    if (done)
        settle_entries(&s, values, job.bars, &result);
    if (done && !options->trust)
        status =
            tw_row_probe_verify(&job.probe, pattern, values, job.bars, 1e-9, job.steps, &verdict);
    if (done && report != NULL) {
        result.groups = s.colors;
        result.without = tw_partials_without(count, values);
        result.bar = tw_partials_bar(count, options->bars);
        result.evaluations = job.evaluations + job.probe.evaluations;
        result.seconds = tw_clock_seconds() - started;
        *report = result;
    }
    tw_partials_release(&job);
    free(s.owned);
    free(s.alone);
    free(members);
    free(own);
    return status;
}
