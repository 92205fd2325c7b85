/* gradcheck_probe.c: the whole of a large gradient by random signed probes, and the wrong entries
 * that a failing probe leads to.
 *
 * Along v, v_i = +- u_i, the derivative is g'v, so that an error e of one entry shows at its full
 * size, e u_i, however many entries there are (a probe of unit length would shrink it by sqrt(n), a
 * positive one drown it in the growth of its tolerance). The disagreement of a range is the sum of
 * those of its halves: going into the larger one finds a wrong entry in log2 n steps of two
 * evaluations each; then its derivative takes its place and the range is probed again. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "diff/exact.h"
#include "diff/line.h"
#include "diff/numbers.h"
#include "gradcheck/gradcheck_aim.h"

/* The ladder along v; again with the noise measured where the first look leaves it open. */
static tw_status measure(tw_aimed_probe *p, tw_gradcheck_probe *out, tw_derivative *d) {
    tw_derivative_options options = {.measure_noise = p->options->robust,
                                     .unit = p->options->noise};
    tw_probe_reach(p, &options.lower, &options.upper);
    p->analytic = out->analytic = tw_probe_product(p, p->first, p->count);
    p->tolerance = out->tolerance = tw_probe_tolerance(p);
    out->evaluations = 0;
    tw_status status = tw_derivative_directional(p->objective, p->x, p->v, 0, &options, d);
    if (status != TW_OK)
        return status;
    tw_probe_judge(out, d);
    int open = out->verdict == TW_VERDICT_INCONCLUSIVE && out->reason == TW_REASON_NOISE;
    int close = out->verdict == TW_VERDICT_FAIL &&
                fabs(out->analytic - d->value) < 1e-2 * fmax(fabs(out->analytic), fabs(d->value)) &&
                fabs(out->analytic - d->value) < 100 * (3 * d->error + out->tolerance);
    if (p->options->robust || !(open || close))
        return TW_OK;
    options.measure_noise = 1;
    status = tw_derivative_directional(p->objective, p->x, p->v, 0, &options, d);
    if (status == TW_OK)
        tw_probe_judge(out, d);
    return status;
}

/* With steps below the kinks that the line crosses, if it is kinks: of a loss that is rounded
 * coarsely in a part of it such steps see the rest alone, and let nothing pass. */
static tw_status look_below(const tw_check *check, tw_aimed_probe *p, tw_gradcheck_probe *out,
                            tw_derivative *d) {
    tw_claim_answer answer;
    if (out->verdict == TW_VERDICT_PASS || out->reason == TW_REASON_DOMAIN ||
        out->reason == TW_REASON_NOT_FINITE)
        return TW_OK;
    tw_claim claim = {.direction = p->v,
                      .value = p->analytic,
                      .found = d->value,
                      .tolerance = p->tolerance,
                      .noise = 2 * check->report->unit * fabs(check->report->loss),
                      .scale = tw_line_direction_scale(p->n, p->x, p->v),
                      .step = d->step};
    tw_status status = tw_check_confirm(check, &claim, &answer);
    out->evaluations += answer.evaluations;
    if (status != TW_OK || !answer.straight)
        return status;
    tw_derivative below = *d;
    tw_gradcheck_probe tried = *out;
    int continuous = 1;
    if (answer.bar < d->error + fabs(p->analytic - d->value)) {
        below.value = answer.value;
        below.error = answer.bar;
    }
    below.point_class = TW_POINT_UNDETERMINED;
    below.evaluations = 0;
    tw_probe_judge(&tried, &below);
    if (tried.verdict == TW_VERDICT_PASS) {
        claim.found = answer.value;
        claim.step = answer.step;
        claim.noise = answer.noise;
        status = tw_check_is_continuous(check, &claim, &continuous, &tried.evaluations);
    }
    if (status != TW_OK || !continuous)
        return status;
    *out = tried;
    *d = below;
    return TW_OK;
}

/* (f(x + h v) - f(x - h v)) / 2h with v restricted to a range. */
static tw_status central(tw_aimed_probe *p, size_t first, size_t count, double h, double *out) {
    double values[2];
    tw_status status = TW_OK;
    for (int side = 0; side < 2 && status == TW_OK; side++) {
        for (size_t i = first; i < first + count; i++)
            p->point[i] = p->x[i] + (side == 0 ? h : -h) * p->v[i];
        status = tw_objective_value(p->objective, p->point, p->metrics);
        values[side] = p->metrics[0];
    }
    memcpy(p->point + first, p->x + first, count * sizeof *p->x);
    *out = (values[0] - values[1]) / (2 * h);
    return status;
}

