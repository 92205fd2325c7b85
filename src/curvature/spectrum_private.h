/* spectrum_private.h: a search for extreme pairs, for the files that make it up. */
#ifndef TW_CURVATURE_SPECTRUM_PRIVATE_H
#define TW_CURVATURE_SPECTRUM_PRIVATE_H

#include "curvature/krylov.h"
#include "thalweg/spectrum.h"

/* GROWING ends where residuals are estimated to be small; CHECKING makes the products that say so.
 */
typedef enum tw_spectrum_phase {
    TW_SPECTRUM_GROWING,
    TW_SPECTRUM_CHECKING,
    TW_SPECTRUM_ENDED
} tw_spectrum_phase;

struct tw_spectrum {
    tw_spectrum_options options; /* resolved; `start` is not kept */
    size_t largest, smallest;    /* that there are */
    tw_krylov space;
    tw_spectrum_phase phase;
    tw_spectrum_stop stop;
    size_t restarts, rounds, refined;
    double worst; /* the largest residual by products, of the last check; 0: none yet */
    double best;  /* the least worst estimate, and when it was met */
    unsigned long long best_at;
    double *wanted;   /* largest + smallest values, falling and rising; */
    double *residual; /* their residuals */
    double *before;   /* values when the round began */
    size_t found;     /* of both together, at the most so many each */
    double *ritz, *ritz_residual, *ritz_vectors; /* room, room, room x room */
    tw_eigenpair *pairs;
    double counters[32]; /* of the state */
    tw_spectrum_part parts[8];
};

static inline size_t tw_spectrum_wanted(const tw_spectrum *s) {
    return s->largest + s->smallest;
}

/* Row of the basis that has wanted pair k once only these are kept: the largest, then the smallest,
 * rising, of which some are both where the matrix is small. */
static inline size_t tw_spectrum_row(const tw_spectrum *s, size_t k) {
    return k < s->space.done ? k : s->space.dimension - 1 - (k - s->largest);
}

/* What residuals are held to; in the operator's unit (curvature_unit.h), as all here but `pairs`.
 */
double tw_spectrum_tolerance(const tw_spectrum *s);
/* What a residual consists of at least. */
double tw_spectrum_rounding(const tw_spectrum *s);
/* The first vectors. */
tw_status tw_spectrum_begin(tw_spectrum *s);
/* One block of products. */
tw_status tw_spectrum_step(tw_spectrum *s);

#endif
