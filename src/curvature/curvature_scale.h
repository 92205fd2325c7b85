/* curvature_scale.h: what moves, and by how much. */
#ifndef TW_CURVATURE_CURVATURE_SCALE_H
#define TW_CURVATURE_CURVATURE_SCALE_H

#include "thalweg/curvature.h"

/* scale[i] = D_ii, 0 where the parameter stays. */
tw_status tw_curvature_scale_fill(const tw_space *space, const double *x,
                                  const tw_curvature_options *options, double *scale);

/* to = D from, which may be the same; parameters that stay are 0, whatever stands there. */
void tw_scale_apply(size_t n, const double *scale, const double *from, double *to);
/* The part of a vector that moves. */
void tw_scale_keep(size_t n, const double *scale, const double *from, double *to);

#endif
