/* density.h: how the eigenvalues of an operator (curvature.h) are distributed.
 *
 * Stochastic Lanczos quadrature (Lin, Saad and Yang, arXiv:1308.5467; Ghorbani, Krishnan and Xiao,
 * arXiv:1901.10159): m steps of Lanczos from a random vector give m nodes and weights, Gauss'
 * quadrature of the measure sum_i (u_i'v)^2 delta(lambda - lambda_i), whose mean over vectors is
 * the density of eigenvalues, 1/n sum_i delta(lambda - lambda_i). Its moments up to 2m - 1 are
 * exact for the vector at hand; the spread over probes is the error. What eigenvalues near 0 are
 * many, as they are for networks, sit in the weights of the nodes there.
 *
 * It checks itself: n times the first and second moment are the trace and |M|_F^2 (trace.h), from
 * the same products.
 */
#ifndef THALWEG_DENSITY_H
#define THALWEG_DENSITY_H

#include <stddef.h>
#include <stdint.h>

#include "curvature.h"

TW_BEGIN_DECLS

typedef struct tw_density_options {
    size_t bytes;  /* sizeof(tw_density_options), or 0 (thalweg.h) */
    size_t probes; /* random vectors; 0: 4 */
    size_t steps; /* products from each, orthogonalised in full, as many vectors are kept; 0: 80; at
                     most the dimension */
    size_t together; /* probes that go side by side, products in one block; memory is steps x n x
                        together doubles; 0: as many as 1 GiB holds. Results do not depend on it */
    uint64_t seed;
    tw_progress_fn progress; /* products done and in all */
    void *progress_user;
} tw_density_options;

/* Caller-owned: zero it before the first call. */
typedef struct tw_density {
    size_t dimension;        /* of the operator */
    size_t probes, steps;    /* done; asked for */
    size_t *counts;          /* nodes of each probe: `steps`, or fewer where its space was closed */
    double *nodes, *weights; /* probes x steps; nodes rising, weights of a probe sum to 1 */
    int exact;               /* 1: one probe, which has every eigenvalue with weight 1/dimension */
    double trace, trace_error;     /* dimension times the moments of order 1 */
    double squares, squares_error; /* and 2, with the standard error over the probes; NaN: of one */
    unsigned long long products;
    double seconds;
    struct tw_density_rest *rest; /* probes on their way, what an unfinished one goes on from */
} tw_density;

/* TW_ERR_CANCELLED, and a product that fails, leave what was done in *density: a second call with
 * the same operator and options goes on from there, to the same bits. */
TW_API tw_status tw_density_run(tw_curvature *curvature, const tw_density_options *options,
                                tw_density *density);
/* That of eigenvalues that are known (tw_curvature_eigenvalues), in any order; copied. */
TW_API tw_status tw_density_of(size_t count, const double *eigenvalues, tw_density *density);
TW_API void tw_density_release(tw_density *density);

/* mean[j] = mean over probes of sum_k w_k N(grid[j]; node_k, sigma), N the density of the normal
 * distribution: per unit of eigenvalue, its integral is 1. low and high, unless NULL: the least and
 * the greatest of a probe. sigma > 0 is the width of nodes that are eigenvalues, their residuals
 * being small; others stand for all between their neighbours and are up to half as wide as the mean
 * distance of these, so that gaps between nodes do not look like gaps of the spectrum. */
TW_API tw_status tw_density_evaluate(const tw_density *density, double sigma, size_t count,
                                     const double *grid, double *mean, double *low, double *high);
/* The same along t = asinh(lambda / scale): what a symmetric logarithmic axis shows, N(t;
 * asinh(node / scale), sigma) per unit of t. The bulk near 0 is resolved down to `scale` > 0. */
TW_API tw_status tw_density_evaluate_log(const tw_density *density, double scale, double sigma,
                                         size_t count, const double *grid, double *mean,
                                         double *low, double *high);

/* |M|_F, the root of `squares`, and its standard error (may be NULL; NaN: of one probe), from nodes
 * and weights: also where the squares themselves are too large or too small for a double. */
TW_API double tw_density_frobenius(const tw_density *density, double *error);

/* The share of eigenvalues below `value`, half a node at it: mean over probes. */
TW_API double tw_density_below(const tw_density *density, double value);
/* Wasserstein's distance of two densities, the area between their shares: what an eigenvalue has to
 * be moved by on the average. */
TW_API tw_status tw_density_distance(const tw_density *a, const tw_density *b, double *distance);

TW_END_DECLS

#endif
