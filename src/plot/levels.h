/* levels.h: at which values contours are drawn. */
#ifndef TW_PLOT_LEVELS_H
#define TW_PLOT_LEVELS_H

#include <stddef.h>

enum { TW_LEVELS_MAX = 64 };

/* About `target` round numbers strictly between low and high, rising. Log: of the mantissa sets
 * {1}, {1,3}, {1,2,5}, {1,1.5,2,3,5,7}, {1,1.25,1.6,2,2.5,3.2,5,7} the one whose size times the
 * decades is nearest to the target. Returns how many (at most TW_LEVELS_MAX). */
size_t tw_levels_log(double low, double high, int target, double *levels);
size_t tw_levels_linear(double low, double high, int target, double *levels);

#endif
