#include "landscape/batch_size.h"

#include <math.h>

static const double AIM = 0.5;       /* seconds a batch */
static const double MOST_GROWTH = 8; /* from batch to batch: points are not all alike */
static const double LEAST_GROWTH = 0.5;
static const double WORTH = 4; /* seconds for points, for each that a batch costs by itself */
enum { SHARES = 3 }; /* a batch is at most one part in so many of what would be a worker's share */

void tw_pace_add(tw_pace *pace, size_t batch, double seconds) {
    size_t before = pace->batch;
    if (pace->shares && before > 0 && (batch >= 2 * before || before >= 2 * batch)) {
        double each = (seconds - pace->seconds) / ((double)batch - (double)before);
        pace->each = each > 0 ? each : 0;
        pace->common = fmax(seconds - pace->each * (double)batch, 0);
        pace->compared = 1;
    }
    pace->batch = batch;
    pace->seconds = seconds;
}

/* The next batch by the last one alone. */
static double wanted(const tw_pace *pace) {
    double last = (double)pace->batch;
    double aim = pace->aim > 0 ? pace->aim : AIM;
    double growth = pace->seconds > 0 ? aim / pace->seconds : MOST_GROWTH;
    growth = fmin(fmax(growth, LEAST_GROWTH), MOST_GROWTH);
    double batch = growth * last;
    if (pace->shares && !pace->compared)
        return fmax(batch, 2 * last);
    if (pace->common > 0)
        batch = fmax(batch, fmin(WORTH * pace->common / pace->each, MOST_GROWTH * last));
    return batch;
}

size_t tw_batch_size(const tw_pace *pace, size_t left, size_t workers, size_t threads) {
    double batch = ceil(pace->batch > 0 ? wanted(pace) : (double)threads);
    size_t count = batch < TW_BATCH ? (size_t)batch : TW_BATCH;
    size_t share = workers > 1 ? (left + SHARES * workers - 1) / (SHARES * workers) : left;
    /* a batch below the number of threads would leave some of them idle */
    if (count > share)
        count = share > threads ? share : threads < count ? threads : count;
    return count < left ? count : left;
}
