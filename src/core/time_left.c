/* time_left.c: how long work will still take. */
#include <math.h>

#include "core/clock.h"
#include "thalweg/run.h"

double tw_time_left(tw_time_pace *pace, size_t done, size_t total) {
    double now = tw_clock_seconds();
    if (done > pace->before && pace->at == 0) {
        pace->at = now;
        pace->done = done;
    }
    if (pace->at == 0 || done <= pace->done)
        return NAN;
    return (now - pace->at) * (double)(total - done) / (double)(done - pace->done);
}