/* Four evaluations: two central differences, extrapolated, and a part of what they differ by.
 * Enough to see a gross error and to follow it. */
static tw_status quick_look(tw_aimed_probe *p, double loss, tw_derivative *d) {
    double lower, upper, wide, narrow, unit = tw_gradcheck_unit(p->objective, p->options);
    tw_probe_reach(p, &lower, &upper);
    double h = 2 * tw_power_below(pow(unit, 0.2) * tw_line_direction_scale(p->n, p->x, p->v));
    *d = (tw_derivative){.value = NAN, .error = INFINITY, .point_class = TW_POINT_UNDETERMINED};
    if (!(h <= upper && -h >= lower))
        return TW_OK;
    tw_status status = central(p, p->first, p->count, h, &wide);
    if (status == TW_OK)
        status = central(p, p->first, p->count, h / 2, &narrow);
    if (status != TW_OK)
        return status;
    d->value = narrow + (narrow - wide) / 3;
    d->step = h / 2;
    d->error = fabs(narrow - wide) / 8 + 8 * unit * fabs(loss) / h;
    d->evaluations = 4;
    return status;
}

/* A step at which a plain central difference over the whole range shows the disagreement, from the
 * widest, which has the least noise, down. 0: there is none. */
static tw_status halving_step(tw_aimed_probe *p, const tw_derivative *d, double disagreement,
                              double *h) {
    double lower, upper, found;
    tw_probe_reach(p, &lower, &upper);
    *h = d->step;
    for (int tries = 0; tries < 5; tries++, *h /= 8) {
        if (!(*h <= upper && -*h >= lower))
            continue;
        tw_status status = central(p, p->first, p->count, *h, &found);
        if (status != TW_OK)
            return status;
        if (fabs(found - d->value) <= fabs(disagreement) / 8)
            return TW_OK;
    }
    *h = 0;
    return TW_OK;
}

/* Goes into the half that disagrees more, down to one entry. */
static tw_status halve(tw_aimed_probe *p, double disagreement, double h, size_t *entry) {
    size_t first = p->first, count = p->count;
    while (count > 1) {
        size_t half = count / 2;
        double slope;
        tw_status status = central(p, first, half, h, &slope);
        if (status != TW_OK)
            return status;
        double here = tw_probe_product(p, first, half) - slope;
        if (isfinite(here) && fabs(here) < fabs(disagreement - here)) {
            disagreement -= here;
            first += half;
            count -= half;
        } else {
            disagreement = here;
            count = half;
        }
    }
    *entry = first;
    return TW_OK;
}

tw_status tw_gradcheck_probe_range(tw_objective *objective, const double *x, const double *gradient,
                                   size_t first, size_t count, const tw_gradcheck_options *options,
                                   uint64_t number, tw_gradcheck_probe *out) {
    static const tw_gradcheck_options defaults;
    tw_gradcheck_options settled = options != NULL ? *options : defaults;
    tw_bounds_default(objective, &settled.lower, &settled.upper);
    size_t n = tw_objective_size(objective);
    if (count == 0 || first >= n || count > n - first)
        return tw_fail(TW_ERR_ARGUMENT, "a probe of entries %zu ... %zu: objective '%s' has %zu",
                       first, first + count, tw_objective_name(objective), n);
    if (settled.rtol == 0)
        settled.rtol = tw_gradcheck_rtol(tw_gradcheck_unit(objective, &settled));
    tw_aimed_probe p;
    tw_derivative d;
    tw_status status = tw_probe_new(objective, x, gradient, &settled, &p);
    if (status == TW_OK) {
        *out = (tw_gradcheck_probe){.block = SIZE_MAX, .numeric = NAN, .bar = INFINITY};
        if (tw_probe_aim(&p, number, first, count)) {
            p.analytic = out->analytic = tw_probe_product(&p, first, count);
            p.tolerance = out->tolerance = tw_probe_tolerance(&p);
            status = measure(&p, out, &d);
        }
    }
    tw_probe_release(&p);
    return status;
}

/* ---- in a check ---- */

