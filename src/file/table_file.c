#include "file/table_file.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "file/file_kind.h"
#include "file/h5_write.h"
#include "file/output_file.h"

static tw_status write_h5(const char *path, const tw_table *table,
                          const tw_provenance *provenance) {
    hid_t file;
    tw_status status = tw_h5_create(&file);
    if (status != TW_OK)
        return status;
    for (size_t k = 0; k < table->columns && status == TW_OK; k++)
        status = tw_h5_put_root(file, table->names[k], 1, &table->rows, table->values[k]);
    if (status == TW_OK)
        status = tw_h5_put_provenance(file, table->kind, provenance);
    return tw_h5_save(file, status, path);
}

tw_status tw_table_write(const char *path, const tw_table *table, const tw_provenance *provenance) {
    switch (tw_file_kind_of(path)) {
    case TW_FILE_H5:
        return write_h5(path, table, provenance);
    case TW_FILE_CSV:
        return tw_table_write_csv(path, table, provenance);
    default:
        if (tw_output_is_direct(path))
            return tw_table_write_csv(path, table, provenance);
        return tw_fail(TW_ERR_ARGUMENT, "cannot write '%s': tables go to .csv or .h5 files", path);
    }
}

/* ---- reading HDF5 ---- */

typedef struct h5_columns {
    const char *path;
    hid_t file;
    size_t count;
    char **names;
    tw_array *arrays;
} h5_columns;

/* Of shape (n), or (n, 1). */
static int is_column(const tw_array *array) {
    return array->rank == 1 || (array->rank == 2 && array->shape[1] == 1);
}

static tw_status visit_column(const char *name, void *user) {
    h5_columns *c = user;
    tw_array array = {0};
    tw_status status = tw_h5_get(c->path, c->file, name, &array);
    if (status == TW_OK &&
        (!is_column(&array) || (c->count > 0 && array.count != c->arrays[0].count)))
        status = tw_fail(TW_ERR_FORMAT, "'%s': '%s' is not a column as long as the others", c->path,
                         name);
    char **names = status == TW_OK ? realloc(c->names, (c->count + 1) * sizeof *names) : NULL;
    if (names != NULL)
        c->names = names;
    tw_array *arrays = names != NULL ? realloc(c->arrays, (c->count + 1) * sizeof *arrays) : NULL;
    if (arrays != NULL)
        c->arrays = arrays;
    char *copy = arrays != NULL ? tw_strdup(name) : NULL;
    if (copy == NULL) {
        tw_array_release(&array);
        return status != TW_OK ? status
                               : tw_fail(TW_ERR_MEMORY, "'%s': not enough memory", c->path);
    }
    c->names[c->count] = copy;
    c->arrays[c->count++] = array;
    return TW_OK;
}

static tw_status fill_table(const h5_columns *c, const char *kind, tw_table *table) {
    if (c->count == 0)
        return tw_fail(TW_ERR_FORMAT, "'%s': no columns", c->path);
    tw_status status = tw_table_init(table, kind, c->count, (const char *const *)c->names);
    double *row = tw_alloc(c->count, sizeof *row);
    if (status == TW_OK && row == NULL)
        status = tw_fail(TW_ERR_MEMORY, "'%s': not enough memory", c->path);
    for (size_t i = 0; status == TW_OK && i < c->arrays[0].count; i++) {
        for (size_t k = 0; k < c->count; k++)
            row[k] = c->arrays[k].values[i];
        status = tw_table_append(table, row);
    }
    free(row);
    return status;
}

/* Kinds of files that are not tables. */
static int is_other_kind(const char *kind) {
    static const char *const others[] = {"",           "surface",    "weights",
                                         "directions", "trajectory", TW_DESCENT_STATE_KIND};
    for (size_t k = 0; k < sizeof others / sizeof others[0]; k++)
        if (strcmp(kind, others[k]) == 0)
            return 1;
    return 0;
}

/* To be freed. The peer's projections do not say what they are. */
static char *table_kind(hid_t file) {
    char *kind = tw_h5_get_kind(file);
    if (kind == NULL && tw_h5_has(file, TW_PROJECTION_X))
        kind = tw_strdup(TW_PROJECTION_KIND);
    return kind;
}

static tw_status read_columns(h5_columns *c, tw_table *table, tw_provenance *provenance) {
    char *kind = table_kind(c->file);
    tw_status status = TW_OK;
    if (kind == NULL || is_other_kind(kind))
        status = tw_fail(TW_ERR_FORMAT,
                         "'%s': not a table: the attribute 'kind' of /thalweg does not name one",
                         c->path);
    if (status == TW_OK)
        status = tw_h5_each(c->path, c->file, visit_column, c);
    if (status == TW_OK)
        status = fill_table(c, kind, table);
    if (status == TW_OK && provenance != NULL)
        status = tw_h5_get_provenance(c->path, c->file, provenance);
    free(kind);
    return status;
}

static tw_status read_h5(const char *path, tw_table *table, tw_provenance *provenance) {
    h5_columns c = {.path = path};
    tw_status status = tw_h5_open(path, &c.file);
    if (status != TW_OK)
        return status;
    status = read_columns(&c, table, provenance);
    for (size_t k = 0; k < c.count; k++) {
        free(c.names[k]);
        tw_array_release(&c.arrays[k]);
    }
    free(c.names);
    free(c.arrays);
    tw_h5_close(c.file);
    return status;
}

tw_status tw_table_read(const char *path, tw_table *table, tw_provenance *provenance) {
    memset(table, 0, sizeof *table);
    tw_file_kind content;
    tw_status status = tw_file_content_of(path, &content);
    if (status == TW_OK)
        status = content == TW_FILE_H5 ? read_h5(path, table, provenance)
                                       : tw_table_read_csv(path, table, provenance);
    if (status != TW_OK)
        tw_table_release(table);
    return status;
}
