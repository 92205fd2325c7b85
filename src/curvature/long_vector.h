/* long_vector.h: sums over vectors of the length of the parameters, on a runner: cut into pieces of
 * a fixed size, which are added in order, so that the bits do not depend on the threads. */
#ifndef TW_CURVATURE_LONG_VECTOR_H
#define TW_CURVATURE_LONG_VECTOR_H

#include "thalweg/run.h"

/* a'b; and |a|, of any size: where squares would be lost they are taken of shares. NaN where memory
 * is out for the sums of the pieces, which is next to nothing. */
double tw_long_dot(tw_runner *runner, size_t n, const double *a, const double *b);
double tw_long_length(tw_runner *runner, size_t n, const double *a);

/* A set of `count` vectors of n numbers, one after the other. */
typedef struct tw_long_set {
    tw_runner *runner;
    size_t n, count;
    double *vectors;
} tw_long_set;

/* out[j] = vector j ' y. */
tw_status tw_long_dots(const tw_long_set *set, const double *y, double *out);
/* y += sum_j c_j vector j. */
tw_status tw_long_add(const tw_long_set *set, const double *c, double *y);
/* y -= V V'y, V the set, of which every vector is a unit one and orthogonal to the others; sums, of
 * `count` numbers, become -V'y. */
tw_status tw_long_project(const tw_long_set *set, double *sums, double *y);
/* The first `kept` vectors become sum_j s[k * count + j] vector j, k < kept <= count. */
tw_status tw_long_turn(const tw_long_set *set, size_t kept, const double *s);
/* a *= factor */
void tw_long_scale(tw_runner *runner, size_t n, double factor, double *a);

#endif
