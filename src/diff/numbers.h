/* numbers.h: small arithmetic that the files of this folder share. */
#ifndef TW_DIFF_NUMBERS_H
#define TW_DIFF_NUMBERS_H

#include <stddef.h>

/* The largest power of two <= x > 0. */
double tw_power_below(double x);

/* Sorts rising. */
void tw_sort_rising(size_t count, double *values);
/* The middle of count > 0 values, the mean of the two in the middle where they are even in number;
 * sorts them. */
double tw_median(size_t count, double *values);

/* sum a_i b_i, in order. */
double tw_dot(size_t n, const double *a, const double *b);

#endif
