/* h5_file.h: the little of HDF5 that results need. Files are put together in memory and written
 * whole, so that a full disk is found by us and not by HDF5 at exit. HDF5 keeps state of its own:
 * one thread at a time. */
#ifndef TW_FILE_H5_FILE_H
#define TW_FILE_H5_FILE_H

#include <hdf5.h>

#include "thalweg/file.h"

/* ---- writing: h5_write.c ---- */

/* An empty file in memory. */
tw_status tw_h5_create(hid_t *file);
/* Writes it to `path`, whole or not at all, and closes it in every case. */
tw_status tw_h5_save(hid_t file, const char *path);
/* Its bytes as they would be written, to be freed; NULL if memory is out. */
void *tw_h5_image(hid_t file, size_t *size);

/* `type` is that of the numbers in memory and in the file (H5T_NATIVE_DOUBLE, H5T_NATIVE_UINT8).
 * Groups on the way of `name` are made. */
tw_status tw_h5_put(hid_t at, const char *name, hid_t type, int rank, const size_t *shape,
                    const void *values);
/* A dataset of doubles that takes no room yet. */
tw_status tw_h5_declare(hid_t at, const char *name, int rank, const size_t *shape);
/* A dataset of doubles at the root; TW_ERR_ARGUMENT if `name` cannot stand there. */
tw_status tw_h5_put_root(hid_t file, const char *name, int rank, const size_t *shape,
                         const double *values);
/* Creates the group /thalweg with attribute "kind" and those of `provenance` (may be NULL). */
tw_status tw_h5_put_provenance(hid_t file, const char *kind, const tw_provenance *provenance);
/* A text as attribute `key` of the object `name`, which must be there without it. */
tw_status tw_h5_put_text(hid_t file, const char *name, const char *key, const char *text);
/* A text as a scalar dataset, as h5py stores str. */
tw_status tw_h5_put_text_set(hid_t at, const char *name, const char *text);
/* An empty group. */
tw_status tw_h5_put_group(hid_t at, const char *name);

/* ---- reading: h5_read.c, h5_visit.c. Nothing outside the file is read, whatever it links to. ----
 */

/* TW_ERR_FORMAT if it is no HDF5 file. */
tw_status tw_h5_open(const char *path, hid_t *file);
void tw_h5_close(hid_t file);
/* Whether `at` has an object of this path. */
int tw_h5_has(hid_t at, const char *name);
/* A dataset of numbers, as doubles. `path` is for messages. */
tw_status tw_h5_get(const char *path, hid_t at, const char *name, tw_array *out);
/* The same in parts: a dataset of numbers, open and looked at, its shape in `out` without values;
 * close it with H5Dclose. */
tw_status tw_h5_open_numbers(const char *path, hid_t at, const char *name, hid_t *set,
                             tw_array *out);
/* The same, or, with `text`, a dataset of texts. */
tw_status tw_h5_open_any(const char *path, hid_t at, const char *name, int text, hid_t *set,
                         tw_array *out);
/* Opens any dataset, or H5I_INVALID_HID. */
hid_t tw_h5_open_set(hid_t at, const char *name);
/* Opens a group, to be closed with H5Gclose, or H5I_INVALID_HID. */
hid_t tw_h5_open_group(hid_t at, const char *name);
int tw_h5_is_number(hid_t set);
/* The bytes that a dataset says it has; UINT64_MAX where it is none that is read. */
uint64_t tw_h5_claimed(hid_t set);
/* Whether a file can hold so many: a large size is believed only as far as the file can hold it
 * (chunks may compress, but not beyond a thousandfold). Numbers never written take no room. */
int tw_h5_is_plausible(const char *path, uint64_t bytes);
/* Both below fail where all datasets together claim more than the file can hold. */
/* Calls visit(name, user) for every dataset of numbers directly in a file or group, as created
 * where it keeps that order, else by name. */
typedef tw_status (*tw_h5_visit_fn)(const char *name, void *user);
tw_status tw_h5_each(const char *path, hid_t file, tw_h5_visit_fn visit, void *user);
/* The same for every dataset of numbers in the group `group` and the groups in it; names are paths
 * from there. Objects that several links lead to are met once; groups nested deeper than 64 are
 * TW_ERR_FORMAT. */
tw_status tw_h5_each_below(const char *path, hid_t file, const char *group, tw_h5_visit_fn visit,
                           void *user);
/* Number of links in a group; 0 if there is no such group. */
size_t tw_h5_links(hid_t file, const char *group);
/* Attribute `key` of the object `name`, or the text of a scalar dataset, to be freed; NULL if it is
 * none. */
char *tw_h5_get_text(hid_t file, const char *name, const char *key);
char *tw_h5_get_text_set(hid_t file, const char *name);
/* Adds the attributes of /thalweg that are text, without "kind", in the order they were added. None
 * is no error. */
tw_status tw_h5_get_provenance(const char *path, hid_t file, tw_provenance *out);
/* The attribute "kind" of /thalweg, to be freed; NULL if there is none. */
char *tw_h5_get_kind(hid_t file);

/* ---- lists of names: h5_text.c ---- */

tw_status tw_h5_put_texts(hid_t at, const char *name, size_t count, const char *const *texts);
/* Free with tw_h5_free_texts. */
tw_status tw_h5_get_texts(const char *path, hid_t at, const char *name, size_t *count, char ***out);
void tw_h5_free_texts(size_t count, char **texts);

#endif
