/* view3d_turn.h: the place that a view in space needs from all sides. */
#ifndef TW_PLOT_VIEW3D_TURN_H
#define TW_PLOT_VIEW3D_TURN_H

#include "plot/view3d.h"

/* On the page, about the middle of the box. */
typedef struct tw_view3d_bounds {
    double left, right, low, high;
} tw_view3d_bounds;

/* Sets the largest scale at which the box and its texts lie within width x height (0: any) from
 * every azimuth, and tells what all of them cover: the same for each, so that nothing jumps. The
 * sides have their ticks and the camera stands. Where memory is out the scale is 1. */
tw_view3d_bounds tw_view3d_fit_all_round(tw_view3d *v, double width, double height);

#endif
