#include "net/step/step_select.h"

#include <math.h>
#include <string.h>

#include "net/step/net_odometer.h"

/* Whether a is to be taken rather than b, which came before. */
static int better(real a, real b, int sign, int last) {
    if (isnan(b))
        return last && isnan(a);
    return isnan(a) || (sign > 0 ? a > b : a < b) || (last && a == b);
}

/* For every entry of y: the offset in x of the one that is chosen, and its number. */
typedef void (*found_fn)(void *to, size_t i, size_t offset, size_t number);

static void choose(const tw_net_reduce *plan, int sign, const real *x, found_fn found, void *to) {
    tw_net_odometer kept = tw_net_odometer_over(plan->keep, plan->kept);
    for (size_t i = 0; i < plan->count; i++, tw_net_odometer_next(&kept)) {
        tw_net_odometer reduced = tw_net_odometer_over(plan->reduce, plan->reduced);
        size_t chosen = 0, number = 0;
        for (size_t t = 0; t < plan->terms; t++, tw_net_odometer_next(&reduced))
            if (t == 0 || better(x[kept.offset + reduced.offset], x[kept.offset + chosen], sign,
                                 plan->last)) {
                chosen = reduced.offset;
                number = t;
            }
        found(to, i, kept.offset + chosen, number);
    }
}

/* What goes between entries of x and of y. */
typedef struct passing {
    const real *from;
    real *to;
} passing;

static void copy(void *given, size_t i, size_t offset, size_t number) {
    passing *p = given;
    p->to[i] = p->from[offset];
}

static void add(void *given, size_t i, size_t offset, size_t number) {
    passing *p = given;
    p->to[offset] += p->from[i];
}

static void note_number(void *given, size_t i, size_t offset, size_t number) {
    passing *p = given;
    p->to[i] = (real)number;
}

static tw_status value(const tw_net_reduce *plan, int sign, const real *x, real *out) {
    for (size_t i = 0; plan->terms == 0 && i < plan->count; i++)
        out[i] = sign > 0 ? -(real)INFINITY : (real)INFINITY;
    if (plan->terms > 0)
        choose(plan, sign, x, copy, &(passing){x, out});
    return TW_OK;
}

static tw_status largest(const void *plan, void *state, const real *const *in, real *out) {
    return value(plan, 1, in[0], out);
}

static tw_status smallest(const void *plan, void *state, const real *const *in, real *out) {
    return value(plan, -1, in[0], out);
}

static tw_status argmax(const void *plan, void *state, const real *const *in, real *out) {
    choose(plan, 1, in[0], note_number, &(passing){NULL, out});
    return TW_OK;
}

static tw_status argmin(const void *plan, void *state, const real *const *in, real *out) {
    choose(plan, -1, in[0], note_number, &(passing){NULL, out});
    return TW_OK;
}

static void pass_back(const tw_net_reduce *plan, int sign, const real *x, const real *gout,
                      real *gx) {
    if (gx != NULL && plan->terms > 0)
        choose(plan, sign, x, add, &(passing){gout, gx});
}

static void move_along(const tw_net_reduce *plan, int sign, const real *x, const real *dx,
                       real *dout) {
    if (plan->terms > 0)
        choose(plan, sign, x, copy, &(passing){dx, dout});
    else
        memset(dout, 0, plan->count * sizeof *dout);
}

/* The functions of the largest and of the smallest. */
#define SELECTION(name, sign)                                                                      \
    static tw_status name##_backward(const void *plan, void *state, const real *const *in,         \
                                     const real *out, const real *gout, real *const *gin) {        \
        pass_back(plan, sign, in[0], gout, gin[0]);                                                \
        return TW_OK;                                                                              \
    }                                                                                              \
    static tw_status name##_tangent(const void *plan, void *state, const real *const *in,          \
                                    const real *const *din, const real *out, real *dout) {         \
        move_along(plan, sign, in[0], din[0], dout);                                               \
        return TW_OK;                                                                              \
    }                                                                                              \
    static tw_status name##_backward_tangent(const void *plan, void *state, const real *const *in, \
                                             const real *const *din, const real *out,              \
                                             const real *dout, const real *gout,                   \
                                             const real *dgout, real *const *dgin) {               \
        pass_back(plan, sign, in[0], dgout, dgin[0]);                                              \
        return TW_OK;                                                                              \
    }                                                                                              \
    const TW_NET_REAL(tw_net_functions)                                                            \
        TW_NET_REAL(tw_net_##name##_functions) = {.forward = name,                                 \
                                                  .backward = name##_backward,                     \
                                                  .tangent = name##_tangent,                       \
                                                  .backward_tangent = name##_backward_tangent};

SELECTION(largest, 1)
SELECTION(smallest, -1)

const TW_NET_REAL(tw_net_functions) TW_NET_REAL(tw_net_argmax_functions) = {.forward = argmax};
const TW_NET_REAL(tw_net_functions) TW_NET_REAL(tw_net_argmin_functions) = {.forward = argmin};

#ifndef TW_NET_SINGLE
const tw_net_kernel tw_net_largest = {"largest", TW_NET_GENERAL, TW_NET_BOTH(tw_net_largest)};
const tw_net_kernel tw_net_smallest = {"smallest", TW_NET_GENERAL, TW_NET_BOTH(tw_net_smallest)};
const tw_net_kernel tw_net_argmax = {"argmax", TW_NET_FLAT, TW_NET_BOTH(tw_net_argmax)};
const tw_net_kernel tw_net_argmin = {"argmin", TW_NET_FLAT, TW_NET_BOTH(tw_net_argmin)};
#endif
