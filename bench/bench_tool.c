#include "bench_tool.h"

#include <stdio.h>
#include <stdlib.h>

#include "bench_clock.h"

double *bench_allocate(size_t count) {
    double *memory = calloc(count, sizeof *memory);
    if (memory == NULL) {
        tw_fail(TW_ERR_MEMORY, "not enough memory for %zu numbers", count);
        bench_die("allocation");
    }
    return memory;
}

void bench_check(tw_status status, const char *what) {
    if (status != TW_OK)
        bench_die(what);
}

double *bench_read(const char *path, size_t count) {
    double *numbers = bench_allocate(count);
    FILE *file = fopen(path, "rb");
    if (file == NULL || fread(numbers, sizeof *numbers, count, file) != count) {
        tw_fail(TW_ERR_IO, "'%s' does not hold %zu doubles", path, count);
        bench_die("points");
    }
    fclose(file);
    return numbers;
}

void bench_write(const char *path, const double *numbers, size_t count) {
    FILE *file = fopen(path, "wb");
    size_t written = file != NULL ? fwrite(numbers, sizeof *numbers, count, file) : 0;
    if (file == NULL || fclose(file) != 0 || written != count) {
        tw_fail(TW_ERR_IO, "cannot write '%s'", path);
        bench_die("results");
    }
}
