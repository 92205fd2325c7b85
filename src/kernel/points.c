/* points.c: one image at many points of a span. What depends on a row alone is found with the lanes
 * being rows, what depends on the point with the lanes being points of a row. */
#include "kernel/vector.h"

/* Images whose differences could pass this bound go the slow way: TW_PRODUCT_GROUP factors of at
 * most 1 + others * exp(80) stay below exp(700). */
static const double FAST_BOUND = 80.0;

/* ---- where along a row the label wins ---- */

/* The label wins at a where all differences u_c + b w_c + a v_c are below 0, or 0 for classes after
 * the label's: half-lines, whose intersection above < a < below, from <= a <= to is found once for
 * a whole row. Arrays over the rows. */
typedef struct win_intervals {
    double *above, *from, *below, *to;
} win_intervals;

enum { INTERVAL_ENDS = 4 };

INLINE win_intervals intervals_at(double *scratch, size_t rows) {
    return (win_intervals){scratch, scratch + rows, scratch + 2 * rows, scratch + 3 * rows};
}

INLINE vec smaller(vec a, vec b) {
    return choose(a < b, a, b);
}

/* Fills the intervals of LANES rows from r on. */
INLINE void fill_intervals(const tw_image_span *image, const double *b, size_t r,
                           const win_intervals *wins) {
    vec above = splat(-INFINITY), from = above, below = splat(INFINITY), to = below;
    vec rows = load(b + r);
    for (size_t c = 0; c < image->others; c++) {
        vec at_zero = image->u[c] + rows * splat(image->w[c]);
        double slope = image->v[c];
        int strict = c < image->below;
        if (fabs(slope) < 1e-300) { /* flat: everywhere or nowhere */
            ivec never = strict ? ~(at_zero < splat(0.0)) : ~(at_zero <= splat(0.0));
            above = choose(never, splat(INFINITY), above);
            continue;
        }
        vec edge = at_zero * splat(-1.0 / slope);
        above = choose(edge != edge, splat(INFINITY), above);
        if (slope > 0 && strict)
            below = smaller(edge, below);
        else if (slope > 0)
            to = smaller(edge, to);
        else if (strict)
            above = larger(edge, above);
        else
            from = larger(edge, from);
    }
    store(wins->above + r, above);
    store(wins->from + r, from);
    store(wins->below + r, below);
    store(wins->to + r, to);
}

/* 1 where the label wins in row r, else 0. */
INLINE vec won(const win_intervals *wins, size_t r, vec a) {
    ivec inside = (a > splat(wins->above[r])) & (a >= splat(wins->from[r])) &
                  (a < splat(wins->below[r])) & (a <= splat(wins->to[r]));
    return choose(inside, splat(1.0), splat(0.0));
}

/* ---- softmax ---- */

/* The largest |u|, |v|, |w| of an image: no difference is larger than u + |a| v + |b| w. */
typedef struct image_reach {
    double u, v, w;
} image_reach;

INLINE double largest(const double *x, size_t count) {
    double most = 0;
    for (size_t k = 0; k < count; k++) {
        double size = fabs(x[k]);
        if (!(size <= most)) /* NaN comes through */
            most = size;
    }
    return most;
}

/* One vector of points, straight from the differences: for those that the products cannot take. */
INLINE vec slow_points(const tw_image_span *image, vec a, double b) {
    vec top = splat(0.0), sum = splat(0.0);
    for (size_t c = 0; c < image->others; c++)
        top = larger((image->u[c] + b * image->w[c]) + a * splat(image->v[c]), top);
    for (size_t c = 0; c < image->others; c++)
        sum += vexp((image->u[c] + b * image->w[c]) + a * splat(image->v[c]) - top);
    ivec wins = top == splat(0.0);
    vec loss = top + choose(wins, vlog1p(sum), vlog(sum + vexp(-top)));
    return choose(top == splat(INFINITY), top, loss);
}

/* e_c(a, b) = exp(u_c) exp(b w_c) exp(a v_c): every factor serves a whole row or column of points.
 * powers[c * padded + p] = exp(a_p v_c), factors[c * rows + r] = exp(u_c) exp(b_r w_c). */
INLINE void fill_powers(const tw_image_span *image, const tw_point_row *row, double *powers) {
    for (size_t c = 0; c < image->others; c++)
        for (size_t p = 0; p < row->padded; p += LANES)
            store(powers + c * row->padded + p, vexp(load(row->a + p) * splat(image->v[c])));
}

