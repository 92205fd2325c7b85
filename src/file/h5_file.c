#include "file/h5_file.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/alloc.h"
#include "file/output_file.h"

/* HDF5 prints its errors unless told not to; it is told around every call that may fail. */
#define QUIETLY(statement)                                                                         \
    do {                                                                                           \
        H5E_auto2_t function_;                                                                     \
        void *data_;                                                                               \
        H5Eget_auto2(H5E_DEFAULT, &function_, &data_);                                             \
        H5Eset_auto2(H5E_DEFAULT, NULL, NULL);                                                     \
        statement;                                                                                 \
        H5Eset_auto2(H5E_DEFAULT, function_, data_);                                               \
    } while (0)

enum { ORDERED = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED };

static tw_status refuse(const char *what, const char *name) {
    return tw_fail(TW_ERR_MEMORY, "HDF5 cannot %s '%s'; is memory out?", what, name);
}

/* ---- writing ---- */

tw_status tw_h5_create(hid_t *file) {
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), creation = H5Pcreate(H5P_FILE_CREATE);
    *file = H5I_INVALID_HID;
    QUIETLY({
        /* in memory, grown by 1 MiB, never on disk */
        if (H5Pset_fapl_core(access, 1 << 20, 0) >= 0 &&
            H5Pset_link_creation_order(creation, ORDERED) >= 0 &&
            H5Pset_obj_track_times(creation, 0) >= 0)
            *file = H5Fcreate("thalweg", H5F_ACC_TRUNC, creation, access);
    });
    H5Pclose(access);
    H5Pclose(creation);
    return *file >= 0 ? TW_OK : refuse("make", "a file in memory");
}

static tw_status save_image(const void *image, size_t size, const char *path) {
    tw_output output = {0};
    tw_status status = tw_output_open(&output, path);
    if (status != TW_OK)
        return status;
    fwrite(image, 1, size, output.stream); /* commit looks at the stream's error flag */
    return tw_output_commit(&output);
}

tw_status tw_h5_save(hid_t file, const char *path) {
    tw_status status = refuse("finish", path);
    void *image = NULL;
    QUIETLY({
        ssize_t size = H5Fflush(file, H5F_SCOPE_LOCAL) >= 0 ? H5Fget_file_image(file, NULL, 0) : -1;
        if (size > 0 && (image = malloc((size_t)size)) != NULL &&
            H5Fget_file_image(file, image, (size_t)size) == size)
            status = save_image(image, (size_t)size, path);
    });
    free(image);
    tw_h5_close(file);
    return status;
}

tw_status tw_h5_put(hid_t at, const char *name, hid_t type, int rank, const size_t *shape,
                    const void *values) {
    hsize_t dims[TW_ARRAY_RANK];
    for (int k = 0; k < rank; k++)
        dims[k] = shape[k];
    herr_t result = -1;
    QUIETLY({
        hid_t space = rank > 0 ? H5Screate_simple(rank, dims, NULL) : H5Screate(H5S_SCALAR);
        hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
        H5Pset_obj_track_times(creation, 0);
        hid_t set = H5Dcreate2(at, name, type, space, H5P_DEFAULT, creation, H5P_DEFAULT);
        if (set >= 0)
            result = H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
        if (set >= 0 && H5Dclose(set) < 0)
            result = -1;
        H5Pclose(creation);
        H5Sclose(space);
    });
    return result >= 0 ? TW_OK : refuse("store", name);
}

static hid_t create_group(hid_t at, const char *name) {
    hid_t creation = H5Pcreate(H5P_GROUP_CREATE);
    H5Pset_obj_track_times(creation, 0);
    H5Pset_link_creation_order(creation, ORDERED);
    H5Pset_attr_creation_order(creation, ORDERED);
    hid_t group = H5Gcreate2(at, name, H5P_DEFAULT, creation, H5P_DEFAULT);
    H5Pclose(creation);
    return group;
}

tw_status tw_h5_put_group(hid_t at, const char *name) {
    hid_t group = H5I_INVALID_HID;
    QUIETLY(group = create_group(at, name));
    if (group < 0)
        return refuse("make the group", name);
    H5Gclose(group);
    return TW_OK;
}

