/* spectrum_private.h: a search for extreme pairs, for the files that make it up. */
#ifndef TW_CURVATURE_SPECTRUM_PRIVATE_H
#define TW_CURVATURE_SPECTRUM_PRIVATE_H

#include <float.h>
#include <math.h>

#include "curvature/curvature_unit.h"
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
    size_t found;     /* of both together, at the most so many each */
    /* Of the random vector that the basis grows from (spectrum_hidden.c): */
    size_t locked;   /* rows in front that it is orthogonal to: what was found before */
    size_t anchor;   /* the row from where T is tridiagonal; Ritz vectors in between */
    double lead[2];  /* of a vector u beyond either end, u'(this row) over its part of the random
                        vector; infinite: there is none, 0: it has been found */
    double edge[2];  /* beyond which that is; NAN: beyond the values as they stand */
    double share;    /* of the vector that the first round begins with, the length of what is random
                        in it, a random vector of length 1 being 1; 0: nothing is */
    double bound[2]; /* beyond which nothing lies, or so much is sure; infinite: not known */
    int confirmed;
    int unseen; /* the last block has not been looked at, memory being short */
    double *ritz, *ritz_residual, *ritz_vectors; /* room, room, room x room */
    tw_eigenpair *pairs;
    double counters[48]; /* of the state */
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

/* What a residual consists of at least; in the operator's unit (curvature_unit.h), as all here but
 * `pairs`. */
static inline double tw_spectrum_rounding(const tw_spectrum *s) {
    double spacing = DBL_TRUE_MIN / tw_curvature_unit(s->space.curvature); /* of tiny products */
    return 4 * s->space.error + 32 * DBL_EPSILON * s->space.scale +
           4 * sqrt((double)s->space.dimension) * spacing;
}
/* What residuals are held to. */
static inline double tw_spectrum_tolerance(const tw_spectrum *s) {
    return fmax(s->options.tolerance * s->space.scale, tw_spectrum_rounding(s));
}
/* Whether there may be an eigenvalue beyond the wanted ones that the space has not shown. */
typedef enum tw_spectrum_beyond {
    TW_BEYOND_NOTHING, /* not, but for the probability that spectrum.h states */
    TW_BEYOND_OPEN,
    TW_BEYOND_FOUND /* one has been, since the edges were fixed */
} tw_spectrum_beyond;
tw_spectrum_beyond tw_spectrum_look_beyond(const tw_spectrum *s);
/* Bounds, of the space as it stands. */
void tw_spectrum_find_bounds(tw_spectrum *s);
/* The vector behind the first `locked` ones is a random one. Edges are those of the values as they
 * are, or `fixed`. */
void tw_spectrum_chain_begin(tw_spectrum *s, size_t locked, int fixed);
/* To be called before a restart; the anchor is then what the restart leaves. */
void tw_spectrum_chain_keep(tw_spectrum *s);

/* The one vector to start with is the sum of a random one and of others that do not depend on it:
 * the search can be confirmed by it. */
void tw_spectrum_start_has(tw_spectrum *s, double share);
/* No eigenvalue lies beyond the last wanted one of an end by more, but for the probability that
 * spectrum.h states; INFINITY where nothing is known. After the end. */
double tw_spectrum_reach(const tw_spectrum *s, int end);

/* The first vectors. */
tw_status tw_spectrum_begin(tw_spectrum *s);
/* One block of products. */
tw_status tw_spectrum_step(tw_spectrum *s);

#endif
