/* pits.h: narrow valleys on a logarithmic height. */
#ifndef TW_PLOT_PITS_H
#define TW_PLOT_PITS_H

#include <stddef.h>

/* A valley that is narrower than the grid is met by some samples and missed by others: as heights
 * on a logarithmic scale these are stalactites, which the surface has not. A pit is a sample that
 * is lower than all of its neighbours (8, NaN where missing) by more than a hundredth of what the
 * heights span. Where there are more than 8 of them, which no handful of minima is, each is raised
 * to the lowest of its neighbours. How many were. Pits are no neighbours of each other. */
size_t tw_pits_raise(size_t nx, size_t ny, double *z);

#endif
