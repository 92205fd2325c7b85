/* trace.h: the trace of an operator (curvature.h), of its blocks, its diagonal, and the sum of its
 * squares, exactly where the structure of the objective has them, else from random vectors, with
 * standard errors.
 *
 *   exact       tr M = sum of the diagonal (objective.h: curvature_diagonal)
 *   Hutchinson  tr M ~ mean_k v_k' M v_k, v_k of +1 and -1 (Communications in Statistics 19, 1990);
 *               variance of a draw 2 (|M|_F^2 - sum_i M_ii^2)
 *   Hutch++     tr Q'MQ exactly, Q an orthonormal basis of M S for random S, and Hutchinson's way
 *               for what is orthogonal to it, (1 - QQ') M (1 - QQ') (Meyer, Musco, Musco and
 *               Woodruff, arXiv:2010.09649)
 *
 * The same draws give the traces of blocks, v_b' (M v)_b, the diagonal, v_i (M v)_i, and
 * |M|_F^2 ~ mean_k |M v_k|^2, the sum of the squared eigenvalues.
 *
 * A standard error is s / sqrt(K) of K draws, s their standard deviation, times
 * 1 + (7/6 skewness^2 + 5/4 - excess kurtosis / 12) / K, within 1 and 2, of the draws' own: draws
 * of few large eigenvalues are skew, and without it two standard errors would hold the truth less
 * often than they should. (Entries of the diagonal go without.) With few draws all that is
 * uncertain: before 16 draws no tolerance is taken as reached. Draw k is a function of the seed and
 * k alone: threads, the tolerance and being interrupted change nothing but where it stops.
 */
#ifndef THALWEG_TRACE_H
#define THALWEG_TRACE_H

#include <stddef.h>
#include <stdint.h>

#include "curvature.h"

TW_BEGIN_DECLS

typedef enum tw_trace_method {
    TW_TRACE_AUTO, /* exact where that can be had, or by unit vectors where `draws` are as many as
                      the parameters that move; else Hutchinson. Unit vectors have no chance in
                      them: method is EXACT, and errors are 0 but by differences (curvature.h),
                      where they are the largest error of a product times the number of columns,
                      for |M|_F times its root */
    TW_TRACE_EXACT,
    TW_TRACE_HUTCHINSON,
    TW_TRACE_HUTCHPP
} tw_trace_method;
/* "auto", "exact", "hutchinson", "hutch++"; NULL past the end; find is -1 for others. */
TW_API const char *tw_trace_method_name(size_t method);
TW_API int tw_trace_method_find(const char *name);

typedef struct tw_trace_options {
    size_t bytes; /* sizeof(tw_trace_options), or 0 (thalweg.h) */
    tw_trace_method method;
    size_t draws;     /* at most, of Hutchinson's kind, at least 2; 0: 100 */
    double tolerance; /* stops, from 16 draws on, where the standard error is at most this share of
                         |trace|; 0: all draws */
    size_t sketch;    /* Hutch++: columns of S, two products each; 0: a third of `draws`, as many as
                         1 GiB holds at most. As many as parameters that move, or more, are the
                         whole matrix: unit vectors take their place, and nothing is drawn */
    uint64_t seed;
    double *diagonal;        /* n numbers, written where not NULL: the diagonal of M, */
    double *diagonal_error;  /* and the standard error of each, 0 where exact; by columns of
                                differences the largest error of a product */
    tw_progress_fn progress; /* draws done, and at most to be done; between them the result may be
                                read */
    void *progress_user;
} tw_trace_options;

typedef struct tw_trace_block {
    size_t block; /* of the objective's space */
    double trace, standard_error;
} tw_trace_block;

/* Caller-owned: zero it before the first call. */
typedef struct tw_trace_result {
    tw_trace_method method; /* EXACT, HUTCHINSON or HUTCHPP */
    double trace, standard_error;
    size_t
        block_count; /* blocks that have a parameter that moves, in their order; standard errors
                        are those of each by itself: draws are shared, they are not independent */
    tw_trace_block *blocks;
    double squares, squares_error;     /* |M|_F^2; NaN where exact without draws */
    double frobenius, frobenius_error; /* its root; error by the derivative */
    size_t draws;                      /* done */
    size_t sketch;                     /* columns of Q */
    unsigned long long products;
    double seconds;
    double *values;             /* draws x (block_count + 1): traces of the blocks, and |M v| */
    size_t room;                /* draws that `values` has room for */
    struct tw_trace_rest *rest; /* of the library's: what it goes on from beside draws */
} tw_trace_result;

/* TW_ERR_UNSUPPORTED for EXACT where there is no such diagonal. TW_ERR_CANCELLED, and a product
 * that fails, leave what was done in *result: a second call with the same operator and options goes
 * on from there, to the same bits. */
TW_API tw_status tw_trace_run(tw_curvature *curvature, const tw_trace_options *options,
                              tw_trace_result *result);
/* |M|_F, the root of the sum of the squares of eigenvalues, and its error by that of the sum. */
TW_API double tw_frobenius_norm(double squares, double squares_error, double *error);
TW_API void tw_trace_release(tw_trace_result *result);

TW_END_DECLS

#endif
