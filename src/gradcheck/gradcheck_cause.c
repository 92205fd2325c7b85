/* gradcheck_cause.c: what a wrong gradient looks like. Each question is asked of the entries of one
 * block, the plainest first; the first that is answered with yes is the cause. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "diff/exact.h"
#include "diff/numbers.h"
#include "gradcheck/gradcheck_private.h"

/* A fit explains a gradient if it leaves no more of it than this. */
static const double left_over = 1e-3;

/* The entries of a block of the report. */
typedef struct sample {
    tw_check *check;
    tw_gradcheck_block *block;
    const tw_gradcheck_entry *entries; /* rising index */
    size_t count;
    int whole; /* every entry of the block is among them */
} sample;

static void answer(const sample *s, tw_cause cause, double factor) {
    s->block->cause = cause;
    s->block->factor = factor;
}

static void place(const sample *s, size_t first, size_t end, size_t stride) {
    s->block->where = first;
    s->block->where_end = end;
    s->block->stride = stride;
}

static int is_wrong(const tw_gradcheck_entry *entry) {
    return entry->verdict == TW_VERDICT_FAIL;
}

/* The first and the last wrong entry. */
static void wrong_range(const sample *s, size_t *first, size_t *end) {
    *first = SIZE_MAX;
    *end = 0;
    for (size_t k = 0; k < s->count; k++)
        if (is_wrong(&s->entries[k])) {
            if (*first == SIZE_MAX)
                *first = s->entries[k].index;
            *end = s->entries[k].index + 1;
        }
}

/* ---- the callback itself ---- */

static int is_not_repeated(const sample *s) {
    if (!s->check->unlike)
        return 0;
    answer(s, TW_CAUSE_NOT_REPEATED, 0);
    return 1;
}

static int is_not_written(const sample *s) {
    const unsigned char *unwritten = s->check->unwritten + s->block->offset;
    size_t first = SIZE_MAX, end = 0;
    for (size_t k = 0; k < s->block->count; k++)
        if (unwritten[k]) {
            first = first == SIZE_MAX ? k : first;
            end = k + 1;
        }
    if (end == 0)
        return 0;
    answer(s, TW_CAUSE_NOT_WRITTEN, 0);
    place(s, s->block->offset + first, s->block->offset + end, 1);
    return 1;
}

static int is_not_finite(const sample *s) {
    for (size_t k = 0; k < s->count; k++)
        if (!isfinite(s->entries[k].analytic)) {
            answer(s, TW_CAUSE_NOT_FINITE, 0);
            place(s, s->entries[k].index, s->entries[k].index + 1, 1);
            return 1;
        }
    return 0;
}

/* A third call, back at x, gives what the first did not: something is kept between calls. Or the
 * block does not follow x while the derivative does. */
static int is_stale(const sample *s) {
    const tw_check *check = s->check;
    const tw_gradcheck_block *block = s->block;
    size_t bytes = block->count * sizeof(double);
    const double *before = check->gradient + block->offset;
    if (memcmp(before, check->again + block->offset, bytes) != 0) {
        answer(s, TW_CAUSE_STALE, 0);
        return 1;
    }
    double largest = 0;
    for (size_t k = 0; k < block->count; k++)
        largest = fmax(largest, fabs(before[k]));
    if (largest == 0 || memcmp(before, check->elsewhere + block->offset, bytes) != 0)
        return 0;
    for (size_t k = 0; k < check->report->block_count; k++) {
        const tw_gradcheck_block *other = &check->report->blocks[k];
        if (memcmp(check->gradient + other->offset, check->elsewhere + other->offset,
                   other->count * sizeof(double)) != 0) {
            answer(s, TW_CAUSE_STALE, 0);
            return 1;
        }
    }
    return 0;
}

static int is_zero(const sample *s) {
    for (size_t k = 0; k < s->block->count; k++)
        if (s->check->gradient[s->block->offset + k] != 0)
            return 0;
    answer(s, TW_CAUSE_ZERO, 0);
    return 1;
}

/* ---- fits ---- */

