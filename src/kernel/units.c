/* units.c: what the units of a network make of their inputs, and of moves of their inputs. */
#include "kernel/vector.h"

INLINE vec unit_of(tw_unit unit, vec z) {
    if (unit == TW_UNIT_RELU)
        return choose(z <= splat(0.0), splat(0.0), z); /* NaN comes through */
    return unit == TW_UNIT_TANH ? vtanh(z) : z;
}

INLINE void unit_array(tw_unit unit, size_t count, const double *u, double a, const double *v,
                       double *out) {
    for (size_t k = 0; k < count; k += LANES) {
        vec z = load(u + k);
        if (v != NULL)
            z += load(v + k) * splat(a);
        store(out + k, unit_of(unit, z));
    }
}

/* One loop a unit, without a choice inside. */
void KERNEL(units)(tw_unit unit, size_t count, const double *u, double a, const double *v,
                   double *out) {
    if (v == NULL)
        switch (unit) {
        case TW_UNIT_RELU:
            unit_array(TW_UNIT_RELU, count, u, 0, NULL, out);
            break;
        case TW_UNIT_TANH:
            unit_array(TW_UNIT_TANH, count, u, 0, NULL, out);
            break;
        default:
            unit_array(TW_UNIT_LINEAR, count, u, 0, NULL, out);
        }
    else
        switch (unit) {
        case TW_UNIT_RELU:
            unit_array(TW_UNIT_RELU, count, u, a, v, out);
            break;
        case TW_UNIT_TANH:
            unit_array(TW_UNIT_TANH, count, u, a, v, out);
            break;
        default:
            unit_array(TW_UNIT_LINEAR, count, u, a, v, out);
        }
}

/* max(0, z + m) - max(0, z) */
INLINE vec relu_change(vec z, vec move) {
    vec moved = z + move;
    vec above = choose(move <= -z, -z, move),
        below = choose(moved <= splat(0.0), splat(0.0), moved);
    return choose(z > splat(0.0), above, below);
}

/* tanh(z + m) - tanh z = tanh m (1 - tanh^2 z) / (1 + tanh z tanh m). For |m| > 1/2 the denominator
 * could vanish, and the subtraction loses nothing that matters. 1 - tanh^2 = 4 e / (1 + e)^2 with e
 * = exp(-2 |z|) keeps its digits where tanh is nearly 1. */
INLINE vec tanh_change(vec z, vec move) {
    vec e = vexp(-2.0 * magnitude(z)), t = vtanh(z), u = vtanh(move);
    vec slope = 4.0 * e / ((1.0 + e) * (1.0 + e));
    ivec large = magnitude(move) > splat(0.5);
    vec near = u * slope / (1.0 + t * choose(large, splat(0.0), u));
    return any(large) ? choose(large, vtanh(z + move) - t, near) : near;
}

void KERNEL(unit_changes)(tw_unit unit, size_t count, const double *z, const double *move,
                          double *out) {
    for (size_t k = 0; k < count; k += LANES) {
        vec at = load(z + k), m = load(move + k);
        store(out + k, unit == TW_UNIT_RELU   ? relu_change(at, m)
                       : unit == TW_UNIT_TANH ? tanh_change(at, m)
                                              : m);
    }
}
