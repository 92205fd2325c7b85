/* projection_file.c: where the points of a path lie in a plane, as tomgoldstein/loss-landscape
 * keeps it: proj_xcoord and proj_ycoord. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "file/file_kind.h"
#include "file/h5_write.h"
#include "file/output_file.h"
#include "file/table_file.h"

static const char *const coordinates[2] = {TW_PROJECTION_X, TW_PROJECTION_Y};

/* What a projection must be, read or written. */
static tw_status check(const char *path, const tw_table *table) {
    for (int k = 0; k < 2; k++) {
        int column = tw_table_column(table, coordinates[k]);
        if (column < 0)
            return tw_fail(TW_ERR_FORMAT, "'%s': not a projection: it has no '%s'", path,
                           coordinates[k]);
        for (size_t row = 0; row < table->rows; row++)
            if (!isfinite(table->values[column][row]))
                return tw_fail(TW_ERR_FORMAT, "'%s': %s[%zu] is %g; it must be finite", path,
                               coordinates[k], row, table->values[column][row]);
    }
    if (table->rows == 0)
        return tw_fail(TW_ERR_FORMAT, "'%s': the projection has no points", path);
    return TW_OK;
}

/* Coordinates are (n, 1): plot_2D.py hands the datasets to matplotlib as they are, which wants flat
 * ones indexed in a way that h5py refuses. */
static tw_status write_h5(const char *path, const tw_table *table,
                          const tw_provenance *provenance) {
    hid_t file;
    tw_status status = tw_h5_create(&file);
    if (status != TW_OK)
        return status;
    const size_t shape[2] = {table->rows, 1};
    for (size_t k = 0; k < table->columns && status == TW_OK; k++) {
        const char *name = table->names[k];
        int rank = strcmp(name, TW_PROJECTION_X) == 0 || strcmp(name, TW_PROJECTION_Y) == 0 ? 2 : 1;
        status = tw_h5_put_root(file, name, rank, shape, table->values[k]);
    }
    if (status == TW_OK)
        status = tw_h5_put_provenance(file, TW_PROJECTION_KIND, provenance);
    return tw_h5_save(file, status, path);
}

tw_status tw_projection_write(const char *path, const tw_table *projection,
                              const tw_provenance *provenance) {
    tw_status status = check(path, projection);
    if (status == TW_OK && strcmp(projection->kind, TW_PROJECTION_KIND) != 0)
        status =
            tw_fail(TW_ERR_ARGUMENT, "cannot write '%s': a table of kind '%s' is not a projection",
                    path, projection->kind);
    if (status != TW_OK)
        return status;
    switch (tw_file_kind_of(path)) {
    case TW_FILE_H5:
        return write_h5(path, projection, provenance);
    case TW_FILE_CSV:
        return tw_table_write_csv(path, projection, provenance);
    default:
        if (tw_output_is_direct(path))
            return tw_table_write_csv(path, projection, provenance);
        return tw_fail(TW_ERR_ARGUMENT, "cannot write '%s': projections go to .h5 or .csv files",
                       path);
    }
}

tw_status tw_projection_read(const char *path, tw_table *projection, tw_provenance *provenance) {
    tw_status status = tw_table_read(path, projection, provenance);
    if (status != TW_OK)
        return status;
    if (strcmp(projection->kind, TW_PROJECTION_KIND) != 0)
        status = tw_fail(TW_ERR_FORMAT, "'%s': a table of kind '%s', not a projection", path,
                         projection->kind);
    else
        status = check(path, projection);
    if (status != TW_OK)
        tw_table_release(projection);
    return status;
}

/* Copies a column, by either name; 0 if there is none. */
static int take_column(const tw_table *table, const char *name, const tw_metric *other,
                       double *out) {
    int column = tw_table_column(table, name);
    if (column < 0 && other != NULL)
        column = tw_table_metric(table, other);
    if (column >= 0 && table->rows > 0)
        memcpy(out, table->values[column], table->rows * sizeof *out);
    return column >= 0;
}

/* What is not known is no distance of 0. */
static void drop(double **values) {
    free(*values);
    *values = NULL;
}

tw_status tw_projection_path(const tw_table *projection, const char *name, tw_path *out) {
    memset(out, 0, sizeof *out);
    tw_status status = check("projection", projection);
    if (status == TW_OK)
        status = tw_path_init(out, name, projection->rows);
    if (status != TW_OK)
        return status;
    take_column(projection, TW_PROJECTION_X, NULL, out->x);
    take_column(projection, TW_PROJECTION_Y, NULL, out->y);
    take_column(projection, "loss", &(tw_metric){"loss", .split = "train"}, out->loss);
    take_column(projection, "plane_loss", NULL, out->plane_loss);
    if (!take_column(projection, "length", NULL, out->length))
        drop(&out->length);
    if (!take_column(projection, "distance", NULL, out->distance))
        drop(&out->distance);
    if (tw_table_column(projection, "iteration") >= 0) {
        out->iteration = tw_alloc(out->count, sizeof *out->iteration);
        if (out->iteration == NULL) {
            tw_path_release(out);
            return tw_fail(TW_ERR_MEMORY, "not enough memory for a path");
        }
        take_column(projection, "iteration", NULL, out->iteration);
    }
    return TW_OK;
}
