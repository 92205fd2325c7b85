/* bench_tool.h: what the bench programs share beside the clock: memory, failures, results out. */
#ifndef TW_BENCH_TOOL_H
#define TW_BENCH_TOOL_H

#include "thalweg/thalweg.h"

enum { BENCH_SIDE = 51, BENCH_PLANE = BENCH_SIDE * BENCH_SIDE };

/* `count` zeros; ends the program where there is no room. */
double *bench_allocate(size_t count);

/* Ends the program if the call failed. */
void bench_check(tw_status status, const char *what);

/* `count` raw doubles from and to a file. */
double *bench_read(const char *path, size_t count);
void bench_write(const char *path, const double *numbers, size_t count);

#endif
