/* encode_kitty.h: an image in the graphics protocol of the terminal kitty. */
#ifndef TW_DRAW_ENCODE_KITTY_H
#define TW_DRAW_ENCODE_KITTY_H

#include <cairo.h>

#include "draw/bytes.h"
#include "thalweg/plot.h"

/* The PNG of a picture (encode.h) in base64, in pieces of 4096 characters, then a line end. The
 * terminal is told not to answer. */
cairo_status_t tw_encode_kitty(cairo_surface_t *surface, double dpi, const tw_figure *figure,
                               tw_bytes *out);

#endif
