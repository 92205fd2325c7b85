/* gradcheck_quick.c: a first look at many entries, four evaluations each, where a ladder takes 13
 * to
 * 40. Two central differences are extrapolated; where the result, which knows nothing of the
 * gradient, agrees with it within the tolerance, no more need be known of that entry. All that
 * does not agree, as beside kinks, goes to the ladder. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/front_door.h"
#include "diff/exact.h"
#include "diff/line.h"
#include "diff/numbers.h"
#include "gradcheck/gradcheck_private.h"

/* Of the scale: the error that is left after the extrapolation is below 1e-7 of the slope of what
 * turns within the scale. */
static const double step = 0x1p-5;

typedef struct quick_job {
    tw_check *check;
    tw_gradcheck_entry *entries;
    tw_line *lines; /* one a worker */
} quick_job;

static tw_status difference(tw_line *line, double h, double *slope, double *most) {
    double plus, minus, at = line->x[line->coordinate];
    volatile double right = at + h, left = at - h; /* as stored */
    tw_status status = tw_line_value(line, right - at, &plus);
    if (status == TW_OK)
        status = tw_line_value(line, left - at, &minus);
    if (status == TW_OK) {
        *slope = (plus - minus) / (right - left);
        *most = fmax(fabs(plus), fabs(minus));
    }
    return status;
}

/* What is found out is kept only if it decides for the gradient. */
static tw_status quick_piece(void *argument, size_t piece, int worker) {
    quick_job *job = argument;
    const tw_check *check = job->check;
    tw_gradcheck_entry *e = &job->entries[piece], tried = *e;
    tw_line *line = &job->lines[worker];
    double wide, narrow, most, h = tw_power_below(check->scales[e->index]) * step;
    line->coordinate = e->index;
    tw_status status = difference(line, h, &wide, &most);
    if (status == TW_OK)
        status = difference(line, h / 2, &narrow, &most);
    e->evaluations += 4;
    if (status != TW_OK || !isfinite(wide) || !isfinite(narrow))
        return status;
    double change = narrow - wide, size = fmax(fabs(wide), fabs(narrow));
    double noise = fmax(check->report->noise, 2 * check->report->unit * most);
    tried.numeric = tried.left = tried.right = narrow + change / 3;
    /* the next term is smaller by as much again as this one, and by the square of the step */
    tried.bar =
        fmax(size > 0 ? 4 * change * change / size : 0, fabs(change) * step * step) + 4 * noise / h;
    tried.step = h / 2;
    tried.point_class = TW_POINT_UNDETERMINED;
    tried.evaluations = e->evaluations;
    tw_check_judge(check, &tried);
    if (tried.verdict == TW_VERDICT_PASS)
        *e = tried;
    return TW_OK;
}

tw_status tw_check_quick(tw_check *check, tw_gradcheck_entry *entries, size_t count) {
    tw_runner *runner = NULL;
    tw_status status = tw_worker_runner(check->objective, &runner);
    size_t workers = (size_t)tw_runner_threads(runner), made = 0;
    quick_job job = {check, entries, NULL};
    if (status == TW_OK && (job.lines = tw_alloc(workers, sizeof *job.lines)) == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for the lines of a check");
    for (; made < workers && status == TW_OK; made++) {
        status = tw_check_line(check, NULL, 0, &job.lines[made]);
        job.lines[made].worker = (int)made;
    }
    if (status == TW_OK)
        status = tw_runner_map(runner, count, quick_piece, &job);
    for (size_t k = 0; job.lines != NULL && k < made; k++)
        tw_check_line_release(&job.lines[k]);
    free(job.lines);
    return status;
}
