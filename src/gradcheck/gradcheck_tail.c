/* gradcheck_tail.c: is the gradient that of all samples but the last k? Where the objective gives
 * gradients of chosen samples, the mean over the first N - k follows from the true gradient d and
 * those of the last ones, one at a time:
 *
 *     mean_{N-k} = (N d - sum_{i >= N-k} g_i) / (N - k).
 *
 * A loop over whole batches that loses the rest either divides by the samples it saw or still by N.
 */
#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "diff/exact.h"
#include "gradcheck/gradcheck_private.h"

enum { MOST_TAIL = 1024 };

/* How far the gradient is from one that lacks the last k samples, relative to what is wrong. What
 * is along x does not count: the gradients of single samples bring the regulariser's part with
 * them. */
static double distance(const tw_check *check, size_t count, const tw_gradcheck_entry *entries,
                       const double *tail, double k, int by_all) {
    double samples = (double)check->report->samples, off = 0, wrong = 0, along = 0, length = 0;
    for (size_t e = 0; e < count; e++) {
        double a = entries[e].analytic, d = entries[e].numeric, x = entries[e].x;
        double lacking = by_all ? d - tail[e] / samples : (samples * d - tail[e]) / (samples - k);
        off += (a - lacking) * (a - lacking);
        along += (a - lacking) * x;
        length += x * x;
        wrong += (a - d) * (a - d);
    }
    if (length > 0)
        off -= along * along / length;
    return sqrt(fmax(off, 0) / wrong);
}

tw_status tw_check_tail(tw_check *check, size_t count, const tw_gradcheck_entry *entries,
                        size_t *samples) {
    size_t all = check->report->samples;
    unsigned can = tw_objective_capabilities(check->objective);
    *samples = 0;
    if (!(can & TW_CAN_SAMPLE_GRADIENT) || all < 2 || count < 4)
        return TW_OK;
    double *tail = tw_alloc(count, sizeof *tail);
    if (tail == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu entries", count);
    tw_status status = TW_OK;
    double best = 0.02;
    for (size_t k = 1; k < all && k <= MOST_TAIL && status == TW_OK; k++) {
        size_t sample = all - k;
        status = tw_objective_sample_gradient(check->objective, check->x,
                                              &(tw_batch){.samples = &sample, .count = 1},
                                              check->metrics, check->other);
        for (size_t e = 0; e < count && status == TW_OK; e++)
            tail[e] += check->other[entries[e].index];
        for (int by_all = 0; by_all < 2 && status == TW_OK; by_all++) {
            double off = distance(check, count, entries, tail, (double)k, by_all);
            if (off < best) {
                best = off;
                *samples = k;
            }
        }
    }
    free(tail);
    return status;
}