static int put_text(hid_t at, const char *key, const char *text) {
    hid_t type = H5Tcopy(H5T_C_S1), space = H5Screate(H5S_SCALAR);
    H5Tset_size(type, strlen(text) + 1);
    H5Tset_cset(type, H5T_CSET_UTF8);
    hid_t attribute = H5Acreate2(at, key, type, space, H5P_DEFAULT, H5P_DEFAULT);
    int done = attribute >= 0 && H5Awrite(attribute, type, text) >= 0;
    if (attribute >= 0)
        H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
    return done;
}

tw_status tw_h5_put_provenance(hid_t file, const char *kind, const tw_provenance *provenance) {
    const char *failed = NULL;
    QUIETLY({
        hid_t group = create_group(file, "thalweg");
        if (group < 0 || !put_text(group, "kind", kind))
            failed = "kind";
        for (size_t k = 0; provenance != NULL && k < provenance->count && failed == NULL; k++)
            if (!put_text(group, provenance->keys[k], provenance->texts[k]))
                failed = provenance->keys[k];
        if (group >= 0)
            H5Gclose(group);
    });
    return failed == NULL ? TW_OK : refuse("store the attribute", failed);
}

/* ---- reading ---- */

tw_status tw_h5_open(const char *path, hid_t *file) {
    struct stat info;
    *file = H5I_INVALID_HID;
    if (stat(path, &info) != 0)
        return tw_fail(TW_ERR_IO, "cannot open '%s': %s", path, strerror(errno));
    if (S_ISDIR(info.st_mode))
        return tw_fail(TW_ERR_IO, "cannot read '%s': it is a directory; name a file in it", path);
    htri_t is = -1;
    QUIETLY({
        is = H5Fis_hdf5(path);
        if (is > 0)
            *file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    });
    if (is <= 0)
        return tw_fail(TW_ERR_FORMAT, "'%s': not an HDF5 file", path);
    if (*file < 0)
        return tw_fail(TW_ERR_FORMAT, "'%s': HDF5 cannot open it; is it cut short?", path);
    return TW_OK;
}

void tw_h5_close(hid_t file) {
    if (file >= 0)
        QUIETLY(H5Fclose(file));
}

int tw_h5_has(hid_t at, const char *name) {
    htri_t has = 0;
    QUIETLY(has = H5Lexists(at, name, H5P_DEFAULT) > 0 &&
                  H5Oexists_by_name(at, name, H5P_DEFAULT) > 0);
    return has > 0;
}

static int is_number(hid_t set) {
    hid_t type = H5Dget_type(set);
    H5T_class_t class = H5Tget_class(type);
    H5Tclose(type);
    return class == H5T_FLOAT || class == H5T_INTEGER;
}

/* Shape of an open dataset into `out`; 0 if it is not one that we take. */
static int take_shape(hid_t set, tw_array *out) {
    hsize_t dims[TW_ARRAY_RANK];
    hid_t space = H5Dget_space(set);
    int rank = H5Sget_simple_extent_ndims(space), fits = rank >= 0 && rank <= TW_ARRAY_RANK;
    if (fits && rank > 0)
        fits = H5Sget_simple_extent_dims(space, dims, NULL) == rank;
    H5Sclose(space);
    out->rank = fits ? rank : 0;
    out->count = 1;
    for (int k = 0; fits && k < rank; k++) {
        out->shape[k] = (size_t)dims[k];
        fits = !__builtin_mul_overflow(out->count, out->shape[k], &out->count);
    }
    return fits;
}

/* A declared size is believed only as far as the file can hold it (chunks may compress, but not
 * beyond a thousandfold). */
static int is_plausible(const char *path, hid_t set, size_t count) {
    struct stat info;
    hid_t type = H5Dget_type(set);
    size_t item = H5Tget_size(type), bytes;
    H5Tclose(type);
    return stat(path, &info) == 0 && !__builtin_mul_overflow(count, item, &bytes) &&
           bytes / 1100 <= (size_t)info.st_size;
}

