/* dense.h: all eigenvalues of a symmetric matrix that is there in full. */
#ifndef TW_CURVATURE_DENSE_H
#define TW_CURVATURE_DENSE_H

#include <stddef.h>

#include "thalweg/curvature.h"

/* Of a (n x n, symmetric), falling; where `vectors` is set a becomes them, row k that of value k,
 * else it is lost. By LAPACK where there is one (dense_lapack.c), or by our own (dense_own.c). */
tw_status tw_dense_eigen(size_t n, double *a, double *values, int vectors);
tw_status tw_dense_eigen_own(size_t n, double *a, double *values, int vectors);

/* TW_ERR_ARGUMENT for an order that is too large for all of its eigenvalues. */
tw_status tw_dense_check(size_t order);

/* Columns of a matrix, the first `done` of `order`, one after the other. */
typedef struct tw_dense_columns {
    size_t order, done;
    double *matrix; /* room for order x order */
} tw_dense_columns;

/* tw_curvature_eigenvalues (spectrum.h) without vectors, and the diagonal of the matrix that it
 * built: n numbers, 0 for parameters that stay. It goes on from the columns that are done; those
 * that `progress` is told of are among them. At the end the matrix is lost. */
tw_status tw_dense_eigen_and_diagonal(tw_curvature *curvature, tw_dense_columns *columns,
                                      double *values, double *diagonal, tw_progress_fn progress,
                                      void *user);

#endif
