/* partials.c: all entries of a Jacobian; threads take columns, or colours. */
#include "jacobian/partials.h"

#include <math.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "diff/exact.h"
#include "jacobian/pattern.h"

static tw_status set_entry(tw_partials *columns, tw_moves *moves, size_t row, size_t j,
                           size_t place) {
    tw_entry entry = {0, 0};
    tw_status status =
        columns->scales[j] == 0 ? TW_OK : tw_entry_derivative(columns, moves, row, j, &entry);
    if (status != TW_OK)
        return status;
    columns->values[place] = entry.value;
    if (columns->bars != NULL)
        columns->bars[place] = entry.bar;
    return TW_OK;
}

static tw_status one_column(tw_partials *columns, tw_moves *moves, size_t j) {
    const tw_pattern *p = columns->pattern;
    size_t n = columns->function->n, m = columns->function->m;
    tw_status status = TW_OK;
    if (p == NULL)
        for (size_t i = 0; i < m && status == TW_OK; i++)
            status = set_entry(columns, moves, i, j, i * n + j);
    else
        for (size_t t = p->tops[j]; t < p->tops[j + 1] && status == TW_OK; t++)
            status = set_entry(columns, moves, p->members[t], j, p->places[t]);
    return status;
}

typedef struct part {
    tw_partials *columns;
    size_t first;
} part;

static tw_status group_piece(void *argument, size_t piece, int worker) {
    part *p = argument;
    tw_partials *columns = p->columns;
    tw_moves *moves = &columns->moves[worker];
    size_t g = p->first + piece, size = 1;
    const size_t *members = &g;
    if (columns->members != NULL) {
        members = columns->members + columns->starts[g];
        size = columns->starts[g + 1] - columns->starts[g];
    }
    tw_status status = TW_OK;
    tw_moves_group(moves, members, size);
    for (size_t k = 0; k < size && status == TW_OK; k++)
        status = one_column(columns, moves, members[k]);
    if (status == TW_OK)
        status = tw_moves_check(moves);
    tw_moves_group(moves, NULL, 0);
    return status == TW_OK ? TW_OK
                           : tw_fail_prefix(status, "%s %zu",
                                            columns->members == NULL ? "column" : "colour", g);
}

/* In parts, so that somebody can watch. */
static tw_status all_parts(tw_partials *columns) {
    size_t count = columns->groups, size = count / 200 < 16 ? 16 : count / 200;
    if (columns->progress == NULL)
        size = count;
    tw_status status = TW_OK;
    part p = {columns, 0};
    for (; p.first < count && status == TW_OK; p.first += size) {
        size_t pieces = count - p.first < size ? count - p.first : size;
        status = tw_runner_map(columns->function->runner, pieces, group_piece, &p);
        if (status == TW_OK && columns->progress != NULL &&
            columns->progress(columns->progress_user, p.first + pieces, count) != 0)
            status =
                tw_fail(TW_ERR_CANCELLED, "cancelled at %s %zu of %zu",
                        columns->members == NULL ? "column" : "colour", p.first + pieces, count);
    }
    return status;
}

tw_status tw_partials_run(tw_partials *columns) {
    int workers = tw_runner_threads(columns->function->runner);
    tw_status status = TW_OK;
    columns->moves = tw_alloc((size_t)workers, sizeof *columns->moves);
    if (columns->moves == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %d threads", workers);
    for (int k = 0; k < workers && status == TW_OK; k++) {
        columns->moves[k] = (tw_moves){.function = columns->function,
                                       .worker = k,
                                       .x = columns->x,
                                       .base = columns->base,
                                       .steps = columns->steps,
                                       .rooms = columns->rooms};
        status = tw_moves_begin(&columns->moves[k]);
    }
    if (status == TW_OK)
        status = all_parts(columns);
    for (int k = 0; k < workers; k++) {
        columns->evaluations += columns->moves[k].evaluations;
        tw_moves_release(&columns->moves[k]);
    }
    free(columns->moves);
    columns->moves = NULL;
    return status;
}

size_t tw_partials_without(size_t count, const double *values) {
    size_t without = 0;
    for (size_t k = 0; k < count; k++)
        without += isnan(values[k]);
    return without;
}

double tw_partials_bar(size_t count, const double *bars) {
    double most = bars != NULL ? 0 : NAN;
    for (size_t k = 0; bars != NULL && k < count; k++)
        if (isfinite(bars[k]) && bars[k] > most)
            most = bars[k];
    return most;
}
