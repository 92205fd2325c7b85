/* frame.h: what stands around a plot. Text is measured, then the box for the data is laid out, so
 * that nothing is cut off and nothing overlaps. */
#ifndef TW_DRAW_FRAME_H
#define TW_DRAW_FRAME_H

#include "draw/caption.h"
#include "draw/colorbar.h"

typedef enum tw_legend_mark {
    TW_MARK_LINE,
    TW_MARK_DASHED,
    TW_MARK_DOTTED,
    TW_MARK_RING,
    TW_MARK_BAND,
    TW_MARK_BAR,
    TW_MARK_DOT
} tw_legend_mark;

typedef struct tw_legend_entry {
    const char *text;
    tw_rgb ink;
    tw_legend_mark mark;
    int dots; /* 1: a dot on the line */
} tw_legend_entry;

enum { TW_LEGEND_MAX = 32 };

typedef struct tw_margins {
    double left, right, top, bottom;
} tw_margins;

typedef struct tw_frame {
    const char *title;
    double title_size;           /* 0: TW_TITLE_SIZE */
    tw_side bottom, left, right; /* span, label and ink are given, ticks chosen */
    int has_right;
    tw_colorbar *bar;           /* or NULL */
    double bar_share;           /* of the height of the box that the bar takes; 0: all */
    double bar_top, bar_bottom; /* what it leaves of the box above and below */
    size_t legend_count;
    tw_legend_entry legend[TW_LEGEND_MAX];
    tw_caption caption;
    double aspect;                /* height of the box over its width; 0: free */
    int bare;                     /* no axes: the box is for a view that draws its own */
    tw_margins least;             /* around the box, for panels that stand in line */
    double name_top, name_bottom; /* between which names of upright axes stay; 0, 0: the page */

    tw_margins margins;   /* that its texts need, once laid out */
    double width, height; /* of the page, once laid out */
    double legend_room;   /* width that the rows of the legend fill, once laid out */
    tw_rect box;          /* for the data, once laid out */
} tw_frame;

/* Chooses the ticks and lays out a page of this size in points. height = 0: as high as the aspect
 * asks for. Fails where the page is too small for its texts. */
tw_status tw_frame_lay_out(tw_frame *frame, const tw_canvas *canvas, double width, double height);

/* Draws all but the data. */
void tw_frame_draw(tw_canvas *canvas, const tw_frame *frame);

double tw_frame_x(const tw_frame *frame, double value);
double tw_frame_y(const tw_frame *frame, double value);
double tw_frame_right_y(const tw_frame *frame, double value);

/* Clips drawing to the box, with `more` points around it, until cairo_restore. */
void tw_frame_clip(tw_canvas *canvas, const tw_frame *frame, double more);

/* A ring about a point, which marks the best one. */
void tw_ring_draw(tw_canvas *canvas, double x, double y);

/* The size at which text is at most `width` wide: `size` or smaller. */
double tw_text_fit(const tw_font *font, const char *text, double size, double width);

#endif
