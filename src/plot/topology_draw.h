/* topology_draw.h: the shape of a surface over its picture: minima with their persistences,
 * saddles, the lowest way. */
#ifndef TW_PLOT_TOPOLOGY_DRAW_H
#define TW_PLOT_TOPOLOGY_DRAW_H

#include "draw/frame.h"
#include "plot/mark_names.h"

/* Where a point of the grid is on the page, by its place and its value. */
typedef void (*tw_place_point)(const void *context, double x, double y, double value,
                               double *page_x, double *page_y);

/* How many of the minima, the deepest, may have names: few where there are many. */
size_t tw_topology_names(const tw_topology *shape);

/* What the small print says of the marks. */
void tw_topology_caption(const tw_figure *figure, tw_caption *caption);

/* Draws what the figure has of them (nothing for NULL). The deepest minima have their names, m1 the
 * deepest, and persistences; names stay in the box, and off the spots. */
tw_status tw_topology_draw(tw_canvas *canvas, const tw_rect *box, tw_place_point place,
                           const void *context, size_t spots, const tw_spot *spot);

#endif
