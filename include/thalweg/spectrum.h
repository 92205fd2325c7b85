/* spectrum.h: eigenvalues of a symmetric operator (curvature.h) and their vectors: the largest, the
 * most negative, or all.
 *
 * Extreme pairs by block Lanczos: the space spanned by a start and its products, kept orthonormal
 * in full, in which the matrix is small and dense; where it has grown to `basis` vectors it starts
 * again from the best of its Ritz vectors (thick restart: Wu and Simon, SIAM J. Matrix Anal. Appl.
 * 22, 2000). A space grown from one vector holds one vector of every eigenspace only: so, where
 * more than one pair is wanted at an end, a random vector orthogonal to what was found is started
 * from in turn, until it brings nothing more; that finds eigenvalues that are multiple or almost
 * so.
 *
 * The values are the extreme ones there are, each within its residual and the tolerance of its
 * rank, but for a probability below 1 in 1,000 at either end that a larger (smaller) one has been
 * missed: the search ends when a random vector with a larger part along that one's vector than
 * 0.00125 / sqrt(dimension) would have shown it, whatever the matrix (docs/curvature.md). Of 50
 * parameters or fewer the whole space is taken, and nothing is missed, unless `unconfirmed` or a
 * smaller `basis` is asked for.
 *
 * Each value has its residual |M v - value v|, by a product of its own at the end, |v| = 1. There
 * is an eigenvalue of M within the residual of the value (it is symmetric), and within about
 * residual^2 / gap where the next one is a gap away.
 *
 *     tw_spectrum *s;
 *     tw_spectrum_open(m, &(tw_spectrum_options){.largest = 5, .smallest = 1}, &s);
 *     while (!tw_spectrum_ended(s))
 *         tw_spectrum_run(s, 10);                  and perhaps keep tw_spectrum_state
 *     tw_spectrum_result_of(s, &result);             result.largest[0].value
 *     tw_spectrum_close(s);
 *
 * Bits depend neither on threads nor on how a run is cut.
 */
#ifndef THALWEG_SPECTRUM_H
#define THALWEG_SPECTRUM_H

#include <stddef.h>
#include <stdint.h>

#include "curvature.h"

TW_BEGIN_DECLS

/* ---- extreme pairs ---- */

typedef struct tw_eigenpair {
    double value;
    double residual;      /* |M v - value v| */
    const double *vector; /* n entries, |v| = 1, in the space of M: D v is the direction in that of
                             the objective (tw_curvature_scale). The sign is such that the entry of
                             the largest modulus, the first among equals, is positive */
} tw_eigenpair;

/* What a run is at; for a callback. */
typedef struct tw_spectrum_progress {
    size_t bytes;
    unsigned long long products;
    size_t wanted, converged; /* pairs */
    size_t rounds;            /* 0: on the first space; then: on which search for what it missed */
    double largest, smallest; /* as they stand */
    double residual;          /* the largest of the wanted pairs, estimated */
    double tolerance;         /* what it is to come below */
} tw_spectrum_progress;

typedef struct tw_spectrum_options {
    size_t bytes;             /* sizeof(tw_spectrum_options), or 0 (thalweg.h) */
    size_t largest, smallest; /* how many of each; both 0: one of each. More than there are: all */
    double tolerance;         /* residuals, as a share of the largest |eigenvalue|; 0: 1e-6 */
    unsigned long long products; /* after which the search ends, once there are as many as pairs;
                                    the residuals of the pairs, one product each, come on top. 0:
                                    100,000 */
    size_t basis;  /* vectors kept, at least 2 (largest + smallest) + 2 of the block; 0: as many as
                      help, and `memory` allows */
    size_t memory; /* bytes for vectors; 0: 1 GiB */
    size_t block;  /* products made together; 0: one, or one more than there are vectors to start
                      with */
    int unconfirmed; /* 1: ends where residuals are small, without a look at what may be missed */
    uint64_t seed;
    const double *start; /* vectors to begin with, start_count x n, such as a neighbour's; random
                            ones behind them fill the block. NULL: none. Copied */
    size_t start_count;
    int (*report)(void *user, const tw_spectrum_progress *progress); /* after every block; not 0:
                                                                        TW_ERR_CANCELLED */
    void *user;
} tw_spectrum_options;

