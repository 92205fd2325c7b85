/* curvature_scale.h: what moves, and by how much. */
#ifndef TW_CURVATURE_CURVATURE_SCALE_H
#define TW_CURVATURE_CURVATURE_SCALE_H

#include "thalweg/curvature.h"

/* scale[i] = D_ii, 0 where the parameter stays. */
tw_status tw_curvature_scale_fill(const tw_space *space, const double *x,
                                  const tw_curvature_options *options, double *scale);

#endif
