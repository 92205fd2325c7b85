#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/alloc.h"
#include "format/foreign.h"
#include "format/h5_quiet.h"
#include "format/h5_read.h"
#include "format/input.h"

static tw_status no_room(const char *path) {
    return tw_fail(TW_ERR_MEMORY, "not enough memory to read '%s'", path);
}

/* HDF5 asks for a shared lock and takes no for an answer. But others may have an exclusive one for
 * an instant: a process that looks for parts which were left tries the lock of each, and between
 * its looking and its trying the part may have become the finished file. The lock that is got here
 * keeps them out while HDF5 gets its own. Returns whether another has one for longer. */
static int is_locked(int file) {
    enum { TRIES = 100 };
    const struct timespec pause = {.tv_nsec = 2000000};
    for (int k = 0; k < TRIES; k++) {
        if (flock(file, LOCK_SH | LOCK_NB) == 0 || errno != EWOULDBLOCK)
            return 0; /* some file systems have no locks */
        nanosleep(&pause, NULL);
    }
    return 1;
}

static off_t length_of(int file) {
    struct stat info;
    return fstat(file, &info) == 0 ? info.st_size : -1;
}

/* A trajectory that another process writes may get a row after HDF5 has asked for its length and
 * before it reads the length stated in it, which is then beyond: it is told to be cut short, and is
 * not. */
static hid_t open_grown(const char *path, int readable) {
    enum { TRIES = 100 };
    hid_t file = H5I_INVALID_HID;
    off_t before = -1;
    for (int k = 0; k < TRIES && file < 0 && length_of(readable) != before; k++) {
        before = length_of(readable);
        file = H5Fopen(path, H5F_ACC_RDONLY, H5P_DEFAULT);
    }
    return file;
}

static tw_status open_path(const char *path, int readable, hid_t *file) {
    int locked = is_locked(readable);
    if (!tw_memory_left(TW_LIBRARY_ROOM))
        return no_room(path);
    h5_quiet quiet = quiet_begin();
    htri_t is = H5Fis_hdf5(path);
    if (is > 0)
        *file = open_grown(path, readable);
    quiet_end(quiet);
    if (*file >= 0)
        return TW_OK;
    if (locked)
        return tw_fail(TW_ERR_FORMAT,
                       "'%s' is locked by another process; wait for it to end writing", path);
    if (is <= 0)
        return tw_foreign(path, tw_fail(TW_ERR_FORMAT, "'%s': not an HDF5 file", path));
    return tw_fail(TW_ERR_FORMAT, "'%s': HDF5 cannot open it; is it cut short, or being written?",
                   path);
}

tw_status tw_h5_open(const char *path, hid_t *file) {
    *file = H5I_INVALID_HID;
    int readable; /* HDF5 seeks; a pipe would make it wait for ever */
    tw_status status = tw_regular_open(path, &readable);
    if (status != TW_OK)
        return status;
    status = open_path(path, readable, file);
    close(readable);
    return status;
}

tw_status tw_h5_open_image(const char *path, const void *image, size_t size, hid_t *file) {
    enum { GROWTH = 1 << 16 };
    *file = H5I_INVALID_HID;
    if (image == NULL)
        return tw_h5_open(path, file);
    if (!tw_memory_left(TW_LIBRARY_ROOM) || !tw_memory_left(size))
        return no_room(path);
    char *name; /* of no file, or HDF5 says that it exists: nothing is below a plain one */
    if (asprintf(&name, "%s/image", path) < 0)
        return no_room(path);
    h5_quiet quiet = quiet_begin();
    hid_t access = H5Pcreate(H5P_FILE_ACCESS);
    if (H5Pset_fapl_core(access, GROWTH, 0) >= 0 &&
        H5Pset_file_image(access, (void *)image, size) >= 0)
        *file = H5Fopen(name, H5F_ACC_RDONLY, access);
    H5Pclose(access);
    quiet_end(quiet);
    free(name);
    return *file >= 0 ? TW_OK
                      : tw_fail(TW_ERR_FORMAT,
                                "'%s': the HDF5 file in it cannot be opened; is it "
                                "cut short?",
                                path);
}

