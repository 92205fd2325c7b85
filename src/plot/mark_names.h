/* mark_names.h: names beside marks of a plot, placed so that they cover neither each other nor the
 * marks nor the curves, and stay inside the box. */
#ifndef TW_PLOT_MARK_NAMES_H
#define TW_PLOT_MARK_NAMES_H

#include "draw/axes.h"

typedef struct tw_mark_name {
    double x, y;  /* of the mark, on the page */
    double reach; /* its radius: kept free */
    const char *text;
    tw_rgb ink;
    tw_rect place; /* chosen */
} tw_mark_name;

/* A point of a curve that labels should leave free; curves are given as points some 3 apart. */
typedef struct tw_spot {
    double x, y;
} tw_spot;

/* Chooses the places of all labels. */
void tw_mark_names_place(const tw_font *font, double size, const tw_rect *box, size_t count,
                         tw_mark_name *labels, size_t spots, const tw_spot *spot);

/* Draws the texts, with a thin line to marks that are further away. */
void tw_mark_names_draw(tw_canvas *canvas, double size, size_t count, const tw_mark_name *labels);

#endif
