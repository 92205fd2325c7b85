/* points.c: one image at many points of a span. What depends on a row alone is found with the lanes
 * being rows, what depends on the point with the lanes being points of a row. */
#include "kernel/vector.h"

/* Points where differences could pass this bound are taken from these themselves: TW_PRODUCT_GROUP
 * factors of at most 1 + others * exp(80) stay below exp(700). */
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

/* ---- where differences are large ---- */

/* Terms below exp(-NEAR) of the largest are no more than rounding beside it; where the label wins,
 * the largest is its own 1, which is not in the sum, and a term counts down to exp(-LEAST). Beyond
 * VAST the exponent of a factor is no longer exact. */
static const double NEAR = 40.0, LEAST = 708.0, VAST = 1e8;
static const double LOG2_E = 1.44269504088896340736, LN_2 = 0.69314718055994530942;

/* What points of large differences need of an image: exp(a_p v_c) and exp(u_c + b_r w_c), each as a
 * mantissa near 1 and a power of two, so that no factor overflows. */
typedef struct apart {
    double *power, *power_exponent;   /* others x padded, of the list of the rows at hand */
    double *factor, *factor_exponent; /* others x rows */
    double *starts;                   /* u_c + b w_c of one row */
} apart;

/* exp(x) = mantissa 2^exponent, for |x| < VAST. */
INLINE vec vexp_apart(vec x, vec *exponent) {
    const double shifter = 0x1.8p52;
    vec n = (x * LOG2_E + shifter) - shifter;
    *exponent = n;
    return exp_polynomial((x - n * 0x1.62e42fefa3800p-1) - n * 0x1.ef35793c76730p-45);
}

INLINE void fill_apart_powers(const tw_image_span *image, const tw_point_row *row,
                              const apart *tables) {
    for (size_t c = 0; c < image->others; c++)
        for (size_t p = 0; p < row->padded; p += LANES) {
            size_t at = c * row->padded + p;
            vec exponent, power = vexp_apart(load(row->a + p) * splat(image->v[c]), &exponent);
            store(tables->power + at, power);
            store(tables->power_exponent + at, exponent);
        }
}

INLINE void fill_apart_factors(const tw_image_span *image, const tw_point_rows *rows,
                               const apart *tables) {
    for (size_t c = 0; c < image->others; c++)
        for (size_t r = 0; r < rows->padded; r += LANES) {
            size_t at = c * rows->padded + r;
            vec start = image->u[c] + load(rows->b + r) * splat(image->w[c]);
            vec exponent, factor = vexp_apart(start, &exponent);
            store(tables->factor + at, factor);
            store(tables->factor_exponent + at, exponent);
        }
}

INLINE void fill_starts(const tw_image_span *image, double b, double *starts) {
    for (size_t c = 0; c < image->others; c++)
        starts[c] = image->u[c] + b * image->w[c];
}

/* The largest of 0 and the differences of TILE vectors of points, and the one after it. */
enum { TILE = 4 };

INLINE void find_largest(const tw_image_span *image, const double *starts, const double *a,
                         size_t others, size_t tile, vec *most, vec *second) {
    for (size_t t = 0; t < tile; t++) {
        most[t] = splat(0.0);
        second[t] = splat(-INFINITY);
    }
    for (size_t c = 0; c < others; c++)
        for (size_t t = 0; t < tile; t++) {
            vec d = splat(starts[c]) + load(a + t * LANES) * splat(image->v[c]);
            second[t] = larger(smaller(d, most[t]), second[t]);
            most[t] = larger(d, most[t]);
        }
}

