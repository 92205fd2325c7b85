/* trajectory_read.c: rows of a trajectory, out of one file or a list of files. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "file/h5_write.h"
#include "format/h5_quiet.h"
#include "thalweg/trajectory.h"

struct tw_trajectory {
    char *path;
    hid_t file, set; /* invalid for a list */
    char **paths;    /* `rows` of them for a list */
    size_t rows;
    tw_space *space;
    size_t columns;
    char **names;
    double **values;
    tw_provenance provenance;
};

void tw_trajectory_close(tw_trajectory *t) {
    if (t == NULL)
        return;
    for (size_t k = 0; k < t->columns; k++) {
        free(t->names[k]);
        free(t->values[k]);
    }
    for (size_t k = 0; t->paths != NULL && k < t->rows; k++)
        free(t->paths[k]);
    if (t->set >= 0) {
        h5_quiet quiet = quiet_begin();
        H5Dclose(t->set);
        quiet_end(quiet);
    }
    tw_h5_close(t->file);
    tw_provenance_release(&t->provenance);
    tw_space_free(t->space);
    free(t->names);
    free(t->values);
    free(t->paths);
    free(t->path);
    free(t);
}

static tw_status new_trajectory(const char *path, tw_trajectory **out) {
    tw_trajectory *t = tw_alloc(1, sizeof *t);
    *out = t;
    if (t != NULL) {
        t->file = t->set = H5I_INVALID_HID;
        t->path = tw_strdup(path);
    }
    if (t != NULL && t->path != NULL)
        return TW_OK;
    return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", path);
}

/* ---- one file ---- */

/* What the file tells of its blocks. */
typedef struct block_list {
    size_t count, roles_count;
    char **names, **roles;
    tw_array shapes, axes;
} block_list;

static tw_status read_blocks(const tw_trajectory *t, block_list *b) {
    tw_status status =
        tw_h5_get_texts(t->path, t->file, "trajectory/blocks/name", &b->count, &b->names);
    if (status == TW_OK)
        status =
            tw_h5_get_texts(t->path, t->file, "trajectory/blocks/role", &b->roles_count, &b->roles);
    if (status == TW_OK)
        status = tw_h5_get(t->path, t->file, "trajectory/blocks/shape", &b->shapes);
    if (status == TW_OK)
        status = tw_h5_get(t->path, t->file, "trajectory/blocks/filter_axis", &b->axes);
    if (status == TW_OK &&
        (b->roles_count != b->count || b->shapes.rank != 2 || b->shapes.shape[0] != b->count ||
         b->shapes.shape[1] != TW_MAX_RANK || b->axes.rank != 1 || b->axes.count != b->count))
        status = tw_fail(TW_ERR_FORMAT, "'%s': the tables in /trajectory/blocks differ in length",
                         t->path);
    return status;
}

static int find_role(const char *name) {
    for (int role = TW_ROLE_WEIGHT; role <= TW_ROLE_BUFFER; role++)
        if (strcmp(name, tw_role_name((size_t)role)) == 0)
            return role;
    return -1;
}

/* Lengths are whole numbers; zeros after the last axis. */
static int take_shape(const double *shape, tw_block *out) {
    static const double most = 9007199254740992; /* 2^53 */
    for (int axis = 0; axis < TW_MAX_RANK; axis++) {
        if (!(shape[axis] >= 0 && shape[axis] <= most) || shape[axis] != floor(shape[axis]) ||
            (shape[axis] > 0 && out->rank < axis))
            return 0;
        if (shape[axis] > 0)
            out->shape[out->rank++] = (size_t)shape[axis];
    }
    return 1;
}

static tw_status add_block(tw_trajectory *t, const block_list *b, size_t k) {
    tw_block block = {.name = b->names[k]};
    int role = find_role(b->roles[k]);
    double axis = b->axes.values[k];
    if (role < 0 || !take_shape(b->shapes.values + k * TW_MAX_RANK, &block) ||
        !(axis >= 0 && axis < TW_MAX_RANK))
        return tw_fail(TW_ERR_FORMAT, "'%s': block '%s' has a role or shape that makes no sense",
                       t->path, b->names[k]);
    block.role = (tw_role)role;
    block.filter_axis = (int)axis;
    tw_status status = tw_space_add(t->space, &block);
    return status == TW_ERR_ARGUMENT ? tw_fail_prefix(TW_ERR_FORMAT, "'%s'", t->path) : status;
}

