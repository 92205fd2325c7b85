/* Convolutions as products of matrices: for some rows of the output, what every tap of the kernel
 * sees of them is gathered as a matrix of (channel and tap) x place, which the weights multiply. */
#include "net/step/step_convolution.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "net/step/net_multiply.h"

#define tw_net_matrix TW_NET_REAL(tw_net_matrix)
#define multiply TW_NET_REAL(tw_net_multiply)
typedef tw_net_convolution_plan convolution;

/* Rows of the output that are computed at once, in one group of one sample. */
typedef struct slab {
    size_t group, sample, row, rows;
} slab;

/* The sizes of a group's matrices. */
static size_t channels_in(const convolution *p) {
    return p->in_channels / p->groups;
}

static size_t channels_out(const convolution *p) {
    return p->out_channels / p->groups;
}

static size_t depth(const convolution *p) {
    return channels_in(p) * tw_net_window_taps(&p->window);
}

static size_t width(const convolution *p) {
    return (size_t)p->window.axis[2].out;
}

static size_t rows_of(const convolution *p) {
    return (size_t)(p->window.axis[0].out * p->window.axis[1].out);
}

/* As many rows as leave the matrix in the second cache. */
static size_t rows_at_once(const convolution *p) {
    enum { NUMBERS = 1 << 15 };
    size_t each = depth(p) * width(p), rows = each == 0 ? 1 : NUMBERS / each;
    return rows == 0 ? 1 : rows < rows_of(p) ? rows : rows_of(p);
}

/* ---- what a tap sees ---- */

/* Of a row of the output, a tap sees places `first` to before `end` in a row of the input; the
 * others are padding. */
typedef struct tap {
    ptrdiff_t depth, line, from; /* what it sees of output 0, along each axis */
    ptrdiff_t first, end;
} tap;

static tap find_tap(const tw_net_window *window, size_t index) {
    const tw_net_window_axis *z = &window->axis[0], *y = &window->axis[1], *x = &window->axis[2];
    ptrdiff_t t = (ptrdiff_t)index;
    tap of = {.depth = t / (x->kernel * y->kernel) * z->dilation - z->before,
              .line = t / x->kernel % y->kernel * y->dilation - y->before,
              .from = t % x->kernel * x->dilation - x->before};
    tw_net_window_inside(of.from, x->stride, x->out, x->in, &of.first, &of.end);
    return of;
}

/* Where in the channel a tap sees place 0 of a row, which may be padding; 0 if all of the row is.
 */
static int find_row(const tw_net_window *window, const tap *of, size_t row, ptrdiff_t *at) {
    const tw_net_window_axis *z = &window->axis[0], *y = &window->axis[1], *x = &window->axis[2];
    ptrdiff_t depth = of->depth + (ptrdiff_t)row / y->out * z->stride,
              line = of->line + (ptrdiff_t)row % y->out * y->stride;
    *at = (depth * y->in + line) * x->in + of->from;
    return depth >= 0 && depth < z->in && line >= 0 && line < y->in;
}

static void gather_row(const tw_net_window_axis *axis, const tap *of, const real *from,
                       ptrdiff_t at, real *to) {
    for (ptrdiff_t i = 0; i < of->first; i++)
        to[i] = 0;
    if (axis->stride == 1)
        for (ptrdiff_t i = of->first; i < of->end; i++)
            to[i] = from[at + i];
    else
        for (ptrdiff_t i = of->first; i < of->end; i++)
            to[i] = from[at + i * axis->stride];
    for (ptrdiff_t i = of->end; i < axis->out; i++)
        to[i] = 0;
}

static void scatter_row(const tw_net_window_axis *axis, const tap *of, const real *from,
                        ptrdiff_t at, real *to) {
    if (axis->stride == 1)
        for (ptrdiff_t i = of->first; i < of->end; i++)
            to[at + i] += from[i];
    else
        for (ptrdiff_t i = of->first; i < of->end; i++)
            to[at + i * axis->stride] += from[i];
}

/* The matrix of a slab from its group's channels of the input. */
static void gather(const convolution *p, slab of, const real *x, real *matrix) {
    size_t taps = tw_net_window_taps(&p->window), places = tw_net_window_in(&p->window);
    for (size_t t = 0; t < taps; t++) {
        tap sees = find_tap(&p->window, t);
        for (size_t r = 0; r < of.rows; r++) {
            ptrdiff_t at;
            int there = find_row(&p->window, &sees, of.row + r, &at);
            for (size_t c = 0; c < channels_in(p); c++) {
                real *to = matrix + ((c * taps + t) * of.rows + r) * width(p);
                if (there)
                    gather_row(&p->window.axis[2], &sees, x + c * places, at, to);
                else
                    memset(to, 0, width(p) * sizeof *to);
            }
        }
    }
}

/* Adds the matrix of a slab to what it would be gathered from. */
static void scatter(const convolution *p, slab of, const real *matrix, real *x) {
    size_t taps = tw_net_window_taps(&p->window), places = tw_net_window_in(&p->window);
    for (size_t t = 0; t < taps; t++) {
        tap sees = find_tap(&p->window, t);
        for (size_t r = 0; r < of.rows; r++) {
            ptrdiff_t at;
            if (!find_row(&p->window, &sees, of.row + r, &at))
                continue;
            for (size_t c = 0; c < channels_in(p); c++)
                scatter_row(&p->window.axis[2], &sees,
                            matrix + ((c * taps + t) * of.rows + r) * width(p), at, x + c * places);
        }
    }
}

/* ---- over slabs ---- */

static size_t first_in(const convolution *p, slab of) {
    return (of.sample * p->in_channels + of.group * channels_in(p)) * tw_net_window_in(&p->window);
}

