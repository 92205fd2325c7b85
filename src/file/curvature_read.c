/* curvature_read.c: a report on curvature out of HDF5. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "file/block_file.h"
#include "file/curvature_numbers.h"
#include "file/h5_write.h"

typedef struct reading {
    const char *path;
    hid_t file;
    tw_curvature_report *report;
} reading;

/* A dataset of so many numbers, taken over; what is not as it should be is refused. */
static tw_status get(const reading *r, const char *name, size_t count, double **out) {
    tw_array array = {0};
    tw_status status = tw_h5_get(r->path, r->file, name, &array);
    if (status != TW_OK)
        return status;
    if (count != SIZE_MAX && array.count != count) {
        status = tw_fail(TW_ERR_FORMAT, "'%s': /%s has %zu numbers, not %zu", r->path, name,
                         array.count, count);
        tw_array_release(&array);
        return status;
    }
    *out = array.values;
    return TW_OK;
}

static tw_status count_of(const reading *r, const char *name, int rank, size_t shape[2]) {
    tw_array array = {0};
    hid_t set;
    tw_status status = tw_h5_open_numbers(r->path, r->file, name, &set, &array);
    if (status != TW_OK)
        return status;
    H5Dclose(set);
    if (array.rank != rank)
        return tw_fail(TW_ERR_FORMAT, "'%s': /%s has %d axes, not %d", r->path, name, array.rank,
                       rank);
    for (int k = 0; k < rank; k++)
        if (array.shape[k] == 0)
            return tw_fail(TW_ERR_FORMAT, "'%s': /%s is empty", r->path, name);
    memcpy(shape, array.shape, (size_t)rank * sizeof *shape);
    return TW_OK;
}

static tw_status get_numbers(const reading *r) {
    const tw_report_number *number;
    tw_status status = TW_OK;
    for (size_t k = 0; (number = tw_report_number_at(k)) != NULL && status == TW_OK; k++) {
        double *value = NULL;
        if (!tw_h5_has(r->file, number->name))
            continue;
        status = get(r, number->name, 1, &value);
        if (status == TW_OK)
            status = tw_report_number_set(number, r->report, *value);
        if (status != TW_OK)
            status = tw_fail_prefix(status, "'%s'", r->path);
        free(value);
    }
    return status;
}

/* A value with the error of it, which is NaN where it is not known. */
static int is_sound(double value, double error) {
    return isfinite(value) && !(error < 0);
}

static tw_status take_pairs(const reading *r, const char *group, tw_eigenpair *pairs, size_t *count,
                            size_t there, const double *values, const double *residuals) {
    for (size_t k = 0; k < there; k++) {
        if (!is_sound(values[k], residuals[k]) || isnan(residuals[k]))
            return tw_fail(TW_ERR_FORMAT, "'%s': pair %zu of /%s is %g, with a residual of %g",
                           r->path, k + 1, group, values[k], residuals[k]);
        pairs[(*count)++] = (tw_eigenpair){.value = values[k], .residual = residuals[k]};
    }
    return TW_OK;
}

static tw_status get_pairs(const reading *r, const char *group, size_t *count,
                           tw_eigenpair **pairs) {
    char name[64];
    double *values = NULL, *residuals = NULL;
    size_t shape[2];
    snprintf(name, sizeof name, "%s/value", group);
    if (!tw_h5_has(r->file, group))
        return TW_OK;
    tw_status status = count_of(r, name, 1, shape);
    if (status == TW_OK)
        status = get(r, name, shape[0], &values);
    snprintf(name, sizeof name, "%s/residual", group);
    if (status == TW_OK)
        status = get(r, name, shape[0], &residuals);
    if (status == TW_OK && (*pairs = tw_alloc(shape[0], sizeof **pairs)) == NULL)
        status = tw_fail(TW_ERR_MEMORY, "'%s': not enough memory for its pairs", r->path);
    if (status == TW_OK)
        status = take_pairs(r, group, *pairs, count, shape[0], values, residuals);
    free(values);
    free(residuals);
    return status;
}

/* The block of a name, and what is known of it. */
static tw_status take_block(const reading *r, size_t k, const double *numbers, const char *name) {
    tw_trace_result *t = &r->report->trace;
    if (!is_sound(numbers[0], numbers[1]))
        return tw_fail(TW_ERR_FORMAT,
                       "'%s': block %zu of /trace is %g, with a standard error of %g", r->path, k,
                       numbers[0], numbers[1]);
    t->blocks[k] = (tw_trace_block){k, numbers[0], numbers[1]};
    r->report->block_names[k] = tw_strdup(name);
    if (r->report->block_names[k] == NULL)
        return tw_fail(TW_ERR_MEMORY, "'%s': not enough memory for its blocks", r->path);
    t->block_count++;
    return TW_OK;
}

