/* A surface with all that belongs to it. */
#include <math.h>
#include <string.h>

#include "page/page_private.h"

/* What this is the error or the end of a band of: its place in the list, or -1. */
static int belongs_to(const tw_surface *surface, const tw_metric *metric) {
    tw_metric whole = *metric;
    whole.is_error = 0;
    whole.band = TW_BAND_NONE;
    return metric->is_error || metric->band != TW_BAND_NONE
               ? tw_surface_metric_find(surface, &whole)
               : -1;
}

static tw_status put_metrics(tw_page *page, const tw_surface *s, const char *own) {
    tw_status status = TW_OK;
    tw_json_array(&page->writer, "metrics");
    for (size_t m = 0; m < s->metrics && status == TW_OK; m++) {
        const tw_metric *metric = &s->metric[m];
        int of = belongs_to(s, metric);
        tw_json_object(&page->writer, NULL);
        tw_json_text(&page->writer, "name", s->names[m]);
        tw_page_put_metric(page, metric, own);
        if (of >= 0) {
            tw_json_text(&page->writer, "is",
                         metric->is_error                ? "error"
                         : metric->band == TW_BAND_LEAST ? "least"
                                                         : "greatest");
            tw_json_count(&page->writer, "of", (unsigned)of);
        }
        status = tw_page_put_values(page, "values", s->nx * s->ny, tw_surface_plane(s, m));
        tw_json_end(&page->writer);
    }
    tw_json_end(&page->writer);
    return status;
}

static tw_status put_axis(tw_page *page, const char *key, const char *label, size_t count,
                          const double *values) {
    tw_json_object(&page->writer, key);
    tw_json_text(&page->writer, "label", label);
    tw_status status = tw_page_put_values(page, "values", count, values);
    tw_json_end(&page->writer);
    return status;
}

static tw_status put_path(tw_page *page, const tw_path *path) {
    const struct {
        const char *key;
        const double *values;
    } parts[] = {{"x", path->x},           {"y", path->y},
                 {"length", path->length}, {"distance", path->distance},
                 {"loss", path->loss},     {"plane_loss", path->plane_loss}};
    tw_status status = TW_OK;
    tw_json_object(&page->writer, NULL);
    tw_json_text(&page->writer, "name", path->name);
    for (size_t k = 0; k < sizeof parts / sizeof parts[0] && status == TW_OK; k++)
        if (parts[k].values != NULL)
            status = tw_page_put_values(page, parts[k].key, path->count, parts[k].values);
    tw_json_end(&page->writer);
    return status;
}

static tw_status put_paths(tw_page *page, const tw_paths *paths) {
    tw_status status = TW_OK;
    tw_json_array(&page->writer, "paths");
    for (size_t k = 0; paths != NULL && k < paths->count && status == TW_OK; k++)
        status = put_path(page, &paths->path[k]);
    tw_json_end(&page->writer);
    return status;
}

static void put_point(tw_json *writer, const char *key, const tw_grid_point *point) {
    double numbers[] = {point->x, point->y, point->value, point->error};
    tw_json_numbers(writer, key, 4, numbers);
}

static void put_topology(tw_page *page, const tw_topology *t, size_t metric) {
    tw_json *writer = &page->writer;
    tw_json_object(writer, "topology");
    tw_json_count(writer, "metric", metric);
    tw_json_array(writer, "minima");
    for (size_t k = 0; k < t->count; k++) {
        const tw_minimum *m = &t->minimum[k];
        tw_json_object(writer, NULL);
        put_point(writer, "place", &m->place);
        if (!m->essential)
            put_point(writer, "saddle", &m->saddle);
        tw_json_number(writer, "persistence", m->persistence);
        tw_json_bool(writer, "noise", m->noise);
        tw_json_end(writer);
    }
    tw_json_end(writer);
    tw_json_end(writer);
}

static tw_status check_axis(const char *name, const char *axis, size_t count, const double *v) {
    for (size_t k = 0; k < count; k++) {
        if (!isfinite(v[k]))
            return tw_fail(TW_ERR_ARGUMENT, "'%s': %s coordinate %zu is not finite", name, axis,
                           k + 1);
        if (k > 0 && v[k] == v[k - 1])
            return tw_fail(TW_ERR_ARGUMENT,
                           "'%s': the %s coordinates neither rise nor fall throughout: %zu and %zu "
                           "are too close to be told apart",
                           name, axis, k, k + 1);
        if (k > 0 && (v[k] > v[k - 1]) != (v[1] > v[0]))
            return tw_fail(TW_ERR_ARGUMENT,
                           "'%s': the %s coordinates neither rise nor fall throughout", name, axis);
    }
    return TW_OK;
}

tw_status tw_page_check_axes(const char *name, const tw_surface *s) {
    tw_status status = check_axis(name, "x", s->nx, s->x);
    return status == TW_OK && s->rank == 2 ? check_axis(name, "y", s->ny, s->y) : status;
}

static tw_status check(const tw_surface *s, const tw_page_about *about) {
    size_t computed = 0;
    if (s->nx == 0 || s->ny == 0 || s->metrics == 0)
        return tw_fail(TW_ERR_ARGUMENT, "'%s' has nothing to show: %s", about->name,
                       s->metrics == 0 ? "no metric" : "no points");
    for (size_t k = 0; k < s->nx * s->ny; k++)
        computed += s->computed == NULL || s->computed[k] != 0;
    if (computed == 0)
        return tw_fail(TW_ERR_ARGUMENT, "'%s' has nothing to show: no point of it is computed yet",
                       about->name);
    return tw_page_check_axes(about->name, s);
}

/* Which points there are; left out where that is all. */
static tw_status put_computed(tw_page *page, const tw_surface *s) {
    for (size_t k = 0; s->computed != NULL && k < s->nx * s->ny; k++)
        if (s->computed[k] != 1)
            return tw_page_put_bytes(page, "computed", s->nx * s->ny, s->computed);
    return TW_OK;
}

tw_status tw_page_add_surface(tw_page *page, const tw_page_about *given, const tw_surface *surface,
                              const tw_paths *paths, const tw_topology *topology,
                              size_t topology_metric) {
    tw_page_about about;
    if (surface == NULL)
        return tw_fail(TW_ERR_ARGUMENT, "%s: surface is NULL", __func__);
    int plane = surface->rank == 2;
    tw_status status = tw_page_begin(page, given, "surface", &about);
    if (status == TW_OK)
        status = check(surface, &about);
    if (status == TW_OK)
        status = put_axis(page, "x",
                          about.x_label != NULL ? about.x_label
                          : plane               ? "direction δ"
                                                : "α",
                          surface->nx, surface->x);
    if (status == TW_OK && plane)
        status = put_axis(page, "y", about.y_label != NULL ? about.y_label : "direction η",
                          surface->ny, surface->y);
    if (status == TW_OK)
        status = put_metrics(page, surface, about.value_label);
    if (status == TW_OK)
        status = put_computed(page, surface);
    if (status != TW_OK)
        return status;
    tw_json_count(&page->writer, "shown", tw_surface_shown(surface));
    status = put_paths(page, paths);
    if (topology != NULL)
        put_topology(page, topology, topology_metric);
    tw_page_put_provenance(page, about.provenance);
    tw_json_end(&page->writer);
    return status;
}
