/* file_tensors.h: named arrays of a file, all of them, where no model says which are wanted. */
#ifndef TW_FILE_FILE_TENSORS_H
#define TW_FILE_FILE_TENSORS_H

#include "file/h5_write.h"

/* Zero it, read, release. */
typedef struct tw_tensors {
    size_t count;
    char **names;
    tw_array *arrays;
} tw_tensors;

/* Takes over the array's numbers, on failure too. */
tw_status tw_tensors_add(tw_tensors *tensors, const char *name, tw_array *array);
/* Adds every dataset of numbers below a group, by its path from there. */
tw_status tw_tensors_read_h5(const char *path, hid_t file, const char *group, tw_tensors *out);
/* Adds every array "PREFIXNAME" of an archive as NAME. */
tw_status tw_tensors_read_npz(const char *path, const char *prefix, tw_tensors *out);
/* Calls visit(name, array, user) for every array of an .npz archive of which wants(name, user), in
 * one pass. The array is the visitor's to release or keep. */
typedef int (*tw_npz_wants_fn)(const char *name, void *user);
typedef tw_status (*tw_npz_visit_fn)(const char *name, tw_array *array, void *user);
tw_status tw_npz_each(const char *path, tw_npz_wants_fn wants, tw_npz_visit_fn visit, void *user);
/* The arrays as blocks of a space, in order; those with two axes or more as weights. Owned by the
 * caller. */
tw_status tw_tensors_space(const char *path, const tw_tensors *tensors, tw_space **out);
void tw_tensors_release(tw_tensors *tensors);

#endif
