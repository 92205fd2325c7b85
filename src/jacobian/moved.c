#include "jacobian/moved.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "diff/exact.h"

tw_status tw_room_find(size_t i, double x, const double *lower, const double *upper, tw_room *out) {
    double least = lower != NULL ? lower[i] : -INFINITY, most = upper != NULL ? upper[i] : INFINITY;
    *out = (tw_room){x - least, most - x};
    if (!isfinite(x))
        return tw_fail(TW_ERR_ARGUMENT, "x_%zu is %g: derivatives are taken at finite points", i,
                       x);
    if (!(least <= x && x <= most))
        return tw_fail(TW_ERR_ARGUMENT, "x_%zu = %g is not within its bounds %g ... %g", i, x,
                       least, most);
    /* differences round: what is moved by the whole room must not pass the bound */
    while (isfinite(out->below) && x - out->below < least)
        out->below = nextafter(out->below, 0);
    while (isfinite(out->above) && x + out->above > most)
        out->above = nextafter(out->above, 0);
    return TW_OK;
}

static const double next_to_nothing = 1e-8;

tw_status tw_typical_scales(size_t n, const double *x, const double *typical, double *scales) {
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * x[i];
    double rms = fmin(1, sqrt(sum / (double)n));
    for (size_t i = 0; i < n; i++) {
        double scale = fmax(fabs(x[i]), rms);
        scales[i] = scale >= next_to_nothing ? scale : 1;
        if (typical == NULL || typical[i] == 0)
            continue;
        if (!(typical[i] > 0) || isinf(typical[i]))
            return tw_fail(TW_ERR_ARGUMENT, "scale %zu is %g: give a positive number, or 0", i,
                           typical[i]);
        scales[i] = typical[i];
    }
    return TW_OK;
}

tw_status tw_moves_begin(tw_moves *moves) {
    size_t n = moves->function->n;
    for (int key = 0; key < 4 * TW_MOVE_EXPONENTS; key++)
        moves->index[key] = -1;
    moves->point = tw_alloc_raw(n, sizeof(double));
    if (moves->point == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a copy of %zu parameters per thread",
                       n);
    memcpy(moves->point, moves->x, n * sizeof(double));
    return TW_OK;
}

void tw_moves_group(tw_moves *moves, const size_t *group, size_t group_size) {
    while (moves->used > 0)
        moves->index[moves->keys[--moves->used]] = -1;
    moves->group = group;
    moves->group_size = group_size;
}

double tw_moves_step(const tw_moves *moves, size_t i, int sign, int exponent) {
    double step = sign * ldexp(moves->steps[i], exponent);
    if (moves->rooms != NULL && !(step <= moves->rooms[i].above && step >= -moves->rooms[i].below))
        return 0;
    return tw_stored_step(moves->x[i], step);
}

tw_status tw_moves_changed(size_t i) {
    return tw_fail(TW_ERR_CALLBACK,
                   "the function changed entry %zu of the x that it was given: it may only read it",
                   i);
}

tw_status tw_moves_check(const tw_moves *moves) {
    for (size_t i = 0; i < moves->function->n; i++)
        if (moves->point[i] != moves->x[i])
            return tw_moves_changed(i);
    return TW_OK;
}

/* Where coordinate i is in a move. */
static double place(const tw_moves *moves, size_t i, int sign, int exponent) {
    if (tw_moves_step(moves, i, sign, exponent) == 0)
        return moves->x[i];
    volatile double moved = moves->x[i] + sign * ldexp(moves->steps[i], exponent);
    return moved;
}

/* The worker's copy goes there and back, also when the evaluation fails. */
static tw_status evaluate(tw_moves *moves, int sign, int exponent, double *values) {
    double *point = moves->point;
    size_t written = SIZE_MAX;
    for (size_t k = 0; k < moves->group_size; k++) {
        size_t i = moves->group != NULL ? moves->group[k] : k;
        point[i] = place(moves, i, sign, exponent);
    }
    tw_status status =
        moves->function->evaluate(moves->function->user, moves->worker, point, values);
    moves->evaluations++;
    for (size_t k = 0; k < moves->group_size; k++) {
        size_t i = moves->group != NULL ? moves->group[k] : k;
        if (point[i] != place(moves, i, sign, exponent) && written == SIZE_MAX)
            written = i;
        point[i] = moves->x[i];
    }
    return status == TW_OK && written != SIZE_MAX ? tw_moves_changed(written) : status;
}

tw_status tw_moves_at(tw_moves *moves, int sign, int exponent, const double **values) {
    if (exponent < -TW_MOVE_EXPONENTS || exponent >= TW_MOVE_EXPONENTS)
        return tw_fail(TW_ERR_ARGUMENT, "a step of 2^%d times the scale: give other scales",
                       exponent);
    int key = 2 * (exponent + TW_MOVE_EXPONENTS) + (sign > 0);
    if (moves->index[key] >= 0) {
        *values = moves->blocks[moves->index[key]];
        return TW_OK;
    }
    double **block = &moves->blocks[moves->used];
    if (*block == NULL && (*block = tw_alloc_raw(moves->function->m, sizeof(double))) == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for %zu values at one more step",
                       moves->function->m);
    tw_status status = evaluate(moves, sign, exponent, *block);
    if (status != TW_OK)
        return status;
    moves->keys[moves->used] = (short)key;
    moves->index[key] = (short)moves->used++;
    *values = *block;
    return TW_OK;
}

void tw_moves_release(tw_moves *moves) {
    free(moves->point);
    for (int k = 0; k < TW_MOST_MOVES; k++)
        free(moves->blocks[k]);
}
