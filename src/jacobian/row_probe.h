/* row_probe.h: the values of a function along one random direction through x: what size of terms
 * cancels in each row, how noisy it is, and a derivative that a matrix can be held against. */
#ifndef TW_JACOBIAN_ROW_PROBE_H
#define TW_JACOBIAN_ROW_PROBE_H

#include "jacobian/moved.h"

typedef struct tw_row_probe {
    const tw_vector_function *function;
    const double *x, *base;
    double *direction; /* n: +- u scale, u in [0.5, 1.5]; shorter where bounds are near */
    double *steps;     /* the same times the step */
    double *slopes, *bars, *noises; /* m: derivative along the direction, its bar, the error of one
                                       value */
    unsigned char *judged;          /* m: 0 where there is nothing to hold a row against */
    int side; /* 0, or +1 if only steps along the direction are within bounds */
    unsigned long long evaluations;
} tw_row_probe;

/* The direction for these scales and rooms, then 4 evaluations (with `measure` 18 more, in which
 * the noise is looked for; TW_DIFF_ROBUST). Release in any case. */
tw_status tw_row_probe_run(tw_row_probe *probe, const double *scales, const tw_room *rooms,
                           unsigned long long seed, int measure);
void tw_row_probe_release(tw_row_probe *probe);

typedef struct tw_row_verdict {
    size_t row;
    double off, allowed;
} tw_row_verdict;

/* Holds every row of values times direction against the slopes. bars NULL: `tolerance` of the
 * row's terms and the noise at steps h are allowed for instead. Where a row is off, the columns
 * that the pattern leaves out are searched for one that it changes with: TW_ERR_ARGUMENT if there
 * is, for a kink or noise can be the reason as well. *out is the worst row, or the one that was
 * wrong. */
tw_status tw_row_probe_verify(tw_row_probe *probe, const tw_pattern *pattern, const double *values,
                              const double *bars, double tolerance, const double *h,
                              tw_row_verdict *out);

#endif
