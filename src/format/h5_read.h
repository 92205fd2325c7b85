/* h5_read.h: the little of HDF5 that is read here, ours and others'. Nothing outside the file is
 * read, whatever it links to. HDF5 keeps state of its own: one thread at a time. */
#ifndef TW_FORMAT_H5_READ_H
#define TW_FORMAT_H5_READ_H

#include <hdf5.h>

#include "thalweg/file.h"

/* TW_ERR_FORMAT if it is no HDF5 file, or if another process has locked it for longer than 0.2 s.
 */
tw_status tw_h5_open(const char *path, hid_t *file);
/* The same of `size` bytes in memory, which are copied; image = NULL: of the file. */
tw_status tw_h5_open_image(const char *path, const void *image, size_t size, hid_t *file);
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
/* Whether the object of this path has an attribute. */
int tw_h5_has_attribute(hid_t file, const char *name, const char *key);
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
/* The text of an attribute of the open object `at`, to be freed; NULL if it is no text, or, with
 * *lost, if it cannot be read. */
char *tw_h5_attribute_text(hid_t at, const char *key, int *lost);

#endif
