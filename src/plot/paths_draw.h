/* paths_draw.h: the paths of a figure over a map: lines, checkpoints, starts and ends, names. */
#ifndef TW_PLOT_PATHS_DRAW_H
#define TW_PLOT_PATHS_DRAW_H

#include "draw/frame.h"
#include "plot/contour_draw.h"

/* TW_ERR_ARGUMENT where a path has no coordinates. */
tw_status tw_paths_check(const tw_figure *figure);

/* Legend entries of the runs, and what the small print says of them. */
void tw_paths_frame(const tw_figure *figure, tw_frame *frame);

/* What the small print says of what lies outside the ranges x and y (low, high); `arrows`: whether
 * points are shown as arrows at the edge there. */
void tw_paths_outside(const tw_figure *figure, const double x[2], const double y[2], int arrows,
                      tw_caption *caption);

/* Draws them where `to_page` puts them (NaN: nowhere); the way between two checkpoints in `pieces`,
 * where a straight line is none on the page. Points of a name are named; the names stay in the box,
 * and a point outside it is an arrow at its edge.
 */
tw_status tw_paths_draw(tw_canvas *canvas, const tw_rect *box, tw_to_page to_page,
                        const void *context, int pieces);

#endif
