/* colormap.h: numbers in [0, 1] to colours. */
#ifndef TW_DRAW_COLORMAP_H
#define TW_DRAW_COLORMAP_H

#include <stddef.h>

#include "thalweg/plot.h"

typedef struct tw_rgb {
    double r, g, b; /* 0 ... 1, sRGB */
} tw_rgb;

/* The colour at t, which is cut to [0, 1]. Within 1.4/255 of matplotlib's map of that name. */
tw_rgb tw_colormap_at(tw_colormap colormap, double t);

/* Between its keys a map is linear: their number, and the position in [0, 1] and colour of one. */
size_t tw_colormap_keys(tw_colormap colormap);
tw_rgb tw_colormap_key(tw_colormap colormap, size_t index, double *position);

/* Relative luminance, 0 (black) ... 1 (white), for the choice of ink. */
double tw_rgb_luminance(tw_rgb color);

#endif
