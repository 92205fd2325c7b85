/* gradcheck_entries.c: coordinates one by one. A first look with the ladder; where that leaves the
 * verdict open, a second with the noise measured, and a third by the complex step where the
 * objective has it. */
#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "diff/exact.h"
#include "gradcheck/gradcheck_private.h"

static size_t block_of(const tw_check *check, size_t index) {
    size_t low = 0, high = check->report->block_count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (check->report->blocks[middle].offset <= index)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static tw_status make_room(tw_check *check, size_t count) {
    size_t needed = check->report->entry_count + count;
    if (needed <= check->entry_capacity)
        return TW_OK;
    size_t capacity = needed + needed / 2;
    tw_gradcheck_entry *grown = capacity <= SIZE_MAX / sizeof *grown
                                    ? realloc(check->report->entries, capacity * sizeof *grown)
                                    : NULL;
    if (grown == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu entries of a check", needed);
    check->report->entries = grown;
    check->entry_capacity = capacity;
    return TW_OK;
}

static int deserves_second_look(const tw_gradcheck_entry *entry) {
    if (entry->reason == TW_REASON_NOT_WRITTEN || entry->reason == TW_REASON_NOT_FINITE)
        return 0;
    unsigned doubtful = TW_DERIVATIVE_ALIASED | TW_DERIVATIVE_UNRESOLVED | TW_DERIVATIVE_FLAT;
    if (entry->verdict == TW_VERDICT_FAIL && (entry->numeric == 0 || (entry->flags & doubtful)))
        return 1;
    return entry->verdict == TW_VERDICT_INCONCLUSIVE && entry->reason != TW_REASON_DOMAIN;
}

/* The complex step where the noise hides what differences show. It is believed if the bar of the
 * differences, wide as it is, holds it: it may belong to another function. */
static tw_status look_complex(tw_check *check, tw_gradcheck_entry *entries, size_t count) {
    double *y = tw_alloc(check->n, sizeof *y), value[2];
    tw_status status = TW_OK;
    if (y == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu imaginary parts", check->n);
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        tw_gradcheck_entry *e = &entries[k];
        if (e->verdict != TW_VERDICT_INCONCLUSIVE || e->reason != TW_REASON_NOISE)
            continue;
        double h = 0x1p-66 * check->scales[e->index];
        y[e->index] = h;
        status = tw_objective_complex_value(check->objective, check->x, y, value);
        y[e->index] = 0;
        e->evaluations++;
        if (status != TW_OK || !(fabs(value[1] / h - e->numeric) <= 3 * e->bar))
            continue;
        e->numeric = e->left = e->right = value[1] / h;
        e->bar = 64 * check->report->unit *
                 (fabs(e->numeric) + fabs(value[0]) / check->scales[e->index]);
        e->step = h;
        tw_check_judge(check, e);
    }
    free(y);
    return status;
}

/* Steps of the size of x itself where those of the size of 1, or of its block, left the domain, as
 * of log x at 1e-18. */
static tw_status look_near(tw_check *check, tw_gradcheck_entry *e) {
    tw_derivative d;
    double size = fabs(e->x);
    if (e->verdict == TW_VERDICT_PASS || isnan(e->analytic) ||
        !(e->flags & (TW_DERIVATIVE_DOMAIN | TW_DERIVATIVE_ONE_SIDED)) || size == 0 ||
        size >= check->scales[e->index])
        return TW_OK;
    const tw_gradcheck_options *o = &check->options;
    tw_derivative_options options = {
        .measure_noise = 1, .scale = size, .noise = tw_check_noise(check)};
    if (o->lower != NULL || o->upper != NULL) {
        options.lower = o->lower != NULL ? o->lower[e->index] - e->x : -INFINITY;
        options.upper = o->upper != NULL ? o->upper[e->index] - e->x : INFINITY;
    }
    tw_status status =
        tw_derivative_directional(check->objective, check->x, NULL, e->index, &options, &d);
    if (status == TW_OK && isfinite(d.value) && !(d.flags & TW_DERIVATIVE_ONE_SIDED))
        tw_check_fill(check, &d, e);
    return status;
}

/* Beside a kink the other side may be free: a slope that is the derivative of one side of x is
 * right. Kept only if it decides for the gradient. */
static tw_status look_aside(tw_check *check, tw_gradcheck_entry *e) {
    const tw_gradcheck_options *o = &check->options;
    int rough = e->kink > 0 || e->point_class == TW_POINT_KINK ||
                e->point_class == TW_POINT_FRACTIONAL || e->point_class == TW_POINT_NOISE;
    if (e->verdict == TW_VERDICT_PASS || !rough || !isfinite(e->analytic) ||
        e->reason == TW_REASON_NOT_WRITTEN || o->lower != NULL || o->upper != NULL)
        return TW_OK;
    for (int side = -1; side <= 1; side += 2) {
        tw_derivative d;
        tw_gradcheck_entry tried = *e;
        const tw_derivative_options options = {.noise = tw_check_noise(check),
                                               .scale = check->scales[e->index],
                                               .lower = side < 0 ? -INFINITY : 0,
                                               .upper = side < 0 ? 0 : INFINITY};
        tw_status status =
            tw_derivative_directional(check->objective, check->x, NULL, e->index, &options, &d);
        if (status != TW_OK)
            return status;
        e->evaluations += d.evaluations;
        tw_check_fill(check, &d, &tried);
        if (tried.verdict != TW_VERDICT_PASS || tried.reason == TW_REASON_SMALL)
            continue;
        tried.reason = TW_REASON_KINK;
        tried.evaluations = e->evaluations;
        *e = tried;
        break;
    }
    return TW_OK;
}

/* Where the gradient vanishes nothing of it says how small is small. A 0 is right where no bit of
 * the loss changes; and where bars and numbers are next to nothing beside what wide steps see, and
 * would not be missed in the loss, the entry is too small to judge. */
static tw_status look_at_nothing(tw_check *check, tw_gradcheck_entry *e) {
    static const double beside_slopes = 1e-2, missed = 1e-9;
    double natural, u = e->bar;
    if (e->verdict != TW_VERDICT_INCONCLUSIVE || e->reason != TW_REASON_NOISE ||
        !(fabs(e->analytic) <= 3 * u && e->absolute <= 3 * u))
        return TW_OK;
    tw_status status = tw_check_natural_slope(check, e->index, &natural, &e->evaluations);
    if (status != TW_OK)
        return status;
    double least = check->options.rtol * check->options.floor * beside_slopes * natural;
    int both_zero = e->analytic == 0 && e->numeric == 0 && natural == 0;
    if (!both_zero && !(e->absolute + u <= least && u * check->scales[e->index] <= missed))
        return TW_OK;
    e->verdict = TW_VERDICT_PASS;
    e->reason = e->analytic == 0 && e->numeric == 0 ? TW_REASON_NONE : TW_REASON_SMALL;
    return TW_OK;
}

/* Where the loss does not depend on x: what its rounding allows. */
static void judge_idle(tw_check *check, tw_gradcheck_entry *entries, size_t count) {
    for (size_t k = 0; k < count; k++) {
        const tw_derivative none = {.error = check->idle / check->scales[entries[k].index],
                                    .noise = check->idle,
                                    .point_class = TW_POINT_NOISE};
        tw_check_fill(check, &none, &entries[k]);
    }
}

/* What the first looks at `count` new entries left open or call wrong. */
static tw_status settle_part(tw_check *check, tw_gradcheck_entry *entries, size_t count,
                             unsigned char *robust) {
    tw_status status = TW_OK;
    if (tw_objective_capabilities(check->objective) & TW_CAN_COMPLEX)
        status = look_complex(check, entries, count);
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        status = look_near(check, &entries[k]);
        if (status == TW_OK)
            status = tw_check_look_below(check, &entries[k]);
        if (status == TW_OK)
            status = look_aside(check, &entries[k]);
    }
    if (status == TW_OK)
        status = tw_check_failures(check, entries, count, robust);
    for (size_t k = 0; k < count && status == TW_OK; k++)
        status = tw_check_beside_kink(check, &entries[k]);
    for (size_t k = 0; k < count && status == TW_OK; k++)
        status = look_at_nothing(check, &entries[k]);
    return status;
}

/* Of many entries, most of which are right; an objective with differences of its own answers
 * ladders cheaply. */
static int is_for_quick_look(const tw_check *check, size_t count) {
    enum { MANY = 128 };
    const tw_gradcheck_options *o = &check->options;
    return count >= MANY && !o->robust && !check->unlike && o->lower == NULL && o->upper == NULL &&
           o->scales == NULL && !(tw_objective_capabilities(check->objective) & TW_CAN_COORDINATES);
}

/* New entries first ... first + count - 1 of the array. */
static tw_status look_at_part(tw_check *check, tw_gradcheck_entry *entries, size_t count) {
    if (check->idle > 0) {
        judge_idle(check, entries, count);
        return TW_OK;
    }
    size_t *which = tw_alloc_raw(count, sizeof *which), first = 0, again = 0;
    unsigned char *robust = tw_alloc(count, 1);
    tw_status status = TW_OK;
    if (which == NULL || robust == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu entries", count);
    else if (is_for_quick_look(check, count))
        status = tw_check_quick(check, entries, count);
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        if (entries[k].verdict != TW_VERDICT_PASS)
            which[first++] = k;
        robust[k] = check->options.robust ? TW_MEASURED : 0;
    }
    if (status == TW_OK && first > 0)
        status = tw_check_look(check, first, which, entries, check->options.robust);
    for (size_t k = 0; k < count && status == TW_OK && !check->options.robust; k++)
        if (deserves_second_look(&entries[k])) {
            which[again++] = k;
            robust[k] = TW_MEASURED;
        }
    if (status == TW_OK && again > 0)
        status = tw_check_look(check, again, which, entries, 1);
    if (status == TW_OK)
        status = settle_part(check, entries, count, robust);
    free(which);
    free(robust);
    return status;
}

/* So many entries as the evaluations left will do for. Without a limit all go together: an
 * objective with differences of its own likes many at once. */
static size_t part_of(const tw_check *check, size_t left) {
    enum { EACH = 40 };
    unsigned long long most = check->options.max_evaluations;
    unsigned long long used = tw_objective_evaluations(check->objective) - check->begun;
    if (most == 0)
        return left;
    size_t part = used < most ? (size_t)((most - used) / EACH) : 0;
    return part < 1 ? 1 : part < left ? part : left;
}

tw_status tw_check_entries(tw_check *check, size_t count, const size_t *indices) {
    tw_status status = make_room(check, count);
    if (status != TW_OK)
        return status;
    size_t added = 0, known = check->report->entry_count;
    tw_gradcheck_entry *entries = check->report->entries + known;
    for (size_t k = 0; k < count; k++)
        if (tw_check_find(check, indices[k]) == NULL)
            entries[added++] = (tw_gradcheck_entry){.block = block_of(check, indices[k]),
                                                    .index = indices[k],
                                                    .x = check->x[indices[k]],
                                                    .analytic = check->gradient[indices[k]],
                                                    .numeric = NAN,
                                                    .bar = INFINITY,
                                                    .left = NAN,
                                                    .right = NAN,
                                                    .absolute = NAN,
                                                    .relative = NAN,
                                                    .verdict = TW_VERDICT_INCONCLUSIVE,
                                                    .reason = TW_REASON_BUDGET};
    for (size_t first = 0, part; first < added && status == TW_OK; first += part) {
        if (tw_check_exhausted(check))
            break;
        part = part_of(check, added - first);
        status = look_at_part(check, entries + first, part);
    }
    check->report->entry_count = known + added;
    tw_check_sort(check);
    return status;
}
