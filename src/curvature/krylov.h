/* krylov.h: an orthonormal basis that grows by products, and the matrix in it.
 *
 * Of `count` vectors the first `done` have had their product: M V_done = V_done T + V_rest B, and
 * what is lost besides: where a remainder was dropped, column j has slack[j], its length. T and B
 * are rows and columns of `projected`.
 *
 * The first two random vectors are those by which the operator was looked at (curvature_product.h),
 * if it was and block is 1: their products are there. Of q = (v - V_done c) / length, made of such
 * a vector, M q = (M v - V_done T c) / length, but for the slack of V_done. */
#ifndef TW_CURVATURE_KRYLOV_H
#define TW_CURVATURE_KRYLOV_H

#include "curvature/long_vector.h"
#include "thalweg/curvature.h"

typedef struct tw_krylov {
    tw_curvature *curvature;
    tw_runner *runner;
    size_t n, dimension;
    size_t room;       /* vectors in `basis` */
    size_t block;      /* products that are made together at most */
    size_t most_basis; /* vectors there have been at once */
    uint64_t seed, draws;
    size_t count, done;
    double *basis;     /* room x n */
    double *projected; /* room x room */
    double *slack;     /* room */
    double *sums;      /* 2 room, scratch */
    size_t known;      /* 1 + the column that is made of the operator's vector `probe`; 0: none */
    size_t probe;
    double known_length;
    double *known_part; /* room: c */
    double scale;       /* the largest |M v| so far, in the operator's unit as all of this */
    double error;       /* the largest error of a product so far */
    unsigned long long products;
} tw_krylov;

/* curvature, room, block and seed are given. Released by the caller, whatever is returned. */
tw_status tw_krylov_make(tw_krylov *space);
void tw_krylov_release(tw_krylov *space);

/* Takes up the vector that stands behind the last one, made orthonormal to the others; not where
 * nothing is left of it. */
tw_status tw_krylov_take(tw_krylov *space);
/* A random one; none where the basis has all dimensions. */
tw_status tw_krylov_draw(tw_krylov *space);

/* Room for the remainders of another block? */
int tw_krylov_is_full(const tw_krylov *space);
/* The next block of products, whose remainders join the basis; where there are none, a random
 * vector does. Where a product fails nothing has changed. */
tw_status tw_krylov_grow(tw_krylov *space);

/* Ritz values falling, vectors (done x done, a row each) in terms of the basis, and residuals. */
tw_status tw_krylov_ritz(const tw_krylov *space, double *values, double *vectors,
                         double *residuals);

/* The basis becomes `kept` Ritz vectors: rows of s (kept x done), with their values and residuals;
 * and behind them what had no product yet, unless `alone`: then residuals become slack. */
tw_status tw_krylov_restart(tw_krylov *space, size_t kept, const double *s, const double *values,
                            const double *residuals, int alone);

#endif
