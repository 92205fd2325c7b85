/* surface_npz.c: surfaces for NumPy: x (nx), y (ny; absent in a slice), an array (ny, nx) or (nx) a
 * metric, NaN where nothing was computed, and computed (uint8: 0, 1, or 2 where interpolated). */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "file/file_tensors.h"
#include "file/npz_file.h"
#include "file/surface_forms.h"

static tw_status put_metric(tw_npz *npz, const tw_surface *surface, size_t metric,
                            const size_t *shape) {
    double *values;
    tw_status status = tw_surface_masked(surface, metric, &values);
    if (status == TW_OK)
        status = tw_npz_put(npz, surface->names[metric], surface->rank, shape, values);
    free(values);
    return status;
}

static tw_status put_surface(tw_npz *npz, const tw_surface *surface,
                             const tw_provenance *provenance) {
    const size_t shape[2] = {surface->ny, surface->nx};
    const size_t *own = surface->rank == 2 ? shape : &surface->nx;
    tw_status status = tw_npz_put(npz, "x", 1, &surface->nx, surface->x);
    if (status == TW_OK && surface->rank == 2)
        status = tw_npz_put(npz, "y", 1, &surface->ny, surface->y);
    for (size_t m = 0; m < surface->metrics && status == TW_OK; m++)
        status = put_metric(npz, surface, m, own);
    if (status == TW_OK)
        status = tw_npz_put_bytes(npz, "computed", surface->rank, own, surface->computed);
    if (status == TW_OK)
        status = tw_npz_put_provenance(npz, "surface", provenance);
    return status;
}

static tw_status write_npz(const char *path, const tw_surface *surface,
                           const tw_vtk_options *options, const tw_provenance *provenance) {
    tw_npz npz;
    tw_status status = tw_surface_check_names(path, surface);
    if (status == TW_OK)
        status = tw_npz_open(&npz, path);
    return status == TW_OK ? tw_npz_close(&npz, put_surface(&npz, surface, provenance)) : status;
}

/* ---- reading ---- */

static const tw_array *find(const tw_tensors *tensors, const char *name) {
    for (size_t k = 0; k < tensors->count; k++)
        if (strcmp(tensors->names[k], name) == 0)
            return &tensors->arrays[k];
    return NULL;
}

static tw_status check_axis(const char *path, const char *name, const tw_array *axis) {
    if (axis == NULL || axis->rank != 1 || axis->count == 0)
        return tw_fail(TW_ERR_FORMAT, "'%s': not a surface: '%s' is not an array of coefficients",
                       path, name);
    for (size_t k = 0; k < axis->count; k++)
        if (!isfinite(axis->values[k]))
            return tw_fail(TW_ERR_FORMAT, "'%s': %s[%zu] is %g; it must be finite", path, name, k,
                           axis->values[k]);
    return TW_OK;
}

static int is_on_grid(const tw_array *array, const tw_array *x, const tw_array *y) {
    if (y == NULL)
        return array->rank == 1 && array->count == x->count;
    return array->rank == 2 && array->shape[0] == y->count && array->shape[1] == x->count;
}

/* A matrix the other way round is a mistake, not an array beside the point. */
static tw_status check_rows(const char *path, const char *name, const tw_array *array,
                            const tw_array *x, const tw_array *y) {
    if (y == NULL || tw_surface_is_own_name(name) || array->rank != 2 || is_on_grid(array, x, y) ||
        array->shape[0] != x->count || array->shape[1] != y->count)
        return TW_OK;
    return tw_fail(TW_ERR_SHAPE,
                   "'%s': '%s' has shape (%zu, %zu), columns first, for %zu x and %zu y "
                   "coordinates; transpose it: rows are y",
                   path, name, array->shape[0], array->shape[1], x->count, y->count);
}

static tw_status build(const char *path, const tw_tensors *tensors, const tw_array *x,
                       const tw_array *y, tw_surface *surface) {
    size_t count = 0, points = x->count * (y != NULL ? y->count : 1);
    const char **names = tw_alloc(tensors->count, sizeof *names);
    const tw_array **planes = tw_alloc(tensors->count, sizeof *planes);
    tw_status status = TW_OK;
    if (names == NULL || planes == NULL)
        status = tw_fail(TW_ERR_MEMORY, "'%s': not enough memory", path);
    for (size_t k = 0; k < tensors->count && status == TW_OK; k++)
        if (!tw_surface_is_own_name(tensors->names[k]) && is_on_grid(&tensors->arrays[k], x, y)) {
            names[count] = tensors->names[k];
            planes[count++] = &tensors->arrays[k];
        }
    for (size_t k = 0; k < tensors->count && status == TW_OK; k++)
        status = check_rows(path, tensors->names[k], &tensors->arrays[k], x, y);
    if (status == TW_OK && count == 0)
        status = tw_fail(TW_ERR_FORMAT, "'%s': no array of %zu x %zu values beside x and y", path,
                         y != NULL ? y->count : 1, x->count);
    if (status == TW_OK)
        status = tw_surface_init_coordinates(surface, x->count, x->values, y != NULL ? y->count : 1,
                                             y != NULL ? y->values : NULL, count, names);
    for (size_t m = 0; m < count && status == TW_OK; m++)
        memcpy(tw_surface_plane(surface, m), planes[m]->values, points * sizeof(double));
    free(planes);
    free(names);
    return status;
}

/* Without the array, all points are. */
static tw_status fill_computed(const char *path, const tw_array *mask, const tw_array *x,
                               const tw_array *y, tw_surface *surface) {
    size_t points = surface->nx * surface->ny;
    if (mask != NULL && !is_on_grid(mask, x, y))
        return tw_fail(TW_ERR_FORMAT, "'%s': 'computed' has %zu entries for %zu points", path,
                       mask->count, points);
    for (size_t p = 0; p < points; p++)
        surface->computed[p] = mask == NULL ? 1 : tw_surface_mark(mask->values[p]);
    return TW_OK;
}

static tw_status read_npz(const char *path, int only_own, tw_surface *surface,
                          tw_provenance *provenance) {
    tw_tensors tensors = {0};
    tw_status status = tw_tensors_read_npz(path, "", &tensors);
    const tw_array *x = find(&tensors, "x"), *y = find(&tensors, "y");
    if (status == TW_OK)
        status = check_axis(path, "x", x);
    if (status == TW_OK && y != NULL)
        status = check_axis(path, "y", y);
    if (status == TW_OK)
        status = build(path, &tensors, x, y, surface);
    if (status == TW_OK)
        status = fill_computed(path, find(&tensors, "computed"), x, y, surface);
    if (status == TW_OK && provenance != NULL)
        status = tw_npz_get_provenance(path, NULL, provenance);
    tw_tensors_release(&tensors);
    return status;
}

const tw_surface_form tw_surface_form_npz = {
    .ending = ".npz", .kind = TW_FILE_NPZ, .write = write_npz, .read = read_npz};