/* Points of which some terms are near the largest: the loss is *top + log(1 + the result). */
INLINE vec near_terms(const tw_image_span *image, const tw_point_rows *rows, size_t r, size_t p,
                      const apart *tables, vec most, vec *top) {
    const double shifter = 0x1.8p52, biased = 0x1.8p52 + 1023;
    vec bounded = smaller(most, splat(VAST)); /* others are not used */
    vec scale = (bounded * LOG2_E + shifter) - shifter, sum = splat(0.0);
    size_t padded = rows->rows[r].padded;
    for (size_t c = 0; c < image->others; c++) {
        vec exponent = (splat(tables->factor_exponent[c * rows->padded + r]) - scale) +
                       load(tables->power_exponent + c * padded + p);
        vec power = (vec)((ivec)(larger(exponent, splat(-1022.0)) + biased) << 52);
        vec mantissa =
            load(tables->power + c * padded + p) * splat(tables->factor[c * rows->padded + r]);
        /* before the product, which would be denormal, and slow */
        sum += choose(exponent < splat(-1021.0), splat(0.0), mantissa) * power;
    }
    vec label = (vec)((ivec)(larger(-scale, splat(-1022.0)) + biased) << 52);
    *top = scale * LN_2;
    return choose(scale == splat(0.0), sum, sum + (label - 1.0));
}

/* The same straight from the differences, for those of any size, or none. */
INLINE vec vast_terms(const tw_image_span *image, const double *starts, vec a, vec most, vec *top) {
    vec sum = splat(0.0);
    for (size_t c = 0; c < image->others; c++)
        sum += vexp((splat(starts[c]) + a * splat(image->v[c])) - most);
    *top = most;
    sum = choose(most == splat(0.0), sum, sum + (vexp(-most) - 1.0));
    return choose(most == splat(INFINITY), splat(0.0), sum);
}

/* One vector of points that the products of powers cannot take. What a lane gets goes by its own
 * numbers, not by those of the others. */
INLINE vec far_points(const tw_image_span *image, const tw_point_rows *rows, size_t r, size_t p,
                      const apart *tables, ivec fast, vec reach, vec most, vec second, vec *top) {
    vec a = load(rows->rows[r].a + p), result = splat(0.0), other_top;
    vec cutoff = choose(most == splat(0.0), splat(-LEAST), splat(-NEAR));
    ivec vast = ~(reach <= splat(VAST)); /* NaN is vast */
    ivec alone = second - most <= cutoff;
    *top = most;
    if (any(~(fast | vast | alone))) {
        vec near = near_terms(image, rows, r, p, tables, most, &other_top);
        result = choose(alone, result, near);
        *top = choose(alone, *top, other_top);
    }
    if (any(vast & ~fast)) {
        vec near = vast_terms(image, tables->starts, a, most, &other_top);
        result = choose(vast, near, result);
        *top = choose(vast, other_top, *top);
    }
    return result;
}

/* ---- where they are not ---- */

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

/* The tables of an image, each filled when it is first needed. */
typedef struct image_tables {
    double *factors, *powers;
    int has_factors, has_powers;
    apart far;
    int has_far_factors, has_far_powers;
} image_tables;

/* z = sum_c e_c(a, b) for the points from p on of row r. */
INLINE vec fast_points(const tw_image_span *image, const tw_point_rows *rows, size_t r, size_t p,
                       image_tables *tables) {
    const tw_point_row *row = &rows->rows[r];
    vec z = splat(0.0);
    if (!tables->has_factors)
        fill_factors(image, rows, tables->factors);
    if (!tables->has_powers)
        fill_powers(image, row, tables->powers);
    tables->has_factors = tables->has_powers = 1;
    for (size_t c = 0; c < image->others; c++)
        z += load(tables->powers + c * row->padded + p) *
             splat(tables->factors[c * rows->padded + r]);
    return z;
}

/* Multiplies the products of a vector of points by 1 + z. */
INLINE void add_points(size_t at, vec z, vec won_here, double *product, double *correct) {
    vec running = load(product + at); /* product of (1 + z) so far, less 1 */
    store(product + at, running + (z + z * running));
    store(correct + at, load(correct + at) + won_here);
}

/* A bound on the differences at the points from a on. */
INLINE vec size_at(const image_reach *reach, const tw_point_row *row, const double *a) {
    return (reach->u + fabs(row->b) * reach->w) + magnitude(load(a)) * splat(reach->v);
}

