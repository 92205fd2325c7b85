/* units and unit_changes: what units of a network make of their inputs. */
#include "kernel_check.h"

static const tw_unit all_units[] = {TW_UNIT_LINEAR, TW_UNIT_RELU, TW_UNIT_TANH};

static long double unit_of(tw_unit unit, long double z) {
    if (unit == TW_UNIT_RELU)
        return z <= 0 ? 0 : z;
    return unit == TW_UNIT_TANH ? tanhl(z) : z;
}

/* Numbers of all sizes up to `scale`, the special ones among them. */
static double *make_inputs(size_t count, double scale, uint64_t stream) {
    double *z = guarded_doubles(count);
    for (size_t k = 0; k < count; k++)
        z[k] = k % 3 == 0   ? scale * number(stream, k)
               : k % 7 == 1 ? special_numbers[(k / 7 + stream) % SPECIALS]
                            : copysign(scale * pow(10, -18 * fabs(number(stream, k))),
                                       number(stream + 1, k));
    return z;
}

/* ---- units ---- */

static void expect_units(tw_unit unit, size_t count, const double *u, double a, const double *v,
                         const double *out) {
    for (size_t k = 0; k < count; k++) {
        long double z = u[k], size = fabsl(z);
        if (v != NULL) {
            z += (long double)a * v[k];
            size += fabsl((long double)a * v[k]);
        }
        long double truth = unit_of(unit, z);
        double moved = v != NULL ? 2 * DBL_EPSILON * (double)size : 0; /* the input, rounded */
        if (!isfinite(moved))
            moved = 0; /* u or v is not finite, and so is the truth */
        double own = unit == TW_UNIT_TANH ? 5 * DBL_EPSILON * (double)fabsl(truth) : 0;
        expect_near("unit", k, out[k], truth, own + moved + (v != NULL ? 1e-323 : 0));
    }
}

static void units_at(const tw_kernels *kernels, tw_unit unit, size_t count, double scale,
                     int moves) {
    const double *u = guarded_input(make_inputs(count, scale, 111));
    const double *v = moves ? guarded_input(make_inputs(count, scale, 113)) : NULL;
    double *out = guarded_doubles(count), *place = guarded_doubles(count), a = 0.3;
    kernels->units(unit, count, u, a, v, out);
    expect_units(unit, count, u, a, v, out);
    if (count > 0)
        memcpy(place, u, count * sizeof *place);
    kernels->units(unit, count, place, a, v, place);
    expect_all_bits("in place of u", place, out, count);
    if (moves && count > 0) {
        memcpy(place, v, count * sizeof *place);
        kernels->units(unit, count, u, a, place, place);
        expect_all_bits("in place of v", place, out, count);
    }
    guards_check();
    guards_release();
}

void check_units(const tw_kernels *kernels) {
    static const double scales[] = {1e-300, 1e-8, 0.5, 3, 40, 1e6};
    for (size_t u = 0; u < 3; u++)
        for (int moves = 0; moves <= 1; moves++) {
            for (size_t count = 0; count <= 96; count += TW_FEATURE_PAD)
                units_at(kernels, all_units[u], count, 2, moves);
            for (size_t k = 0; k < sizeof scales / sizeof *scales; k++)
                units_at(kernels, all_units[u], 1024, scales[k], moves);
        }
}

void measure_units(const tw_kernels *kernels, kernel_timer *timer) {
    enum { COUNT = 4096 };
    double *u = guarded_doubles(COUNT), *v = guarded_doubles(COUNT), *out = guarded_doubles(COUNT);
    fill_numbers(u, COUNT, 2, 111);
    fill_numbers(v, COUNT, 2, 113);
    TIMED(timer, COUNT)
    kernels->units(TW_UNIT_TANH, COUNT, u, 0.3, v, out);
}

/* ---- unit_changes ---- */

/* tanh(z + m) - tanh z = sinh m / (cosh z cosh(z + m)): nothing cancels. */
static long double change_of(tw_unit unit, long double z, long double move) {
    if (unit == TW_UNIT_LINEAR)
        return move;
    if (unit == TW_UNIT_TANH)
        return fabsl(z) < 5000 && fabsl(move) < 5000 ? sinhl(move) / coshl(z) / coshl(z + move)
                                                     : tanhl(z + move) - tanhl(z);
    if (z > 0)
        return move <= -z ? -z : move;
    return z + move <= 0 ? 0 : z + move;
}

/* Relative for moves up to 1/2, beside the tails of 1 - tanh^2, which keep the digits of exp(-2z);
 * absolute beyond. */
static double change_tolerance(tw_unit unit, double z, double move, long double truth) {
    double size = (double)fabsl(truth);
    if (unit != TW_UNIT_TANH)
        return unit == TW_UNIT_RELU ? DBL_EPSILON * size : 0;
    if (fabs(move) > 0.5)
        return 8 * DBL_EPSILON;
    return (12 + 4 * fmin(fabs(z), 400)) * DBL_EPSILON * size + 1e-305;
}

static void changes_at(const tw_kernels *kernels, tw_unit unit, size_t count, double scale,
                       double moves) {
    double *z = make_inputs(count, scale, 121), *m = make_inputs(count, moves, 125);
    double *out = guarded_doubles(count);
    for (size_t k = 0; k < count; k++)
        if (!isfinite(z[k]) && isinf(m[k])) /* infinity less infinity is not what is asked */
            m[k] = 1;
    guarded_input(z);
    guarded_input(m);
    kernels->unit_changes(unit, count, z, m, out);
    for (size_t k = 0; k < count; k++) {
        if (!isfinite(z[k]))
            continue;
        long double truth = change_of(unit, z[k], m[k]);
        expect_near("change", k, out[k], truth, change_tolerance(unit, z[k], m[k], truth));
    }
    guards_check();
    guards_release();
}

void check_unit_changes(const tw_kernels *kernels) {
    static const double scales[] = {1e-300, 1e-3, 1, 20, 300, 1e5};
    for (size_t u = 0; u < 3; u++) {
        for (size_t count = 0; count <= 96; count += TW_FEATURE_PAD)
            changes_at(kernels, all_units[u], count, 2, 0.1);
        for (size_t k = 0; k < sizeof scales / sizeof *scales; k++)
            for (size_t j = 0; j < sizeof scales / sizeof *scales; j++)
                changes_at(kernels, all_units[u], 512, scales[k], scales[j]);
    }
}

void measure_unit_changes(const tw_kernels *kernels, kernel_timer *timer) {
    enum { COUNT = 4096 };
    double *z = guarded_doubles(COUNT), *move = guarded_doubles(COUNT),
           *out = guarded_doubles(COUNT);
    fill_numbers(z, COUNT, 2, 121);
    fill_numbers(move, COUNT, 1e-3, 125);
    TIMED(timer, COUNT)
    kernels->unit_changes(TW_UNIT_TANH, COUNT, z, move, out);
}
