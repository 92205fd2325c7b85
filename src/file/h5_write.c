#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "file/h5_write.h"
#include "file/output_file.h"
#include "format/h5_quiet.h"

enum { ORDERED = H5P_CRT_ORDER_TRACKED | H5P_CRT_ORDER_INDEXED };

static tw_status refuse(const char *what, const char *name) {
    return tw_fail(TW_ERR_MEMORY, "HDF5 cannot %s '%s'; is there no memory left?", what, name);
}

/* The file driver wants a name, and looks whether there is such a file: there never is. */
static const char NOWHERE[] = "/dev/null/thalweg";

tw_status tw_h5_create(hid_t *file) {
    *file = H5I_INVALID_HID;
    if (!tw_memory_left(TW_LIBRARY_ROOM))
        return refuse("make", "a file in memory");
    h5_quiet quiet = quiet_begin();
    hid_t access = H5Pcreate(H5P_FILE_ACCESS), creation = H5Pcreate(H5P_FILE_CREATE);
    /* in memory, grown by 1 MiB, never on disk; without times, so that equal results are equal
     * files */
    if (H5Pset_fapl_core(access, 1 << 20, 0) >= 0 &&
        H5Pset_link_creation_order(creation, ORDERED) >= 0 &&
        H5Pset_obj_track_times(creation, 0) >= 0)
        *file = H5Fcreate(NOWHERE, H5F_ACC_TRUNC, creation, access);
    H5Pclose(access);
    H5Pclose(creation);
    quiet_end(quiet);
    return *file >= 0 ? TW_OK : refuse("make", "a file in memory");
}

void *tw_h5_image(hid_t file, size_t *size) {
    h5_quiet quiet = quiet_begin();
    ssize_t count = H5Fflush(file, H5F_SCOPE_LOCAL) >= 0 ? H5Fget_file_image(file, NULL, 0) : -1;
    void *image = count > 0 ? malloc((size_t)count) : NULL;
    if (image != NULL && H5Fget_file_image(file, image, (size_t)count) != count) {
        free(image);
        image = NULL;
    }
    quiet_end(quiet);
    *size = image != NULL ? (size_t)count : 0;
    return image;
}

tw_status tw_h5_save(hid_t file, tw_status status, const char *path) {
    size_t size;
    if (status != TW_OK) {
        tw_h5_close(file);
        return status;
    }
    void *image = tw_h5_image(file, &size);
    tw_h5_close(file);
    if (image == NULL)
        return refuse("finish", path);
    tw_output output = {0};
    status = tw_output_open(&output, path);
    if (status == TW_OK) {
        fwrite(image, 1, size, output.stream); /* commit looks at the stream's error flag */
        status = tw_output_commit(&output);
    }
    free(image);
    return status;
}

