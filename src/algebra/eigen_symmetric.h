/* eigen_symmetric.h: leading eigenvectors of a small symmetric matrix. */
#ifndef TW_ALGEBRA_EIGEN_SYMMETRIC_H
#define TW_ALGEBRA_EIGEN_SYMMETRIC_H

#include <stddef.h>

#include "thalweg/status.h"

/* The `wanted` (at most n) largest eigenvalues of the symmetric matrix a (n x n, finite, destroyed)
 * falling, and their eigenvectors: vectors[k * n + i], orthonormal. Householder's reduction to
 * tridiagonal form, then QR steps with Wilkinson's shift (Golub and Van Loan, Matrix Computations,
 * sections 8.3.1 and 8.3.3): errors of a few n times 1e-16 of the largest. About 4 n^3 operations,
 * n^2 numbers of memory. TW_ERR_NOT_FINITE where QR steps do not end, as of a matrix that is not
 * finite. */
tw_status tw_eigen_symmetric(size_t n, double *a, size_t wanted, double *values, double *vectors);

#endif
