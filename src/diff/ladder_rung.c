/* ladder_rung.c: the values that a ladder stands on, each evaluated once. */
#include <math.h>
#include <stdlib.h>

#include "diff/exact.h"
#include "diff/ladder.h"

tw_status tw_ladder_value(tw_ladder *ladder, double t, double *value) {
    ladder->evaluations++;
    return ladder->phi(ladder->user, t, value);
}

tw_status tw_ladder_rung(tw_ladder *ladder, double h, tw_rung *out) {
    for (int k = 0; k < ladder->count; k++)
        if (ladder->rungs[k].h == h) {
            *out = ladder->rungs[k];
            return TW_OK;
        }
    *out = (tw_rung){.h = h, .plus = NAN, .minus = NAN};
    if (ladder->count == TW_MOST_RUNGS || ladder->evaluations + 2 > ladder->limit) {
        ladder->flags |= TW_DERIVATIVE_EVALUATIONS;
        return TW_OK;
    }
    double right = ladder->side >= 0 ? tw_stored_step(ladder->at, h) : 0;
    double left = ladder->side <= 0 ? tw_stored_step(ladder->at, -h) : 0;
    out->plus = out->minus = ladder->base;
    tw_status status = TW_OK;
    if (right != 0)
        status = tw_ladder_value(ladder, right, &out->plus);
    if (status == TW_OK && left != 0)
        status = tw_ladder_value(ladder, left, &out->minus);
    out->width = right - left;
    out->slope = (out->plus - out->minus) / out->width;
    out->noise =
        fmax(ladder->noise, ladder->unit * fabs(out->plus) + ladder->unit * fabs(out->minus)) +
        fabs(ladder->unit / 2 * ladder->at * out->slope); /* what phi rounds x to inside */
    out->finite = isfinite(out->plus) && isfinite(out->minus) && isfinite(out->slope);
    ladder->rungs[ladder->count++] = *out;
    return status;
}

static int wider_first(const void *a, const void *b) {
    double left = ((const tw_rung *)a)->h, right = ((const tw_rung *)b)->h;
    return (left < right) - (left > right);
}

void tw_ladder_sort(tw_ladder *ladder) {
    qsort(ladder->rungs, (size_t)ladder->count, sizeof ladder->rungs[0], wider_first);
}
