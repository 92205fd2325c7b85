/* gradcheck.c: the course of a gradient check: what repeats, which entries, their verdicts, probes,
 * blocks, causes, and what there is to say. */
#include "thalweg/gradcheck.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/versioned.h"
#include "diff/exact.h"
#include "diff/line.h"
#include "diff/numbers.h"
#include "gradcheck/gradcheck_private.h"

static void fill_defaults(tw_gradcheck_options *o, const tw_objective *objective) {
    o->rtol = o->rtol > 0 ? o->rtol : tw_gradcheck_rtol(tw_gradcheck_unit(objective, o));
    o->floor = o->floor > 0 ? o->floor : 1e-3;
    o->every = o->every > 0 ? o->every : 2000;
    o->sample = o->sample > 0 ? o->sample : 32;
    o->extremes = o->extremes > 0 ? o->extremes : 8;
    o->probes = o->probes > 0 ? o->probes : 4;
    o->locate = o->locate > 0 ? o->locate : 4;
    if (o->only_probes)
        o->every = 0;
}

static tw_status check_options(const tw_gradcheck_options *o, const tw_objective *objective,
                               const double *x) {
    size_t n = tw_objective_size(objective);
    if (!(tw_objective_capabilities(objective) & TW_CAN_GRADIENT))
        return tw_fail(TW_ERR_UNSUPPORTED,
                       "objective '%s' has no gradient of its own to check; give it one",
                       tw_objective_name(objective));
    const double numbers[] = {o->rtol, o->atol, o->floor, o->noise};
    for (size_t k = 0; k < 4; k++)
        if (!(numbers[k] >= 0) || isinf(numbers[k]))
            return tw_fail(TW_ERR_ARGUMENT,
                           "rtol %g, atol %g, floor %g, noise %g of a gradient check: give finite "
                           "numbers, not negative",
                           o->rtol, o->atol, o->floor, o->noise);
    if (o->indices != NULL && o->index_count == 0)
        return tw_fail(TW_ERR_ARGUMENT, "a gradient check of no coordinates would prove nothing");
    for (size_t k = 0; o->indices != NULL && k < o->index_count; k++)
        if (o->indices[k] >= n)
            return tw_fail(TW_ERR_ARGUMENT, "coordinate %zu: objective '%s' has %zu", o->indices[k],
                           tw_objective_name(objective), n);
    tw_status status = TW_OK;
    for (size_t i = 0; i < n && status == TW_OK; i++)
        status = isfinite(x[i]) ? tw_bounds_check(i, x[i], o->lower, o->upper)
                                : tw_fail(TW_ERR_ARGUMENT, "coordinate %zu of x is %g", i, x[i]);
    return status;
}

/* ---- memory ---- */

