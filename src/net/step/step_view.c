#include "net/step/step_view.h"

#include <string.h>

typedef tw_net_view_axis axis;

enum { TILE = 16 }; /* of a transposition: rows and columns that stay in the first cache */

/* ---- the two innermost axes ---- */

typedef void (*plane_fn)(const axis *rows, const axis *columns, const real *from, real *to);

static void copy_plane(const axis *rows, const axis *columns, const real *from, real *to) {
    int contiguous = columns->from == 1 && columns->to == 1;
    for (size_t r = 0; r < rows->size && contiguous; r++)
        memcpy(to + (ptrdiff_t)r * rows->to, from + (ptrdiff_t)r * rows->from,
               columns->size * sizeof *to);
    for (size_t tile = 0; tile < rows->size && !contiguous; tile += TILE) {
        size_t end = tile + TILE < rows->size ? tile + TILE : rows->size;
        for (size_t left = 0; left < columns->size; left += TILE) {
            size_t right = left + TILE < columns->size ? left + TILE : columns->size;
            for (size_t r = tile; r < end; r++) {
                const real *x = from + (ptrdiff_t)r * rows->from;
                real *y = to + (ptrdiff_t)r * rows->to;
                for (ptrdiff_t c = (ptrdiff_t)left; c < (ptrdiff_t)right; c++)
                    y[c * columns->to] = x[c * columns->from];
            }
        }
    }
}

/* The other way, adding: an entry of x that stands at many places of y gets all of them. Along a
 * row of such places they are summed in double first. */
static void add_plane(const axis *rows, const axis *columns, const real *from, real *to) {
    for (size_t r = 0; r < rows->size; r++) {
        const real *gy = from + (ptrdiff_t)r * rows->to;
        real *gx = to + (ptrdiff_t)r * rows->from;
        ptrdiff_t count = (ptrdiff_t)columns->size;
        if (columns->from == 0) {
            double sum = 0;
            for (ptrdiff_t c = 0; c < count; c++)
                sum += gy[c * columns->to];
            *gx += (real)sum;
        } else if (columns->from == 1 && columns->to == 1)
            for (ptrdiff_t c = 0; c < count; c++)
                gx[c] += gy[c];
        else
            for (ptrdiff_t c = 0; c < count; c++)
                gx[c * columns->from] += gy[c * columns->to];
    }
}

/* ---- the others ---- */

/* Calls `plane` for every choice of the outer axes; `backward`: from y's places to x's. */
static void for_planes(const tw_net_view *view, int backward, const real *from, real *to,
                       plane_fn plane) {
    size_t outer = view->rank - 2, at[TW_NET_VIEW_RANK] = {0};
    const axis *axes = view->axes;
    ptrdiff_t x = view->from_offset, y = view->to_offset;
    for (size_t a = 0; a < view->rank; a++)
        if (axes[a].size == 0)
            return;
    for (;;) {
        plane(&axes[outer], &axes[outer + 1], from + (backward ? y : x), to + (backward ? x : y));
        size_t a = outer;
        while (a > 0 && ++at[a - 1] == axes[a - 1].size) {
            a--;
            x -= (ptrdiff_t)(axes[a].size - 1) * axes[a].from;
            y -= (ptrdiff_t)(axes[a].size - 1) * axes[a].to;
            at[a] = 0;
        }
        if (a == 0)
            return;
        x += axes[a - 1].from;
        y += axes[a - 1].to;
    }
}

static tw_status forward(const void *plan, void *state, const real *const *in, real *out) {
    const tw_net_view *view = plan;
    if (view->partial)
        memset(out, 0, view->count * sizeof *out);
    for_planes(view, 0, in[0], out, copy_plane);
    return TW_OK;
}

static tw_status backward(const void *plan, void *state, const real *const *in, const real *out,
                          const real *gout, real *const *gin) {
    if (gin[0] != NULL)
        for_planes(plan, 1, gout, gin[0], add_plane);
    return TW_OK;
}

const TW_NET_REAL(tw_net_functions)
    TW_NET_REAL(tw_net_viewed_functions) = {.forward = forward, .backward = backward};

#ifndef TW_NET_SINGLE

const tw_net_kernel tw_net_viewed = {"movement", TW_NET_LINEAR, TW_NET_BOTH(tw_net_viewed)};

static int goes_on(const axis *outer, const axis *inner) {
    return (size_t)outer->from == inner->size * (size_t)inner->from &&
           (size_t)outer->to == inner->size * (size_t)inner->to;
}

void tw_net_view_collapse(tw_net_view *view) {
    size_t rank = 0;
    axis *axes = view->axes;
    for (size_t a = 0; a < view->rank; a++) {
        if (axes[a].size == 1)
            continue;
        if (rank > 0 && goes_on(&axes[rank - 1], &axes[a]))
            axes[rank - 1] = (axis){axes[rank - 1].size * axes[a].size, axes[a].from, axes[a].to};
        else
            axes[rank++] = axes[a];
    }
    for (; rank < 2; rank++) {
        memmove(axes + 1, axes, rank * sizeof *axes);
        axes[0] = (axis){1, 0, 0};
    }
    view->rank = rank;
}

#endif
