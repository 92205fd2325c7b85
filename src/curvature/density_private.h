/* density_private.h: what the files of a density share. */
#ifndef TW_CURVATURE_DENSITY_PRIVATE_H
#define TW_CURVATURE_DENSITY_PRIVATE_H

#include "thalweg/density.h"

/* Fills in trace and squares with their errors from nodes and weights. */
void tw_density_sum_up(tw_density *density);

#endif
