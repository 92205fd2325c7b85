/* gradcheck_common.c: what several parts of a check ask, and know no other part for. */
#include <math.h>
#include <stdlib.h>

#include "diff/exact.h"
#include "gradcheck/gradcheck_private.h"
#include "thalweg/rng.h"

double tw_gradcheck_unit(const tw_objective *objective, const tw_gradcheck_options *options) {
    return fmax(tw_objective_noise(objective), options->noise);
}

double tw_gradcheck_rtol(double unit) {
    return unit > TW_SINGLE_PRECISION ? 1e-3 : 1e-6;
}

int tw_check_exhausted(const tw_check *check) {
    unsigned long long used = tw_objective_evaluations(check->objective) - check->begun;
    return check->options.max_evaluations > 0 && used >= check->options.max_evaluations;
}

double tw_check_noise(const tw_check *check) {
    double declared = 2 * check->options.noise * fabs(check->report->loss);
    return check->unlike ? fmax(check->report->noise, declared) : declared;
}

static int by_index(const void *a, const void *b) {
    size_t left = ((const tw_gradcheck_entry *)a)->index,
           right = ((const tw_gradcheck_entry *)b)->index;
    return (left > right) - (left < right);
}

void tw_check_sort(tw_check *check) {
    tw_gradcheck *report = check->report;
    if (report->entry_count > 0)
        qsort(report->entries, report->entry_count, sizeof *report->entries, by_index);
}

tw_gradcheck_entry *tw_check_find(const tw_check *check, size_t index) {
    const tw_gradcheck_entry key = {.index = index};
    if (check->report->entry_count == 0)
        return NULL;
    return bsearch(&key, check->report->entries, check->report->entry_count, sizeof key, by_index);
}

double tw_probe_entry(uint64_t seed, uint64_t number, size_t i) {
    double u = tw_rng_uniform(seed, tw_rng_stream("gradcheck probe") + number, i);
    return u < 0.5 ? -(0.5 + 2 * u) : 2 * u - 0.5;
}

void tw_check_probe_all(const tw_check *check, uint64_t number, double *v) {
    for (size_t i = 0; i < check->n; i++)
        v[i] = tw_probe_entry(check->options.seed, number, i);
    tw_space_keep_still(tw_objective_space(check->objective), NULL, v);
}

tw_status tw_check_keep_probe(tw_check *check, const tw_gradcheck_probe *probe) {
    tw_gradcheck *report = check->report;
    if (report->probe_count == check->probe_capacity) {
        size_t capacity = check->probe_capacity > 0 ? 2 * check->probe_capacity : 8;
        tw_gradcheck_probe *grown = realloc(report->probes, capacity * sizeof *grown);
        if (grown == NULL)
            return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu probes", capacity);
        report->probes = grown;
        check->probe_capacity = capacity;
    }
    report->probes[report->probe_count++] = *probe;
    return TW_OK;
}