static size_t first_out(const convolution *p, slab of) {
    return (of.sample * p->out_channels + of.group * channels_out(p)) *
               tw_net_window_out(&p->window) +
           of.row * width(p);
}

static size_t first_weight(const convolution *p, slab of) {
    return of.group * channels_out(p) * depth(p);
}

/* What is added to, and what it is computed from. */
typedef struct arrays {
    const real *x, *w, *y;
    real *to, *matrix;
} arrays;

typedef void (*slab_fn)(const convolution *p, slab of, const arrays *on);

static void over_slabs(const convolution *p, slab_fn add, const arrays *on) {
    size_t most = rows_at_once(p);
    for (size_t sample = 0; sample < p->batch; sample++)
        for (size_t group = 0; group < p->groups; group++)
            for (size_t row = 0; row < rows_of(p); row += most) {
                size_t left = rows_of(p) - row;
                add(p, (slab){group, sample, row, left < most ? left : most}, on);
            }
}

/* y += x * w. */
static void add_values(const convolution *p, slab of, const arrays *on) {
    size_t places = of.rows * width(p);
    gather(p, of, on->x + first_in(p, of), on->matrix);
    multiply(channels_out(p), places, depth(p),
             (tw_net_matrix){on->w + first_weight(p, of), depth(p), 1},
             (tw_net_matrix){on->matrix, places, 1}, on->to + first_out(p, of),
             tw_net_window_out(&p->window));
}

/* x += the adjoint of that by x, at y. */
static void add_data(const convolution *p, slab of, const arrays *on) {
    size_t places = of.rows * width(p);
    memset(on->matrix, 0, depth(p) * places * sizeof *on->matrix);
    multiply(depth(p), places, channels_out(p),
             (tw_net_matrix){on->w + first_weight(p, of), 1, depth(p)},
             (tw_net_matrix){on->y + first_out(p, of), tw_net_window_out(&p->window), 1},
             on->matrix, places);
    scatter(p, of, on->matrix, on->to + first_in(p, of));
}

/* w += the adjoint by w. */
static void add_weights(const convolution *p, slab of, const arrays *on) {
    size_t places = of.rows * width(p);
    gather(p, of, on->x + first_in(p, of), on->matrix);
    multiply(channels_out(p), depth(p), places,
             (tw_net_matrix){on->y + first_out(p, of), tw_net_window_out(&p->window), 1},
             (tw_net_matrix){on->matrix, 1, places}, on->to + first_weight(p, of), depth(p));
}

/* ---- the kernels ---- */

static tw_status forward(const void *plan, void *state, const real *const *in, real *out) {
    const convolution *p = plan;
    memset(out, 0, p->batch * p->out_channels * tw_net_window_out(&p->window) * sizeof *out);
    over_slabs(p, add_values, &(arrays){.x = in[0], .w = in[1], .to = out, .matrix = state});
    return TW_OK;
}

static tw_status backward(const void *plan, void *state, const real *const *in, const real *out,
                          const real *gout, real *const *gin) {
    arrays on = {.x = in[0], .w = in[1], .y = gout, .matrix = state};
    if ((on.to = gin[0]) != NULL)
        over_slabs(plan, add_data, &on);
    if ((on.to = gin[1]) != NULL)
        over_slabs(plan, add_weights, &on);
    return TW_OK;
}

static tw_status forward_transposed(const void *plan, void *state, const real *const *in,
                                    real *out) {
    const convolution *p = plan;
    memset(out, 0, p->batch * p->in_channels * tw_net_window_in(&p->window) * sizeof *out);
    over_slabs(p, add_data, &(arrays){.y = in[0], .w = in[1], .to = out, .matrix = state});
    return TW_OK;
}

static tw_status backward_transposed(const void *plan, void *state, const real *const *in,
                                     const real *out, const real *gout, real *const *gin) {
    arrays on = {.x = gout, .w = in[1], .y = in[0], .matrix = state};
    if ((on.to = gin[0]) != NULL)
        over_slabs(plan, add_values, &on);
    if ((on.to = gin[1]) != NULL)
        over_slabs(plan, add_weights, &on);
    return TW_OK;
}

const TW_NET_REAL(tw_net_functions)
    TW_NET_REAL(tw_net_convolution_functions) = {forward, backward, NULL, NULL};
const TW_NET_REAL(tw_net_functions) TW_NET_REAL(tw_net_convolution_transposed_functions) = {
    forward_transposed, backward_transposed, NULL, NULL};

#ifndef TW_NET_SINGLE
static double work(const void *plan) {
    const convolution *p = plan;
    return (double)p->batch * (double)p->out_channels * (double)tw_net_window_out(&p->window) *
           (double)depth(p);
}

/* Room for a slab's matrix. */
static tw_status state_new(const void *plan, void **state) {
    const convolution *p = plan;
    size_t numbers;
    if (__builtin_mul_overflow(depth(p), width(p) * rows_at_once(p), &numbers) ||
        (*state = tw_alloc(numbers, sizeof(double))) == NULL)
        return tw_fail(TW_ERR_MEMORY,
                       "not enough memory for a convolution of %zu channels and %td "
                       "places a row",
                       p->in_channels, p->window.axis[2].out);
    return TW_OK;
}

const tw_net_kernel tw_net_convolution = {
    "convolution", TW_NET_BILINEAR, TW_NET_BOTH(tw_net_convolution), work, state_new, free};
const tw_net_kernel tw_net_convolution_transposed = {"transposed convolution",
                                                     TW_NET_BILINEAR,
                                                     TW_NET_BOTH(tw_net_convolution_transposed),
                                                     work,
                                                     state_new,
                                                     free};
#endif