static tw_status make_blocks(tw_check *check) {
    tw_gradcheck *report = check->report;
    tw_status status = tw_space_copy(tw_objective_space(check->objective), &report->space);
    if (status != TW_OK)
        return status;
    size_t count = tw_space_blocks(report->space);
    report->blocks = tw_alloc(count, sizeof *report->blocks);
    check->floors = tw_alloc(count, sizeof *check->floors);
    if (report->blocks == NULL || check->floors == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu blocks", count);
    report->block_count = count;
    for (size_t k = 0; k < count; k++) {
        const tw_block *block = tw_space_block(report->space, k);
        report->blocks[k] = (tw_gradcheck_block){
            .name = block->name,
            .offset = block->offset,
            .count = block->count,
            .columns = block->rank == 2 ? block->shape[1] : 1,
            .worst = SIZE_MAX,
            .stride = 1,
        };
    }
    return TW_OK;
}

static tw_status make_vectors(tw_check *check) {
    size_t n = check->n;
    check->gradient = tw_alloc_raw(n, sizeof(double));
    check->elsewhere = tw_alloc_raw(n, sizeof(double));
    check->other = tw_alloc_raw(n, sizeof(double));
    check->again = tw_alloc_raw(n, sizeof(double));
    check->scales = tw_alloc_raw(n, sizeof(double));
    check->unwritten = tw_alloc(n, 1);
    check->metrics = tw_alloc(tw_objective_metrics(check->objective), sizeof(double));
    if (check->gradient == NULL || check->elsewhere == NULL || check->other == NULL ||
        check->again == NULL || check->scales == NULL || check->unwritten == NULL ||
        check->metrics == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory to check %zu parameters", n);
    tw_line_scales(check->objective, check->x, check->scales);
    return TW_OK;
}

static void release(tw_check *check) {
    free(check->gradient);
    free(check->elsewhere);
    free(check->other);
    free(check->again);
    free(check->scales);
    free(check->floors);
    free(check->unwritten);
    free(check->metrics);
}

void tw_gradcheck_free(tw_gradcheck *check) {
    if (check == NULL)
        return;
    free(check->blocks);
    free(check->entries);
    free(check->probes);
    free(check->notes);
    tw_space_free(check->space);
    free(check);
}

/* ---- what entries are measured by ---- */

static double largest_of(const double *values, size_t count) {
    double largest = 0;
    for (size_t i = 0; i < count; i++)
        if (isfinite(values[i]))
            largest = fmax(largest, fabs(values[i]));
    return largest;
}

/* What is small beside its block, or a block beside the whole, is known by the gradient at x alone:
 * another place may be next to a pole. */
static void set_floors(tw_check *check) {
    double overall = check->largest = largest_of(check->gradient, check->n);
    for (size_t k = 0; k < check->report->block_count; k++) {
        tw_gradcheck_block *block = &check->report->blocks[k];
        double here = largest_of(check->gradient + block->offset, block->count);
        block->largest = here;
        check->floors[k] = check->options.floor * fmax(here, 1e-3 * overall);
    }
}

/* ---- blocks ---- */

static void count_entry(const tw_check *check, size_t k, tw_gradcheck_block *block) {
    const tw_gradcheck_entry *e = &check->report->entries[k];
    if (e->reason == TW_REASON_BUDGET) {
        block->inconclusive++;
        return;
    }
    block->tested++;
    block->failed += e->verdict == TW_VERDICT_FAIL;
    block->inconclusive += e->verdict == TW_VERDICT_INCONCLUSIVE;
    block->kinks += e->reason == TW_REASON_KINK;
    block->small += e->reason == TW_REASON_SMALL;
    const tw_gradcheck_entry *worst =
        block->worst != SIZE_MAX ? &check->report->entries[block->worst] : NULL;
    /* wrong before open before right, then by how far */
    static const int rank[] = {
        [TW_VERDICT_PASS] = 0, [TW_VERDICT_INCONCLUSIVE] = 1, [TW_VERDICT_FAIL] = 2};
    if (worst == NULL || rank[e->verdict] > rank[worst->verdict] ||
        (e->verdict == worst->verdict &&
         e->absolute * worst->tolerance > worst->absolute * e->tolerance))
        block->worst = k;
}

static tw_status sum_up(tw_check *check, size_t block_index) {
    tw_gradcheck *report = check->report;
    tw_gradcheck_block *block = &report->blocks[block_index];
    double *relative = tw_alloc_raw(report->entry_count, sizeof *relative);
    if (relative == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu entries", report->entry_count);
    double ad = 0, aa = 0, dd = 0;
    size_t count = 0;
    for (size_t k = 0; k < report->entry_count; k++) {
        const tw_gradcheck_entry *e = &report->entries[k];
        if (e->block != block_index)
            continue;
        count_entry(check, k, block);
        if (!isfinite(e->analytic) || !isfinite(e->numeric))
            continue;
        ad += e->analytic * e->numeric;
        aa += e->analytic * e->analytic;
        dd += e->numeric * e->numeric;
        double size = fmax(fabs(e->analytic), fabs(e->numeric));
        if (size >= check->floors[block_index] && e->reason != TW_REASON_KINK)
            relative[count++] = e->relative;
    }
    block->median_relative = count > 0 ? tw_median(count, relative) : 0; /* sorts them */
    block->worst_relative = count > 0 ? relative[count - 1] : 0;
    block->cosine = aa > 0 && dd > 0 ? ad / sqrt(aa) / sqrt(dd) : NAN;
    free(relative);
    return TW_OK;
}

/* Within the tolerance, but every entry is a number of single precision and off by more than the
 * derivative's bar: the gradient was rounded on its way. */
static int is_rounded(const tw_check *check, size_t block) {
    const tw_gradcheck *report = check->report;
    size_t floats = 0, off = 0;
    if (report->unit > TW_SINGLE_PRECISION || report->rtol > 1e-5)
        return 0; /* single precision is expected, or would do */
    if (tw_check_cancelled(check, block) > 0)
        return 0; /* what is left of a sum may be a few bits anyway */
    for (size_t k = 0; k < report->entry_count; k++) {
        const tw_gradcheck_entry *e = &report->entries[k];
        if (e->block != block || e->analytic == 0)
            continue;
        if (e->analytic != (double)(float)e->analytic)
            return 0;
        floats++;
        off += e->absolute > 3 * e->bar && e->reason != TW_REASON_KINK;
    }
    return floats >= 3 && 2 * off > floats;
}

static tw_verdict worse(tw_verdict a, tw_verdict b) {
    if (a == TW_VERDICT_FAIL || b == TW_VERDICT_FAIL)
        return TW_VERDICT_FAIL;
    return a == TW_VERDICT_PASS ? b : a;
}

/* By its entries and its probes. What was not looked at does not pass. */
static tw_verdict verdict_of(const tw_gradcheck *report, size_t k) {
    const tw_gradcheck_block *block = &report->blocks[k];
    tw_verdict verdict = block->failed > 0         ? TW_VERDICT_FAIL
                         : block->inconclusive > 0 ? TW_VERDICT_INCONCLUSIVE
                                                   : TW_VERDICT_PASS;
    for (size_t p = 0; p < report->probe_count; p++)
        if (report->probes[p].block == k &&
            !(report->probes[p].verdict == TW_VERDICT_FAIL && block->failed > 0))
            verdict = worse(verdict, report->probes[p].verdict);
    if (verdict != TW_VERDICT_PASS || block->tested + block->probes > 0)
        return verdict;
    return tw_block_moves(tw_space_block(report->space, k)) ? TW_VERDICT_NOT_TESTED
                                                            : TW_VERDICT_NOT_MOVED;
}

static tw_status judge_block(tw_check *check, size_t k) {
    tw_gradcheck *report = check->report;
    tw_gradcheck_block *block = &report->blocks[k];
    tw_status status = sum_up(check, k);
    if (status != TW_OK)
        return status;
    for (size_t p = 0; p < report->probe_count; p++)
        block->probes +=
            report->probes[p].block == k && report->probes[p].reason != TW_REASON_BUDGET;
    block->verdict = verdict_of(report, k);
    if (block->verdict == TW_VERDICT_PASS && is_rounded(check, k)) {
        block->verdict = TW_VERDICT_FAIL;
        block->cause = TW_CAUSE_PRECISION;
    }
    if (check->unlike && block->verdict == TW_VERDICT_FAIL) {
        block->verdict = TW_VERDICT_INCONCLUSIVE; /* two functions were compared */
        block->cause = TW_CAUSE_NOT_REPEATED;
    }
    if (block->verdict == TW_VERDICT_FAIL && block->cause == TW_CAUSE_NONE)
        status = tw_check_cause(check, k);
    return status;
}

/* A block too small to tell shares the cause of one that does. */
static void share_tail(tw_gradcheck *report) {
    double samples = 0;
    for (size_t k = 0; k < report->block_count; k++)
        if (report->blocks[k].cause == TW_CAUSE_TAIL)
            samples = report->blocks[k].factor;
    for (size_t k = 0; k < report->block_count && samples > 0; k++)
        if (report->blocks[k].cause == TW_CAUSE_UNKNOWN) {
            report->blocks[k].cause = TW_CAUSE_TAIL;
            report->blocks[k].factor = samples;
        }
}

/* Kinks do not come alone: those of one block are units of one kind. */
static tw_status judge_near_kinks(const tw_check *check, size_t block) {
    tw_gradcheck *report = check->report;
    tw_status status = TW_OK;
    int kinks = 0;
    for (size_t k = 0; k < report->entry_count; k++)
        kinks |= report->entries[k].block == block && report->entries[k].reason == TW_REASON_KINK;
    for (size_t k = 0; k < report->entry_count && kinks && status == TW_OK; k++) {
        tw_gradcheck_entry *e = &report->entries[k];
        if (e->block != block)
            continue;
        tw_check_judge_near_kinks(check, e);
        if (e->verdict == TW_VERDICT_INCONCLUSIVE &&
            (e->reason == TW_REASON_NOISE || e->reason == TW_REASON_KINK))
            status = tw_check_straight(check, e);
    }
    return status;
}

static tw_status judge(tw_check *check) {
    tw_gradcheck *report = check->report;
    tw_status status = TW_OK;
    size_t tested = report->probe_count;
    report->verdict = TW_VERDICT_PASS;
    for (size_t k = 0; k < report->block_count && status == TW_OK; k++)
        status = judge_near_kinks(check, k);
    for (size_t k = 0; k < report->block_count && status == TW_OK; k++) {
        status = judge_block(check, k);
        if (report->blocks[k].verdict <= TW_VERDICT_INCONCLUSIVE)
            report->verdict = worse(report->verdict, report->blocks[k].verdict);
        tested += report->blocks[k].tested;
    }
    share_tail(report);
    for (size_t k = report->block_count; k-- > 0;)
        if (report->blocks[k].cause != TW_CAUSE_NONE)
            report->cause = report->blocks[k].cause;
    if (report->verdict != TW_VERDICT_FAIL && (tested == 0 || check->self_made || check->unlike))
        report->verdict = TW_VERDICT_INCONCLUSIVE;
    return status;
}

/* ---- the run ---- */

static tw_status run(tw_check *check) {
    size_t *indices = NULL, count;
    tw_status status = make_blocks(check);
    if (status == TW_OK)
        status = make_vectors(check);
    if (status == TW_OK)
        status = tw_check_repeat(check);
    if (status != TW_OK)
        return status;
    set_floors(check);
    status = tw_check_select(check, &indices, &count);
    if (status == TW_OK)
        status = tw_check_entries(check, count, indices);
    free(indices);
    if (status == TW_OK)
        status = tw_check_probes(check);
    if (status == TW_OK)
        status = tw_check_ties(check);
    if (status == TW_OK)
        status = judge(check);
    if (status == TW_OK)
        status = tw_check_taylor(check);
    if (status == TW_OK)
        status = tw_check_hessian(check);
    if (check->report->hessian.verdict == TW_VERDICT_FAIL)
        check->report->verdict = TW_VERDICT_FAIL;
    if (status == TW_OK)
        status = tw_check_notes(check);
    return status;
}

tw_status tw_gradcheck_run(tw_objective *objective, const double *x,
                           const tw_gradcheck_options *options, tw_gradcheck **out) {
    double started = tw_clock_seconds();
    tw_check check = {.objective = objective, .x = x, .n = tw_objective_size(objective)};
    tw_status status = TW_TAKE(tw_gradcheck_options, brief, &check.options, options);
    tw_bounds_default(objective, &check.options.lower, &check.options.upper);
    if (status == TW_OK)
        status = check_options(&check.options, objective, x);
    if (status != TW_OK)
        return status;
    fill_defaults(&check.options, objective);
    check.report = tw_alloc(1, sizeof *check.report);
    if (check.report == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a gradient check");
    check.begun = tw_objective_evaluations(objective);
    *check.report = (tw_gradcheck){.parameters = check.n,
                                   .samples = tw_objective_samples(objective),
                                   .rtol = check.options.rtol,
                                   .atol = check.options.atol,
                                   .unit = tw_gradcheck_unit(objective, &check.options),
                                   .seed = check.options.seed};
    status = run(&check);
    release(&check);
    check.report->evaluations = tw_objective_evaluations(objective) - check.begun;
    check.report->seconds = tw_clock_seconds() - started;
    if (status == TW_OK)
        *out = check.report;
    else
        tw_gradcheck_free(check.report);
    return status;
}
