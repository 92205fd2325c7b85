/* gradcheck_look.c: derivatives of coordinates put into their entries, which are judged. */
#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "diff/exact.h"
#include "gradcheck/gradcheck_private.h"

void tw_check_fill(const tw_check *check, const tw_derivative *d, tw_gradcheck_entry *entry) {
    entry->numeric = d->value;
    entry->bar = d->error;
    entry->left = d->left;
    entry->right = d->right;
    entry->step = d->step;
    entry->kink = d->kink;
    entry->point_class = d->point_class;
    entry->flags = d->flags;
    entry->evaluations += d->evaluations;
    check->report->noise = fmax(check->report->noise, d->noise);
    tw_check_judge(check, entry);
}

tw_status tw_check_look(tw_check *check, size_t count, const size_t *which,
                        tw_gradcheck_entry *entries, int robust) {
    const tw_gradcheck_options *o = &check->options;
    tw_coordinates_options options = {.measure_noise = robust,
                                      .lower = o->lower,
                                      .upper = o->upper,
                                      .scales = o->scales,
                                      .progress = o->progress,
                                      .progress_user = o->progress_user};
    options.noise = tw_check_noise(check);
    tw_derivative *derivatives = tw_alloc_raw(count, sizeof *derivatives);
    size_t *indices = tw_alloc_raw(count, sizeof *indices);
    tw_status status = TW_OK;
    if (derivatives == NULL || indices == NULL)
        status = tw_fail(TW_ERR_MEMORY, "not enough memory for %zu derivatives", count);
    for (size_t k = 0; k < count && status == TW_OK; k++)
        indices[k] = entries[which[k]].index;
    if (status == TW_OK)
        status = tw_derivative_coordinates(check->objective, check->x, count, indices, &options,
                                           derivatives);
    for (size_t k = 0; k < count && status == TW_OK; k++)
        tw_check_fill(check, &derivatives[k], &entries[which[k]]);
    free(derivatives);
    free(indices);
    return status;
}

tw_status tw_check_look_below(tw_check *check, tw_gradcheck_entry *e) {
    tw_claim_answer answer;
    if (e->verdict == TW_VERDICT_PASS || e->reason == TW_REASON_DOMAIN ||
        e->reason == TW_REASON_NOT_FINITE || e->reason == TW_REASON_NOT_WRITTEN)
        return TW_OK;
    const tw_claim claim = {.coordinate = e->index,
                            .value = e->analytic,
                            .found = e->numeric,
                            .tolerance = e->tolerance,
                            .noise = 2 * check->report->unit * fabs(check->report->loss),
                            .scale = check->scales[e->index],
                            .step = e->step};
    tw_status status = tw_check_confirm(check, &claim, &answer);
    e->evaluations += answer.evaluations;
    if (status != TW_OK || !answer.straight)
        return status;
    if (answer.bar < e->bar + fabs(e->analytic - e->numeric)) {
        e->kink = e->kink > 0 ? e->kink : 4 * answer.step; /* about where the ladder lost it */
        e->numeric = e->left = e->right = answer.value;
        e->bar = answer.bar;
        e->step = answer.step;
    }
    e->point_class = TW_POINT_UNDETERMINED; /* so near to x nothing is seen of it */
    tw_check_judge(check, e);
    return status;
}
