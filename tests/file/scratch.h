/* scratch.h: a folder for the files of a test, and Python to look at them from outside. */
#ifndef TW_TESTS_FILE_SCRATCH_H
#define TW_TESTS_FILE_SCRATCH_H

#include "support.h"

/* For cmocka_run_group_tests: make the folder, remove it with all that is in it. */
int scratch_setup(void **state);
int scratch_teardown(void **state);

/* The path of `name` in the folder. Good for the next eight calls. */
const char *scratch(const char *name);

/* Asks outside.py VERB PATH, which runs with the distribution's Python from the first time on;
 * fails the test if that is not content, skips it where Python, NumPy or h5py is absent. */
void outside(const char *verb, const char *path);
/* The same with another script, from the folder of the tests, which is run once. */
void run_python(const char *script, const char *verb, const char *path);

/* A whole file, to be freed. */
uint8_t *read_bytes(const char *path, size_t *size);
void write_bytes(const char *path, const void *bytes, size_t size);
void assert_same_bytes(const char *path, const char *other);

/* No file called *.part is in the folder. */
void assert_no_part(void);

/* The same number, where NaN equals NaN. */
int same(double a, double b);

#endif