/* The k for which a is nearest to k d over the entries, and what is left of a: |a - k d| / |a|. */
static double fit(size_t count, const double *a, const double *d, double *k) {
    double ad = 0, dd = 0, aa = 0, rest = 0;
    for (size_t i = 0; i < count; i++) {
        ad += a[i] * d[i];
        dd += d[i] * d[i];
        aa += a[i] * a[i];
    }
    *k = ad / dd;
    for (size_t i = 0; i < count; i++)
        rest += (a[i] - *k * d[i]) * (a[i] - *k * d[i]);
    return dd > 0 && aa > 0 ? sqrt(rest / aa) : INFINITY;
}

static int near(double value, double target) {
    return fabs(value - target) <= 2e-3 * fabs(target);
}

static int is_factor(const sample *s, const double *a, const double *d) {
    double k, samples = (double)s->check->report->samples;
    size_t telling = 0;
    for (size_t i = 0; i < s->count; i++)
        telling += d[i] != 0;
    double rest = fit(s->count, a, d, &k);
    if (!(rest < left_over) || near(k, 1) || (telling < 2 && s->block->count > 1))
        return 0;
    if (near(k, -1))
        answer(s, TW_CAUSE_SIGN, k);
    else if (samples > 2 && (near(fabs(k), samples) || near(fabs(k), 1 / samples)))
        answer(s, TW_CAUSE_SAMPLES, k);
    else
        answer(s, TW_CAUSE_FACTOR, k);
    return 1;
}

static int is_regularizer(const sample *s, const double *a, const double *d, double *r, double *x) {
    double lambda, size = 0;
    size_t telling = 0;
    for (size_t i = 0; i < s->count; i++) {
        r[i] = a[i] - d[i];
        x[i] = s->entries[i].x;
        size = fmax(size, fabs(x[i]));
    }
    for (size_t i = 0; i < s->count; i++)
        telling += fabs(x[i]) > 1e-3 * size;
    if (telling < 3 || !(fit(s->count, r, x, &lambda) < 0.01))
        return 0;
    answer(s, TW_CAUSE_REGULARIZER, lambda);
    return 1;
}

/* ---- places ---- */

/* Where entry `index` of a block of this shape would stand if the block were written transposed. */
static size_t transposed(const tw_gradcheck_block *block, size_t index) {
    size_t rows = block->count / block->columns, at = index - block->offset;
    return block->offset + (at % rows) * block->columns + at / rows;
}

/* Looks at the places where the entries' numbers would belong, which may be new ones. */
static tw_status look_transposed(const sample *s, int *yes) {
    enum { LOOKS = 24 };
    size_t indices[LOOKS], places[LOOKS] = {0}, count = 0;
    const tw_gradcheck_block *block = s->block;
    *yes = 0;
    if (block->columns < 2 || block->columns == block->count)
        return TW_OK;
    for (size_t k = 0; k < s->count && count < LOOKS; k++)
        if (is_wrong(&s->entries[k]))
            indices[count++] = s->entries[k].index;
    for (size_t k = 0; k < count; k++)
        places[k] = transposed(block, indices[k]);
    tw_derivative derivatives[LOOKS];
    tw_coordinates_options options = {.lower = s->check->options.lower,
                                      .upper = s->check->options.upper,
                                      .scales = s->check->options.scales};
    tw_status status = tw_derivative_coordinates(s->check->objective, s->check->x, count, places,
                                                 &options, derivatives);
    size_t agree = 0;
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        double a = s->check->gradient[indices[k]], d = derivatives[k].value;
        double tau = fmax(tw_check_tolerance(s->check, a, d),
                          tw_check_least(s->check, (size_t)(block - s->check->report->blocks)));
        agree += fabs(a - d) <= 100 * tau + 3 * derivatives[k].error;
    }
    *yes = count >= 2 && agree == count;
    if (*yes)
        answer(s, TW_CAUSE_TRANSPOSED, 0);
    return status;
}

/* The wrong entries hold the right numbers of each other. `a` and `d` are scratch. */
static int is_permuted(const sample *s, double *a, double *d) {
    size_t wrong = 0, first, end;
    for (size_t k = 0; k < s->count; k++)
        if (is_wrong(&s->entries[k])) {
            a[wrong] = s->entries[k].analytic;
            d[wrong++] = s->entries[k].numeric;
        }
    if (wrong < 2 || !s->whole)
        return 0;
    tw_sort_rising(wrong, a);
    tw_sort_rising(wrong, d);
    for (size_t k = 0; k < wrong; k++) {
        double largest = fmax(fabs(d[0]), fabs(d[wrong - 1]));
        if (!(fabs(a[k] - d[k]) <= 1e-5 * largest))
            return 0;
    }
    wrong_range(s, &first, &end);
    answer(s, TW_CAUSE_PERMUTED, (double)wrong);
    place(s, first, end, 1);
    return 1;
}

