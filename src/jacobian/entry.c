/* entry.c: one entry of a Jacobian, from values at moved points that its column shares. */
#include <math.h>

#include "diff/exact.h"
#include "diff/ladder.h"
#include "jacobian/partials.h"

/* Where values are not finite, smaller steps are tried. */
enum { SHRINKS = 4, SHRINK_BITS = 4 };

typedef struct quotient {
    double value, gain; /* the noise of one value counts so often */
} quotient;

typedef struct entry_place {
    const tw_partials *columns;
    tw_moves *moves;
    size_t row, j;
} entry_place;

/* The value of the row at a move of the column, and the step as stored; NaN where it has no room.
 */
static tw_status value_at(const entry_place *e, int sign, int exponent, double *step,
                          double *value) {
    const double *values;
    *step = tw_moves_step(e->moves, e->j, sign, exponent);
    *value = NAN;
    if (*step == 0)
        return TW_OK;
    tw_status status = tw_moves_at(e->moves, sign, exponent, &values);
    if (status == TW_OK)
        *value = values[e->row];
    return status;
}

static tw_status central(const entry_place *e, int exponent, quotient *out) {
    double right, left, plus, minus;
    tw_status status = value_at(e, 1, exponent, &right, &plus);
    if (status == TW_OK)
        status = value_at(e, -1, exponent, &left, &minus);
    if (status == TW_OK)
        *out = (quotient){(plus - minus) / (right - left), 2 / (right - left)};
    return status;
}

static tw_status one_sided(const entry_place *e, int side, int exponent, quotient *out) {
    double step, value, base = e->columns->base[e->row];
    tw_status status = value_at(e, side, exponent, &step, &value);
    if (status == TW_OK)
        *out = (quotient){(value - base) / step, 2 / fabs(step)};
    return status;
}

/* The parabola through x, x + h, x + 2h. */
static tw_status three_points(const entry_place *e, int side, int exponent, quotient *out) {
    double near, far, a, b, base = e->columns->base[e->row];
    tw_status status = value_at(e, side, exponent, &near, &a);
    if (status != TW_OK)
        return status;
    status = value_at(e, side, exponent + 1, &far, &b);
    double slope = (a - base) / near, wide = (b - base) / far;
    *out = (quotient){slope + (slope - wide) * near / (far - near), 5 / fabs(near)};
    return status;
}

static tw_status fixed_quotient(const entry_place *e, int side, int exponent, quotient *out) {
    if (side == 0)
        return central(e, exponent, out);
    return e->columns->rule == TW_ENTRY_FORWARD ? one_sided(e, side, exponent, out)
                                                : three_points(e, side, exponent, out);
}

/* Forward or central at h, with the change to h/2 for a bar: a half of the error of the former is
 * left there, a quarter of that of the latter. */
static tw_status fixed_entry(const entry_place *e, int side, int exponent, tw_entry *out) {
    quotient whole, half;
    tw_status status = fixed_quotient(e, side, exponent, &whole);
    out->value = whole.value;
    if (status != TW_OK || e->columns->noises == NULL || !isfinite(whole.value))
        return status;
    status = fixed_quotient(e, side, exponent - 1, &half);
    if (status != TW_OK)
        return status;
    double left = e->columns->rule == TW_ENTRY_FORWARD ? 2 : 4.0 / 3;
    out->bar = left * fabs(whole.value - half.value) + whole.gain * e->columns->noises[e->row];
    if (isnan(out->bar))
        out->bar = INFINITY;
    return TW_OK;
}

static tw_status pairs_entry(const entry_place *e, int side, int exponent, tw_entry *out) {
    tw_tableau tableau;
    tw_status status = TW_OK;
    double noise = e->columns->noises[e->row];
    tw_tableau_begin(&tableau, side == 0 ? 4 : 2);
    for (int k = 0; k < (side == 0 ? 2 : 3) && status == TW_OK; k++) {
        quotient q;
        status = side == 0 ? central(e, exponent - k, &q) : one_sided(e, side, exponent - k, &q);
        if (status != TW_OK)
            break;
        if (!isfinite(q.value))
            return TW_OK;
        tw_tableau_push(&tableau, ldexp(1, -k), q.value, q.gain * noise);
    }
    *out = (tw_entry){tableau.value, tableau.error};
    return status;
}