typedef enum tw_spectrum_stop {
    TW_SPECTRUM_UNFINISHED,
    TW_SPECTRUM_CONVERGED,
    TW_SPECTRUM_PRODUCTS, /* as many as were allowed: residuals may be small, and others missed */
    TW_SPECTRUM_ROUNDING  /* residuals cannot get below what products are rounded by: the tolerance
                             was smaller */
} tw_spectrum_stop;
/* "unfinished", "converged", "products", "rounding"; NULL past the end. */
TW_API const char *tw_spectrum_stop_name(size_t stop);

typedef struct tw_spectrum_result {
    size_t bytes;
    tw_spectrum_stop stop;
    size_t largest_count, smallest_count; /* as asked, or the dimension */
    const tw_eigenpair *largest;          /* falling */
    const tw_eigenpair *smallest;         /* rising */
    double tolerance;                     /* that residuals were held to, no share any more */
    double rounding;                      /* what a residual consists of at least, estimated */
    unsigned long long products; /* of this spectrum, before a restored state included, without
                                    those that the operator was looked at by */
    size_t basis;                /* most vectors kept */
    size_t restarts, rounds;
    size_t memory; /* bytes of vectors */
} tw_spectrum_result;

typedef struct tw_spectrum tw_spectrum;

/* The operator must stay until close. Nothing is computed yet. TW_ERR_ARGUMENT for options out of
 * range or a start that is zero or not finite; TW_ERR_MEMORY, with the number that is needed, where
 * `memory` does not hold the fewest vectors. */
TW_API tw_status tw_spectrum_open(tw_curvature *curvature, const tw_spectrum_options *options,
                                  tw_spectrum **out);

/* Makes `blocks` more blocks of products, or fewer if it ends before. TW_ERR_CANCELLED, and
 * whatever a product fails by, leave it as it was after the last block: the next call goes on. */
TW_API tw_status tw_spectrum_run(tw_spectrum *spectrum, size_t blocks);
TW_API int tw_spectrum_ended(const tw_spectrum *spectrum);

/* The pairs, of the handle's memory until its next call or close. Before the end they are as they
 * stand, with estimated residuals, and their vectors are NULL; counts are those found so far. */
TW_API tw_status tw_spectrum_result_of(tw_spectrum *spectrum, tw_spectrum_result *out);

/* What is needed to go on from the last block; the parts are the handle's until its next call.
 * "basis" is the large one. For restore alone, as tw_descent_state. */
typedef struct tw_spectrum_part {
    const char *name; /* static storage */
    size_t count;
    const double *values;
} tw_spectrum_part;
TW_API tw_status tw_spectrum_state(tw_spectrum *spectrum, size_t *count,
                                   const tw_spectrum_part **parts);
/* Into a handle that has not begun, of the same operator and options; parts in any order, copied.
 * TW_ERR_FORMAT for those of another one. */
TW_API tw_status tw_spectrum_restore(tw_spectrum *spectrum, size_t count,
                                     const tw_spectrum_part *parts);

/* NULL is allowed. */
TW_API void tw_spectrum_close(tw_spectrum *spectrum);

/* ---- all eigenvalues ---- */

/* All of them, falling, `dimension` numbers (tw_curvature_facts_of), of the matrix built column by
 * column from as many products, and its symmetric part solved by a dense solver (LAPACK, or where
 * the library was built without it one of our own, which is slower): for some thousand parameters.
 * Errors are a few dimension times 1e-16 of the largest. vectors, unless NULL: dimension x n, row k
 * the vector of value k. asymmetry, unless NULL: the largest |M_ij - M_ji|. TW_ERR_ARGUMENT for
 * more than 20,000 parameters that move; TW_ERR_CANCELLED by `progress` (columns done), which may
 * be NULL. */
TW_API tw_status tw_curvature_eigenvalues(tw_curvature *curvature, double *values, double *vectors,
                                          double *asymmetry, tw_progress_fn progress, void *user);

TW_END_DECLS

#endif
