/* raw_array.h: arrays as outside.py leaves them, without any header of a format under test. */
#ifndef TW_TESTS_FILE_RAW_ARRAY_H
#define TW_TESTS_FILE_RAW_ARRAY_H

#include "scratch.h"

typedef struct raw_array {
    int64_t rank, shape[16];
    size_t count;
    double *values; /* to be freed */
} raw_array;

static inline raw_array raw_read(const char *path) {
    raw_array out = {.count = 1};
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    assert_int_equal(fread(&out.rank, 8, 1, file), 1);
    assert_in_range(out.rank, 0, 16);
    assert_int_equal(fread(out.shape, 8, (size_t)out.rank, file), out.rank);
    for (int64_t k = 0; k < out.rank; k++)
        out.count *= (size_t)out.shape[k];
    out.values = malloc(out.count * sizeof(double) + 1);
    assert_int_equal(fread(out.values, sizeof(double), out.count, file), out.count);
    fclose(file);
    return out;
}

#endif