static tw_status make_space(tw_trajectory *t, size_t n) {
    tw_status status = tw_space_new(&t->space);
    if (status != TW_OK)
        return status;
    if (!tw_h5_has(t->file, "trajectory/blocks"))
        return tw_space_add(t->space, &(tw_block){.name = "x", .rank = 1, .shape = {n}});
    block_list b = {0};
    status = read_blocks(t, &b);
    for (size_t k = 0; k < b.count && status == TW_OK; k++)
        status = add_block(t, &b, k);
    if (status == TW_OK && tw_space_size(t->space) != n)
        status = tw_fail(TW_ERR_FORMAT, "'%s': rows of %zu numbers, but blocks of %zu together",
                         t->path, n, tw_space_size(t->space));
    tw_h5_free_texts(b.count, b.names);
    tw_h5_free_texts(b.roles_count, b.roles);
    tw_array_release(&b.shapes);
    tw_array_release(&b.axes);
    return status;
}

/* A row is there when all columns have it: the last may have been cut off between two of them. */
static tw_status visit_column(const char *name, void *user) {
    tw_trajectory *t = user;
    if (strcmp(name, "x") == 0)
        return TW_OK;
    char *path = NULL;
    tw_array array = {0};
    char **names = realloc(t->names, (t->columns + 1) * sizeof *names);
    if (names != NULL)
        t->names = names;
    double **values = realloc(t->values, (t->columns + 1) * sizeof *values);
    if (values != NULL)
        t->values = values;
    char *copy = tw_strdup(name);
    tw_status status = TW_OK;
    if (names == NULL || values == NULL || copy == NULL ||
        asprintf(&path, "trajectory/%s", name) < 0) {
        path = NULL;
        status = tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", t->path);
    }
    if (status == TW_OK)
        status = tw_h5_get(t->path, t->file, path, &array);
    if (status == TW_OK && array.rank != 1)
        status = tw_fail(TW_ERR_FORMAT, "'%s': '%s' is not a column of numbers", t->path, path);
    free(path);
    if (status != TW_OK) {
        free(copy);
        tw_array_release(&array);
        return status;
    }
    t->rows = array.count < t->rows ? array.count : t->rows;
    t->names[t->columns] = copy;
    t->values[t->columns++] = array.values;
    return TW_OK;
}

static tw_status read_columns(tw_trajectory *t) {
    hid_t group = tw_h5_open_group(t->file, "trajectory");
    if (group < 0)
        return tw_fail(TW_ERR_FORMAT, "'%s': '/trajectory' is not a group", t->path);
    tw_status status = tw_h5_each(t->path, group, visit_column, t);
    H5Gclose(group);
    return status;
}

/* A row that came between the opening of the file and that of x lies past the end known here. */
static void pass_over_later_rows(tw_trajectory *t, size_t n) {
    haddr_t end = 0, begin = H5Dget_offset(t->set);
    h5_quiet quiet = quiet_begin();
    int known = H5Fget_eoa(t->file, &end) >= 0;
    quiet_end(quiet);
    if (!known || begin == HADDR_UNDEF || begin > end)
        return; /* chunks, or nothing to go by */
    uint64_t fit = (end - begin) / sizeof(double) / n;
    t->rows = t->rows < fit ? t->rows : (size_t)fit;
}

static tw_status read_head(tw_trajectory *t) {
    tw_array x;
    if (!tw_h5_has(t->file, "trajectory") || !tw_h5_has(t->file, "trajectory/x"))
        return tw_fail(TW_ERR_FORMAT, "'%s': not a trajectory: there is no dataset /trajectory/x",
                       t->path);
    tw_status status = tw_h5_open_numbers(t->path, t->file, "trajectory/x", &t->set, &x);
    if (status == TW_OK && (x.rank != 2 || x.shape[1] == 0))
        status =
            tw_fail(TW_ERR_SHAPE, "'%s': /trajectory/x has %d axes; rows of parameters are two",
                    t->path, x.rank);
    t->rows = status == TW_OK ? x.shape[0] : 0;
    if (status == TW_OK && H5Dget_storage_size(t->set) == 8 * (hsize_t)x.count)
        pass_over_later_rows(t, x.shape[1]);
    if (status == TW_OK)
        status = make_space(t, x.shape[1]);
    if (status == TW_OK)
        status = read_columns(t);
    if (status == TW_OK)
        status = tw_h5_get_provenance(t->path, t->file, &t->provenance);
    return status;
}

