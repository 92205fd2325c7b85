/* paths_file.c: the paths of a surface, in the group /thalweg/paths of its file. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "file/file_kind.h"
#include "file/h5_write.h"
#include "format/h5_quiet.h"

static const char GROUP[] = "thalweg/paths";
/* HDF5 looks whether there is a file of the name, and takes it: there never is. */
static const char NOWHERE[] = "/dev/null/thalweg";

enum { LISTS = 6, ITERATION = LISTS, MOST = 4096 };

/* The numbers of a path, in the order of this file. */
static const char *const list_names[LISTS + 1] = {
    "x", "y", "length", "distance", "loss", "plane_loss", "iteration" /* where there are any */};

static double **list_of(tw_path *path, int list) {
    double **lists[LISTS + 1] = {&path->x,    &path->y,          &path->length,   &path->distance,
                                 &path->loss, &path->plane_loss, &path->iteration};
    return lists[list];
}

void tw_paths_release(tw_paths *paths) {
    for (size_t k = 0; k < paths->count; k++)
        tw_path_release(&paths->path[k]);
    free(paths->path);
    free(paths->labels[0]);
    free(paths->labels[1]);
    memset(paths, 0, sizeof *paths);
}

/* ---- writing ---- */

/* Opens a copy of the file in memory, to be changed. */
static tw_status open_copy(const char *path, hid_t *file) {
    hid_t original;
    size_t size = 0;
    *file = H5I_INVALID_HID;
    tw_status status = tw_h5_open(path, &original);
    if (status != TW_OK)
        return status;
    void *image = tw_h5_image(original, &size);
    tw_h5_close(original);
    if (image == NULL || !tw_memory_left(size + TW_LIBRARY_ROOM)) {
        free(image);
        return tw_fail(TW_ERR_MEMORY, "'%s': not enough memory for a copy of it", path);
    }
    h5_quiet quiet = quiet_begin();
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (H5Pset_fapl_core(access, 1 << 20, 0) >= 0 && H5Pset_file_image(access, image, size) >= 0)
        *file = H5Fopen(NOWHERE, H5F_ACC_RDWR, access);
    H5Pclose(access);
    quiet_end(quiet);
    free(image);
    return *file >= 0 ? TW_OK : tw_fail(TW_ERR_FORMAT, "'%s': HDF5 cannot open a copy of it", path);
}

static tw_status put_path(hid_t file, size_t index, const tw_path *path) {
    tw_status status = TW_OK;
    tw_path copy = *path;
    int lists = path->iteration != NULL ? LISTS + 1 : LISTS;
    for (int list = 0; list < lists && status == TW_OK; list++) {
        char name[64];
        snprintf(name, sizeof name, "%s/%zu/%s", GROUP, index, list_names[list]);
        status = tw_h5_put(file, name, H5T_NATIVE_DOUBLE, 1, &path->count, *list_of(&copy, list));
    }
    return status;
}

