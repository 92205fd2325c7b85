/* power_unit.h: what brings numbers near 1 where their squares would be none. */
#ifndef TW_ALGEBRA_POWER_UNIT_H
#define TW_ALGEBRA_POWER_UNIT_H

#include <stddef.h>

/* The power of two that numbers of the largest modulus `most` are to be divided by, exactly, to be
 * near 1, if they are far from it; else 1. */
double tw_unit_of(double most);
/* That of these numbers. */
double tw_unit_of_all(size_t count, const double *numbers);

/* Whether it may be one: a power of two. */
int tw_is_unit(double unit);

#endif