tw_status tw_h5_get(const char *path, hid_t at, const char *name, tw_array *out) {
    memset(out, 0, sizeof *out);
    if (!tw_h5_has(at, name))
        return tw_fail(TW_ERR_FORMAT, "'%s': no dataset '%s'", path, name);
    tw_status status = TW_OK;
    QUIETLY({
        hid_t set = H5Dopen2(at, name, H5P_DEFAULT);
        if (set < 0 || !is_number(set) || !take_shape(set, out))
            status = tw_fail(TW_ERR_FORMAT, "'%s': '%s' is no dataset of numbers", path, name);
        else if (!is_plausible(path, set, out->count))
            status =
                tw_fail(TW_ERR_FORMAT, "'%s': dataset '%s' is larger than the file", path, name);
        else if ((out->values = tw_alloc(out->count, sizeof(double))) == NULL)
            status = tw_fail(TW_ERR_MEMORY, "'%s': not enough memory for '%s'", path, name);
        else if (out->count > 0 &&
                 H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, out->values) < 0)
            status = tw_fail(TW_ERR_FORMAT, "'%s': dataset '%s' cannot be read; is the file whole?",
                             path, name);
        if (set >= 0)
            H5Dclose(set);
    });
    if (status != TW_OK)
        tw_array_release(out);
    return status;
}

typedef struct visit_job {
    tw_h5_visit_fn visit;
    void *user;
    tw_status status;
} visit_job;

static herr_t visit_link(hid_t at, const char *name, const H5L_info_t *info, void *argument) {
    visit_job *job = argument;
    hid_t set = info->type == H5L_TYPE_HARD ? H5Oopen(at, name, H5P_DEFAULT) : -1;
    int wanted = set >= 0 && H5Iget_type(set) == H5I_DATASET && is_number(set);
    if (set >= 0)
        H5Oclose(set);
    if (wanted)
        job->status = job->visit(name, job->user);
    return job->status == TW_OK ? 0 : 1;
}

tw_status tw_h5_each(hid_t at, tw_h5_visit_fn visit, void *user) {
    visit_job job = {visit, user, TW_OK};
    QUIETLY({
        hsize_t place = 0;
        if (H5Literate(at, H5_INDEX_CRT_ORDER, H5_ITER_INC, &place, visit_link, &job) < 0) {
            place = 0;
            H5Literate(at, H5_INDEX_NAME, H5_ITER_INC, &place, visit_link, &job);
        }
    });
    return job.status;
}

/* The text of an attribute, to be freed; NULL if it is no text of ours. */
static char *get_text(hid_t at, const char *key) {
    char *text = NULL;
    hid_t attribute = H5Aopen(at, key, H5P_DEFAULT);
    if (attribute < 0)
        return NULL;
    hid_t type = H5Aget_type(attribute);
    size_t size = H5Tget_size(type);
    if (H5Tget_class(type) == H5T_STRING && H5Tis_variable_str(type) == 0 && size < (1 << 17) &&
        H5Aget_storage_size(attribute) == size && (text = calloc(size + 1, 1)) != NULL &&
        H5Aread(attribute, type, text) < 0) {
        free(text);
        text = NULL;
    }
    H5Tclose(type);
    H5Aclose(attribute);
    return text;
}

typedef struct provenance_job {
    tw_provenance *out;
    tw_status status;
} provenance_job;

static herr_t visit_attribute(hid_t at, const char *key, const H5A_info_t *info, void *argument) {
    provenance_job *job = argument;
    char *text = strcmp(key, "kind") != 0 ? get_text(at, key) : NULL;
    if (text != NULL)
        job->status = tw_provenance_add(job->out, key, "%s", text);
    free(text);
    return job->status == TW_OK ? 0 : 1;
}

tw_status tw_h5_get_provenance(const char *path, hid_t file, tw_provenance *out) {
    provenance_job job = {out, TW_OK};
    if (!tw_h5_has(file, "thalweg"))
        return TW_OK;
    QUIETLY({
        hid_t group = H5Gopen2(file, "thalweg", H5P_DEFAULT);
        hsize_t place = 0;
        if (group >= 0 && H5Aiterate2(group, H5_INDEX_CRT_ORDER, H5_ITER_INC, &place,
                                      visit_attribute, &job) < 0) {
            place = 0;
            H5Aiterate2(group, H5_INDEX_NAME, H5_ITER_INC, &place, visit_attribute, &job);
        }
        if (group >= 0)
            H5Gclose(group);
    });
    return job.status;
}

void tw_h5_get_kind(hid_t file, char *kind, size_t size) {
    char *text = NULL;
    if (tw_h5_has(file, "thalweg"))
        QUIETLY({
            hid_t group = H5Gopen2(file, "thalweg", H5P_DEFAULT);
            if (group >= 0) {
                text = get_text(group, "kind");
                H5Gclose(group);
            }
        });
    snprintf(kind, size, "%s", text != NULL ? text : "");
    free(text);
}