static tw_status put_names(hid_t file, const tw_paths *paths) {
    const char **names = tw_alloc(paths->count + 1, sizeof *names);
    const char *labels[2] = {paths->labels[0] != NULL ? paths->labels[0] : "",
                             paths->labels[1] != NULL ? paths->labels[1] : ""};
    if (names == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu names", paths->count);
    for (size_t k = 0; k < paths->count; k++)
        names[k] = paths->path[k].name != NULL ? paths->path[k].name : "";
    tw_status status = tw_h5_put_texts(file, "thalweg/paths/names", paths->count, names);
    if (status == TW_OK)
        status = tw_h5_put_texts(file, "thalweg/paths/labels", 2, labels);
    free(names);
    return status;
}

tw_status tw_paths_write(const char *path, const tw_paths *paths) {
    hid_t file;
    if (paths->count == 0 || paths->count > MOST)
        return tw_fail(TW_ERR_ARGUMENT, "'%s': %zu paths; 1 to %d can be kept", path, paths->count,
                       MOST);
    for (size_t k = 0; k < paths->count; k++)
        if (paths->path[k].count == 0)
            return tw_fail(TW_ERR_ARGUMENT, "'%s': path %zu has no checkpoint", path, k + 1);
    tw_status status = open_copy(path, &file);
    if (status != TW_OK)
        return status;
    if (!tw_h5_has(file, "thalweg"))
        status = tw_h5_put_group(file, "thalweg");
    if (status == TW_OK && tw_h5_has(file, GROUP)) {
        h5_quiet quiet = quiet_begin();
        herr_t deleted = H5Ldelete(file, GROUP, H5P_DEFAULT);
        quiet_end(quiet);
        if (deleted < 0)
            status = tw_fail(TW_ERR_FORMAT, "'%s': its paths cannot be replaced", path);
    }
    if (status == TW_OK)
        status = put_names(file, paths);
    for (size_t k = 0; k < paths->count && status == TW_OK; k++)
        status = put_path(file, k, &paths->path[k]);
    return tw_h5_save(file, status, path);
}

/* ---- reading ---- */

static tw_status get_path(const char *path, hid_t file, size_t index, const char *text,
                          tw_path *out) {
    tw_status status = TW_OK;
    for (int list = 0; list <= LISTS && status == TW_OK; list++) {
        char name[64];
        tw_array array = {0};
        snprintf(name, sizeof name, "%s/%zu/%s", GROUP, index, list_names[list]);
        if (list == ITERATION && !tw_h5_has(file, name))
            break;
        status = tw_h5_get(path, file, name, &array);
        if (status == TW_OK && (array.rank != 1 || array.count == 0))
            status = tw_fail(TW_ERR_FORMAT, "'%s': '%s' is not a list of numbers", path, name);
        if (status == TW_OK && list == 0)
            status = tw_path_init(out, text[0] != '\0' ? text : NULL, array.count);
        if (status == TW_OK && array.count != out->count)
            status = tw_fail(TW_ERR_FORMAT, "'%s': '%s' has %zu numbers, not %zu", path, name,
                             array.count, out->count);
        if (status == TW_OK && list == ITERATION &&
            (out->iteration = tw_alloc(out->count, sizeof(double))) == NULL)
            status = tw_fail(TW_ERR_MEMORY, "'%s': not enough memory for '%s'", path, name);
        if (status == TW_OK)
            memcpy(*list_of(out, list), array.values, array.count * sizeof(double));
        tw_array_release(&array);
    }
    return status;
}

static tw_status get_labels(const char *path, hid_t file, tw_paths *out) {
    char **labels;
    size_t count;
    tw_status status = tw_h5_get_texts(path, file, "thalweg/paths/labels", &count, &labels);
    if (status != TW_OK)
        return status;
    for (size_t k = 0; k < count && k < 2 && status == TW_OK; k++)
        if (labels[k][0] != '\0' && (out->labels[k] = tw_strdup(labels[k])) == NULL)
            status = tw_fail(TW_ERR_MEMORY, "'%s': not enough memory for a label", path);
    tw_h5_free_texts(count, labels);
    return status;
}

static tw_status get_paths(const char *path, hid_t file, tw_paths *out) {
    char **names;
    size_t count;
    tw_status status = tw_h5_get_texts(path, file, "thalweg/paths/names", &count, &names);
    if (status != TW_OK)
        return status;
    if (count == 0 || count > MOST)
        status = tw_fail(TW_ERR_FORMAT, "'%s': %zu paths", path, count);
    else if ((out->path = tw_alloc(count, sizeof *out->path)) == NULL)
        status = tw_fail(TW_ERR_MEMORY, "'%s': not enough memory for %zu paths", path, count);
    for (size_t k = 0; k < count && status == TW_OK; k++) {
        out->count = k + 1;
        status = get_path(path, file, k, names[k], &out->path[k]);
    }
    if (status == TW_OK)
        status = get_labels(path, file, out);
    tw_h5_free_texts(count, names);
    return status;
}

tw_status tw_paths_read(const char *path, tw_paths *out) {
    hid_t file;
    tw_file_kind content;
    memset(out, 0, sizeof *out);
    tw_status status = tw_file_content_of(path, &content);
    if (status != TW_OK || content == TW_FILE_NPZ || content == TW_FILE_CSV)
        return status; /* surfaces without room for paths */
    status = tw_h5_open(path, &file);
    if (status != TW_OK)
        return status;
    if (tw_h5_has(file, GROUP))
        status = get_paths(path, file, out);
    if (status != TW_OK)
        tw_paths_release(out);
    tw_h5_close(file);
    return status;
}
