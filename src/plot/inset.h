/* inset.h: a rectangle of a picture, magnified in a corner of it. */
#ifndef TW_PLOT_INSET_H
#define TW_PLOT_INSET_H

#include "draw/frame.h"
#include "plot/mark_names.h"

enum { TW_INSET_SPOTS = 4000 };

typedef struct tw_inset {
    tw_frame frame; /* its box and axes */
    tw_rect card;   /* the paper that it stands on */
    tw_rect source; /* the rectangle on the page */
    size_t covered; /* of the spots that it should not cover */
} tw_inset;

/* Whether a point lies in the rectangle. */
int tw_inset_holds(const tw_figure *figure, double x, double y);
/* Adds spots along a line of the page, its end left out, as long as there are fewer than `room`;
 * how many there are then. */
size_t tw_inset_trace(tw_spot from, tw_spot to, size_t room, tw_spot *spots, size_t used);
/* What lies within the axes of the figure's rectangle: chooses the corner of the outer frame, which
 * is laid out, where it covers neither the rectangle nor, as far as can be, the spots. `aspect`:
 * the height of its box over its width, 0: free. */
tw_status tw_inset_place(tw_inset *inset, const tw_canvas *canvas, const tw_frame *outer,
                         double aspect, size_t spots, const tw_spot *spot);
/* The marked rectangle and the paper; what is in the box comes next, */
void tw_inset_begin(tw_canvas *canvas, const tw_inset *inset, const tw_frame *outer);
/* and then its axes. */
void tw_inset_end(tw_canvas *canvas, const tw_inset *inset);

#endif