/* No values: none are written. */
static herr_t put(hid_t at, const char *name, hid_t type, hid_t space, const void *values) {
    hid_t links = H5Pcreate(H5P_LINK_CREATE), creation = H5Pcreate(H5P_DATASET_CREATE);
    H5Pset_create_intermediate_group(links, 1);
    H5Pset_obj_track_times(creation, 0);
    hid_t set = H5Dcreate2(at, name, type, space, links, creation, H5P_DEFAULT);
    herr_t result = set >= 0 ? 0 : -1;
    if (set >= 0 && values != NULL && H5Sget_simple_extent_npoints(space) > 0)
        result = H5Dwrite(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    if (set >= 0 && H5Dclose(set) < 0)
        result = -1;
    H5Pclose(creation);
    H5Pclose(links);
    return result;
}

tw_status tw_h5_put(hid_t at, const char *name, hid_t type, int rank, const size_t *shape,
                    const void *values) {
    hsize_t dims[TW_ARRAY_RANK];
    size_t room = values != NULL ? sizeof(double) : 0; /* the widest type in use */
    for (int k = 0; k < rank; k++) {
        dims[k] = shape[k];
        if (__builtin_mul_overflow(room, shape[k], &room))
            return refuse("store", name);
    }
    if (room > PTRDIFF_MAX - TW_LIBRARY_ROOM || !tw_memory_left(room + TW_LIBRARY_ROOM))
        return refuse("store", name);
    h5_quiet quiet = quiet_begin();
    hid_t space = rank > 0 ? H5Screate_simple(rank, dims, NULL) : H5Screate(H5S_SCALAR);
    herr_t result = put(at, name, type, space, values);
    H5Sclose(space);
    quiet_end(quiet);
    return result >= 0 ? TW_OK : refuse("store", name);
}

tw_status tw_h5_declare(hid_t at, const char *name, int rank, const size_t *shape) {
    return tw_h5_put(at, name, H5T_NATIVE_DOUBLE, rank, shape, NULL);
}

tw_status tw_h5_put_root(hid_t file, const char *name, int rank, const size_t *shape,
                         const double *values) {
    if (name[0] == '\0' || strchr(name, '/') != NULL || strcmp(name, ".") == 0 ||
        strcmp(name, "thalweg") == 0)
        return tw_fail(TW_ERR_ARGUMENT, "'%s' cannot be the name of a dataset; choose another",
                       name);
    if (tw_h5_has(file, name))
        return tw_fail(TW_ERR_ARGUMENT, "two datasets are called '%s'; rename one", name);
    return tw_h5_put(file, name, H5T_NATIVE_DOUBLE, rank, shape, values);
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
    h5_quiet quiet = quiet_begin();
    hid_t group = create_group(at, name);
    if (group >= 0)
        H5Gclose(group);
    quiet_end(quiet);
    return group >= 0 ? TW_OK : refuse("make the group", name);
}

tw_status tw_h5_link(hid_t file, const char *object, const char *name) {
    h5_quiet quiet = quiet_begin();
    herr_t result = H5Lcreate_hard(file, object, file, name, H5P_DEFAULT, H5P_DEFAULT);
    quiet_end(quiet);
    return result >= 0 ? TW_OK : refuse("store", name);
}

/* Of variable length: h5py gives these as str, and they may be as long as a command line is. */
static hid_t text_type(void) {
    hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    H5Tset_cset(type, H5T_CSET_UTF8);
    return type;
}

static tw_status put_text(hid_t at, const char *key, const char *text) {
    if (key[0] == '\0' || H5Aexists(at, key) > 0)
        return tw_fail(TW_ERR_ARGUMENT, "the attribute '%s' is there already; rename it", key);
    hid_t type = text_type(), space = H5Screate(H5S_SCALAR);
    hid_t attribute = H5Acreate2(at, key, type, space, H5P_DEFAULT, H5P_DEFAULT);
    int done = attribute >= 0 && H5Awrite(attribute, type, &text) >= 0;
    if (attribute >= 0)
        H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
    return done ? TW_OK : refuse("store the attribute", key);
}

tw_status tw_h5_put_provenance(hid_t file, const char *kind, const tw_provenance *provenance) {
    h5_quiet quiet = quiet_begin();
    hid_t group = create_group(file, "thalweg");
    tw_status status = group >= 0 ? TW_OK : refuse("make the group", "thalweg");
    if (status == TW_OK)
        status = put_text(group, "kind", kind);
    for (size_t k = 0; provenance != NULL && k < provenance->count && status == TW_OK; k++)
        status = put_text(group, provenance->keys[k], provenance->texts[k]);
    if (group >= 0)
        H5Gclose(group);
    quiet_end(quiet);
    return status;
}

tw_status tw_h5_put_text(hid_t file, const char *name, const char *key, const char *text) {
    h5_quiet quiet = quiet_begin();
    hid_t object = H5Oopen(file, name, H5P_DEFAULT);
    tw_status status = object >= 0 ? put_text(object, key, text) : refuse("find", name);
    if (object >= 0)
        H5Oclose(object);
    quiet_end(quiet);
    return status;
}

tw_status tw_h5_put_text_set(hid_t at, const char *name, const char *text) {
    h5_quiet quiet = quiet_begin();
    hid_t type = text_type(), space = H5Screate(H5S_SCALAR);
    herr_t result = put(at, name, type, space, &text);
    H5Sclose(space);
    H5Tclose(type);
    quiet_end(quiet);
    return result >= 0 ? TW_OK : refuse("store", name);
}