/* A tile of points of a row that may have large differences. */
INLINE void mixed_tile(const tw_image_span *image, const tw_point_rows *rows, size_t r, size_t p,
                       size_t tile, image_tables *tables, const win_intervals *wins,
                       const image_reach *reach, double *product, double *loss, double *correct) {
    const tw_point_row *row = &rows->rows[r];
    vec most[TILE], second[TILE], top = splat(0.0);
    vec slow = splat(0.0); /* in doubles: gcc 12 fails at masks that are gathered in a loop */
    for (size_t t = 0; t < tile; t++)
        slow += choose(size_at(reach, row, row->a + p + t * LANES) <= splat(FAST_BOUND), splat(0.0),
                       splat(1.0));
    int some_slow = any(slow > splat(0.0));
    find_largest(image, tables->far.starts, row->a + p, some_slow ? image->others : 0, tile, most,
                 second);
    for (size_t t = 0; t < tile; t++) {
        size_t from = p + t * LANES, at = row->offset + from;
        vec z = splat(0.0), size = size_at(reach, row, row->a + from);
        ivec fast = size <= splat(FAST_BOUND);
        if (any(fast))
            z = fast_points(image, rows, r, from, tables);
        if (some_slow) {
            vec far = far_points(image, rows, r, from, &tables->far, fast, size, most[t], second[t],
                                 &top);
            z = choose(fast, z, far);
            store(loss + at, load(loss + at) + choose(fast, splat(0.0), top));
        }
        add_points(at, z, won(wins, r, load(row->a + from)), product, correct);
    }
}

INLINE void softmax_row(const tw_image_span *image, const tw_point_rows *rows, size_t r,
                        image_tables *tables, const win_intervals *wins, const image_reach *reach,
                        double *product, double *loss, double *correct) {
    const tw_point_row *row = &rows->rows[r];
    double fixed = reach->u + fabs(row->b) * reach->w;
    size_t p = 0, wide = TILE * LANES;
    /* A row well within the bound needs no look at its points. The margin keeps a point that
     * rounding could take either side of the bound from being told apart by its neighbours. */
    if (fixed + row->a_most * reach->v <= FAST_BOUND - 1e-3) {
        for (; p < row->padded; p += LANES)
            add_points(row->offset + p, fast_points(image, rows, r, p, tables),
                       won(wins, r, load(row->a + p)), product, correct);
        return;
    }
    if (!tables->has_far_factors)
        fill_apart_factors(image, rows, &tables->far);
    if (!tables->has_far_powers)
        fill_apart_powers(image, row, &tables->far);
    tables->has_far_factors = tables->has_far_powers = 1;
    fill_starts(image, row->b, tables->far.starts);
    for (; p + wide <= row->padded; p += wide)
        mixed_tile(image, rows, r, p, TILE, tables, wins, reach, product, loss, correct);
    for (; p + wide / 2 <= row->padded; p += wide / 2)
        mixed_tile(image, rows, r, p, TILE / 2, tables, wins, reach, product, loss, correct);
    for (; p < row->padded; p += LANES)
        mixed_tile(image, rows, r, p, 1, tables, wins, reach, product, loss, correct);
}

/* Cuts the scratch behind the intervals. */
INLINE image_tables tables_at(double *scratch, size_t others, const tw_point_rows *rows) {
    size_t of_rows = others * rows->padded, of_list = others * rows->longest;
    image_tables tables = {.factors = scratch, .powers = scratch + of_rows};
    tables.far.factor = tables.powers + of_list;
    tables.far.factor_exponent = tables.far.factor + of_rows;
    tables.far.power = tables.far.factor_exponent + of_rows;
    tables.far.power_exponent = tables.far.power + of_list;
    tables.far.starts = tables.far.power_exponent + of_list;
    return tables;
}

void KERNEL(softmax_points)(const tw_image_span *image, const tw_point_rows *rows, double *scratch,
                            double *product, double *loss, double *correct) {
    size_t others = image->others;
    image_reach reach = {largest(image->u, others), largest(image->v, others),
                         largest(image->w, others)};
    win_intervals wins = intervals_at(scratch, rows->padded);
    image_tables tables = tables_at(scratch + INTERVAL_ENDS * rows->padded, others, rows);
    for (size_t r = 0; r < rows->padded; r += LANES)
        fill_intervals(image, rows->b, r, &wins);
    for (size_t r = 0; r < rows->count; r++) {
        if (rows->rows[r].fresh)
            tables.has_powers = tables.has_far_powers = 0;
        softmax_row(image, rows, r, &tables, &wins, &reach, product, loss, correct);
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
