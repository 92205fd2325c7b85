/* surface_csv.c: a surface as a long table, a line a point: x, y (absent in a slice), the metrics,
 * and computed (0, 1, or 2 where interpolated) where not all points are. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "file/surface_forms.h"
#include "file/table_file.h"

static int is_complete(const tw_surface *surface) {
    for (size_t p = 0; p < surface->nx * surface->ny; p++)
        if (surface->computed[p] != 1)
            return 0;
    return 1;
}

static tw_status fail_memory(const char *path) {
    return tw_fail(TW_ERR_MEMORY, "'%s': not enough memory", path);
}

static tw_status append_points(const tw_surface *surface, tw_table *table) {
    double *row = tw_alloc(table->columns, sizeof *row);
    tw_status status = row != NULL ? TW_OK : tw_fail(TW_ERR_MEMORY, "not enough memory for a row");
    for (size_t p = 0; p < surface->nx * surface->ny && status == TW_OK; p++) {
        size_t at = 0;
        row[at++] = surface->x[p % surface->nx];
        if (surface->rank == 2)
            row[at++] = surface->y[p / surface->nx];
        for (size_t m = 0; m < surface->metrics; m++)
            row[at++] = surface->computed[p] ? tw_surface_plane(surface, m)[p] : NAN;
        if (at < table->columns)
            row[at] = surface->computed[p];
        status = tw_table_append(table, row);
    }
    free(row);
    return status;
}

static tw_status write_csv(const char *path, const tw_surface *surface,
                           const tw_vtk_options *options, const tw_provenance *provenance) {
    tw_table table = {0};
    size_t count = 0;
    tw_status status = tw_surface_check_names(path, surface);
    const char **names = tw_alloc(surface->metrics + 3, sizeof *names);
    if (status == TW_OK && names == NULL)
        status = fail_memory(path);
    if (status == TW_OK) {
        names[count++] = "x";
        if (surface->rank == 2)
            names[count++] = "y";
        for (size_t m = 0; m < surface->metrics; m++)
            names[count++] = surface->names[m];
        if (!is_complete(surface))
            names[count++] = "computed";
        status = tw_table_init(&table, "surface", count, names);
    }
    if (status == TW_OK)
        status = append_points(surface, &table);
    if (status == TW_OK)
        status = tw_table_write_csv(path, &table, provenance);
    tw_table_release(&table);
    free(names);
    return status;
}

/* ---- reading ---- */

/* The different numbers of a column in the order in which they come up, and which of them each row
 * has. */
typedef struct axis {
    const char *name;
    const double *column;
    size_t count;
    double *values;
    size_t *at;
} axis;

typedef struct cell {
    double value;
    size_t row;
} cell;

static int by_value(const void *a, const void *b) {
    const cell *first = a, *second = b;
    if (first->value != second->value)
        return first->value < second->value ? -1 : 1;
    return first->row < second->row ? -1 : first->row > second->row;
}

static tw_status check_cells(const char *path, size_t rows, const axis *a) {
    for (size_t row = 0; row < rows; row++)
        if (!isfinite(a->column[row]))
            return tw_fail(TW_ERR_FORMAT, "'%s': %s is %g in row %zu; it must be finite", path,
                           a->name, a->column[row], row + 1);
    return TW_OK;
}

/* By sorting: rows may come in any order, and each may have a number of its own. */
static tw_status collect(const char *path, size_t rows, axis *a) {
    tw_status status = check_cells(path, rows, a);
    if (status != TW_OK)
        return status;
    cell *cells = tw_alloc(rows, sizeof *cells);
    a->values = tw_alloc(rows, sizeof *a->values);
    a->at = tw_alloc(rows, sizeof *a->at);
    if (cells == NULL || a->values == NULL || a->at == NULL) {
        free(cells);
        return fail_memory(path);
    }
    for (size_t row = 0; row < rows; row++)
        cells[row] = (cell){a->column[row], row};
    qsort(cells, rows, sizeof *cells, by_value);
    for (size_t k = 0, first = 0; k < rows; k++) {
        if (cells[k].value != cells[first].value)
            first = k;
        a->at[cells[k].row] = cells[first].row; /* where the number came up first */
    }
    for (size_t row = 0; row < rows; row++) {
        int is_new = a->at[row] == row;
        a->at[row] = is_new ? a->count : a->at[a->at[row]];
        if (is_new)
            a->values[a->count++] = a->column[row];
    }
    free(cells);
    return TW_OK;
}

