/* encode_sixel.h: an image as sixels, six rows of pixels at a time, which many terminals show. */
#ifndef TW_DRAW_ENCODE_SIXEL_H
#define TW_DRAW_ENCODE_SIXEL_H

#include <cairo.h>

#include "draw/bytes.h"

/* An image surface without transparency in at most 256 colours, by median cut of those that it has,
 * and a line end. The same bytes for the same picture. */
cairo_status_t tw_encode_sixel(cairo_surface_t *surface, tw_bytes *out);

#endif
