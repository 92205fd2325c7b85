/* colorbar.h: the scale of a map's colours. */
#ifndef TW_DRAW_COLORBAR_H
#define TW_DRAW_COLORBAR_H

#include "draw/axes.h"

typedef struct tw_colorbar {
    tw_colormap colormap;
    tw_side side;      /* span and label; ticks are chosen by the frame */
    size_t band_count; /* > 0: as many levels part it into bands of one colour */
    const double *bands;
    int is_lines; /* white, with a line of its ink at each of as many levels */
    size_t line_count;
    const double *lines;
    const tw_rgb *inks;
    int below, above; /* values lie beyond the ends, which are arrows */
} tw_colorbar;

static const double TW_BAR_GAP = 6, TW_BAR_WIDTH = 8;

/* The colour of everything between two levels: of the middle of the band in the span's scale.
 * Band 0 lies below the first level. */
tw_rgb tw_colorbar_band(const tw_colorbar *bar, size_t band);
void tw_colorbar_draw(tw_canvas *canvas, const tw_colorbar *bar, const tw_rect *rect);

#endif
