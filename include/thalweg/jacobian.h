/* jacobian.h: the matrix of first derivatives of several functions, dense or sparse.
 *
 * J_ij = d r_i / d x_j for residuals r: R^n -> R^m, from r at moved copies of x:
 *
 *   forward   (r(x + h e_j) - r(x)) / h                n evaluations and one
 *   central   (r(x + h e_j) - r(x - h e_j)) / (2h)     2 n
 *   ladder    derivative.h in every entry; the entries of a column share its evaluations, and each
 *             has a tableau, a guard and an error bar of its own; 25 ... 80 a column
 *   robust    the same, with the noise of every residual measured first (19 evaluations in all)
 *
 * Where a pattern says which entries can differ from zero, columns that no row has in common are
 * moved together (Curtis, Powell and Reid, J. Inst. Maths Applics 13, 1974): the cost is that of as
 * many columns as there are colours.
 *
 * Results are the same bits for any number of threads. The caller's x is never written.
 */
#ifndef THALWEG_JACOBIAN_H
#define THALWEG_JACOBIAN_H

#include <stddef.h>

#include "diff.h"
#include "run.h"
#include "status.h"

TW_BEGIN_DECLS

/* residuals[i] = r_i(x) for i < m. A residual that is not finite is data; an error status means
 * that the evaluation did not happen. x must not be written (where it is, that is told). */
typedef tw_status (*tw_residual_fn)(void *user, size_t n, const double *x, size_t m,
                                    double *residuals);

typedef struct tw_residuals {
    size_t bytes; /* sizeof(tw_residuals), or 0 (thalweg.h) */
    tw_residual_fn function;
    void *user;
    size_t n, m;    /* at least 1 each */
    int concurrent; /* 1: may be called from several threads at once */
    double noise;   /* relative rounding error of one residual; 0: 2^-52 */
} tw_residuals;

/* All zero (or a NULL pointer) means the defaults. */
typedef struct tw_jacobian_options {
    size_t bytes;          /* sizeof(tw_jacobian_options), or 0 (thalweg.h) */
    tw_diff_method method; /* forward, central, ladder or robust */
    double step; /* forward and central: h, the same for every column; 0: for each column a power of
                    two near noise^(1/2) (forward) or noise^(1/3) (central) times its scale */
    const double *scales;        /* n typical sizes of the x_j, 0 where not known; NULL: max(|x_j|,
                                    min(1, root mean square of x)), 1 where that is next to 0 */
    const double *lower, *upper; /* n bounds each, infinite where there is none; NULL: none at all.
                                    r is never evaluated outside. Where the room on one side is too
                                    small for the step, differences are one-sided: forward backward,
                                    central (-3 r(x) + 4 r(x + h) - r(x + 2h)) / (2h) */
    double *bars; /* an estimate of |J_ij - truth| for every entry, laid out as the values; NULL:
                     not wanted. Forward and central take a second step h/2 for it, and all methods
                     three evaluations for the size of what cancels in each row */
    tw_runner *runner; /* spreads columns or colours over threads if the residuals are concurrent;
                          not owned; NULL: the calling thread */
    tw_progress_fn progress;
    void *progress_user;

    /* ---- sparse only ---- */
    const size_t *groups; /* n colours, as tw_color_columns gives them; NULL: smallest-last order */
    int trust;            /* 1: the pattern is not verified */
    unsigned long long seed; /* of the direction that verifies it */
} tw_jacobian_options;

typedef struct tw_jacobian_report {
    size_t groups;                  /* sets of columns that were moved together; n where dense */
    size_t without;                 /* entries that got no value: NaN, with an infinite bar */
    double bar;                     /* the largest finite error bar; NaN where none were taken */
    unsigned long long evaluations; /* of the residuals */
    double seconds;                 /* wall-clock time */

    /* ---- sparse, unless trusted: the row in which J v and the derivative along v are furthest
     * apart, measured by what the bars allow ---- */
    size_t row;
    double row_off;     /* |J v - derivative| there */
    double row_allowed; /* what the bars allow; above this the row is looked into */
} tw_jacobian_report;

/* jacobian[i * n + j] = J_ij. `options` and `report` may be NULL. A row that is not finite at x, or
 * on all sides of x, has no derivatives: its entries are NaN and counted in the report.
 *
 * TW_ERR_ARGUMENT if n or m is 0, for options that make no sense, for an x_j that is not finite, is
 * out of its bounds or has no room between them, for a step that does not change x_j;
 * TW_ERR_CALLBACK, or what it answered, if the function fails; TW_ERR_MEMORY; TW_ERR_CANCELLED.
 * Then the contents of jacobian and bars are not defined. Ladder and robust keep every evaluation
 * of a column until it is done: about 60 m numbers a thread. */
