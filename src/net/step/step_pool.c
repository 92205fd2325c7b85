#include "net/step/step_pool.h"

#include <math.h>
#include <stdint.h>

typedef tw_net_pool_plan pool;

/* What one output sees along each axis. */
typedef struct view {
    ptrdiff_t from[TW_NET_AXES], first[TW_NET_AXES], end[TW_NET_AXES];
} view;

static view look(const tw_net_window *window, size_t place) {
    view sees;
    for (size_t a = TW_NET_AXES; a-- > 0;) {
        const tw_net_window_axis *axis = &window->axis[a];
        sees.from[a] = (ptrdiff_t)(place % (size_t)axis->out) * axis->stride - axis->before;
        place /= (size_t)axis->out;
        tw_net_window_inside(sees.from[a], axis->dilation, axis->kernel, axis->in, &sees.first[a],
                             &sees.end[a]);
    }
    return sees;
}

/* The place of a row's first tap in the plane, which may be outside; the taps are `dilation` of the
 * last axis apart. */
static ptrdiff_t row_at(const tw_net_window *window, const view *sees, ptrdiff_t z, ptrdiff_t y) {
    const tw_net_window_axis *axis = window->axis;
    ptrdiff_t depth = sees->from[0] + z * axis[0].dilation,
              line = sees->from[1] + y * axis[1].dilation;
    return (depth * axis[1].in + line) * axis[2].in + sees->from[2];
}

/* ---- the largest ---- */

/* Where it is, or SIZE_MAX. */
static size_t largest(const tw_net_window *window, size_t place, const real *plane) {
    view sees = look(window, place);
    size_t best = SIZE_MAX;
    for (ptrdiff_t z = sees.first[0]; z < sees.end[0]; z++)
        for (ptrdiff_t y = sees.first[1]; y < sees.end[1]; y++) {
            ptrdiff_t row = row_at(window, &sees, z, y);
            for (ptrdiff_t x = sees.first[2]; x < sees.end[2]; x++) {
                size_t at = (size_t)(row + x * window->axis[2].dilation);
                if (best == SIZE_MAX || plane[at] > plane[best] ||
                    (isnan(plane[at]) && !isnan(plane[best])))
                    best = at;
            }
        }
    return best;
}

/* The same for output `i` of all planes, as a place in all of them. */
static size_t largest_at(const pool *p, size_t i, const real *in) {
    size_t outs = tw_net_window_out(&p->window), ins = tw_net_window_in(&p->window),
           before = i / outs * ins, at = largest(&p->window, i % outs, in + before);
    return at == SIZE_MAX ? SIZE_MAX : before + at;
}

static size_t outputs(const pool *p) {
    return p->planes * tw_net_window_out(&p->window);
}

static tw_status max_forward(const void *plan, void *state, const real *const *in, real *out) {
    for (size_t i = 0; i < outputs(plan); i++) {
        size_t at = largest_at(plan, i, in[0]);
        out[i] = at == SIZE_MAX ? -(real)INFINITY : in[0][at];
    }
    return TW_OK;
}

static tw_status max_backward(const void *plan, void *state, const real *const *in, const real *out,
                              const real *gout, real *const *gin) {
    for (size_t i = 0; gin[0] != NULL && i < outputs(plan); i++) {
        size_t at = largest_at(plan, i, in[0]);
        if (at != SIZE_MAX)
            gin[0][at] += gout[i];
    }
    return TW_OK;
}

static tw_status max_tangent(const void *plan, void *state, const real *const *in,
                             const real *const *din, const real *out, real *dout) {
    for (size_t i = 0; i < outputs(plan); i++) {
        size_t at = largest_at(plan, i, in[0]);
        dout[i] = at == SIZE_MAX || din[0] == NULL ? 0 : din[0][at];
    }
    return TW_OK;
}

/* Which one is the largest does not move, so that it is as for the adjoints. */
static tw_status max_backward_tangent(const void *plan, void *state, const real *const *in,
                                      const real *const *din, const real *out, const real *dout,
                                      const real *gout, const real *dgout, real *const *dgin) {
    return max_backward(plan, state, in, out, dgout, dgin);
}

/* The place that `at` of a plane has when the first axis is counted the fastest. */
static size_t by_columns(const tw_net_window *window, size_t at) {
    const tw_net_window_axis *axis = window->axis;
    size_t x = at % (size_t)axis[2].in, y = at / (size_t)axis[2].in % (size_t)axis[1].in,
           z = at / (size_t)axis[2].in / (size_t)axis[1].in;
    return z + (size_t)axis[0].in * (y + (size_t)axis[1].in * x);
}

