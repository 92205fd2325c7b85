/* curvature_write.c: a report on curvature as HDF5. */
#include <stdio.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "file/block_file.h"
#include "file/curvature_numbers.h"
#include "file/h5_write.h"

typedef struct writing {
    hid_t file;
    const tw_space *space;
    const tw_curvature_report *report;
} writing;

/* ---- what is as long as the parameters are many ---- */

static tw_status put_vector(const writing *w, const char *group, const double *vector) {
    return tw_h5_put_blocks(w->file, group, w->space, vector);
}

/* ---- pairs ---- */

static tw_status put_pairs(const writing *w, const char *group, size_t count,
                           const tw_eigenpair *pairs) {
    char name[64];
    double *values = tw_alloc(2 * count + 1, sizeof *values), *residuals = values + count;
    if (values == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu pairs", count);
    for (size_t k = 0; k < count; k++) {
        values[k] = pairs[k].value;
        residuals[k] = pairs[k].residual;
    }
    tw_status status = tw_h5_put_group(w->file, group);
    snprintf(name, sizeof name, "%s/value", group);
    if (status == TW_OK)
        status = tw_h5_put(w->file, name, H5T_NATIVE_DOUBLE, 1, &count, values);
    snprintf(name, sizeof name, "%s/residual", group);
    if (status == TW_OK)
        status = tw_h5_put(w->file, name, H5T_NATIVE_DOUBLE, 1, &count, residuals);
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        snprintf(name, sizeof name, "%s/%zu", group, k + 1);
        if (pairs[k].vector != NULL)
            status = put_vector(w, name, pairs[k].vector);
    }
    free(values);
    return status;
}

/* The two that a plane is made of have the names that directions have, too. */
static tw_status put_axes(const writing *w) {
    const tw_curvature_report *r = w->report;
    const char *found[3];
    int count = 0;
    if (r->largest_count > 0 && r->largest[0].vector != NULL)
        found[count++] = "largest/1";
    if (r->smallest_count > 0 && r->smallest[0].vector != NULL)
        found[count++] = "smallest/1";
    if (r->largest_count > 1 && r->largest[1].vector != NULL)
        found[count++] = "largest/2";
    tw_status status = count > 0 ? tw_h5_link(w->file, found[0], "xdirection") : TW_OK;
    return status == TW_OK && count > 1 ? tw_h5_link(w->file, found[1], "ydirection") : status;
}

/* ---- trace and density ---- */

static tw_status put_trace(const writing *w) {
    const tw_trace_result *t = &w->report->trace;
    size_t count = t->block_count, pair[2] = {count, 2}, draws[2] = {t->draws, count + 1};
    if (count == 0)
        return TW_OK;
    double *values = tw_alloc(2 * count, sizeof *values);
    if (values == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu blocks", count);
    for (size_t k = 0; k < count; k++) {
        values[2 * k] = t->blocks[k].trace;
        values[2 * k + 1] = t->blocks[k].standard_error;
    }
    tw_status status = tw_h5_put(w->file, "trace/blocks", H5T_NATIVE_DOUBLE, 2, pair, values);
    free(values);
    if (status == TW_OK)
        status = tw_h5_put_texts(w->file, "trace/names", count,
                                 (const char *const *)w->report->block_names);
    if (status == TW_OK && t->draws > 0 && t->values != NULL)
        status = tw_h5_put(w->file, "trace/draws", H5T_NATIVE_DOUBLE, 2, draws, t->values);
    if (status == TW_OK && w->report->diagonal != NULL)
        status = put_vector(w, "diagonal", w->report->diagonal);
    if (status == TW_OK && w->report->diagonal_error != NULL)
        status = put_vector(w, "diagonal_error", w->report->diagonal_error);
    return status;
}

static tw_status put_density(const writing *w) {
    const tw_density *d = &w->report->density;
    size_t shape[2] = {d->probes, d->steps};
    if (d->probes == 0)
        return TW_OK;
    uint64_t *counts = tw_alloc(d->probes, sizeof *counts);
    if (counts == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu probes", d->probes);
    for (size_t k = 0; k < d->probes; k++)
        counts[k] = d->counts[k];
    tw_status status = tw_h5_put(w->file, "density/nodes", H5T_NATIVE_DOUBLE, 2, shape, d->nodes);
    if (status == TW_OK)
        status = tw_h5_put(w->file, "density/weights", H5T_NATIVE_DOUBLE, 2, shape, d->weights);
    if (status == TW_OK)
        status = tw_h5_put(w->file, "density/counts", H5T_NATIVE_UINT64, 1, shape, counts);
    free(counts);
    return status;
}

/* ---- all of it ---- */

static int is_there(const tw_curvature_report *r, const char *name) {
    return name[0] == 't'   ? r->trace.block_count > 0
           : name[0] == 'd' ? r->density.probes > 0
           : name[0] == 'p' ? r->largest_count + r->smallest_count > 0
                            : 1;
}

static tw_status put_numbers(const writing *w) {
    const tw_report_number *number;
    tw_status status = TW_OK;
    for (size_t k = 0; (number = tw_report_number_at(k)) != NULL && status == TW_OK; k++) {
        double value = tw_report_number_get(number, w->report);
        if (is_there(w->report, number->name))
            status = tw_h5_put(w->file, number->name, H5T_NATIVE_DOUBLE, 0, NULL, &value);
    }
    return status;
}

static tw_status put_all(const writing *w) {
    const tw_curvature_report *r = w->report;
    tw_status status = put_numbers(w);
    if (status == TW_OK && r->largest_count > 0)
        status = put_pairs(w, "largest", r->largest_count, r->largest);
    if (status == TW_OK && r->smallest_count > 0)
        status = put_pairs(w, "smallest", r->smallest_count, r->smallest);
    if (status == TW_OK)
        status = put_axes(w);
    if (status == TW_OK && r->eigenvalue_count > 0)
        status = tw_h5_put(w->file, "eigenvalues", H5T_NATIVE_DOUBLE, 1, &r->eigenvalue_count,
                           r->eigenvalues);
    if (status == TW_OK)
        status = put_trace(w);
    return status == TW_OK ? put_density(w) : status;
}

tw_status tw_curvature_report_write(const char *path, const tw_space *space,
                                    const tw_curvature_report *report,
                                    const tw_provenance *provenance) {
    writing w = {.space = space, .report = report};
    tw_status status = tw_h5_create(&w.file);
    if (status != TW_OK)
        return status;
    status = put_all(&w);
    if (status == TW_OK)
        status = tw_h5_put_provenance(w.file, TW_SPECTRUM_KIND, provenance);
    return tw_h5_save(w.file, status, path);
}
