/* ladder.h: the pairs of values that a scalar derivative rests on, and what is read from them. */
#ifndef TW_DIFF_LADDER_H
#define TW_DIFF_LADDER_H

#include <math.h>

#include "thalweg/derivative.h"

enum { TW_MOST_RUNGS = 128, TW_TABLEAU_COLUMNS = 14 };

/* phi at +- h. One-sided ladders have phi(0) on the other side. */
typedef struct tw_rung {
    double h;           /* a power of two */
    double plus, minus; /* values */
    double width;       /* distance of the two points, as stored */
    double slope;       /* their difference quotient */
    double noise;       /* absolute, of one value */
    int finite;
} tw_rung;

typedef struct tw_ladder {
    tw_scalar_fn phi;
    void *user;
    double unit, scale, at, lower, upper;
    double base, noise; /* phi(0) and the error of one value near it */
    double rounding;    /* of that, what the unit tells, or the caller */
    double scatter;     /* what the slopes tell of it, where the small steps deny the wide ones */
    double jump;        /* the least change between plateaus, if there are such */
    double flat;        /* > 0: a step that changes no bit, where wider ones do */
    int side;           /* 0: both; +1, -1: only steps to that side */
    unsigned limit, evaluations, flags;
    int settled;      /* the noise is: it is measured no more */
    int limited;      /* the limit is the caller's */
    int measured;     /* the noise was measured */
    int asked;        /* since the caller asked for it */
    int contradicted; /* the small steps deny the wide ones */
    int count;
    tw_rung rungs[TW_MOST_RUNGS]; /* in the order met */
} tw_ladder;

/* As tw_derivative_scalar. only_powers: phi answers at powers of two only, and nothing else is
 * tried; the caller has measured the noise. */
tw_status tw_ladder_derivative(tw_scalar_fn phi, void *user, const tw_derivative_options *options,
                               int only_powers, tw_derivative *out);

/* The widest step that there is room for. */
static inline double tw_ladder_room(const tw_ladder *ladder) {
    return ladder->side > 0   ? ladder->upper
           : ladder->side < 0 ? -ladder->lower
                              : fmin(-ladder->lower, ladder->upper);
}

/* ---- ladder_rung.c ---- */

/* The rung at h, evaluated when first asked for. Past the limit of evaluations it is not finite. */
tw_status tw_ladder_rung(tw_ladder *ladder, double h, tw_rung *out);

/* phi(t), counted. */
tw_status tw_ladder_value(tw_ladder *ladder, double t, double *value);

/* Sorts the rungs, widest first. */
void tw_ladder_sort(tw_ladder *ladder);

/* ---- ladder_noise.c ---- */

/* phi(0) and its noise. */
tw_status tw_ladder_start(tw_ladder *ladder, const tw_derivative_options *options);

/* *single = 1, and the unit that of float, where every value met so far, and one more at a step
 * below h that is no power of two, is a float, though they fill all its digits. */
tw_status tw_ladder_look_for_single(tw_ladder *ladder, double h, int *single);

/* 0 where the steps tell that what they differ by cannot be noise. */
int tw_ladder_may_be_noisy(const tw_ladder *ladder);

/* The noise that the slopes of halved steps differ by; 0 where they differ otherwise. */
double tw_ladder_scatter(const tw_ladder *ladder);

/* Raises the noise to what is measured; *raised = 1: by so much that all must be done again. */
tw_status tw_ladder_measure(tw_ladder *ladder, int *raised);

/* ---- what is read from the rungs ---- */

/* Richardson extrapolation of slopes at h, h/2, h/4, ..., whose errors have the powers h, h^2, ...
 * (ratio 2) or h^2, h^4, ... (ratio 4), with the noise carried along. */
typedef struct tw_tableau {
    double ratio;
    int rows, stalled, floored;
    double slopes[TW_TABLEAU_COLUMNS], noises[TW_TABLEAU_COLUMNS]; /* the last row */
    double value, error, step; /* the entry of least estimated error */
    int column;
} tw_tableau;
void tw_tableau_begin(tw_tableau *tableau, double ratio);
/* Adds a row; 1 if a further one cannot be expected to help. */
int tw_tableau_push(tw_tableau *tableau, double h, double slope, double noise);

/* ladder_guard.c: the tableau from h on, `best`, held against a small step; where that denies it,
 * again from steps at which plain differences come near. `raised`: how often noise raised h. *again
 * is set where the noise must be measured first, as a ladder of noise that is not settled may find.
 */
tw_status tw_ladder_reconcile(tw_ladder *ladder, double h, int raised, tw_tableau *best,
                              int *again);

/* The class of the point and the distance of a kink nearby, from the rungs, which are sorted. */
tw_point_class tw_ladder_class(const tw_ladder *ladder, double *kink);

/* Left and right derivatives from the sorted rungs; returns the larger of their bars. */
double tw_ladder_sides(const tw_ladder *ladder, double *left, double *right);

#endif
