/* data_scratch.h: a folder for the files that a data test makes. */
#ifndef TW_TESTS_DATA_SCRATCH_H
#define TW_TESTS_DATA_SCRATCH_H

#include "support.h"

/* Group set-up and tear-down: an empty folder of this process, removed with all it holds. */
int scratch_begin(void **state);
int scratch_end(void **state);

/* Path of a file in the folder. The last eight answers stay valid. */
const char *scratch(const char *name);

/* Writes a file there, with the folders it needs; gives its path. */
const char *scratch_write(const char *name, const void *bytes, size_t size);

/* Runs a Python program of tests/data with these arguments, or skips the test where there is no
 * Python with NumPy. */
void scratch_python(const char *program, const char *arguments);

/* Opens a dataset of which nothing is said but path and split. */
tw_dataset *open_split(const char *path, tw_split split);

#endif