tw_status tw_trajectory_open(const char *path, tw_trajectory **out) {
    tw_trajectory *t;
    *out = NULL;
    tw_status status = new_trajectory(path, &t);
    if (status == TW_OK)
        status = tw_h5_open(path, &t->file);
    if (status == TW_OK)
        status = read_head(t);
    if (status == TW_OK)
        *out = t;
    else
        tw_trajectory_close(t);
    return status;
}

static tw_status read_row(tw_trajectory *t, size_t row, double *x) {
    hsize_t n = tw_space_size(t->space), start[2] = {row, 0}, count[2] = {1, n};
    h5_quiet quiet = quiet_begin();
    hid_t in_file = H5Dget_space(t->set), in_memory = H5Screate_simple(1, &n, NULL);
    int done = H5Sselect_hyperslab(in_file, H5S_SELECT_SET, start, NULL, count, NULL) >= 0 &&
               H5Dread(t->set, H5T_NATIVE_DOUBLE, in_memory, in_file, H5P_DEFAULT, x) >= 0;
    H5Sclose(in_memory);
    H5Sclose(in_file);
    quiet_end(quiet);
    if (!done)
        return tw_fail(TW_ERR_FORMAT, "'%s': row %zu cannot be read; is the file whole?", t->path,
                       row);
    for (size_t i = 0; i < n; i++)
        if (!isfinite(x[i]))
            return tw_fail(TW_ERR_FORMAT, "'%s': x[%zu, %zu] is %g; every number must be finite",
                           t->path, row, i, x[i]);
    return TW_OK;
}

/* ---- a list ---- */

tw_status tw_trajectory_open_list(size_t count, const char *const *paths, const tw_space *space,
                                  tw_trajectory **out) {
    tw_trajectory *t;
    *out = NULL;
    tw_status status = new_trajectory(count > 0 ? paths[0] : "", &t);
    if (status == TW_OK)
        status = tw_space_copy(space, &t->space);
    if (status == TW_OK) {
        t->paths = tw_alloc(count, sizeof *t->paths);
        int complete = t->paths != NULL;
        t->rows = complete ? count : 0;
        for (size_t k = 0; k < count && complete; k++)
            complete = (t->paths[k] = tw_strdup(paths[k])) != NULL;
        if (!complete)
            status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu paths", count);
    }
    if (status == TW_OK)
        *out = t;
    else
        tw_trajectory_close(t);
    return status;
}

/* ---- both ---- */

tw_status tw_trajectory_read(tw_trajectory *t, size_t row, double *x) {
    if (row >= t->rows)
        return tw_fail(TW_ERR_ARGUMENT, "row %zu of a trajectory of %zu", row, t->rows);
    return t->paths != NULL ? tw_weights_read(t->paths[row], t->space, x) : read_row(t, row, x);
}

size_t tw_trajectory_rows(const tw_trajectory *t) {
    return t->rows;
}

const tw_space *tw_trajectory_space(const tw_trajectory *t) {
    return t->space;
}

size_t tw_trajectory_columns(const tw_trajectory *t) {
    return t->columns;
}

const char *tw_trajectory_column_name(const tw_trajectory *t, size_t index) {
    return index < t->columns ? t->names[index] : NULL;
}

const double *tw_trajectory_column(const tw_trajectory *t, const char *name) {
    for (size_t k = 0; k < t->columns; k++)
        if (strcmp(t->names[k], name) == 0)
            return t->values[k];
    return NULL;
}

const tw_provenance *tw_trajectory_provenance(const tw_trajectory *t) {
    return &t->provenance;
}