/* At the column's own side; then, where values are not finite, at the others, then nearer. */
static tw_status stepped_entry(const entry_place *e, tw_entry *out) {
    tw_entry_rule rule = e->columns->rule;
    int own = e->columns->sides[e->j];
    int sides[3] = {own, own != 0 ? -own : 1, own != 0 ? 0 : -1};
    int count = own != 0 ? 2 : 3;
    for (int k = 0; k < SHRINKS * count; k++) {
        int side = sides[k % count], exponent = -SHRINK_BITS * (k / count);
        tw_status status = rule == TW_ENTRY_PAIRS ? pairs_entry(e, side, exponent, out)
                                                  : fixed_entry(e, side, exponent, out);
        if (status != TW_OK || isfinite(out->value))
            return status;
    }
    *out = (tw_entry){NAN, INFINITY};
    return TW_OK;
}

/* phi of the ladder. It asks for steps as stored; moves are counted in the powers of two that they
 * came from. */
static tw_status ladder_value(void *user, double t, double *value) {
    const entry_place *e = user;
    *value = e->columns->base[e->row];
    if (t == 0)
        return TW_OK;
    int exponent = (int)lround(log2(fabs(t) / e->columns->steps[e->j]));
    double step;
    return value_at(e, t > 0 ? 1 : -1, exponent, &step, value);
}

/* How many of a wide, a half as wide and a small step leave the row where it is, bit for bit, on
 * both sides. All of them: it does not depend on the column, or by less than the noise shows. */
static tw_status count_flat(const entry_place *e, int *count) {
    static const int exponents[] = {-3, -4, -26};
    double base = e->columns->base[e->row], step, value;
    for (*count = 0; *count < 3; ++*count)
        for (int sign = -1; sign <= 1; sign += 2) {
            tw_status status = value_at(e, sign, exponents[*count], &step, &value);
            if (status != TW_OK || value != base)
                return status;
        }
    return TW_OK;
}

/* Where wide steps all meet the same value but the small one does not, they would pass for a zero:
 * then none goes further than this part of the scale. */
static const double below_the_teeth = 0x1p-8;

static tw_derivative_options ladder_options(const entry_place *e, int flat) {
    const tw_partials *columns = e->columns;
    double scale = columns->steps[e->j];
    double most = flat > 0 ? scale * below_the_teeth : INFINITY;
    double below = fmin(columns->rooms[e->j].below, most);
    double above = fmin(columns->rooms[e->j].above, most);
    tw_derivative_options options = {.noise = columns->noises[e->row],
                                     .unit = columns->function->unit,
                                     .scale = scale,
                                     .at = columns->x[e->j]};
    if (isfinite(below) || isfinite(above)) {
        options.lower = -below;
        options.upper = above;
    }
    return options;
}

static tw_status ladder_entry(entry_place *e, tw_entry *out) {
    int flat;
    tw_status status = count_flat(e, &flat);
    if (status != TW_OK)
        return status;
    if (flat == 3) {
        *out = (tw_entry){0, 8 * e->columns->noises[e->row] / e->columns->steps[e->j]};
        return TW_OK;
    }
    tw_derivative_options options = ladder_options(e, flat);
    tw_derivative derivative;
    status = tw_ladder_derivative(ladder_value, e, &options, 1, &derivative);
    if (status == TW_OK)
        *out = (tw_entry){derivative.value, derivative.error};
    return status;
}

tw_status tw_entry_derivative(const tw_partials *columns, tw_moves *moves, size_t row, size_t j,
                              tw_entry *out) {
    entry_place e = {columns, moves, row, j};
    *out = (tw_entry){NAN, INFINITY};
    if (!isfinite(columns->base[row]))
        return TW_OK;
    return columns->rule == TW_ENTRY_LADDER ? ladder_entry(&e, out) : stepped_entry(&e, out);
}
