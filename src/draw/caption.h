/* caption.h: hatching for missing values, and the small print that explains a picture. */
#ifndef TW_DRAW_CAPTION_H
#define TW_DRAW_CAPTION_H

#include "draw/canvas.h"

typedef enum tw_hatch { TW_HATCH_NONE, TW_HATCH_NOT_COMPUTED, TW_HATCH_NOT_FINITE } tw_hatch;

enum { TW_CAPTION_LINES = 16, TW_CAPTION_TEXT = 160 };

typedef struct tw_caption {
    int count;
    struct {
        tw_hatch hatch; /* a patch of it stands before the text */
        char text[TW_CAPTION_TEXT];
    } line[TW_CAPTION_LINES];
} tw_caption;

void tw_caption_add(tw_caption *caption, tw_hatch hatch, const char *format, ...) TW_PRINTF(3, 4);
/* "12 points not computed", "3 values not finite": nothing for a count of 0. */
void tw_caption_missing(tw_caption *caption, size_t not_computed, size_t not_finite);
/* "53463 of 63001 points not computed yet: drawn from 251 x 33", or nothing. */
void tw_caption_left_out(tw_caption *caption, const tw_canvas *canvas);
/* "2488 of 2601 points interpolated", or nothing. */
void tw_caption_interpolated(tw_caption *caption, size_t interpolated, size_t points);
/* Lines that would be drawn much smaller than others are folded at a space, as long as there is
 * room for more lines. */
void tw_caption_fold(tw_caption *caption, const tw_font *font, double width);
double tw_caption_height(const tw_caption *caption);
/* Draws it with its top left corner at (x, y), shrunk to `width` where a line is longer. */
void tw_caption_draw(tw_canvas *canvas, const tw_caption *caption, double x, double y,
                     double width);

/* Fills the current path with hatching and forgets the path. */
void tw_hatch_fill(tw_canvas *canvas, tw_hatch hatch);

#endif