INLINE void fill_factors(const tw_image_span *image, const tw_point_rows *rows, double *factors) {
    for (size_t c = 0; c < image->others; c++) {
        vec origin = vexp(splat(image->u[c]));
        for (size_t r = 0; r < rows->padded; r += LANES)
            store(factors + c * rows->padded + r,
                  origin * vexp(load(rows->b + r) * splat(image->w[c])));
    }
}

INLINE void softmax_row(const tw_image_span *image, const tw_point_rows *rows, size_t r,
                        const double *powers, const double *factors, const win_intervals *wins,
                        const image_reach *reach, double *product, double *loss, double *correct) {
    const tw_point_row *row = &rows->rows[r];
    double fixed = reach->u + fabs(row->b) * reach->w;
    /* A row well within the bound needs no look at its points. The margin keeps a point that
     * rounding could take either side of the bound from being told apart by its neighbours. */
    int all_fast = fixed + row->a_most * reach->v <= FAST_BOUND - 1e-3;
    for (size_t p = 0; p < row->padded; p += LANES) {
        vec a = load(row->a + p), z = splat(0.0);
        for (size_t c = 0; c < image->others; c++)
            z += load(powers + c * row->padded + p) * splat(factors[c * rows->padded + r]);
        size_t at = row->offset + p;
        if (!all_fast) {
            ivec fast = fixed + magnitude(a) * splat(reach->v) <= splat(FAST_BOUND);
            z = choose(fast, z, splat(0.0));
            vec slow = choose(fast, splat(0.0), slow_points(image, a, row->b));
            store(loss + at, load(loss + at) + slow);
        }
        vec running = load(product + at); /* product of (1 + z) so far, less 1 */
        store(product + at, running + (z + z * running));
        store(correct + at, load(correct + at) + won(wins, r, a));
    }
}

void KERNEL(softmax_points)(const tw_image_span *image, const tw_point_rows *rows, double *scratch,
                            double *product, double *loss, double *correct) {
    size_t others = image->others;
    image_reach reach = {largest(image->u, others), largest(image->v, others),
                         largest(image->w, others)};
    win_intervals wins = intervals_at(scratch, rows->padded);
    double *factors = scratch + INTERVAL_ENDS * rows->padded;
    double *powers = factors + others * rows->padded;
    for (size_t r = 0; r < rows->padded; r += LANES)
        fill_intervals(image, rows->b, r, &wins);
    fill_factors(image, rows, factors);
    for (size_t r = 0; r < rows->count; r++) {
        if (rows->rows[r].fresh)
            fill_powers(image, &rows->rows[r], powers);
        softmax_row(image, rows, r, powers, factors, &wins, &reach, product, loss, correct);
    }
}

void KERNEL(softmax_flush)(size_t points, double *product, double *loss) {
    for (size_t p = 0; p < points; p += LANES) {
        store(loss + p, load(loss + p) + vlog1p(load(product + p)));
        store(product + p, splat(0.0));
    }
}

/* ---- hinge ---- */

void KERNEL(hinge_points)(const tw_image_span *image, const tw_point_rows *rows, double margin,
                          double *scratch, double *loss, double *correct) {
    win_intervals wins = intervals_at(scratch, rows->padded);
    double *starts = scratch + INTERVAL_ENDS * rows->padded; /* margins at a = 0 */
    for (size_t r = 0; r < rows->padded; r += LANES) {
        fill_intervals(image, rows->b, r, &wins);
        for (size_t c = 0; c < image->others; c++)
            store(starts + c * rows->padded + r,
                  (image->u[c] + load(rows->b + r) * splat(image->w[c])) + margin);
    }
    for (size_t r = 0; r < rows->count; r++) {
        const tw_point_row *row = &rows->rows[r];
        for (size_t p = 0; p < row->padded; p += LANES) {
            vec a = load(row->a + p), sum = splat(0.0);
            for (size_t c = 0; c < image->others; c++) {
                vec m = splat(starts[c * rows->padded + r]) + a * splat(image->v[c]);
                sum += choose(m <= splat(0.0), splat(0.0), m); /* NaN comes through */
            }
            size_t at = row->offset + p;
            store(loss + at, load(loss + at) + sum);
            store(correct + at, load(correct + at) + won(&wins, r, a));
        }
    }
}