static tw_status get_trace(const reading *r) {
    tw_trace_result *t = &r->report->trace;
    size_t shape[2], names = 0;
    double *values = NULL;
    char **texts = NULL;
    if (!tw_h5_has(r->file, "trace"))
        return TW_OK;
    tw_status status = count_of(r, "trace/blocks", 2, shape);
    if (status == TW_OK && !isfinite(t->trace))
        status = tw_fail(TW_ERR_FORMAT, "'%s': /trace/trace is %g", r->path, t->trace);
    if (status == TW_OK && shape[1] != 2)
        status =
            tw_fail(TW_ERR_FORMAT, "'%s': /trace/blocks has %zu columns, not 2", r->path, shape[1]);
    if (status == TW_OK)
        status = get(r, "trace/blocks", SIZE_MAX, &values);
    if (status == TW_OK)
        status = tw_h5_get_texts(r->path, r->file, "trace/names", &names, &texts);
    if (status == TW_OK && names != shape[0])
        status = tw_fail(TW_ERR_FORMAT, "'%s': %zu names of %zu blocks", r->path, names, shape[0]);
    if (status == TW_OK && ((t->blocks = tw_alloc(names, sizeof *t->blocks)) == NULL ||
                            (r->report->block_names = tw_alloc(names, sizeof(char *))) == NULL))
        status = tw_fail(TW_ERR_MEMORY, "'%s': not enough memory for its blocks", r->path);
    for (size_t k = 0; status == TW_OK && k < names; k++)
        status = take_block(r, k, values + 2 * k, texts[k]);
    tw_h5_free_texts(names, texts);
    free(values);
    return status;
}

/* Counts must fit, for whoever looks at the nodes. */
static tw_status take_counts(const reading *r, const double *counts) {
    tw_density *d = &r->report->density;
    for (size_t k = 0; k < d->probes; k++) {
        if (!(counts[k] >= 1 && counts[k] <= (double)d->steps) || counts[k] != floor(counts[k]))
            return tw_fail(TW_ERR_FORMAT, "'%s': /density/counts[%zu] is %g", r->path, k,
                           counts[k]);
        d->counts[k] = (size_t)counts[k];
    }
    for (size_t k = 0; k < d->probes * d->steps; k++)
        if (k % d->steps < d->counts[k / d->steps] &&
            !(isfinite(d->nodes[k]) && d->weights[k] >= 0 && d->weights[k] <= 1 + 1e-9))
            return tw_fail(TW_ERR_FORMAT, "'%s': node %zu of /density is %g with a weight of %g",
                           r->path, k, d->nodes[k], d->weights[k]);
    return TW_OK;
}

static tw_status get_density(const reading *r) {
    tw_density *d = &r->report->density;
    size_t shape[2], weights[2];
    double *counts = NULL;
    if (!tw_h5_has(r->file, "density"))
        return TW_OK;
    tw_status status = count_of(r, "density/nodes", 2, shape);
    if (status == TW_OK)
        status = count_of(r, "density/weights", 2, weights);
    if (status == TW_OK && (weights[0] != shape[0] || weights[1] != shape[1]))
        status = tw_fail(TW_ERR_FORMAT,
                         "'%s': /density/weights is not of the shape of /density/nodes", r->path);
    if (status == TW_OK && d->dimension == 0)
        status = tw_fail(TW_ERR_FORMAT, "'%s': /density/dimension is 0", r->path);
    if (status == TW_OK)
        status = get(r, "density/nodes", SIZE_MAX, &d->nodes);
    if (status == TW_OK)
        status = get(r, "density/weights", shape[0] * shape[1], &d->weights);
    if (status == TW_OK)
        status = get(r, "density/counts", shape[0], &counts);
    if (status == TW_OK && (d->counts = tw_alloc(shape[0], sizeof *d->counts)) == NULL)
        status = tw_fail(TW_ERR_MEMORY, "'%s': not enough memory for its density", r->path);
    if (status == TW_OK) {
        d->probes = shape[0];
        d->steps = shape[1];
        status = take_counts(r, counts);
    }
    free(counts);
    return status;
}

