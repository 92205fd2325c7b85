/* contour_draw.h: contour lines on a page, with their labels. */
#ifndef TW_PLOT_CONTOUR_DRAW_H
#define TW_PLOT_CONTOUR_DRAW_H

#include "draw/axes.h"
#include "plot/contour.h"

typedef struct tw_contour_style {
    double width, alpha;
    const tw_rgb *ink;    /* by level */
    const double *labels; /* by level: the value to write; NULL: no labels */
    const tw_ticks *axis; /* of the bar, whose offset labels share; may be NULL */
    tw_rgb label_ink;
    int label_ground;         /* 1: paper under labels, where something is drawn already */
    const tw_contours *cover; /* on the page, drawn later: labels keep off; NULL: nothing */
} tw_contour_style;

/* Moves a point of the plot to the page. */
typedef void (*tw_to_page)(const void *context, double x, double y, double *page_x, double *page_y);

/* A copy of the lines in page coordinates, without the points closer than half a point to the one
 * before. */
tw_status tw_contours_to_page(const tw_contours *contours, tw_to_page to_page, const void *context,
                              tw_contours *out);

/* The colour of lines at a level, 0 ... 1, on the paper of the theme: the end of a map, or the
 * middle of a signed one, that would be lost on it is left out or grey. */
tw_rgb tw_contour_ink(const tw_canvas *canvas, tw_colormap colormap, double level);

/* Draws lines given in page coordinates. */
tw_status tw_contours_draw(tw_canvas *canvas, const tw_contours *page, const tw_rect *box,
                           size_t level_count, const tw_contour_style *style);

#endif
