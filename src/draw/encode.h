/* encode.h: the bytes of PNG, SVG and PDF files, the same for the same picture. */
#ifndef TW_DRAW_ENCODE_H
#define TW_DRAW_ENCODE_H

#include "draw/canvas.h"

/* A PDF or SVG surface that writes into `bytes`, with title, description and a fixed date. */
cairo_surface_t *tw_encode_vector(tw_canvas_format format, tw_bytes *bytes, double width,
                                  double height, const tw_figure *figure);
/* PNG with its resolution (pHYs), title and description (iTXt). */
cairo_status_t tw_encode_png(cairo_surface_t *surface, tw_bytes *bytes, double dpi,
                             const tw_figure *figure);
/* Renumbers the ids that Cairo draws from a counter of the process, puts the texts where their
 * marks are, and adds <title> and <desc>. */
cairo_status_t tw_encode_svg(tw_bytes *bytes, const tw_svg_texts *texts, const tw_figure *figure);
tw_status tw_encode_write(const tw_bytes *bytes, const char *path);

#endif
