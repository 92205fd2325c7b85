/* hessian.h: second derivatives of an objective f, H_ij = d2f / dx_i dx_j, with error bars.
 *
 *   product    H v   = (g(x + t v) - g(x - t v)) / (2t), g the gradient, at two t and extrapolated
 *   curvature  v'H v = (f(x + t v) - 2 f(x) + f(x - t v)) / t^2, on a ladder of t: values only
 *   dense      column by column from gradients; or entry by entry from values
 *              (f(++) - f(+-) - f(-+) + f(--)) / (4 h_i h_j), on ladders, if asked for
 *   sparse     from gradients, columns of a colour together, in a star colouring (Coleman and
 *              Moré, Math. Programming 28, 1984)
 *
 * The objective's own hessian_products are never used: these are what it is compared with. Results
 * are the same bits for any number of threads (those of the objective's runner). The caller's x is
 * never written.
 */
#ifndef THALWEG_HESSIAN_H
#define THALWEG_HESSIAN_H

#include <stddef.h>

#include "jacobian.h"
#include "objective.h"

TW_BEGIN_DECLS

/* ---- products ---- */

typedef struct tw_product_report {
    double step;                    /* the larger t */
    double bar;                     /* largest error bar of an entry */
    unsigned long long evaluations; /* gradients: 4 */
    double seconds;
} tw_product_report;

/* product[i] ~ (H v)_i from four gradients, at x +- t v and x +- t/2 v with a power of two t near
 * noise^(1/3) |x| / |v| (of x, the entries that v moves; |t v| near noise^(1/3) where those are
 * next to 0). bars[i], if `bars` is not NULL, estimates |product[i] - truth|: the change by the
 * extrapolation, and the rounding of gradients. TW_ERR_UNSUPPORTED without a gradient;
 * TW_ERR_ARGUMENT if v is zero or not finite. An entry whose gradient is not finite beside x is
 * NaN, with an infinite bar. `report` may be NULL. */
TW_API tw_status tw_diff_hessian_product(tw_objective *objective, const double *x, const double *v,
                                         double *product, double *bars, tw_product_report *report);

typedef struct tw_line_curvature {
    double value; /* v'H v */
    double error; /* the bar: an estimate of |value - truth| */
    double step;  /* t of the winning entry */
    unsigned evaluations;
} tw_line_curvature;

/* v'H v from values alone, 15 ... 50 evaluations; along a span where the objective has one.
 * TW_ERR_NOT_FINITE if f(x) is not finite, TW_ERR_ARGUMENT if v is zero or not finite; if no step
 * beside x has finite
 * values the answer is NaN with an infinite bar. At a kink the quotients grow without end: the bar
 * is then as large as the value. */
TW_API tw_status tw_diff_curvature(tw_objective *objective, const double *x, const double *v,
                                   tw_line_curvature *out);

/* ---- matrices ---- */

typedef enum tw_hessian_source {
    TW_HESSIAN_GRADIENTS,       /* four gradients a column, as for the product, and five */
    TW_HESSIAN_GRADIENT_LADDER, /* a ladder in every entry: 25 ... 80 gradients a column */
    TW_HESSIAN_VALUES /* 15 ... 50 values on the diagonal, twice that off it; dense only */
} tw_hessian_source;

/* All zero (or a NULL pointer) means the defaults. */
typedef struct tw_hessian_options {
    size_t bytes; /* sizeof(tw_hessian_options), or 0 (thalweg.h) */
    tw_hessian_source source;
    const double *scales;        /* typical sizes of the x_j, as in tw_jacobian_options (root mean
                                    squares are those of the parameter's block) */
    const double *lower, *upper; /* bounds, as there */
    double *bars;                /* as many as there are values; NULL: not wanted */
    tw_progress_fn progress;
    void *progress_user;

    /* ---- sparse only ---- */
    const size_t *groups; /* n colours of tw_color_symmetric; NULL: smallest-last order */
    int trust;            /* 1: the pattern is not verified */
    unsigned long long seed;
} tw_hessian_options;

typedef struct tw_hessian_report {
    double asymmetry;       /* largest |H_ij - H_ji| before they were averaged; 0 from values, where
                               there is one number for both */
    size_t row, column;     /* where that was */
    size_t groups, without; /* as in tw_jacobian_report */
    double bar;             /* largest finite error bar */
    unsigned long long evaluations; /* gradients, or values */
    double seconds;
} tw_hessian_report;

/* hessian[i * n + j] = (H_ij + H_ji) / 2. Costs n times a product, or n (n + 1) / 2 ladders of
 * values: for small n. Errors as in tw_diff_jacobian; TW_ERR_UNSUPPORTED if gradients are wanted
 * and there are none: ask for TW_HESSIAN_VALUES then. */
TW_API tw_status tw_diff_hessian(tw_objective *objective, const double *x,
                                 const tw_hessian_options *options, double *hessian,
                                 tw_hessian_report *report);

/* values[k] = H_ij for place k of the pattern, which must be square and symmetric (TW_ERR_SHAPE:
 * both (i, j) and (j, i) are in it); values of the two are equal. H_ij is read from the rows in
 * which the colouring leaves it alone, and averaged where both are. The pattern is verified, and a
 * wrong one refused, as by tw_diff_jacobian_sparse. */
TW_API tw_status tw_diff_hessian_sparse(tw_objective *objective, const tw_pattern *pattern,
                                        const double *x, const tw_hessian_options *options,
                                        double *values, tw_hessian_report *report);

/* groups[j] = the colour of column j of a symmetric pattern: neighbours differ, and no path of four
 * vertices has only two colours, so that every entry stands alone in its row or in the row of its
 * mirror image. Order and report as in tw_color_columns, the degree being the number of entries of
 * the row off the diagonal. TW_ERR_SHAPE if the pattern is not square or not symmetric. */
TW_API tw_status tw_color_symmetric(const tw_pattern *pattern, tw_color_order order, size_t *groups,
                                    tw_coloring *report);

TW_END_DECLS

#endif
