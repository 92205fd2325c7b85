/* h5_write.h: the little of HDF5 that results need. Files are put together in memory and written
 * whole, so that a full disk is found by us and not by HDF5 at exit. */
#ifndef TW_FILE_H5_WRITE_H
#define TW_FILE_H5_WRITE_H

#include "format/h5_read.h"

/* An empty file in memory. */
tw_status tw_h5_create(hid_t *file);
/* Writes it to `path`, whole or not at all, unless what was put into it failed with `status`, which
 * is then the answer. Closes it in every case. */
tw_status tw_h5_save(hid_t file, tw_status status, const char *path);
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
/* A second name of an object that is there. */
tw_status tw_h5_link(hid_t file, const char *object, const char *name);

/* ---- what made a file: h5_provenance.c ---- */

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