/* Wrong entries next to each other, or `stride` apart, and right ones all around. */
static int is_range(const sample *s, size_t stride) {
    size_t first, end, wrong = 0, within = 0, other = 0;
    wrong_range(s, &first, &end);
    for (size_t k = 0; k < s->count; k++) {
        size_t index = s->entries[k].index;
        int inside = index >= first && index < end && (index - first) % stride == 0;
        wrong += is_wrong(&s->entries[k]);
        within += inside;
        other += !inside && !is_wrong(&s->entries[k]);
    }
    if (wrong < 2 || wrong != within || other < 2 || 3 * other < wrong)
        return 0; /* too few right ones to speak of a range */
    answer(s, TW_CAUSE_RANGE, (double)wrong);
    place(s, first, end, stride);
    return 1;
}

/* Probes that pass once the wrong entries are mended say that there are no others. */
static int others_are_right(const sample *s) {
    const tw_gradcheck *report = s->check->report;
    size_t block = (size_t)(s->block - report->blocks);
    for (size_t k = 0; k < report->probe_count; k++)
        if (report->probes[k].block == block && report->probes[k].verdict == TW_VERDICT_PASS)
            return 1;
    return 0;
}

static int is_one_entry(const sample *s) {
    size_t first, end;
    wrong_range(s, &first, &end);
    if (first == SIZE_MAX || end != first + 1 ||
        (s->count < 3 && !s->whole && !others_are_right(s)))
        return 0;
    answer(s, TW_CAUSE_ONE_ENTRY, 0);
    place(s, first, end, 1);
    return 1;
}

static int is_single_precision(const sample *s) {
    size_t floats = 0;
    for (size_t k = 0; k < s->count; k++) {
        double a = s->entries[k].analytic;
        if (a != (double)(float)a)
            return 0;
        floats += a != 0;
    }
    if (floats < 3)
        return 0;
    answer(s, TW_CAUSE_PRECISION, 0);
    return 1;
}

static tw_status ask_all(const sample *s, double *scratch) {
    double *a = scratch, *d = scratch + s->count, *r = scratch + 2 * s->count,
           *x = scratch + 3 * s->count;
    for (size_t k = 0; k < s->count; k++) {
        a[k] = s->entries[k].analytic;
        d[k] = s->entries[k].numeric;
    }
    if (is_not_repeated(s) || is_not_written(s) || is_not_finite(s) || is_stale(s) || is_zero(s) ||
        is_factor(s, a, d) || is_regularizer(s, a, d, r, x))
        return TW_OK;
    int yes;
    tw_status status = look_transposed(s, &yes);
    if (status != TW_OK || yes || is_one_entry(s) || is_permuted(s, a, d) || is_range(s, 1) ||
        (s->block->columns > 1 && is_range(s, s->block->columns)))
        return status;
    size_t samples;
    status = tw_check_tail(s->check, s->count, s->entries, &samples);
    if (status != TW_OK)
        return status;
    if (samples > 0)
        answer(s, TW_CAUSE_TAIL, (double)samples);
    else if (!is_single_precision(s))
        answer(s, TW_CAUSE_UNKNOWN, 0);
    return TW_OK;
}

tw_status tw_check_cause(tw_check *check, size_t block) {
    sample s = {.check = check, .block = &check->report->blocks[block]};
    for (size_t k = 0; k < check->report->entry_count; k++)
        if (check->report->entries[k].block == block) {
            s.entries = s.count == 0 ? &check->report->entries[k] : s.entries;
            s.count++;
        }
    s.whole = s.count == s.block->count;
    s.block->stride = 1;
    double *scratch = tw_alloc_raw(s.count, 4 * sizeof *scratch);
    if (scratch == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu entries", s.count);
    tw_status status = ask_all(&s, scratch);
    free(scratch);
    return status;
}
