/* coarse.h: the picture that an interrupted survey leaves behind. */
#ifndef TW_PLOT_COARSE_H
#define TW_PLOT_COARSE_H

#include "thalweg/landscape.h"

/* Surveys take points coarse to fine. Where points are missing, *out becomes the finest grid of
 * levels that is there in full, if it has 3 coefficients an axis at least and shows more than the
 * cells of the whole grid that are complete do; otherwise it is left zeroed. For
 * tw_surface_release. */
tw_status tw_coarse_surface(const tw_surface *surface, tw_surface *out);

#endif
