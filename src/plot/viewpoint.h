/* viewpoint.h: from where a surface in space is looked at unless the reader says. */
#ifndef TW_PLOT_VIEWPOINT_H
#define TW_PLOT_VIEWPOINT_H

#include "plot/camera3d.h"

/* Of eight azimuths, -60 first and every 45 degrees from it, the one from which most of the
 * surfaces (one at least, each in its box) is seen, low parts counting up to ten times as much as
 * high ones; -60 unless another shows 10 % more. The elevation is 30 degrees, or 45 where half of
 * the lowest part of one is hidden even so. */
tw_status tw_viewpoint_choose(size_t count, const tw_field *const *fields, const tw_box3d *boxes,
                              double *azimuth, double *elevation);

#endif
