/* partials_plan.c: what is settled before columns are differentiated: rooms, scales, steps. */
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "diff/exact.h"
#include "jacobian/partials.h"

static tw_status no_room(const tw_partials *columns, size_t j) {
    return tw_fail(TW_ERR_ARGUMENT,
                   "the bounds leave x_%zu = %g no room for a step; leave it out, or widen them", j,
                   columns->x[j]);
}

static tw_status settle_column(tw_partials *columns, size_t j) {
    double scale = columns->scales[j];
    double below = columns->rooms[j].below, above = columns->rooms[j].above;
    double most = fmax(below, above), least = fmin(below, above);
    columns->sides[j] = 0;
    columns->steps[j] = tw_power_below(scale);
    if (scale == 0) {
        columns->steps[j] = 0;
        return TW_OK;
    }
    if (most == 0)
        return no_room(columns, j);
    if (columns->rule == TW_ENTRY_LADDER)
        return TW_OK;
    int forward = columns->rule == TW_ENTRY_FORWARD;
    double power = forward ? 1.0 / 2 : 1.0 / 3;
    double h = columns->step > 0 ? columns->step
                                 : tw_power_below(pow(columns->function->unit, power) * scale);
    if (!forward && h > least && h / 8 <= least)
        while (h > least)
            h /= 2;
    if (forward || h > least) {
        /* a one-sided rule of second order goes to 2h */
        double reach = columns->rule == TW_ENTRY_CENTRAL ? 2 : 1;
        columns->sides[j] =
            forward ? (h <= above || above == most ? 1 : -1) : (above == most ? 1 : -1);
        double room = columns->sides[j] > 0 ? above : below;
        while (reach * h > room)
            h /= 2;
    }
    columns->steps[j] = h;
    double sign = columns->sides[j] < 0 ? -1 : 1;
    if (tw_stored_step(columns->x[j], sign * h) != 0 && isfinite(columns->x[j] + sign * h))
        return TW_OK;
    if (isfinite(most))
        return no_room(columns, j);
    return tw_fail(TW_ERR_ARGUMENT,
                   "column %zu: x = %g moved by h = %g does not change; take a larger step", j,
                   columns->x[j], h);
}

static tw_status find_scales(tw_partials *columns) {
    const tw_space *space = columns->space;
    size_t n = columns->function->n;
    if (space == NULL)
        return tw_typical_scales(n, columns->x, columns->typical, columns->scales);
    tw_status status = TW_OK;
    for (size_t k = 0; k < tw_space_blocks(space) && status == TW_OK; k++) {
        const tw_block *block = tw_space_block(space, k);
        size_t at = block->offset;
        status = tw_typical_scales(block->count, columns->x + at,
                                   columns->typical != NULL ? columns->typical + at : NULL,
                                   columns->scales + at);
    }
    tw_space_keep_still(space, NULL, columns->scales);
    return status;
}

/* The function gets a copy of x, as everywhere. */
static tw_status evaluate_base(tw_partials *columns) {
    size_t n = columns->function->n;
    double *point = tw_alloc_raw(n, sizeof *point);
    if (point == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a copy of %zu parameters", n);
    memcpy(point, columns->x, n * sizeof *point);
    tw_status status =
        columns->function->evaluate(columns->function->user, 0, point, columns->base);
    columns->evaluations++;
    for (size_t j = 0; j < n && status == TW_OK; j++)
        if (point[j] != columns->x[j])
            status = tw_moves_changed(j);
    free(point);
    return status;
}

tw_status tw_partials_begin(tw_partials *columns, int probe) {
    size_t n = columns->function->n, m = columns->function->m;
    columns->base = tw_alloc_raw(m, sizeof(double));
    columns->scales = tw_alloc_raw(n, 2 * sizeof(double));
    columns->rooms = tw_alloc_raw(n, sizeof(tw_room));
    columns->sides = tw_alloc(n, 1);
    if (columns->base == NULL || columns->scales == NULL || columns->rooms == NULL ||
        columns->sides == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for the steps of %zu columns", n);
    columns->steps = columns->scales + n;
    tw_status status = TW_OK;
    for (size_t j = 0; j < n && status == TW_OK; j++)
        status = tw_room_find(j, columns->x[j], columns->lower, columns->upper, &columns->rooms[j]);
    if (status == TW_OK)
        status = find_scales(columns);
    for (size_t j = 0; j < n && status == TW_OK; j++)
        status = settle_column(columns, j);
    if (status == TW_OK)
        status = evaluate_base(columns);
    if (status != TW_OK || !probe)
        return status;
    columns->probe =
        (tw_row_probe){.function = columns->function, .x = columns->x, .base = columns->base};
    status = tw_row_probe_run(&columns->probe, columns->scales, columns->rooms, columns->seed,
                              columns->measure);
    columns->noises = columns->probe.noises;
    return status;
}

void tw_partials_release(tw_partials *columns) {
    tw_row_probe_release(&columns->probe);
    free(columns->base);
    free(columns->scales);
    free(columns->rooms);
    free(columns->sides);
}

tw_status tw_partials_by_color(size_t n, const size_t *groups, size_t colors, size_t **members,
                               size_t **starts) {
    *members = colors < SIZE_MAX - n ? tw_alloc(n + colors + 1, sizeof **members) : NULL;
    if (*members == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu colours", colors);
    *starts = *members + n;
    for (size_t j = 0; j < n; j++)
        (*starts)[groups[j] + 1]++;
    for (size_t g = 0; g < colors; g++)
        (*starts)[g + 1] += (*starts)[g];
    for (size_t j = 0; j < n; j++)
        (*members)[(*starts)[groups[j]]++] = j;
    for (size_t g = colors; g > 0; g--)
        (*starts)[g] = (*starts)[g - 1];
    (*starts)[0] = 0;
    return TW_OK;
}
