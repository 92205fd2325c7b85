/* surface_h5.c: surfaces in the layout of tomgoldstein/loss-landscape. Its flat index is
 * iy * nx + ix; it allocates (nx, ny), which we read too, and write (ny, nx), as its plotting
 * scripts need. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "file/h5_write.h"
#include "file/surface_forms.h"

static const double NOT_COMPUTED = -1; /* the peer's mark */
static const char DIR_FILE[] = "dir_file";
static const char PLACEHOLDER[] = "placeholder"; /* attribute of what is not there */

static tw_status put_metric(hid_t file, const tw_surface *surface, size_t metric,
                            const size_t *shape) {
    size_t points = surface->nx * surface->ny;
    double *values = tw_alloc_raw(points, sizeof *values);
    if (values == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu points", points);
    const double *plane = tw_surface_plane(surface, metric);
    for (size_t p = 0; p < points; p++)
        values[p] = surface->computed[p] ? plane[p] : NOT_COMPUTED;
    tw_status status = tw_h5_put_root(file, surface->names[metric], surface->rank, shape, values);
    free(values);
    return status;
}

static tw_status put_placeholder(hid_t file, const tw_surface *surface, const tw_metric *missing) {
    char name[64];
    if (tw_surface_metric_find(surface, missing) >= 0)
        return TW_OK;
    tw_metric_print(missing, TW_SPELT_IN_FILES, name, sizeof name);
    double *values = tw_alloc_raw(surface->nx, sizeof *values);
    if (values == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu points", surface->nx);
    for (size_t p = 0; p < surface->nx; p++)
        values[p] = NAN;
    tw_status status = tw_h5_put_root(file, name, 1, &surface->nx, values);
    if (status == TW_OK)
        status = tw_h5_put_text(file, name, PLACEHOLDER, "not evaluated; for plot_1D.py");
    free(values);
    return status;
}

/* plot_1D.py wants loss and accuracy of training in every slice, and an accuracy of test beside a
 * loss of test; of NaN it draws nothing. */
static tw_status put_placeholders(hid_t file, const tw_surface *surface) {
    static const tw_metric losses[] = {{"loss", .split = "train"}, {"loss", .split = "test"}},
                           shares[] = {{"accuracy", TW_METRIC_PERCENT, "train"},
                                       {"accuracy", TW_METRIC_PERCENT, "test"}};
    int train = tw_surface_metric_find(surface, &losses[0]) >= 0;
    int test = tw_surface_metric_find(surface, &losses[1]) >= 0;
    tw_status status = TW_OK;
    if (surface->rank != 1 || (!train && !test))
        return TW_OK;
    if (!train)
        status = put_placeholder(file, surface, &losses[0]);
    if (status == TW_OK)
        status = put_placeholder(file, surface, &shares[0]);
    if (status == TW_OK && test)
        status = put_placeholder(file, surface, &shares[1]);
    return status;
}

/* The names of files that the peer's scripts know, too. */
static tw_status put_dir_file(hid_t file, const tw_provenance *provenance) {
    const char *text = provenance != NULL ? tw_provenance_get(provenance, DIR_FILE) : NULL;
    return text != NULL ? tw_h5_put_text_set(file, DIR_FILE, text) : TW_OK;
}

static tw_status put_surface(hid_t file, const tw_surface *surface,
                             const tw_provenance *provenance) {
    size_t shape[2] = {surface->ny, surface->nx};
    const size_t *own = surface->rank == 2 ? shape : &surface->nx;
    tw_status status = tw_h5_put_root(file, "xcoordinates", 1, &surface->nx, surface->x);
    if (status == TW_OK && surface->rank == 2)
        status = tw_h5_put_root(file, "ycoordinates", 1, &surface->ny, surface->y);
    for (size_t m = 0; m < surface->metrics && status == TW_OK; m++)
        status = put_metric(file, surface, m, own);
    if (status == TW_OK)
        status = put_placeholders(file, surface);
    if (status == TW_OK)
        status = put_dir_file(file, provenance);
    if (status == TW_OK)
        status = tw_h5_put_provenance(file, "surface", provenance);
    if (status == TW_OK)
        status = tw_h5_put(file, "thalweg/computed", H5T_NATIVE_UINT8, surface->rank, own,
                           surface->computed);
    return status;
}

static tw_status write_h5(const char *path, const tw_surface *surface,
                          const tw_vtk_options *options, const tw_provenance *provenance) {
    hid_t file;
    tw_status status = tw_h5_create(&file);
    if (status != TW_OK)
        return status;
    status = put_surface(file, surface, provenance);
    return tw_h5_save(file, status, path);
}

/* ---- reading ---- */

typedef struct reading {
    const char *path;
    hid_t file;
    int only_own; /* 1: the mask alone says what is computed */
    size_t nx, ny, rank;
    char **names; /* of the metrics found */
    double **planes;
    size_t count;
} reading;

static int is_metric(const reading *r, const tw_array *array) {
    if (r->rank == 1)
        return array->rank == 1 && array->shape[0] == r->nx;
    return array->rank == 2 && ((array->shape[0] == r->ny && array->shape[1] == r->nx) ||
                                (array->shape[0] == r->nx && array->shape[1] == r->ny));
}

/* (nx, ny) is what the peer allocates for the flat index iy * nx + ix; from anybody else it is a
 * matrix the other way round, which the flat index would scramble. Squares look the same. */
static tw_status check_rows(const reading *r, const char *name, const tw_array *array) {
    if (r->rank == 1 || array->shape[0] == r->ny || tw_h5_has(r->file, DIR_FILE))
        return TW_OK;
    return tw_fail(TW_ERR_SHAPE,
                   "'%s': '%s' has shape (%zu, %zu), columns first, for %zu x and %zu y "
                   "coordinates; transpose it: rows are y",
                   r->path, name, array->shape[0], array->shape[1], r->nx, r->ny);
}

/* A placeholder has no values, unless a script has put some there since. */
static int is_placeholder(const reading *r, const char *name, const tw_array *array) {
    char *text = tw_h5_get_text(r->file, name, PLACEHOLDER);
    int empty = text != NULL;
    free(text);
    for (size_t p = 0; p < array->count && empty; p++)
        empty = isnan(array->values[p]) || array->values[p] == NOT_COMPUTED;
    return empty;
}

static tw_status visit_metric(const char *name, void *user) {
    reading *r = user;
    if (strcmp(name, "xcoordinates") == 0 || strcmp(name, "ycoordinates") == 0)
        return TW_OK;
    tw_array array = {0};
    tw_status status = tw_h5_get(r->path, r->file, name, &array);
    if (status != TW_OK)
        return status;
    int wanted = is_metric(r, &array) && !is_placeholder(r, name, &array);
    if (wanted)
        status = check_rows(r, name, &array);
    if (!wanted || status != TW_OK) {
        tw_array_release(&array);
        return status;
    }
    char **names = realloc(r->names, (r->count + 1) * sizeof *names);
    if (names != NULL)
        r->names = names;
    double **planes = realloc(r->planes, (r->count + 1) * sizeof *planes);
    if (planes != NULL)
        r->planes = planes;
    char *copy = tw_strdup(name);
    if (names == NULL || planes == NULL || copy == NULL) {
        free(copy);
        tw_array_release(&array);
        return tw_fail(TW_ERR_MEMORY, "'%s': not enough memory for '%s'", r->path, name);
    }
    r->names[r->count] = copy;
    r->planes[r->count++] = array.values;
    return TW_OK;
}

/* Whether some metric has a value where we wrote the mark. */
static int is_filled(const reading *r, size_t point) {
    for (size_t m = 0; m < r->count; m++)
        if (r->planes[m][point] != NOT_COMPUTED && !isnan(r->planes[m][point]))
            return 1;
    return 0;
}

/* A script that goes on with our file knows the mark, but not the mask: its values count, and what
 * it left at the mark beside them is unknown. */
static void believe(const reading *r, tw_surface *surface, size_t point) {
    surface->computed[point] = 1;
    for (size_t m = 0; m < r->count; m++)
        if (r->planes[m][point] == NOT_COMPUTED)
            tw_surface_plane(surface, m)[point] = NAN;
}

/* The accuracy beside the loss of metric m, or -1. */
static int accuracy_of(const tw_surface *surface, size_t m) {
    tw_metric wanted = surface->metric[m];
    if (strcmp(wanted.name, "loss") != 0)
        return -1;
    wanted.name = "accuracy";
    wanted.unit = TW_METRIC_PERCENT;
    return tw_surface_metric_find(surface, &wanted);
}

static int is_marked_alone(const reading *r, size_t loss, size_t accuracy, size_t point) {
    return r->planes[loss][point] == NOT_COMPUTED && r->planes[accuracy][point] == NOT_COMPUTED &&
           is_filled(r, point);
}

/* A script that adds the loss and accuracy of another split to our file marks what it has not come
 * to yet in both, where our mask says that the others are there: not known, either. */
static void drop_marks(const reading *r, tw_surface *surface) {
    for (size_t m = 0; m < r->count; m++) {
        int accuracy = accuracy_of(surface, m);
        for (size_t p = 0; accuracy >= 0 && p < r->nx * r->ny; p++)
            if (surface->computed[p] != 0 && is_marked_alone(r, m, (size_t)accuracy, p))
                tw_surface_plane(surface, m)[p] = tw_surface_plane(surface, (size_t)accuracy)[p] =
                    NAN;
    }
}

static tw_status take_mask(const reading *r, const tw_array *mask, tw_surface *surface) {
    if (mask->count != r->nx * r->ny)
        return tw_fail(TW_ERR_FORMAT, "'%s': /thalweg/computed has %zu entries for %zu points",
                       r->path, mask->count, r->nx * r->ny);
    for (size_t p = 0; p < mask->count; p++) {
        surface->computed[p] = tw_surface_mark(mask->values[p]);
        if (surface->computed[p] == 0 && !r->only_own && is_filled(r, p))
            believe(r, surface, p);
    }
    if (!r->only_own)
        drop_marks(r, surface);
    return TW_OK;
}

/* The mask where there is one; else a point is done unless a metric still holds the peer's mark. */
static tw_status fill_computed(const reading *r, tw_surface *surface) {
    size_t points = r->nx * r->ny;
    if (!tw_h5_has(r->file, "thalweg/computed")) {
        for (size_t p = 0; p < points; p++) {
            surface->computed[p] = 1;
            for (size_t m = 0; m < r->count; m++)
                if (r->planes[m][p] == NOT_COMPUTED)
                    surface->computed[p] = 0;
        }
        return TW_OK;
    }
    tw_array mask = {0};
    tw_status status = tw_h5_get(r->path, r->file, "thalweg/computed", &mask);
    if (status == TW_OK)
        status = take_mask(r, &mask, surface);
    tw_array_release(&mask);
    return status;
}

static tw_status build(const reading *r, const tw_array *x, const tw_array *y,
                       tw_surface *surface) {
    if (r->count == 0)
        return tw_fail(TW_ERR_FORMAT, "'%s': no dataset of %zu x %zu values beside the coordinates",
                       r->path, r->ny, r->nx);
    tw_status status = tw_surface_init_coordinates(surface, r->nx, x->values, r->ny,
                                                   r->rank == 2 ? y->values : NULL, r->count,
                                                   (const char *const *)r->names);
    for (size_t m = 0; m < r->count && status == TW_OK; m++)
        memcpy(tw_surface_plane(surface, m), r->planes[m], r->nx * r->ny * sizeof(double));
    if (status == TW_OK)
        status = fill_computed(r, surface);
    return status;
}

static tw_status read_axis(const reading *r, const char *name, tw_array *out) {
    tw_status status = tw_h5_get(r->path, r->file, name, out);
    if (status == TW_OK && out->rank != 1)
        status = tw_fail(TW_ERR_SHAPE, "'%s': %s has %d axes, not one", r->path, name, out->rank);
    for (size_t k = 0; status == TW_OK && k < out->count; k++)
        if (!isfinite(out->values[k]))
            status = tw_fail(TW_ERR_FORMAT, "'%s': %s[%zu] is %g; it must be finite", r->path, name,
                             k, out->values[k]);
    return status;
}

static tw_status read_coordinates(reading *r, tw_array *x, tw_array *y) {
    tw_status status = read_axis(r, "xcoordinates", x);
    r->rank = tw_h5_has(r->file, "ycoordinates") ? 2 : 1;
    if (status == TW_OK && r->rank == 2)
        status = read_axis(r, "ycoordinates", y);
    r->nx = x->count;
    r->ny = r->rank == 2 ? y->count : 1;
    if (status == TW_OK && (r->nx == 0 || r->ny == 0))
        status = tw_fail(TW_ERR_FORMAT, "'%s': the surface has no points", r->path);
    return status;
}

/* The peer names the file of its directions at the root. */
static tw_status read_provenance(const reading *r, tw_provenance *provenance) {
    tw_status status = tw_h5_get_provenance(r->path, r->file, provenance);
    char *text = tw_h5_get_text_set(r->file, DIR_FILE);
    if (status == TW_OK && text != NULL && tw_provenance_get(provenance, DIR_FILE) == NULL)
        status = tw_provenance_add(provenance, DIR_FILE, "%s", text);
    free(text);
    return status;
}

static tw_status read_h5(const char *path, int only_own, tw_surface *surface,
                         tw_provenance *provenance) {
    reading r = {.path = path, .only_own = only_own};
    tw_array x = {0}, y = {0};
    tw_status status = tw_h5_open(path, &r.file);
    if (status != TW_OK)
        return status;
    status = read_coordinates(&r, &x, &y);
    if (status == TW_OK)
        status = tw_h5_each(path, r.file, visit_metric, &r);
    if (status == TW_OK)
        status = build(&r, &x, &y, surface);
    if (status == TW_OK && provenance != NULL)
        status = read_provenance(&r, provenance);
    for (size_t m = 0; m < r.count; m++) {
        free(r.names[m]);
        free(r.planes[m]);
    }
    free(r.names);
    free(r.planes);
    tw_array_release(&x);
    tw_array_release(&y);
    tw_h5_close(r.file);
    return status;
}

const tw_surface_form tw_surface_form_h5 = {
    .ending = ".h5", .kind = TW_FILE_H5, .keeps_paths = 1, .write = write_h5, .read = read_h5};
