/* support.h: what the C tests share: CMocka, statuses that must hold, data to test on. */
#ifndef TW_TESTS_SUPPORT_H
#define TW_TESTS_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "thalweg/thalweg.h"

/* Fails the test, with the library's words, unless the call succeeds. */
#define assert_ok(call)                                                                            \
    do {                                                                                           \
        tw_status status_ = (call);                                                                \
        if (status_ != TW_OK)                                                                      \
            fail_msg("%s: %s: %s", #call, tw_status_text(status_), tw_message());                  \
    } while (0)

/* Fails the test unless the call gives `expected` and a text that has `words` in it. */
#define assert_fails(expected, words, call)                                                        \
    do {                                                                                           \
        tw_status status_ = (call);                                                                \
        if (status_ != (expected) || strstr(tw_message(), words) == NULL)                          \
            fail_msg("%s: wanted %s with '%s', got %s: %s", #call, #expected, words,               \
                     tw_status_text(status_), tw_message());                                       \
    } while (0)

/* |actual - expected| <= relative * max(|actual|, |expected|) + absolute */
#define assert_close(actual, expected, relative, absolute)                                         \
    check_close(actual, expected, relative, absolute, #actual, __FILE__, __LINE__)
void check_close(double actual, double expected, double relative, double absolute, const char *what,
                 const char *file, int line);

/* The plane of some vectors (y = NULL: the line), where one is wanted as an argument. */
#define A_PLANE(size, origin, x, y) ((const tw_plane[]){tw_plane_of(size, origin, x, y)})

/* The largest |a[i] - b[i]| over the largest |b[i]|. */
double relative_distance(const double *a, const double *b, size_t count);

/* Path of a file of the real test data ($THALWEG_SHARED, or ../shared/data beside the source), or
 * skips the test where it is absent. Static storage. */
const char *shared_path(const char *relative);

/* Where files that are written by the hundred go: memory, if there is such a place with room (small
 * containers have 64 MB of it), or else /tmp. */
const char *fast_folder(void);

/* The number that follows "key" : after the first "section" of a JSON text, for the reference
 * files. Fails the test if there is none. */
double json_number(const char *json, const char *section, const char *key);

/* The whole file as a string, to be freed. Fails the test if it cannot be read. */
char *read_text(const char *path);

/* A random problem of any shape: bytes or doubles, every class present where there is room. */
tw_dataset *random_dataset(int bytes, size_t samples, size_t features, size_t classes,
                           uint64_t seed);

#endif
