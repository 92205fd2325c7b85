/* surface3d.h: a field as a lit surface in pixels. */
#ifndef TW_PLOT_SURFACE3D_H
#define TW_PLOT_SURFACE3D_H

#include "draw/raster3d.h"
#include "plot/camera3d.h"
#include "plot/contour.h"

/* Screen to pixels: x = x0 + scale * screen x, y = y0 - scale * screen y. */
typedef struct tw_viewport {
    double x0, y0, scale;
} tw_viewport;

/* Draws the refined field. */
tw_status tw_surface3d_draw(tw_raster *raster, const tw_camera *camera, const tw_field *field,
                            tw_colormap colormap, const tw_viewport *view);
/* Draws contour lines on it: heights[level] is the z of a line, width in pixels. */
void tw_surface3d_lines(tw_raster *raster, const tw_camera *camera, const tw_field *field,
                        const tw_contours *lines, const double *heights, double width,
                        const tw_viewport *view);

#endif