static tw_status index_forward(const void *plan, void *state, const real *const *in, real *out) {
    const pool *p = plan;
    size_t ins = tw_net_window_in(&p->window);
    for (size_t i = 0; i < outputs(p); i++) {
        size_t at = largest_at(p, i, in[0]);
        if (at != SIZE_MAX && p->by_columns)
            at = at / ins * ins + by_columns(&p->window, at % ins);
        out[i] = at == SIZE_MAX ? -1 : (real)at;
    }
    return TW_OK;
}

/* ---- sums ---- */

/* One over what the sum is divided by. */
static real weight(const pool *p, const view *sees) {
    ptrdiff_t count = 1;
    for (size_t a = 0; a < TW_NET_AXES; a++) {
        const tw_net_window_axis *axis = &p->window.axis[a];
        ptrdiff_t first = sees->first[a], end = sees->end[a];
        if (p->divisor == TW_NET_POOL_PADDED)
            tw_net_window_inside(sees->from[a] + axis->before, axis->dilation, axis->kernel,
                                 axis->before + axis->in + axis->after, &first, &end);
        count *= end - first;
    }
    return p->divisor == TW_NET_POOL_SUM ? 1 : 1 / (real)count;
}

static real sum(const tw_net_window *window, const view *sees, const real *plane) {
    real sum = 0;
    for (ptrdiff_t z = sees->first[0]; z < sees->end[0]; z++)
        for (ptrdiff_t y = sees->first[1]; y < sees->end[1]; y++) {
            ptrdiff_t row = row_at(window, sees, z, y);
            for (ptrdiff_t x = sees->first[2]; x < sees->end[2]; x++)
                sum += plane[row + x * window->axis[2].dilation];
        }
    return sum;
}

static void add_to_seen(const tw_net_window *window, const view *sees, real number, real *plane) {
    for (ptrdiff_t z = sees->first[0]; z < sees->end[0]; z++)
        for (ptrdiff_t y = sees->first[1]; y < sees->end[1]; y++) {
            ptrdiff_t row = row_at(window, sees, z, y);
            for (ptrdiff_t x = sees->first[2]; x < sees->end[2]; x++)
                plane[row + x * window->axis[2].dilation] += number;
        }
}

static tw_status sum_forward(const void *plan, void *state, const real *const *in, real *out) {
    const pool *p = plan;
    size_t outs = tw_net_window_out(&p->window), ins = tw_net_window_in(&p->window);
    for (size_t place = 0; place < outs; place++) {
        view sees = look(&p->window, place);
        real by = weight(p, &sees);
        for (size_t plane = 0; plane < p->planes; plane++)
            out[plane * outs + place] = by * sum(&p->window, &sees, in[0] + plane * ins);
    }
    return TW_OK;
}

static tw_status sum_backward(const void *plan, void *state, const real *const *in, const real *out,
                              const real *gout, real *const *gin) {
    const pool *p = plan;
    size_t outs = tw_net_window_out(&p->window), ins = tw_net_window_in(&p->window);
    for (size_t place = 0; gin[0] != NULL && place < outs; place++) {
        view sees = look(&p->window, place);
        real by = weight(p, &sees);
        for (size_t plane = 0; plane < p->planes; plane++)
            add_to_seen(&p->window, &sees, by * gout[plane * outs + place], gin[0] + plane * ins);
    }
    return TW_OK;
}

const TW_NET_REAL(tw_net_functions) TW_NET_REAL(tw_net_max_pool_functions) = {
    max_forward, max_backward, max_tangent, max_backward_tangent};
const TW_NET_REAL(tw_net_functions)
    TW_NET_REAL(tw_net_max_pool_index_functions) = {index_forward, NULL, NULL, NULL};
const TW_NET_REAL(tw_net_functions)
    TW_NET_REAL(tw_net_sum_pool_functions) = {sum_forward, sum_backward, NULL, NULL};

#ifndef TW_NET_SINGLE
const tw_net_kernel tw_net_max_pool = {"max pool", TW_NET_GENERAL, TW_NET_BOTH(tw_net_max_pool)};
const tw_net_kernel tw_net_max_pool_index = {"max pool's indices", TW_NET_FLAT,
                                             TW_NET_BOTH(tw_net_max_pool_index)};
const tw_net_kernel tw_net_sum_pool = {"sum pool", TW_NET_LINEAR, TW_NET_BOTH(tw_net_sum_pool)};
#endif
