/* Convolutions as products of matrices: for some places of the output, what every tap of the kernel
 * sees from there is gathered as a matrix of (channel and tap) x place, which the weights
 * multiply. */
#include "net/step/step_convolution.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "net/step/net_multiply.h"

typedef tw_net_convolution_plan convolution;

/* Places of the output that are computed at once, in one group of one sample. */
typedef struct slab {
    size_t group, sample, first, places;
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

/* As many places as leave the matrix in the second cache; 0 where there is nothing to compute. */
static size_t places_at_once(const convolution *p) {
    enum { NUMBERS = 1 << 15, LEAST = 64 };
    size_t all = tw_net_window_out(&p->window), deep = depth(p);
    if (p->batch == 0 || channels_out(p) == 0 || deep == 0 || all == 0)
        return 0;
    size_t places = NUMBERS / deep > LEAST ? NUMBERS / deep : LEAST;
    return places < all ? places : all;
}

/* ---- what a tap sees ---- */

/* Of a row of the output, a tap sees places `first` to before `end` in a row of the input; the
 * others are padding. */
typedef struct tap {
    ptrdiff_t depth, line, from; /* what it sees of output 0, along each axis */
    ptrdiff_t first, end;
    ptrdiff_t at; /* of the row at hand: where in the channel it sees place 0, padding or not */
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

/* A piece of a row of the output: places `low` to before `high` of it, the first of which is column
 * `column` of the matrix. */
typedef struct piece {
    ptrdiff_t row, low, high;
    size_t column;
} piece;

/* The piece that begins at that place of the row. */
static piece cut(const convolution *p, slab of, size_t column, ptrdiff_t row, ptrdiff_t low) {
    ptrdiff_t left = (ptrdiff_t)(of.places - column), width = p->window.axis[2].out;
    return (piece){row, low, width - low > left ? low + left : width, column};
}

static piece first_piece(const convolution *p, slab of) {
    size_t width = (size_t)p->window.axis[2].out;
    return cut(p, of, 0, (ptrdiff_t)(of.first / width), (ptrdiff_t)(of.first % width));
}

static piece next_piece(const convolution *p, slab of, piece last) {
    return cut(p, of, last.column + (size_t)(last.high - last.low), last.row + 1, 0);
}

/* Finds `at`; 0 if all of the row is padding. */
static int find_row(const tw_net_window *window, tap *of, ptrdiff_t row) {
    const tw_net_window_axis *z = &window->axis[0], *y = &window->axis[1], *x = &window->axis[2];
    ptrdiff_t depth = of->depth + row / y->out * z->stride,
              line = of->line + row % y->out * y->stride;
    of->at = (depth * y->in + line) * x->in + of->from;
    return depth >= 0 && depth < z->in && line >= 0 && line < y->in;
}

/* The places of a piece that a tap sees: none if they are all padding. */
static piece clip(const tap *of, piece all) {
    piece seen = all;
    if (of->end < seen.high)
        seen.high = of->end > all.low ? of->end : all.low;
    if (of->first > seen.low)
        seen.low = of->first < seen.high ? of->first : seen.high;
    return seen;
}

static void gather_piece(const tw_net_window_axis *axis, const tap *of, piece all, const real *from,
                         real *to) {
    piece seen = clip(of, all);
    for (ptrdiff_t i = all.low; i < seen.low; i++)
        to[i - all.low] = 0;
    if (axis->stride == 1)
        for (ptrdiff_t i = seen.low; i < seen.high; i++)
            to[i - all.low] = from[of->at + i];
    else
        for (ptrdiff_t i = seen.low; i < seen.high; i++)
            to[i - all.low] = from[of->at + i * axis->stride];
    for (ptrdiff_t i = seen.high; i < all.high; i++)
        to[i - all.low] = 0;
}

static void scatter_piece(const tw_net_window_axis *axis, const tap *of, piece all,
                          const real *from, real *to) {
    piece seen = clip(of, all);
    if (axis->stride == 1)
        for (ptrdiff_t i = seen.low; i < seen.high; i++)
            to[of->at + i] += from[i - all.low];
    else
        for (ptrdiff_t i = seen.low; i < seen.high; i++)
            to[of->at + i * axis->stride] += from[i - all.low];
}

/* A tap's rows of the matrix, from the channels of the input. */
static void gather_tap(const convolution *p, slab of, size_t t, const real *x, real *matrix) {
    size_t taps = tw_net_window_taps(&p->window), places = tw_net_window_in(&p->window);
    tap sees = find_tap(&p->window, t);
    for (piece all = first_piece(p, of); all.column < of.places; all = next_piece(p, of, all)) {
        int there = find_row(&p->window, &sees, all.row);
        for (size_t c = 0; c < channels_in(p); c++) {
            real *to = matrix + (c * taps + t) * of.places + all.column;
            if (there)
                gather_piece(&p->window.axis[2], &sees, all, x + c * places, to);
            else
                memset(to, 0, (size_t)(all.high - all.low) * sizeof *to);
        }
    }
}

/* Adds the same rows to the channels. */
static void scatter_tap(const convolution *p, slab of, size_t t, const real *matrix, real *x) {
    size_t taps = tw_net_window_taps(&p->window), places = tw_net_window_in(&p->window);
    tap sees = find_tap(&p->window, t);
    for (piece all = first_piece(p, of); all.column < of.places; all = next_piece(p, of, all)) {
        if (!find_row(&p->window, &sees, all.row))
            continue;
        for (size_t c = 0; c < channels_in(p); c++)
            scatter_piece(&p->window.axis[2], &sees, all,
                          matrix + (c * taps + t) * of.places + all.column, x + c * places);
    }
}

/* The matrix of a slab from its group's channels of the input. */
static void gather(const convolution *p, slab of, const real *x, real *matrix) {
    for (size_t t = 0; t < tw_net_window_taps(&p->window); t++)
        gather_tap(p, of, t, x, matrix);
}

/* Adds the matrix of a slab to what it would be gathered from. */
static void scatter(const convolution *p, slab of, const real *matrix, real *x) {
    for (size_t t = 0; t < tw_net_window_taps(&p->window); t++)
        scatter_tap(p, of, t, matrix, x);
}

/* ---- over slabs ---- */

static size_t first_in(const convolution *p, slab of) {
    return (of.sample * p->in_channels + of.group * channels_in(p)) * tw_net_window_in(&p->window);
}

static size_t first_out(const convolution *p, slab of) {
    return (of.sample * p->out_channels + of.group * channels_out(p)) *
               tw_net_window_out(&p->window) +
           of.first;
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
    size_t most = places_at_once(p), all = tw_net_window_out(&p->window);
    for (size_t sample = 0; most > 0 && sample < p->batch; sample++)
        for (size_t group = 0; group < p->groups; group++)
            for (size_t first = 0; first < all; first += most) {
                size_t left = all - first;
                add(p, (slab){group, sample, first, left < most ? left : most}, on);
            }
}

/* y += x * w. */
static void add_values(const convolution *p, slab of, const arrays *on) {
    gather(p, of, on->x + first_in(p, of), on->matrix);
    tw_net_multiply(channels_out(p), of.places, depth(p),
                    (tw_net_matrix){on->w + first_weight(p, of), depth(p), 1},
                    (tw_net_matrix){on->matrix, of.places, 1}, on->to + first_out(p, of),
                    tw_net_window_out(&p->window));
}

/* x += the adjoint of that by x, at y. */
static void add_data(const convolution *p, slab of, const arrays *on) {
    memset(on->matrix, 0, depth(p) * of.places * sizeof *on->matrix);
    tw_net_multiply(depth(p), of.places, channels_out(p),
                    (tw_net_matrix){on->w + first_weight(p, of), 1, depth(p)},
                    (tw_net_matrix){on->y + first_out(p, of), tw_net_window_out(&p->window), 1},
                    on->matrix, of.places);
    scatter(p, of, on->matrix, on->to + first_in(p, of));
}

/* w += the adjoint by w. */
static void add_weights(const convolution *p, slab of, const arrays *on) {
    gather(p, of, on->x + first_in(p, of), on->matrix);
    tw_net_multiply(channels_out(p), depth(p), of.places,
                    (tw_net_matrix){on->y + first_out(p, of), tw_net_window_out(&p->window), 1},
                    (tw_net_matrix){on->matrix, 1, of.places}, on->to + first_weight(p, of),
                    depth(p));
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
    *state = tw_alloc(depth(p) * places_at_once(p), sizeof(double));
    if (*state == NULL)
        return tw_fail(TW_ERR_MEMORY, "not enough memory for a convolution of %zu channels",
                       p->in_channels);
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
