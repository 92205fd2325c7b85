/* cli_repeats.h: a slice along several random directions at once: the band that they fill. */
#ifndef THALWEG_CLI_REPEATS_H
#define THALWEG_CLI_REPEATS_H

#include "thalweg/objective.h"

/* An objective whose spans of rank 1 go along `count` directions at once, whatever direction they
 * are opened with: `directions` is count x the size of `inner`. For every metric of `inner` it has
 * three: the mean over the directions under the metric's name, and NAME_min and NAME_max. One that
 * is not a number in any direction is none in all three. Nothing is owned. *out is the caller's. */
tw_status repeats_new(tw_objective *inner, size_t count, const double *directions,
                      tw_objective **out);

#endif