void tw_h5_close(hid_t file) {
    if (file < 0)
        return; /* where there is no memory for the library, nothing of it may be called */
    h5_quiet quiet = quiet_begin();
    H5Fclose(file);
    quiet_end(quiet);
}

/* ---- staying inside the file ---- */

static herr_t refuse_link(const char *file, const char *group, const char *other_file,
                          const char *other, unsigned *flags, hid_t access, void *user) {
    return -1;
}

/* Access properties under which links to other files lead nowhere. */
static hid_t inside(hid_t class) {
    hid_t list = H5Pcreate(class);
    H5Pset_elink_cb(list, refuse_link, NULL);
    return list;
}

int tw_h5_has(hid_t at, const char *name) {
    h5_quiet quiet = quiet_begin();
    hid_t links = inside(H5P_LINK_ACCESS);
    int has = H5Lexists(at, name, links) > 0 && H5Oexists_by_name(at, name, links) > 0;
    H5Pclose(links);
    quiet_end(quiet);
    return has;
}

hid_t tw_h5_open_group(hid_t at, const char *name) {
    h5_quiet quiet = quiet_begin();
    hid_t links = inside(H5P_GROUP_ACCESS);
    hid_t group = H5Gopen2(at, name, links);
    H5Pclose(links);
    quiet_end(quiet);
    return group;
}

hid_t tw_h5_open_set(hid_t at, const char *name) {
    h5_quiet quiet = quiet_begin();
    hid_t links = inside(H5P_DATASET_ACCESS);
    hid_t set = H5Dopen2(at, name, links);
    H5Pclose(links);
    quiet_end(quiet);
    return set;
}

/* Raw data may lie in other files, too. */
static int is_stored_inside(hid_t set) {
    hid_t creation = H5Dget_create_plist(set);
    int inside_it = H5Pget_external_count(creation) == 0 && H5Pget_layout(creation) != H5D_VIRTUAL;
    H5Pclose(creation);
    return inside_it;
}

/* ---- datasets ---- */

static H5T_class_t class_of(hid_t set) {
    hid_t type = H5Dget_type(set);
    H5T_class_t class = H5Tget_class(type);
    H5Tclose(type);
    return class;
}

int tw_h5_is_number(hid_t set) {
    H5T_class_t class = class_of(set);
    return class == H5T_FLOAT || class == H5T_INTEGER;
}

static const char *class_name(H5T_class_t class) {
    switch (class) {
    case H5T_STRING:
        return "text";
    case H5T_COMPOUND:
        return "compounds (complex numbers?)";
    case H5T_ENUM:
        return "an enumeration (booleans?)";
    default:
        return "no numbers";
    }
}

