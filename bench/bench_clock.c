#include "bench_clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "thalweg/status.h"

static double clock_seconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

bench_moment bench_now(void) {
    return (bench_moment){clock_seconds(CLOCK_MONOTONIC), clock_seconds(CLOCK_PROCESS_CPUTIME_ID)};
}

void bench_times_add(bench_times *times, bench_moment start, bench_moment end) {
    if (times->count < BENCH_REPEATS)
        times->seconds[times->count++] = (bench_moment){end.wall - start.wall, end.cpu - start.cpu};
}

void bench_times_print(const char *name, const bench_times *times) {
    if (times->count == 0)
        return;
    printf("\"%s\": [", name);
    for (size_t k = 0; k < times->count; k++)
        printf("%s%.6g", k > 0 ? ", " : "", times->seconds[k].wall);
    printf("], \"%s_cpu\": [", name);
    for (size_t k = 0; k < times->count; k++)
        printf("%s%.6g", k > 0 ? ", " : "", times->seconds[k].cpu);
    printf("], ");
}

void bench_die(const char *what) {
    fprintf(stderr, "bench: %s: %s\n", what, tw_message());
    exit(3);
}