/* From a failing probe to a wrong entry. It joins the entries of the check, and `mended`, the
 * gradient that probes go on with, gets its derivative. *found is 0 if the trail is lost. */
static tw_status follow(tw_check *check, tw_aimed_probe *p, const tw_derivative *d, double *mended,
                        int *found) {
    double disagreement = p->analytic - d->value, h;
    size_t index;
    *found = 0;
    tw_status status = halving_step(p, d, disagreement, &h);
    if (status != TW_OK || h == 0)
        return status;
    status = halve(p, disagreement, h, &index);
    if (status == TW_OK)
        status = tw_check_entries(check, 1, &index);
    if (status != TW_OK)
        return status;
    const tw_gradcheck_entry *entry = tw_check_find(check, index);
    if (entry->verdict == TW_VERDICT_FAIL && mended[index] == entry->analytic) {
        mended[index] = entry->numeric;
        *found = 1;
    }
    return TW_OK;
}

static size_t failures(const tw_check *check, size_t block) {
    size_t failed = 0;
    for (size_t k = 0; k < check->report->entry_count; k++)
        failed += check->report->entries[k].block == block &&
                  check->report->entries[k].verdict == TW_VERDICT_FAIL;
    return failed;
}

/* Whether the derivative along the probe is beyond its bars, though perhaps within its tolerance:
 * one entry may be off by more than its own. Whether one is, the entry that the trail leads to
 * says. */
static int is_suspicious(const tw_aimed_probe *p, const tw_derivative *d) {
    double r = fabs(p->analytic - d->value);
    return r > 3 * d->error + p->options->rtol * p->floor + p->options->atol;
}

/* Known wrong entries do not count: a probe tells of others. */
static void mend_known(const tw_check *check, size_t block, double *mended) {
    for (size_t k = 0; k < check->report->entry_count; k++) {
        const tw_gradcheck_entry *entry = &check->report->entries[k];
        if (entry->block == block && entry->verdict == TW_VERDICT_FAIL && isfinite(entry->numeric))
            mended[entry->index] = entry->numeric;
    }
}

/* One probe: a quick look, which may already lead to a wrong entry, or else the ladder. *lost is
 * set where a trail ends at a right entry, as kinks make it: it would again. */
static tw_status probe_once(tw_check *check, tw_aimed_probe *p, double *mended, int searching,
                            tw_gradcheck_probe *probe, int *found, int *lost) {
    tw_derivative d = {0};
    tw_status status = TW_OK;
    if (searching) {
        status = quick_look(p, check->report->loss, &d);
        probe->numeric = d.value;
        probe->bar = d.error;
        probe->evaluations = d.evaluations;
        if (status == TW_OK && is_suspicious(p, &d)) {
            status = follow(check, p, &d, mended, found);
            *lost = !*found;
        }
    }
    if (status == TW_OK && !*found)
        status = measure(p, probe, &d);
    if (status == TW_OK && !*found)
        status = look_below(check, p, probe, &d);
    if (status == TW_OK && !*found && searching && is_suspicious(p, &d))
        status = follow(check, p, &d, mended, found);
    return status;
}

/* The steps that single precision asks for are wide enough for kinks, which a ladder takes for a
 * slope of its own: what brief probes leave open in it stays so. */
static void leave_open(tw_gradcheck_probe *probe, const tw_derivative *d) {
    probe->numeric = d->step > 0 ? d->value : NAN;
    probe->bar = d->step > 0 ? d->error : INFINITY;
    probe->verdict = TW_VERDICT_INCONCLUSIVE;
    probe->reason = TW_REASON_NOISE;
}

/* The same where a loss takes long: few evaluations, if they decide. Only the first wrong probes
 * are followed, by the small steps that saw them; a wrong loss spoils most blocks of a network. */
static tw_status probe_briefly(tw_check *check, tw_aimed_probe *p, uint64_t number, double *mended,
                               int searching, tw_gradcheck_probe *probe, int *found) {
    enum { FOLLOWED = 2 };
    tw_derivative d = {0};
    int settled, lost = 0;
    tw_status status = tw_check_brief(check, p, number, probe, &d, &settled);
    if (status == TW_OK && !settled && check->report->unit > TW_SINGLE_PRECISION) {
        leave_open(probe, &d);
    } else if (status == TW_OK && !settled) {
        *probe = (tw_gradcheck_probe){
            .block = probe->block, .analytic = p->analytic, .tolerance = p->tolerance};
        status = probe_once(check, p, mended, 0, probe, found, &lost);
        settled = d.step > 0;
    }
    if (status != TW_OK || !searching || probe->verdict != TW_VERDICT_FAIL || !settled ||
        check->followed >= FOLLOWED)
        return status;
    check->followed++;
    d.value = probe->numeric;
    return follow(check, p, &d, mended, found);
}

