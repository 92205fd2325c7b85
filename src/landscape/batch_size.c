#include "landscape/batch_size.h"

static const double AIM = 0.5;       /* seconds a batch */
static const double MOST_GROWTH = 8; /* from batch to batch: points are not all alike */
static const double LEAST_GROWTH = 0.5;
enum { SHARES = 3 }; /* a batch is at most one part in so many of what would be a worker's share */

size_t tw_batch_size(const tw_pace *pace, size_t left, size_t workers, size_t threads) {
    double batch = (double)threads;
    if (pace->batch > 0) {
        double growth = pace->seconds > 0 ? AIM / pace->seconds : MOST_GROWTH;
        growth = growth > MOST_GROWTH ? MOST_GROWTH : growth < LEAST_GROWTH ? LEAST_GROWTH : growth;
        batch = growth * (double)pace->batch;
    }
    size_t count = batch < 1 ? 1 : batch > TW_BATCH ? TW_BATCH : (size_t)batch;
    size_t share = workers > 1 ? (left + SHARES * workers - 1) / (SHARES * workers) : left;
    /* a batch below the number of threads would leave some of them idle */
    if (count > share)
        count = share > threads ? share : threads < count ? threads : count;
    return count < left ? count : left;
}