TW_API tw_status tw_diff_jacobian(const tw_residuals *residuals, const double *x,
                                  const tw_jacobian_options *options, double *jacobian,
                                  tw_jacobian_report *report);

/* ---- sparse ---- */

/* Which entries of a rows x columns matrix can differ from zero: row by row (CSR), the columns of
 * row i being indices[starts[i]] ... indices[starts[i + 1] - 1] in ascending order. */
typedef struct tw_pattern tw_pattern;

/* Copies starts (rows + 1) and indices (starts[rows]). rows, columns >= 1; a row or column may be
 * empty. TW_ERR_ARGUMENT, naming the row, if starts fall or do not begin with 0, or a row is not
 * sorted, has a column twice, or one that is out of range. *out is owned by the caller. */
TW_API tw_status tw_pattern_new(size_t rows, size_t columns, const size_t *starts,
                                const size_t *indices, tw_pattern **out);
/* NULL is allowed. */
TW_API void tw_pattern_free(tw_pattern *pattern);

/* What tw_pattern_new was given: starts (rows + 1) and indices (as many as there are nonzeros) are
 * those of the pattern, valid as long as it is. */
TW_API size_t tw_pattern_rows(const tw_pattern *pattern);
TW_API size_t tw_pattern_columns(const tw_pattern *pattern);
TW_API size_t tw_pattern_nonzeros(const tw_pattern *pattern);
TW_API const size_t *tw_pattern_starts(const tw_pattern *pattern);
TW_API const size_t *tw_pattern_indices(const tw_pattern *pattern);

/* The order in which columns get the first colour that is free. The degree of a column is the
 * number of columns that it shares a row with. Coleman and Moré, SIAM J. Numer. Anal. 20 (1983). */
typedef enum tw_color_order {
    TW_COLOR_NATURAL,         /* 0, 1, 2, ... */
    TW_COLOR_LARGEST_FIRST,   /* by falling degree */
    TW_COLOR_SMALLEST_LAST,   /* the last is that of least degree, the one before it that of least
                                 degree among the others, ... */
    TW_COLOR_INCIDENCE_DEGREE /* next the one that shares rows with most columns that have a colour;
                                 among equals that of largest degree */
} tw_color_order;
/* "natural", "largest-first", "smallest-last", "incidence-degree"; NULL past the end. */
TW_API const char *tw_color_order_name(size_t order);

typedef struct tw_coloring {
    size_t colors;      /* as many as were needed, 1 at least */
    size_t lower_bound; /* no colouring has fewer: the largest number of entries in a row; for
                           tw_color_symmetric 2 if there is any entry off the diagonal, else 1 */
} tw_coloring;

/* groups[j] = the colour of column j, from 0: no row has entries in two columns of a colour.
 * `groups` holds tw_pattern_columns numbers; `report` may be NULL. */
TW_API tw_status tw_color_columns(const tw_pattern *pattern, tw_color_order order, size_t *groups,
                                  tw_coloring *report);

/* values[k] = the entry J_ij of place k in the pattern (rows m, columns n; otherwise
 * TW_ERR_SHAPE). Then r is differentiated along one random direction v, v_j = +- u_j scale_j with
 * u_j in [0.5, 1.5], and every row of J v is held against it (4 evaluations). For a row that is off
 * by more than the error bars of both sides explain, the columns outside the pattern are moved, and
 * if the row changes with them a bisection (log2 n evaluations) finds one: TW_ERR_ARGUMENT, naming
 * row and column; values, bars and report are filled all the same. A row that is off but does not
 * change, as at a kink or under noise, is only reported. A missing entry that changes its row by
 * less than 1e-3 (forward) or 1e-5 (central) passes unless bars are asked for. TW_ERR_ARGUMENT also
 * if `groups` is no colouring of the
 * pattern. Otherwise as tw_diff_jacobian. */
TW_API tw_status tw_diff_jacobian_sparse(const tw_residuals *residuals, const tw_pattern *pattern,
                                         const double *x, const tw_jacobian_options *options,
                                         double *values, tw_jacobian_report *report);

TW_END_DECLS

#endif