/* Shape of an open dataset into `out`; 0 if it is not one that we take. */
static int take_shape(hid_t set, tw_array *out) {
    hsize_t dims[TW_ARRAY_RANK];
    hid_t space = H5Dget_space(set);
    int rank = H5Sget_simple_extent_ndims(space);
    int fits = rank >= 0 && rank <= TW_ARRAY_RANK && H5Sget_simple_extent_type(space) != H5S_NULL;
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

/* Numbers in the header of their dataset: HDF5 copies as many as the shape says, there or not. */
static int is_compact(hid_t set) {
    hid_t creation = H5Dget_create_plist(set);
    int compact = H5Pget_layout(creation) == H5D_COMPACT;
    H5Pclose(creation);
    return compact;
}

int tw_h5_is_plausible(const char *path, uint64_t bytes) {
    enum { SMALL = 1 << 26, RATIO = 1100 };
    struct stat info;
    return bytes <= SMALL || (stat(path, &info) == 0 && bytes / RATIO <= (uint64_t)info.st_size);
}

uint64_t tw_h5_claimed(hid_t set) {
    tw_array shape = {0};
    hid_t type = H5Dget_type(set);
    uint64_t item = H5Tget_size(type), bytes;
    H5Tclose(type);
    return take_shape(set, &shape) && !__builtin_mul_overflow((uint64_t)shape.count, item, &bytes)
               ? bytes
               : UINT64_MAX;
}

static int is_plausible(const char *path, hid_t set) {
    uint64_t bytes = tw_h5_claimed(set);
    return bytes < UINT64_MAX && (!is_compact(set) || bytes <= H5Dget_storage_size(set)) &&
           tw_h5_is_plausible(path, bytes);
}

/* Whether the numbers can be unpacked; *name is that of the filter that is missing. */
static int can_unpack(hid_t set, char *name, size_t room) {
    hid_t creation = H5Dget_create_plist(set);
    int count = H5Pget_nfilters(creation), able = 1;
    for (int i = 0; able && i < count; i++) {
        unsigned flags;
        size_t values = 0;
        H5Z_filter_t filter =
            H5Pget_filter2(creation, (unsigned)i, &flags, &values, NULL, room, name, NULL);
        able = filter >= 0 && H5Zfilter_avail(filter) > 0;
    }
    H5Pclose(creation);
    return able;
}

static tw_status look_at(const char *path, hid_t set, const char *name, int text, tw_array *out) {
    if (!tw_h5_is_number(set) && !(text && class_of(set) == H5T_STRING))
        return tw_fail(TW_ERR_FORMAT, "'%s': '%s' holds %s; save numbers", path, name,
                       class_name(class_of(set)));
    if (!is_stored_inside(set))
        return tw_fail(TW_ERR_FORMAT, "'%s': '%s' keeps its numbers in another file; copy them",
                       path, name);
    char filter[64] = "";
    if (!can_unpack(set, filter, sizeof filter))
        return tw_fail(TW_ERR_FORMAT,
                       "'%s': '%s' is packed with '%.32s', which HDF5 cannot unpack here; save it "
                       "with gzip, or unpacked",
                       path, name, filter);
    if (!take_shape(set, out))
        return tw_fail(TW_ERR_FORMAT, "'%s': '%s' is empty or has more than %d axes", path, name,
                       TW_ARRAY_RANK);
    if (!is_plausible(path, set))
        return tw_fail(TW_ERR_FORMAT, "'%s': dataset '%s' is larger than the file", path, name);
    return TW_OK;
}

tw_status tw_h5_open_numbers(const char *path, hid_t at, const char *name, hid_t *set,
                             tw_array *out) {
    return tw_h5_open_any(path, at, name, 0, set, out);
}

tw_status tw_h5_open_any(const char *path, hid_t at, const char *name, int text, hid_t *set,
                         tw_array *out) {
    memset(out, 0, sizeof *out);
    *set = H5I_INVALID_HID;
    if (!tw_memory_left(TW_LIBRARY_ROOM))
        return no_room(path);
    if (!tw_h5_has(at, name))
        return tw_fail(TW_ERR_FORMAT, "'%s': no dataset '%s'", path, name);
    *set = tw_h5_open_set(at, name);
    if (*set < 0)
        return tw_fail(TW_ERR_FORMAT, "'%s': '%s' is not a dataset", path, name);
    h5_quiet quiet = quiet_begin();
    tw_status status = look_at(path, *set, name, text, out);
    if (status != TW_OK) {
        H5Dclose(*set);
        *set = H5I_INVALID_HID;
    }
    quiet_end(quiet);
    return status;
}

static tw_status read_set(const char *path, hid_t set, const char *name, tw_array *out) {
    out->values = tw_alloc(out->count, sizeof(double));
    if (out->values == NULL || !tw_memory_left(TW_LIBRARY_ROOM))
        return tw_fail(TW_ERR_MEMORY, "'%s': not enough memory for '%s'", path, name);
    if (out->count > 0 &&
        H5Dread(set, H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, out->values) < 0)
        return tw_fail(TW_ERR_FORMAT, "'%s': dataset '%s' cannot be read; is the file whole?", path,
                       name);
    return TW_OK;
}

tw_status tw_h5_get(const char *path, hid_t at, const char *name, tw_array *out) {
    hid_t set;
    tw_status status = tw_h5_open_numbers(path, at, name, &set, out);
    if (status == TW_OK) {
        h5_quiet quiet = quiet_begin();
        status = read_set(path, set, name, out);
        H5Dclose(set);
        quiet_end(quiet);
    }
    if (status != TW_OK)
        tw_array_release(out);
    return status;
}

/* ---- groups ---- */

size_t tw_h5_links(hid_t file, const char *name) {
    H5G_info_t info = {0};
    if (!tw_h5_has(file, name))
        return 0;
    h5_quiet quiet = quiet_begin();
    hid_t group = tw_h5_open_group(file, name);
    if (group >= 0) {
        if (H5Gget_info(group, &info) < 0)
            info.nlinks = 0;
        H5Gclose(group);
    }
    quiet_end(quiet);
    return (size_t)info.nlinks;
}

/* ---- attributes ---- */

static char *read_fixed(hid_t attribute, hid_t type, int *lost) {
    size_t size = H5Tget_size(type);
    if (size >= 1 << 17 || H5Aget_storage_size(attribute) != size)
        return NULL;
    char *text = calloc(size + 1, 1);
    if (text != NULL && H5Aread(attribute, type, text) < 0) {
        free(text);
        text = NULL;
    }
    *lost = text == NULL;
    return text;
}

/* As we write it, and h5py. An empty text may be stored as nothing. */
static char *read_variable(hid_t attribute, hid_t type, int *lost) {
    char *theirs = NULL, *text = NULL;
    hid_t space = H5Aget_space(attribute);
    if (H5Sget_simple_extent_type(space) == H5S_SCALAR) {
        if (H5Aread(attribute, type, (void *)&theirs) >= 0) {
            text = tw_strdup(theirs != NULL ? theirs : "");
            H5free_memory(theirs);
        }
        *lost = text == NULL;
    }
    H5Sclose(space);
    return text;
}

char *tw_h5_attribute_text(hid_t at, const char *key, int *lost) {
    hid_t attribute = H5Aopen(at, key, H5P_DEFAULT);
    *lost = attribute < 0;
    if (attribute < 0)
        return NULL;
    hid_t type = H5Aget_type(attribute);
    char *text = NULL;
    if (H5Tget_class(type) == H5T_STRING)
        text = H5Tis_variable_str(type) > 0 ? read_variable(attribute, type, lost)
                                            : read_fixed(attribute, type, lost);
    H5Tclose(type);
    H5Aclose(attribute);
    return text;
}

char *tw_h5_get_text(hid_t file, const char *name, const char *key) {
    if (!tw_h5_has(file, name))
        return NULL;
    h5_quiet quiet = quiet_begin();
    hid_t links = inside(H5P_LINK_ACCESS), object = H5Oopen(file, name, links);
    int lost;
    char *text =
        object >= 0 && H5Aexists(object, key) > 0 ? tw_h5_attribute_text(object, key, &lost) : NULL;
    if (object >= 0)
        H5Oclose(object);
    H5Pclose(links);
    quiet_end(quiet);
    return text;
}

int tw_h5_has_attribute(hid_t file, const char *name, const char *key) {
    if (strcmp(name, "/") != 0 && !tw_h5_has(file, name))
        return 0;
    h5_quiet quiet = quiet_begin();
    hid_t links = inside(H5P_LINK_ACCESS), object = H5Oopen(file, name, links);
    int has = object >= 0 && H5Aexists(object, key) > 0;
    if (object >= 0)
        H5Oclose(object);
    H5Pclose(links);
    quiet_end(quiet);
    return has;
}

/* Only as h5py writes str: of variable length, one. */
char *tw_h5_get_text_set(hid_t file, const char *name) {
    char *theirs = NULL, *text = NULL;
    if (!tw_h5_has(file, name))
        return NULL;
    h5_quiet quiet = quiet_begin();
    hid_t set = tw_h5_open_set(file, name);
    if (set >= 0) {
        hid_t type = H5Dget_type(set), space = H5Dget_space(set);
        if (H5Tis_variable_str(type) > 0 && H5Sget_simple_extent_type(space) == H5S_SCALAR &&
            is_stored_inside(set) &&
            H5Dread(set, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, (void *)&theirs) >= 0) {
            text = tw_strdup(theirs != NULL ? theirs : "");
            H5free_memory(theirs);
        }
        H5Sclose(space);
        H5Tclose(type);
        H5Dclose(set);
    }
    quiet_end(quiet);
    return text;
}