/* Every point of the grid in one row, in any order. */
static tw_status fill(const char *path, const tw_table *table, const int *columns, const axis *x,
                      const axis *y, tw_surface *surface) {
    size_t points = surface->nx * surface->ny;
    int computed = tw_table_column(table, "computed");
    uint8_t *seen = tw_alloc(points, 1);
    tw_status status = seen != NULL ? TW_OK : fail_memory(path);
    for (size_t row = 0; row < table->rows && status == TW_OK; row++) {
        size_t p = (y->column != NULL ? y->at[row] : 0) * surface->nx + x->at[row];
        if (seen[p]++)
            status = tw_fail(TW_ERR_FORMAT, "'%s': row %zu repeats a point", path, row + 1);
        for (size_t m = 0; m < surface->metrics; m++)
            tw_surface_plane(surface, m)[p] = table->values[columns[m]][row];
        surface->computed[p] = computed < 0 ? 1 : tw_surface_mark(table->values[computed][row]);
    }
    free(seen);
    return status;
}

static tw_status build(const char *path, const tw_table *table, const axis *x, const axis *y,
                       const char **names, int *columns, tw_surface *surface) {
    size_t count = 0, ny = y->column != NULL ? y->count : 1;
    for (size_t c = 0; c < table->columns; c++)
        if (strcmp(table->names[c], "x") != 0 && strcmp(table->names[c], "y") != 0 &&
            strcmp(table->names[c], "computed") != 0) {
            names[count] = table->names[c];
            columns[count++] = (int)c;
        }
    if (count == 0 || table->rows == 0)
        return tw_fail(TW_ERR_FORMAT, "'%s': the surface has no %s", path,
                       count == 0 ? "metric" : "points");
    if (table->rows % x->count != 0 || table->rows / x->count != ny)
        return tw_fail(TW_ERR_FORMAT, "'%s': %zu rows for a grid of %zu x %zu points", path,
                       table->rows, x->count, ny);
    return tw_surface_init_coordinates(surface, x->count, x->values, ny, y->values, count, names);
}

static tw_status to_surface(const char *path, const tw_table *table, tw_surface *surface) {
    int x_column = tw_table_column(table, "x"), y_column = tw_table_column(table, "y");
    if (strcmp(table->kind, "surface") != 0 || x_column < 0)
        return tw_fail(TW_ERR_FORMAT, "'%s': a table of kind '%s'%s, not a surface", path,
                       table->kind, x_column < 0 ? " without a column 'x'" : "");
    axis x = {.name = "x", .column = table->values[x_column]};
    axis y = {.name = "y", .column = y_column >= 0 ? table->values[y_column] : NULL};
    const char **names = tw_alloc(table->columns, sizeof *names);
    int *columns = tw_alloc(table->columns, sizeof *columns);
    tw_status status = names != NULL && columns != NULL ? TW_OK : fail_memory(path);
    if (status == TW_OK)
        status = collect(path, table->rows, &x);
    if (status == TW_OK && y.column != NULL)
        status = collect(path, table->rows, &y);
    if (status == TW_OK)
        status = build(path, table, &x, &y, names, columns, surface);
    if (status == TW_OK)
        status = fill(path, table, columns, &x, &y, surface);
    free(x.values);
    free(y.values);
    free(x.at);
    free(y.at);
    free(columns);
    free(names);
    return status;
}

static tw_status read_csv(const char *path, int only_own, tw_surface *surface,
                          tw_provenance *provenance) {
    tw_table table;
    tw_status status = tw_table_read_csv(path, &table, provenance);
    if (status != TW_OK)
        return status;
    status = to_surface(path, &table, surface);
    tw_table_release(&table);
    return status;
}

const tw_surface_form tw_surface_form_csv = {
    .ending = ".csv", .kind = TW_FILE_CSV, .write = write_csv, .read = read_csv};
