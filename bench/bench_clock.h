/* bench_clock.h: repeated timing, and the one JSON object that a bench program prints. */
#ifndef TW_BENCH_CLOCK_H
#define TW_BENCH_CLOCK_H

#include <stddef.h>

enum { BENCH_REPEATS = 64 };

/* A moment: wall clock, and processor time of all threads of this process. Where other programs
 * take turns on the processors, the second is the steadier one. */
typedef struct bench_moment {
    double wall, cpu;
} bench_moment;

/* Seconds of the repeats of one piece of work. */
typedef struct bench_times {
    size_t count;
    bench_moment seconds[BENCH_REPEATS];
} bench_times;

bench_moment bench_now(void);

/* Appends the time from `start` to `end`; past BENCH_REPEATS they are dropped. */
void bench_times_add(bench_times *times, bench_moment start, bench_moment end);

/* Prints "name": [wall, ...], "name_cpu": [cpu, ...] and a comma; nothing if there are none. */
void bench_times_print(const char *name, const bench_times *times);

/* Says what failed, with the library's own line, and ends the program with status 3. */
_Noreturn void bench_die(const char *what);

#endif