/* Before anything was evaluated. */
static tw_gradcheck_probe aimed(tw_aimed_probe *p, size_t block) {
    p->analytic = tw_probe_product(p, p->first, p->count);
    p->tolerance = tw_probe_tolerance(p);
    return (tw_gradcheck_probe){.block = block,
                                .analytic = p->analytic,
                                .numeric = NAN,
                                .bar = INFINITY,
                                .tolerance = p->tolerance,
                                .verdict = TW_VERDICT_INCONCLUSIVE,
                                .reason = TW_REASON_BUDGET};
}

/* Probes of one block, each on what the ones before have mended. Where many entries are wrong there
 * is no single one to look for. */
static tw_status probe_block(tw_check *check, size_t k, tw_aimed_probe *p, double *mended) {
    enum { FEW = 8 };
    const tw_gradcheck_options *o = &check->options;
    const tw_gradcheck_block *block = &check->report->blocks[k];
    size_t located = 0;
    int few = failures(check, k) <= FEW, lost = 0;
    if (few)
        mend_known(check, k, mended);
    /* where the gradient vanishes, by the loss near by */
    p->floor = fmax(check->floors[k], 1e-2 * o->floor * check->slope_aside);
    for (uint64_t number = 0; number < o->probes; number++) {
        int found = 0, searching = few && !lost && located < o->locate;
        if (!tw_probe_aim(p, number, block->offset, block->count))
            return TW_OK;
        tw_gradcheck_probe probe = aimed(p, k);
        tw_status status = TW_OK;
        if (tw_check_exhausted(check))
            return tw_check_keep_probe(check, &probe);
        status = check->rounding > 0
                     ? probe_briefly(check, p, number, mended, searching, &probe, &found)
                     : probe_once(check, p, mended, searching, &probe, &found, &lost);
        if (found)
            probe.verdict = TW_VERDICT_FAIL;
        if (status == TW_OK)
            status = tw_check_keep_probe(check, &probe);
        if (status != TW_OK)
            return status;
        if (!found && probe.verdict == TW_VERDICT_FAIL)
            return TW_OK; /* more of them would say the same */
        if (found && ++located < o->locate)
            number--; /* the same probe again: is that all? */
    }
    return TW_OK;
}

static int wants_probes(const tw_check *check) {
    const tw_gradcheck_options *o = &check->options;
    return o->probes > 0 && o->indices == NULL && (check->n > o->every || o->only_probes);
}

static tw_status report_progress(const tw_check *check, size_t block) {
    const tw_gradcheck_options *o = &check->options;
    size_t blocks = check->report->block_count;
    if (o->progress == NULL || o->progress(o->progress_user, block, blocks) == 0)
        return TW_OK;
    return tw_fail(TW_ERR_CANCELLED, "cancelled at block %zu of %zu", block, blocks);
}

tw_status tw_check_probes(tw_check *check) {
    if (!wants_probes(check) || check->idle > 0)
        return TW_OK;
    tw_aimed_probe p;
    double *mended = tw_alloc_raw(check->n, sizeof *mended);
    tw_status status = tw_probe_new(check->objective, check->x, mended, &check->options, &p);
    if (mended == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for a gradient of %zu", check->n);
    if (status == TW_OK)
        memcpy(mended, check->gradient, check->n * sizeof *mended);
    if (status == TW_OK)
        status = tw_check_rounding(check, &p);
    for (size_t k = 0; k < check->report->block_count && status == TW_OK; k++) {
        status = report_progress(check, k);
        if (status == TW_OK && tw_block_moves(tw_space_block(check->report->space, k)))
            status = probe_block(check, k, &p, mended);
    }
    if (check->rounding > 0) /* what a ladder measures among kinks is more than noise */
        check->report->noise = check->rounding;
    tw_probe_release(&p);
    free(mended);
    return status;
}
