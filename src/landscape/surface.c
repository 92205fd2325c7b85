#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "thalweg/landscape.h"

void tw_surface_release(tw_surface *surface) {
    for (size_t k = 0; surface->names != NULL && k < surface->metrics; k++)
        free(surface->names[k]);
    free(surface->names);
    free(surface->metric);
    free(surface->x);
    free(surface->y);
    free(surface->values);
    free(surface->computed);
    memset(surface, 0, sizeof *surface);
}

static double *copy_numbers(const double *from, size_t count) {
    double *copy = tw_alloc_raw(count, sizeof *copy);
    if (copy != NULL)
        memcpy(copy, from, count * sizeof *copy);
    return copy;
}

static int copy_names(tw_surface *surface, size_t metrics, const char *const *names) {
    surface->names = tw_alloc(metrics, sizeof *surface->names);
    if (surface->names == NULL)
        return 0;
    surface->metrics = metrics;
    for (size_t k = 0; k < metrics; k++)
        if ((surface->names[k] = tw_strdup(names[k])) == NULL)
            return 0;
    surface->metric = tw_metrics_read(metrics, names, TW_SPELT_IN_FILES);
    return surface->metric != NULL;
}

tw_status tw_surface_init_coordinates(tw_surface *surface, size_t nx, const double *x, size_t ny,
                                      const double *y, size_t metrics, const char *const *names) {
    memset(surface, 0, sizeof *surface);
    if (y == NULL)
        ny = 1;
    size_t points, bytes;
    if (nx == 0 || ny == 0 || metrics == 0 || __builtin_mul_overflow(nx, ny, &points) ||
        __builtin_mul_overflow(metrics, sizeof *surface->values, &bytes))
        return tw_fail(TW_ERR_ARGUMENT, "a surface of %zu x %zu points and %zu metrics", nx, ny,
                       metrics);
    surface->rank = y != NULL ? 2 : 1;
    surface->nx = nx;
    surface->ny = ny;
    surface->x = copy_numbers(x, nx);
    surface->y = y != NULL ? copy_numbers(y, ny) : NULL;
    surface->values = tw_alloc(points, bytes);
    surface->computed = tw_alloc(points, 1);
    int complete = copy_names(surface, metrics, names) && surface->x != NULL &&
                   (y == NULL || surface->y != NULL) && surface->values != NULL &&
                   surface->computed != NULL;
    if (complete)
        return TW_OK;
    tw_surface_release(surface);
    return tw_fail(TW_ERR_MEMORY, "not enough memory for a surface of %zu x %zu points", nx, ny);
}

tw_status tw_surface_init(tw_surface *surface, const tw_axis *x, const tw_axis *y, size_t metrics,
                          const char *const *names) {
    memset(surface, 0, sizeof *surface);
    size_t ny = y != NULL ? y->count : 1, count;
    double *coordinates = NULL;
    if (!__builtin_add_overflow(x->count, ny, &count))
        coordinates = tw_alloc_raw(count, sizeof *coordinates);
    if (coordinates == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu + %zu coordinates", x->count, ny);
    for (size_t k = 0; k < x->count; k++)
        coordinates[k] = tw_axis_value(x, k);
    for (size_t k = 0; y != NULL && k < ny; k++)
        coordinates[x->count + k] = tw_axis_value(y, k);
    tw_status status =
        tw_surface_init_coordinates(surface, x->count, coordinates, ny,
                                    y != NULL ? coordinates + x->count : NULL, metrics, names);
    free(coordinates);
    return status;
}

int tw_surface_metric(const tw_surface *surface, const char *name) {
    for (size_t k = 0; k < surface->metrics; k++)
        if (strcmp(surface->names[k], name) == 0)
            return (int)k;
    return -1;
}

int tw_surface_metric_find(const tw_surface *surface, const tw_metric *wanted) {
    return tw_metrics_find(surface->metric, wanted);
}

double *tw_surface_plane(const tw_surface *surface, size_t metric) {
    return surface->values + metric * surface->nx * surface->ny;
}

size_t tw_surface_shown(const tw_surface *surface) {
    static const tw_metric losses[] = {
        {"loss", .split = "train"}, {"loss", .split = "test"}, {"loss"}};
    for (size_t k = 0; k < sizeof losses / sizeof losses[0]; k++) {
        int found = tw_surface_metric_find(surface, &losses[k]);
        if (found >= 0)
            return (size_t)found;
    }
    for (size_t m = 0; m < surface->metrics; m++)
        if (tw_metric_is_loss(&surface->metric[m]))
            return m;
    return 0;
}
