/* clock.h: wall-clock time for reports. */
#ifndef TW_CORE_CLOCK_H
#define TW_CORE_CLOCK_H

#include <time.h>

/* Seconds since some fixed instant, never going back. */
static inline double tw_clock_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

#endif