static tw_status get_eigenvalues(const reading *r) {
    size_t shape[2];
    if (!tw_h5_has(r->file, "eigenvalues"))
        return TW_OK;
    tw_status status = count_of(r, "eigenvalues", 1, shape);
    if (status == TW_OK)
        status = get(r, "eigenvalues", shape[0], &r->report->eigenvalues);
    for (size_t k = 0; status == TW_OK && k < shape[0]; k++)
        if (!isfinite(r->report->eigenvalues[k]))
            return tw_fail(TW_ERR_FORMAT, "'%s': /eigenvalues[%zu] is %g", r->path, k,
                           r->report->eigenvalues[k]);
    if (status == TW_OK)
        r->report->eigenvalue_count = shape[0];
    return status;
}

static tw_status check_kind(const reading *r) {
    char *kind = tw_h5_get_kind(r->file);
    int is_one = kind != NULL && strcmp(kind, TW_SPECTRUM_KIND) == 0;
    free(kind);
    return is_one ? TW_OK
                  : tw_fail(TW_ERR_FORMAT, "'%s': not a spectrum, as 'thalweg spectrum' writes it",
                            r->path);
}

tw_status tw_curvature_report_read(const char *path, tw_curvature_report *report,
                                   tw_provenance *provenance) {
    reading r = {.path = path, .report = report};
    memset(report, 0, sizeof *report);
    report->bytes = sizeof *report;
    tw_status status = tw_h5_open(path, &r.file);
    if (status != TW_OK)
        return status;
    status = check_kind(&r);
    if (status == TW_OK)
        status = get_numbers(&r);
    if (status == TW_OK)
        status = get_pairs(&r, "largest", &report->largest_count, &report->largest);
    if (status == TW_OK)
        status = get_pairs(&r, "smallest", &report->smallest_count, &report->smallest);
    if (status == TW_OK)
        status = get_eigenvalues(&r);
    if (status == TW_OK)
        status = get_trace(&r);
    if (status == TW_OK)
        status = get_density(&r);
    if (status == TW_OK && provenance != NULL)
        status = tw_h5_get_provenance(path, r.file, provenance);
    tw_h5_close(r.file);
    return status;
}

/* ---- one direction ---- */

static tw_status get_vector(const reading *r, const char *group, const tw_space *space,
                            double *out) {
    size_t count = tw_h5_links(r->file, group);
    if (count != tw_space_blocks(space))
        return tw_fail(TW_ERR_SHAPE,
                       "'%s': /%s has %zu tensors, but the model has %zu; the file is of another "
                       "model",
                       r->path, group, count, tw_space_blocks(space));
    tw_status status = TW_OK;
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        char name[128], place[136];
        tw_array array = {0};
        snprintf(name, sizeof name, "%s/%zu", group, k);
        snprintf(place, sizeof place, "%s: ", name);
        status = tw_h5_get(r->path, r->file, name, &array);
        if (status == TW_OK)
            status = tw_block_take(r->path, place, &array, tw_space_block(space, k), out);
        tw_array_release(&array);
    }
    return status;
}

static tw_status get_pair(const reading *r, const tw_space *space, int k, double *direction,
                          double *value, double *residual) {
    const char *group = k > 0 ? "largest" : "smallest";
    size_t place = (size_t)(k > 0 ? k : -k), count = 0;
    tw_eigenpair *pairs = NULL;
    char name[64];
    tw_status status = check_kind(r);
    if (status == TW_OK)
        status = get_pairs(r, group, &count, &pairs);
    snprintf(name, sizeof name, "%s/%zu", group, place);
    if (status == TW_OK && (place == 0 || place > count || !tw_h5_has(r->file, name)))
        status = tw_fail(TW_ERR_ARGUMENT, "'%s' has no vector %d: it has %zu of the %s", r->path, k,
                         count, group);
    if (status == TW_OK) {
        *value = pairs[place - 1].value;
        *residual = pairs[place - 1].residual;
        status = get_vector(r, name, space, direction);
    }
    free(pairs);
    return status;
}

tw_status tw_curvature_report_direction(const char *path, const tw_space *space, int k,
                                        double *direction, double *value, double *residual) {
    reading r = {.path = path};
    tw_status status = tw_h5_open(path, &r.file);
    if (status != TW_OK)
        return status;
    status = get_pair(&r, space, k, direction, value, residual);
    tw_h5_close(r.file);
    return status;
}
